"""Who may do what: roles, rights, and how far each right reaches (data model, section 5). The matrix is data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from crmdesk.domain.errors import Refused


class Role(StrEnum):
    TELLER = "teller"
    RELATIONSHIP_MANAGER = "relationship_manager"
    ANALYST = "analyst"
    MARKETING = "marketing"
    DPO = "dpo"
    ADMIN = "admin"
    AUDITOR = "auditor"


ROLE_WORDS: Final[Mapping[Role, str]] = {
    Role.TELLER: "teller", Role.RELATIONSHIP_MANAGER: "relationship manager", Role.ANALYST: "analyst",
    Role.MARKETING: "marketing", Role.DPO: "data protection officer", Role.ADMIN: "administrator",
    Role.AUDITOR: "auditor",
}  # fmt: skip


class Right(StrEnum):
    """What a service call needs; named after what it protects."""

    SIGNED_IN = "use_the_bank"
    READ_CUSTOMER = "read_customer"
    READ_CONTACT = "read_contact"
    READ_PROTECTED = "read_protected"
    EDIT_CUSTOMER = "edit_customer"
    READ_ACCOUNTS = "read_accounts"
    READ_INTERACTIONS = "read_interactions"
    ADD_INTERACTION = "add_interaction"
    READ_PERMISSIONS = "read_permissions"
    READ_EVIDENCE = "read_evidence"
    RECORD_PERMISSION = "record_permission"
    RECORD_OBJECTION = "record_objection"
    MANAGE_NOTICES = "manage_notices"
    CONFIRM_CORRECTION = "confirm_correction"
    RESTRICT_CUSTOMER = "restrict_customer"
    RECORD_REQUEST = "record_request"
    READ_REQUESTS = "read_requests"
    MANAGE_REQUESTS = "manage_requests"
    READ_WORK = "read_work"
    EDIT_WORK = "edit_work"
    READ_HISTORY = "read_history"
    UNDO = "undo"
    MANAGE_FIELDS = "manage_fields"
    RUN_ANALYSIS = "run_analysis"
    READ_RESULTS = "read_results"
    READ_CREDIT = "read_credit_scores"
    READ_RUNS = "read_runs"
    MAKE_OFFERS = "make_offers"
    EXPORT = "export"
    IMPORT = "import"
    BACKUP = "backup"
    RESTORE = "restore"
    VERIFY = "verify"
    READ_OWN_ACTS = "read_own_acts"
    READ_AUDIT = "read_audit"
    APPROVE = "approve"
    READ_USERS = "read_users"
    MANAGE_USERS = "manage_users"
    MANAGE_RETENTION = "manage_retention"
    ENCRYPT = "encrypt"
    MANAGE_PLUGINS = "manage_plugins"


class Reach(StrEnum):
    """Whose rows: the customers assigned to me, those of my branch, everybody's."""

    OWN = "own"
    BRANCH = "branch"
    ALL = "all"


class View(StrEnum):
    """What is seen of a row: all of it, only that it is there, a name that leads nowhere, ."""

    CLEAR = "clear"
    MASKED = "masked"
    PSEUDONYM = "pseudonym"


_WIDTH: Final = (Reach.OWN, Reach.BRANCH, Reach.ALL)
_SIGHT: Final = (View.PSEUDONYM, View.MASKED, View.CLEAR)


@dataclass(frozen=True)
class Grant:
    """One cell of the matrix. `reason`: clear only with a reason, audited; `few`: found one at a time, never listed."""

    reach: Reach = Reach.ALL
    view: View = View.CLEAR
    reason: bool = False
    few: bool = False


_T, _RM, _AN, _MK, _DPO, _AD, _AU = Role
OWN, BRANCH, ALL = Grant(Reach.OWN), Grant(Reach.BRANCH), Grant()
MASKED, PSEUDONYM = Grant(view=View.MASKED), Grant(view=View.PSEUDONYM)
ASKED: Final = Grant(view=View.MASKED, reason=True)  # masked until a reason is given, then clear and audited
_EVERYBODY: Final = dict.fromkeys(Role, ALL)

MATRIX: Final[Mapping[Right, Mapping[Role, Grant]]] = {
    Right.SIGNED_IN: _EVERYBODY,
    Right.READ_CUSTOMER: {_T: Grant(Reach.BRANCH, few=True), _RM: BRANCH, _AN: PSEUDONYM, _MK: MASKED, _DPO: ASKED,
                          _AU: MASKED},
    Right.READ_CONTACT: {_T: BRANCH, _RM: BRANCH, _DPO: ASKED},
    Right.READ_PROTECTED: {_RM: Grant(Reach.OWN, View.MASKED, reason=True), _DPO: ASKED},
    Right.EDIT_CUSTOMER: {_RM: OWN},
    Right.READ_ACCOUNTS: {_T: BRANCH, _RM: OWN, _AN: PSEUDONYM, _MK: MASKED, _DPO: ASKED, _AU: MASKED},
    Right.READ_INTERACTIONS: {_T: BRANCH, _RM: OWN, _AN: PSEUDONYM, _MK: MASKED, _DPO: ALL, _AU: MASKED},
    Right.ADD_INTERACTION: {_T: BRANCH, _RM: OWN},
    Right.READ_PERMISSIONS: {_T: BRANCH, _RM: OWN, _AN: MASKED, _MK: MASKED, _DPO: ALL, _AU: ALL},
    Right.READ_EVIDENCE: {_T: BRANCH, _RM: OWN, _DPO: ALL, _AU: ALL},  # analyst and marketing know the state alone
    Right.RECORD_PERMISSION: {_T: BRANCH, _RM: OWN},
    Right.RECORD_OBJECTION: {_T: BRANCH, _RM: OWN, _DPO: ALL},
    Right.MANAGE_NOTICES: {_DPO: ALL},
    Right.CONFIRM_CORRECTION: {_DPO: ALL},
    Right.RESTRICT_CUSTOMER: {_DPO: ALL},
    Right.RECORD_REQUEST: {_T: BRANCH, _RM: OWN, _DPO: ALL},
    Right.READ_REQUESTS: {_DPO: ALL, _AU: MASKED},
    Right.MANAGE_REQUESTS: {_DPO: ALL},
    Right.READ_WORK: {_T: OWN, _RM: OWN, _DPO: ALL, _AU: MASKED},
    Right.EDIT_WORK: {_T: OWN, _RM: OWN},
    Right.READ_HISTORY: {_RM: OWN, _DPO: ASKED, _AU: MASKED},
    Right.UNDO: dict.fromkeys((_T, _RM, _AN, _MK, _DPO, _AD), OWN),  # own deeds, while the right to the deed is held
    Right.MANAGE_FIELDS: {_AD: ALL},
    Right.RUN_ANALYSIS: {_AN: PSEUDONYM},
    Right.READ_RESULTS: {_RM: OWN, _AN: PSEUDONYM, _MK: MASKED, _DPO: ALL},
    Right.READ_CREDIT: {_RM: OWN, _AN: PSEUDONYM, _DPO: ALL, _AU: ALL},
    Right.READ_RUNS: {_AN: ALL, _MK: ALL, _DPO: ALL, _AU: ALL},
    Right.MAKE_OFFERS: {_RM: OWN, _MK: ALL},
    Right.EXPORT: {_RM: OWN, _AN: PSEUDONYM, _MK: MASKED, _DPO: ASKED, _AU: MASKED},
    Right.IMPORT: {_AD: ALL},
    Right.BACKUP: {_AD: ALL},
    Right.RESTORE: {_AD: ALL},
    Right.VERIFY: {_DPO: ALL, _AD: ALL, _AU: ALL},
    Right.READ_OWN_ACTS: _EVERYBODY,
    Right.READ_AUDIT: {_DPO: ALL, _AU: ALL},
    Right.APPROVE: {_DPO: ALL, _AD: ALL},
    Right.READ_USERS: {_AD: ALL, _DPO: ALL, _AU: ALL},
    Right.MANAGE_USERS: {_AD: ALL},
    Right.MANAGE_RETENTION: {_AD: ALL, _DPO: ALL},
    Right.ENCRYPT: {_AD: ALL},
    Right.MANAGE_PLUGINS: {_AD: ALL},
}  # fmt: skip
HOLDERS: Final[Mapping[Right, frozenset[Role]]] = {right: frozenset(cells) for right, cells in MATRIX.items()}
# Who holds several roles acts in the first of these that may do the thing: what knows most of the fewest people leads.
HATS: Final = (_RM, _T, _DPO, _MK, _AN, _AU, _AD)
# Separation of duties: who keeps the machine or sells may not also be the one who guards the data.
APART: Final = (frozenset({_AD, _DPO}), frozenset({_MK, _DPO}))


@dataclass(frozen=True)
class Actor:
    """The person behind a service call; `single` marks the computer's account in single-user mode.

    `session` is the token that sign-in gave: in a bank with users a call without a living one is refused, and roles,
    `staff` and `branch` (keys of rows, None: nobody, nowhere) are read from the store again at each call.
    """

    login: str
    roles: frozenset[Role]
    single: bool = False
    session: str = field(default="", repr=False)
    staff: int | None = None
    branch: int | None = None
    held: frozenset[Role] = frozenset()  # all roles of the person; `roles` are those of this call
    everywhere: bool = True  # no row rules: a bank in single-user mode

    @property
    def role_words(self) -> str:
        return "single user" if self.single else ", ".join(sorted(self.roles))


def single_user(login: str) -> Actor:
    """The actor of a bank without users: the computer's account holds every role."""
    return Actor(login, frozenset(Role), single=True)


def in_all_roles(actor: Actor) -> Actor:
    """The actor in every role that the person holds, for what a person may know or ask in any of them."""
    return replace(actor, roles=actor.held or actor.roles)


def may(actor: Actor, right: Right) -> bool:
    return bool(actor.roles & HOLDERS.get(right, frozenset()))


def grant(actor: Actor, right: Right) -> Grant | None:
    """The widest cell of the actor's roles, reach before view; None where no role holds the right.

    In single-user mode it reaches everybody, and needs no reason.
    """
    cells = [cell for role, cell in MATRIX.get(right, {}).items() if role in actor.roles]
    if not cells:
        return None
    best = max(cells, key=lambda c: (_WIDTH.index(c.reach), _SIGHT.index(c.view), not c.reason, not c.few))
    if not actor.everywhere:
        return best
    view = max((c.view for c in cells), key=_SIGHT.index)
    return Grant(Reach.ALL, View.CLEAR if actor.single else view, best.reason and not actor.single)


def clear(actor: Actor, right: Right) -> bool:
    """Whether what the right opens is seen unmasked, and without a reason given first."""
    found = grant(actor, right)
    return found is not None and found.view == View.CLEAR


def reads_scores(actor: Actor, purpose: str) -> bool:
    """Whether results made for a purpose may be seen; those for credit never by who sells, whatever else they are."""
    if purpose != "credit":
        return may(actor, Right.READ_RESULTS)
    return may(actor, Right.READ_CREDIT) and (actor.single or Role.MARKETING not in actor.roles | actor.held)


_NAMED: Final = {  # where the right's own name reads badly after "may not"
    Right.READ_CUSTOMER: "read customers", Right.READ_CONTACT: "read contact data",
    Right.READ_PROTECTED: "read birth date and gender", Right.EDIT_CUSTOMER: "edit customers",
    Right.ADD_INTERACTION: "record interactions", Right.RECORD_PERMISSION: "record permissions",
    Right.RECORD_OBJECTION: "record objections", Right.RESTRICT_CUSTOMER: "restrict customers",
    Right.RECORD_REQUEST: "record requests", Right.CONFIRM_CORRECTION: "confirm corrections",
    Right.RUN_ANALYSIS: "run analyses", Right.READ_WORK: "read tasks and opportunities",
    Right.EDIT_WORK: "edit tasks and opportunities", Right.APPROVE: "approve what others propose",
    Right.BACKUP: "make backups", Right.ENCRYPT: "encrypt the bank", Right.READ_AUDIT: "read the audit",
}  # fmt: skip


def require(actor: Actor, *rights: Right) -> None:
    """Pass, or raise Refused with a sentence that names the roles that may."""
    for right in rights:
        if not may(actor, right):
            who = words(HOLDERS.get(right, ())) if HOLDERS.get(right) else "nobody"
            what = _NAMED.get(right, right.value.replace("_", " "))
            raise Refused(f"{actor.login} may not {what}; this right belongs to: {who}.")


def clash(roles: Iterable[Role]) -> frozenset[Role] | None:
    """Two roles of these that one person may not hold together; None where there are none."""
    held = frozenset(roles)
    return next((pair for pair in APART if pair <= held), None)


def words(roles: Iterable[Role]) -> str:
    """Roles as people say them, in the order of their list."""
    held = frozenset(roles)
    return ", ".join(word for role, word in ROLE_WORDS.items() if role in held) or "none"
