"""A restore replaces everything that was recorded since the backup: in a bank with users a second person agrees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from crmdesk.domain.errors import CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Right, may
from crmdesk.services import proposals
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import files, keyfile
from crmdesk.store.keyfile import Keys
from crmdesk.store.queries import people


@service(Right.RESTORE, whole=True)
def ask(app: App, actor: Actor, source: Path, reason: str) -> int:
    """Ask a second person to let `source` replace the open bank; returns the proposal's id.

    It is about this backup as it is now. CrmdeskError where there is none, BadFields("reason") without a reason.
    """
    if not source.is_file():
        raise CrmdeskError(f"{source} does not exist; name the backup to restore.")
    made = datetime.fromtimestamp(source.stat().st_mtime, UTC)
    details = {"backup": source.name, "made": f"{made:%Y-%m-%d %H:%M} UTC",
               "size": f"{source.stat().st_size / 1e6:,.1f} MB", **_revived(app, source)}  # fmt: skip
    return proposals.propose(
        app, actor, "restore", _title(app, source), _subject(files.sha256(source)), details, reason
    )


def check(app: App, actor: Actor, source: Path) -> None:
    """While the bank is still open: NeedsSecond where nobody approved that `source` replaces it."""
    proposals.check(app, actor, "restore", _subject(files.sha256(source)), title=_title(app, source))


def agreed(actor: Actor, source: Path, target: Path, keys: Keys | None, sha256: str) -> str:
    """The words for the audit of a restore that may be done; NeedsSecond where nobody approved it.

    `sha256` is that of the backup as it was looked at.

    The approval needs no spending: it is gone with the bank that is replaced. Where that bank is missing, or is plain
    and cannot be read, there is nobody to ask, and the audit says so.
    """
    if not target.is_file():
        return "no bank was there"
    if keyfile.is_encrypted(target) and (keys is None or keys.data is None):
        raise Refused(f"{target.name} is encrypted; sign in to it first, or move it away and restore to its place.")
    try:
        with people.reading(target, keys) as raw:
            if people.mode(raw) == "single":
                return "single-handed"
            found = people.person(raw, actor.login)
            if found is None or found.ended is not None or not may(replace(actor, roles=found.roles), Right.RESTORE):
                raise Refused(f"{actor.login} may not restore {target.name}; one of its administrators can.")
            return proposals.agreed(raw, actor, "restore", _subject(sha256))
    except Refused:
        raise
    except CrmdeskError as error:
        if keyfile.is_encrypted(target):  # damaged, or opened by other keys: that must not be a way around its people
            raise Refused(
                f"{target.name} does not open by these keys, so nobody can be asked whether it may be replaced; move "
                "it away with its .keys, then restore to its place."
            ) from error
        return "the bank replaced could not be asked"


def _revived(app: App, source: Path) -> dict[str, str]:
    """What the second person should know of sign-in: a restore brings back who had which roles that day."""
    with people.reading(source, files.keys_for(source, app.store.keys)) as raw, app.store.whole.reader() as now:
        if raw.execute("PRAGMA user_version").fetchone()[0] < people.FIRST_SCHEMA or people.mode(raw) == "single":
            return {"sign-in": "off: the backup is from before a second person was added"}
        then = {one.login: one for one in people.everybody(raw) if one.ended is None}
        less = [one.login for one in people.everybody(now)
                if one.login in then and (one.ended is not None or then[one.login].roles - one.roles)]  # fmt: skip
    return {"people who get back what was taken from them since": ", ".join(sorted(less))} if less else {}


def _title(app: App, source: Path) -> str:
    return f"Restore {app.path.name} from {source.name}"


def check_copied(source: Path, part: Path, sha256: str) -> None:
    """CrmdeskError where what was copied is not what was looked at: the file was exchanged meanwhile."""
    if files.sha256(part) != sha256:
        raise CrmdeskError(f"{source} was exchanged meanwhile; the bank stays as it was. Look at the backup again.")


def _subject(sha256: str) -> str:
    return proposals.subject("restore", backup=sha256)
