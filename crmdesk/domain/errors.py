"""The errors a person may see: one clear sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


class CrmdeskError(Exception):
    """Something was refused or could not be done; the text is one sentence for people."""


class BadInput(CrmdeskError):
    """What was typed or asked for cannot be used (command line: exit 2)."""


class BadFields(BadInput):
    """Some fields cannot be saved: `fields` maps each to its sentence; the error itself says the first."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(next(iter(fields.values()), "Nothing to save was given."))
        self.fields = dict(fields)


class Conflict(CrmdeskError):
    """Somebody else changed the record meanwhile: `changes` says what, `version` is the one to save on now.

    `changes` rows are dicts: field, title, before, theirs (values as the service reads them), by, at.
    """

    def __init__(self, sentence: str, version: int, changes: tuple[dict[str, Any], ...] = ()) -> None:
        super().__init__(sentence)
        self.version, self.changes = version, changes


class Refused(CrmdeskError):
    """A right, a permission or a rule forbids it."""


class AnalysisError(CrmdeskError):
    """An analysis cannot answer on this data: its sentence says why."""


class WrongPassphrase(Refused):
    """A name or passphrase does not open the bank."""


class Paused(Refused):
    """Too many wrong tries: no passphrase is looked at until `until` (real time, UTC)."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class SignInNeeded(Refused):
    """The bank asks who is there: `door` (services.sign_in.Door) says what it wants."""

    def __init__(self, sentence: str, door: Any) -> None:
        super().__init__(sentence)
        self.door = door


class NeedsSecond(Refused):
    """The act waits for a second person: an approved proposal of `kind` about exactly `subject` lets it pass once.

    `title` says what would be proposed, where the act knows; `waiting`: it is proposed already.
    """

    def __init__(self, sentence: str, kind: str, subject: str, title: str = "", *, waiting: bool = False) -> None:
        super().__init__(sentence)
        self.kind, self.subject, self.title, self.waiting = kind, subject, title, waiting
