"""The audit for those who read it: who did what, one's own acts, whether the chain holds, and the rows as a file."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.customer import fold
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Actor, Right
from crmdesk.domain.text import guard
from crmdesk.jobs import Progress, Silent
from crmdesk.services.context import App
from crmdesk.services.export import hand_over, writable
from crmdesk.services.export_rows import about_file
from crmdesk.services.guard import service
from crmdesk.store import anchors, audit, chain_check
from crmdesk.store.anchors import Anchor
from crmdesk.store.queries import audit as queries
from crmdesk.store.queries.audit import AuditFilter, AuditRow

__all__ = [
    "AuditFilter", "AuditPage", "AuditRow", "ChainCheck", "Choices", "check", "choices", "events", "export",
    "note_search", "own",
]  # fmt: skip
AT_MOST: Final = 1_000  # rows of one page
SEARCH: Final = "search"  # the act of a committed search
_LETTERS: Final = 12  # of a word's hash: enough to find the word again, too few to be a fingerprint of the whole text
_COLUMNS: Final = ("seq", "at", "actor", "role", "act", "object", "number", "fields", "purpose", "reason", "run")


@dataclass(frozen=True)
class AuditPage:
    """Rows newest first; `more`: older ones match too (ask again with `before` the seq of the last row)."""

    rows: list[AuditRow]
    more: bool


@dataclass(frozen=True)
class Choices:
    """Logins and acts that the audit holds, for the filter."""

    people: tuple[str, ...]
    acts: tuple[str, ...]


@dataclass(frozen=True)
class ChainCheck:
    """`rows` of both chains were read; `first_bad` is (table, row, why) or None; `anchors` the heads kept elsewhere.

    `set_back`: (row, its moment) where the computer's clock stood over a minute before the row before: told, no fault.
    `ok`: no row is bad and every anchor holds. An edit or a deletion inside is always seen; a tail that was cut off
    only back to the last anchor kept elsewhere.
    """

    ok: bool
    rows: int
    first_bad: tuple[str, int, str] | None
    head: str
    anchors: list[Anchor]
    set_back: list[tuple[int, datetime]] = field(default_factory=list)


@service(Right.READ_AUDIT)
def events(
    app: App, actor: Actor, wanted: AuditFilter = AuditFilter(), before: int | None = None, limit: int = 200
) -> AuditPage:  # fmt: skip
    """The audit, newest first, from below row `before`; at most 1,000 at once. A number that nobody has: no row."""
    return _page(app, wanted, before, limit)


@service(Right.READ_OWN_ACTS)
def own(
    app: App, actor: Actor, wanted: AuditFilter = AuditFilter(), before: int | None = None, limit: int = 200
) -> AuditPage:  # fmt: skip
    """What `actor` did, as `events`: everybody may read the own acts, and no one else's here.

    Numbers of customers out of the person's sight are left empty.
    """
    mine = AuditFilter(actor.login, wanted.act, wanted.number, wanted.since, wanted.until, wanted.run, wanted.searched)
    return _page(app, mine, before, limit)


@service(Right.READ_AUDIT)
def choices(app: App, actor: Actor) -> Choices:
    """Who and what occurs in the audit."""
    with app.store.reader() as raw:
        return Choices(tuple(queries.distinct(raw, "actor")), tuple(queries.distinct(raw, "act")))


@service(Right.VERIFY, whole=True)
def check(
    app: App, actor: Actor, progress: Progress | None = None, anchor_files: Sequence[Path] = ()
) -> ChainCheck:  # fmt: skip
    """Read both chains and the kept evidence row by row, then every anchor. BadInput for a file without a head."""
    watched = progress or Silent()
    with app.store.reader() as raw:
        total = sum(chain_check.count(raw, table) for table in chain_check.CHAINS)

        def watch(done: int) -> None:
            watched.step(done / total, f"{done:,} of {total:,} rows checked")

        bad = chain_check.first_break(raw, app.store.audit_key, watch)
        found = anchors.compared(raw, app.path, anchor_files)
        head, back = anchors.head(raw).hash, chain_check.set_back(raw)
    good = bad is None and all(one.ok for one in found)
    return ChainCheck(good, total, (bad.table, bad.row, bad.why) if bad else None, head, found, back)


@service(Right.READ_AUDIT)
def export(app: App, actor: Actor, wanted: AuditFilter, file: Path) -> int:
    """Write the rows that match to `file` (.csv), oldest first; how many. The export is audited itself.

    FILE.about.json beside it holds the filter and the audit head: kept elsewhere, it is an anchor. BadInput for another
    ending; CrmdeskError where the folder cannot be written: then no file is there, or the one that was.
    """
    if file.suffix.lower() != ".csv":
        raise BadInput(f"{file.name} has no ending that can be written; name a file that ends with .csv.")
    with writable(file.parent), tempfile.TemporaryDirectory(prefix=".audit-", dir=file.parent) as scratch:
        part = Path(scratch) / file.name
        with app.store.reader() as raw:
            customer, word = _looked_for(app, raw, wanted)
            rows = () if customer == _NOBODY else queries.in_order(raw, wanted, customer, word)
            count = _write(part, rows)
            now = anchors.head(raw)
            about = {"bank": queries.bank_uuid(raw), "filter": _told(wanted), "rows": count,
                     **now.facts}  # fmt: skip
        about_file(part).write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")

        def note(session: Any) -> None:
            asked = ", ".join(_told(wanted))
            audit.record(
                app.store, session, actor, "export audit", f"to row {now.seq}", fields=asked, reason=f"{count} rows"
            )

        hand_over(app, [part, about_file(part)], file.parent, note)
    return count


@service(Right.READ_CUSTOMER)
def note_search(app: App, actor: Actor, text: str, found: int | None = None) -> None:
    """Audit one search that a person let stand (not each letter typed); its words only as hashes under the bank's key.

    `found`: how many customers it showed. A search of nothing leaves no row.
    """
    words = _words(app, text)
    if words:
        told = "" if found is None else f"{found} found"
        with app.store.write() as session:
            audit.record(app.store, session, actor, SEARCH, " ".join(words), reason=told)


_NOBODY: Final = -1  # the key of no customer


def _page(app: App, wanted: AuditFilter, before: int | None, limit: int) -> AuditPage:
    limit = max(1, min(limit, AT_MOST))
    with app.store.reader() as raw:
        customer, word = _looked_for(app, raw, wanted)
        rows = [] if customer == _NOBODY else queries.events(raw, wanted, customer, word, before, limit + 1)
    return AuditPage(rows[:limit], len(rows) > limit)


def _looked_for(app: App, raw: Any, wanted: AuditFilter) -> tuple[int | None, str]:
    """The customer and the hashed word of a filter, as the audit has them."""
    customer = queries.customer_behind(raw, wanted.number) if wanted.number else None
    words = _words(app, wanted.searched)
    if len(words) > 1:
        raise BadInput("Look for one word at a time among the searches.")
    return _NOBODY if wanted.number and customer is None else customer, words[0] if words else ""


def _words(app: App, text: str) -> list[str]:
    key = app.store.audit_key
    return [hmac.new(key, b"search " + word.encode(), hashlib.sha256).hexdigest()[:_LETTERS]
            for word in sorted(set(fold(text).split()))]  # fmt: skip


def _write(file: Path, rows: Iterable[AuditRow]) -> int:
    count = 0
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_COLUMNS)
        for row in rows:
            texts = [guard(str(getattr(row, name))) for name in _COLUMNS[2:]]
            writer.writerow([row.seq, row.at.isoformat(), *texts])
            count += 1
    return count


def _told(wanted: AuditFilter) -> dict[str, str]:
    """The filter in words for the file beside an export; what was searched for is not repeated."""
    said = {name: str(value) for name, value in vars(wanted).items() if value and name != "searched"}
    return {**said, **({"searched": "one word"} if wanted.searched else {})}
