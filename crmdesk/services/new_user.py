"""A person to be, and what stands in the way of one: a taken name, an easy password, roles that exclude each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from crmdesk.domain import passwords
from crmdesk.domain.errors import BadFields
from crmdesk.domain.rights import ROLE_WORDS, Role, clash, words
from crmdesk.store.queries import people, work

__all__ = ["LONGEST", "ROLE_WORDS", "NewUser", "branch_fault", "faults", "role_fault", "trimmed", "words"]
LONGEST: Final = 80  # letters of a login or a name
_NAMED: Final = 10  # branches that a sentence lists
_LOGIN: Final = re.compile(r"[^\s,;:\"'<>|\\/]{1,80}")


@dataclass(frozen=True)
class NewUser:
    """A person to be: `branch` by its code ("" none); `one_time`: the password was not typed by that person."""

    login: str
    name: str
    branch: str = ""
    roles: frozenset[Role] = frozenset()
    password: str = field(default="", repr=False)
    one_time: bool = False


def trimmed(new: NewUser) -> NewUser:
    return replace(new, login=new.login.strip(), name=" ".join(new.name.split()), roles=frozenset(new.roles))


def faults(raw: Any, new: NewUser) -> dict[str, str]:
    """A sentence for each field that cannot be saved."""
    bad = {}
    if not _LOGIN.fullmatch(new.login):
        bad["login"] = f"Give a name to sign in with: 1 to {LONGEST} letters without blanks, such as e.kaya."
    elif any(p.login != new.login and p.login.casefold() == new.login.casefold() for p in people.everybody(raw)):
        bad["login"] = f"The name {new.login} differs from a colleague's in capitals only; choose another one."
    if not 1 <= len(new.name) <= LONGEST:
        bad["name"] = f"Give the person's name, 1 to {LONGEST} letters."
    about = {"branch": branch_fault(raw, new.branch), "roles": role_fault(raw, new.roles, bool(new.branch))}
    bad |= {field: fault for field, fault in about.items() if fault}
    try:
        passwords.check(new.password, new.login, new.name)
    except BadFields as error:
        bad |= error.fields
    return bad


def branch_fault(raw: Any, code: str) -> str:
    if not code or work.branch_id(raw, code) is not None:
        return ""
    codes = sorted(known for known, _ in work.branches(raw))
    if not codes:
        return f"The bank has no branch {code}, nor any other yet; leave the branch out."
    more = f" and {len(codes) - _NAMED:,} more" if len(codes) > _NAMED else ""
    return f"The bank has no branch {code}; choose one of {', '.join(codes[:_NAMED])}{more}."


def role_fault(raw: Any, roles: frozenset[Role], has_branch: bool) -> str:
    pair = clash(roles)
    if not roles:
        return "Choose one role or more; without a role a person may do nothing."
    if pair:
        return f"Nobody is both {' and '.join(sorted(ROLE_WORDS[role] for role in pair))}; give one of them up."
    if Role.TELLER in roles and not has_branch and work.branches(raw):
        return "A teller works in a branch; choose one."
    return ""
