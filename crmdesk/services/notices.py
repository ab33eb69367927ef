"""Notices: the words a customer is shown before saying yes, every version kept."""

from __future__ import annotations

import re
from typing import Final

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.recording import family, purpose_of
from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import audit
from crmdesk.store.queries import permission_write as writes
from crmdesk.store.queries.permission_write import NoticeRow as NoticeInfo

__all__ = ["NoticeInfo", "add", "current", "every", "family", "purpose_of"]

_CODE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_LONGEST: Final = 20_000


@service(Right.READ_PERMISSIONS)
def current(app: App, actor: Actor) -> list[NoticeInfo]:
    """The newest version of each notice in each language, by code; these are shown to customers from now on."""
    newest = {(family(n.code), n.language): n for n in every(app, actor)}
    return [newest[key] for key in sorted(newest)]


@service(Right.READ_PERMISSIONS)
def every(app: App, actor: Actor) -> list[NoticeInfo]:
    """All versions, the oldest first: what earlier grants were given on stays readable."""
    with app.store.reader() as raw:
        return sorted(writes.notices(raw), key=lambda n: (family(n.code), n.version))


@service(Right.MANAGE_NOTICES)
def add(app: App, actor: Actor, code: str, text: str, language: str = "en") -> Change:
    """The next version of notice `code`, or its first; versions never change. BadInput for a bad code or no text."""
    name, words = family(code.strip()), text.strip()
    if not _CODE.fullmatch(name):
        raise BadInput(f"'{code}' is no code for a notice; use lower-case letters, such as marketing.")
    if not _LANGUAGE.fullmatch(language):
        raise BadInput(f"'{language}' is no language; write it as en, tr or pt-BR.")
    if not words or len(words) > _LONGEST:
        raise BadInput(f"A notice needs its words, at most {_LONGEST:,} characters.")
    with app.store.write() as session:
        known = [n for n in writes.notices(writes.raw_of(session)) if family(n.code) == name]
        latest = next((n for n in reversed(known) if n.language == language), None)
        if latest and latest.text == words:
            raise BadInput(f"{latest.code} says this already; change the words, then save.")
        version = max((n.version for n in known), default=0) + 1
        key = writes.add_notice(session, f"{name}-{version}", version, language, words)
        audit.record(app.store, session, actor, "add notice", f"{name}-{version}", fields=language)
    return Change("add_notice", {"notice": frozenset({key})}, app.store.change_no())
