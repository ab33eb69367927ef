"""Looks a bank over from outside: integrity, foreign keys, chains, triggers and store settings."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2

from crmdesk.domain.rights import Role, words
from crmdesk.store import anchors, bank, chain, chain_check, keyfile, schema
from crmdesk.store.keyfile import Keys

Problem = dict[str, Any]
BROKEN: Final = 5  # places of a damaged file that are told
TOLD: Final = 1_000  # bad rows of one chain; under another's key they all are


def _problem(check: str, table: str | None, row: int | None, reason: str) -> Problem:
    return {"check": check, "table": table, "row": row, "reason": reason}


def _integrity(raw: Any, key: bytes) -> Iterator[Problem]:
    # One row may hold a whole page of lines; the first few say where the file broke, the others repeat it.
    bad: list[str] = []
    try:
        for (text,) in raw.execute("PRAGMA integrity_check"):
            bad += [line for line in text.splitlines() if line != "ok" and not line.startswith("***")]
    except dbapi2.DatabaseError as error:
        bad.append(f"could not be read: {error}")
    shown = bad if len(bad) <= BROKEN else bad[: BROKEN - 1]
    for line in shown:
        yield _problem("integrity", None, None, line)
    if len(bad) > len(shown):
        yield _problem("integrity", None, None, f"and at least {len(bad) - len(shown)} more places")


def _foreign_keys(raw: Any, key: bytes) -> Iterator[Problem]:
    for table, row, parent, _ in raw.execute("PRAGMA foreign_key_check"):
        yield _problem("foreign_keys", table, row, f"points at a row of {parent} that is not there")


def _ledger(raw: Any, key: bytes) -> Iterator[Problem]:
    for seq, reason in islice(chain.breaks(raw, key, "permission_event"), TOLD):
        yield _problem("ledger_chain", "permission_event", seq, reason)


def _audit(raw: Any, key: bytes) -> Iterator[Problem]:
    for seq, reason in islice(chain.breaks(raw, key, "audit_event"), TOLD):
        yield _problem("audit_chain", "audit_event", seq, reason)


def _evidence(raw: Any, key: bytes) -> Iterator[Problem]:
    for seq, reason in chain_check.evidence_breaks(raw):
        yield _problem("evidence", "permission_event", seq or None, reason)


def _triggers(raw: Any, key: bytes) -> Iterator[Problem]:
    found = dict(raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    wanted = schema.triggers()
    if raw.execute("PRAGMA user_version").fetchone()[0] < schema.SCHEMA_VERSION:
        # An older bank has the safeguards of the tables that it has; opening it adds the others.
        wanted = schema.triggers(
            {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        )
    for name, sql in wanted.items():
        if name not in found:
            yield _problem("triggers", None, None, f"the safeguard {name} is missing")
        elif found[name] != sql:
            yield _problem("triggers", None, None, f"the safeguard {name} was changed")
    for name in sorted(set(found) - set(wanted)):
        yield _problem("triggers", None, None, f"the trigger {name} is not crmdesk's")


def _people(raw: Any, key: bytes) -> Iterator[Problem]:
    """Roles and sign-in as the audit has them: a role that somebody wrote into the file is in no row of it."""
    if raw.execute("SELECT count(*) FROM audit_event WHERE act = 'turn on sign-in'").fetchone() == (0,):
        return
    if raw.execute("SELECT mode FROM bank_state").fetchone() == ("single",):
        yield _problem("people", "bank_state", 1, "sign-in was turned off from outside")
    told: dict[str, str] = dict(
        raw.execute(
            "SELECT object, CASE WHEN act = 'end person' THEN 'none' ELSE fields END FROM audit_event"
            " WHERE act IN ('add person', 'change roles', 'reopen person', 'end person') ORDER BY seq"
        )
    )
    for staff, held in raw.execute(
        "SELECT s.id, group_concat(r.role) FROM staff s"
        " LEFT JOIN staff_role r ON r.staff_id = s.id AND r.to_at IS NULL GROUP BY s.id ORDER BY s.id"
    ):
        has = words(Role(role) for role in (held or "").split(",") if role in set(Role))
        if has != told.get(f"staff {staff}", "none"):
            yield _problem("people", "staff", staff, f"the roles ({has}) are not those that the audit tells of")


def _settings(raw: Any, key: bytes) -> Iterator[Problem]:
    # A backup may be of an older schema: it is brought up to date once it is opened. A newer one is refused before.
    wanted = {**bank.PRAGMAS, "application_id": schema.APPLICATION_ID}
    for name, value in wanted.items():
        (found,) = raw.execute(f"PRAGMA {name}").fetchone()
        if found != value:
            yield _problem("settings", None, None, f"{name} is {found}, not {value}")


CHECKS = {"integrity": _integrity, "foreign_keys": _foreign_keys, "ledger_chain": _ledger, "audit_chain": _audit,
          "evidence": _evidence, "triggers": _triggers, "people": _people, "settings": _settings}  # fmt: skip


def _anchors(raw: Any, path: Path, anchor: Path | None, problems: list[Problem]) -> str | None:
    """The day of the newest anchor that holds, or of the last backup, wherever it lies; None without one."""
    found = anchors.compared(raw, path, (anchor,) if anchor else ())
    problems += [_problem("anchors", "audit_event", one.seq, f"the anchor in {one.where} does not hold: {one.why}")
                 for one in found if not one.ok]  # fmt: skip
    (told,) = raw.execute("SELECT max(at) FROM audit_event WHERE act = 'backup'").fetchone()
    days = [one.at.date().isoformat() for one in found if one.ok and not one.why and one.at]
    return max([*days, *([told[:10]] if told else [])], default=None)


def verify(path: Path, keys: Keys | None = None, anchor: Path | None = None) -> dict[str, Any]:
    """The `verify` document of the command line: every check, every problem with its row.

    Compared too are the heads in the manifests of the backups beside the bank, and in the file `anchor`, a manifest or
    a text with a printed head: BadInput where it holds none.
    """
    bank.check_is_bank(path, keys)
    keys = keys or keyfile.load(path)
    key = keys.audit
    problems: list[Problem] = []
    head, last_anchor = None, None
    with bank.plain_words(path):
        raw = bank.connect(path, key=keys.data)
        try:
            for name, check in CHECKS.items():
                try:
                    problems += check(raw, key)
                except (dbapi2.DatabaseError, UnicodeDecodeError) as error:
                    problems.append(_problem(name, None, None, f"could not be read: {error}"))
            try:
                head = raw.execute("SELECT hash FROM audit_event ORDER BY seq DESC LIMIT 1").fetchone()
                last_anchor = _anchors(raw, path, anchor, problems)
            except (dbapi2.DatabaseError, UnicodeDecodeError):
                pass  # the checks above have already said so
        finally:
            raw.close()
    failed = {p["check"] for p in problems}
    return {
        "file": str(path), "ok": not problems, "checks": {name: name not in failed for name in (*CHECKS, "anchors")},
        "problems": problems, "audit_key": "wrapped" if keys.data else "beside the file",
        "head": head[0] if head else None, "last_anchor": last_anchor,
    }  # fmt: skip
