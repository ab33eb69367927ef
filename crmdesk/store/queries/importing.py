"""Staging inside the import's transaction: ordinary tables that are dropped before the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crmdesk.store.tables import metadata

COUNTS: Final = ("rows_in", "inserted", "updated", "unchanged", "quarantined")
ROWS: Final = "import_rows"  # the file at hand
REJECTS: Final = "import_rejects"
COPIES: Final = "import_copies"
TABLES: Final = ("customer", "product", "account", "holding", "standing_order", "balance_month", "interaction",
                 "campaign", "contact", "permission_event", "feedback")  # fmt: skip
_CACHE_KIB: Final = 65_536  # unique keys arrive in random order; a fixed cache keeps their index in memory


class Done(NamedTuple):
    inserted: int
    updated: int


class Slice(NamedTuple):
    """Staged rows `low`..`high`, both included: work is done slice by slice, so that a cancel is felt."""

    low: int
    high: int


class Staging:
    """The staged rows of one import, and the rows set aside."""

    def __init__(self, session: Session, audit_key: bytes, batch: Mapping[str, Any], now: datetime, actor: str) -> None:
        """`batch`: the columns of the batch row that are known at the start."""
        self.session = session
        self.audit_key = audit_key
        self.now = now
        self.actor = actor
        self._made: list[str] = []
        self._cache = self.scalar("PRAGMA cache_size")
        self.run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self.batch = self._open_batch(batch)
        self._make(REJECTS, '"file" TEXT, "row" INTEGER, "column" TEXT, code TEXT, reason TEXT, raw TEXT')
        self._make(COPIES, "base BLOB PRIMARY KEY, n INTEGER NOT NULL")

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> sa.CursorResult[Any]:
        return self.session.connection().exec_driver_sql(sql, tuple(parameters))

    def many(self, sql: str, rows: list[tuple[Any, ...]]) -> int:
        """Rows changed by one statement run for each of `rows`."""
        return self.session.connection().exec_driver_sql(sql, rows).rowcount if rows else 0

    def scalar(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        return self.run(sql, parameters).scalar()

    def _make(self, name: str, columns: str) -> None:
        self.run(f"CREATE TABLE {name} ({columns})")
        self._made.append(name)

    def begin(self, columns: Sequence[str], indexes: Iterable[str] = ()) -> None:
        """An empty staging table for the next file."""
        names = "".join(f', "{c}"' for c in columns)
        self._make(ROWS, f"row INTEGER PRIMARY KEY, key UNIQUE{names}")
        for i, searched in enumerate(indexes):
            self.run(f"CREATE INDEX {ROWS}_{i} ON {ROWS} ({searched})")
        self.run(f"DELETE FROM {COPIES}")

    def end(self, keep_as: str | None = None) -> None:
        """Done with the file at hand; `keep_as` keeps its rows under another name until the import ends."""
        self._made.remove(ROWS)
        if keep_as:
            self.run(f"ALTER TABLE {ROWS} RENAME TO {kept(keep_as)}")
            self._made.append(kept(keep_as))
            return
        for part in self.slices():  # one DROP of a full table holds its pages in memory
            self.run(f"DELETE FROM {ROWS} WHERE row BETWEEN ? AND ?", part)
        self.run(f"DROP TABLE {ROWS}")

    def ensure_kept(self, name: str, columns: str) -> str:
        """The rows kept of an earlier file, or an empty table where the source lacks that file."""
        if kept(name) not in self._made:
            self._make(kept(name), columns)
        return kept(name)

    def add(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Stage (row, key, values...) in ascending order of row; gives back those whose key is staged already."""
        if not rows:
            return []
        marks = ", ".join("?" * len(rows[0]))
        added = self.many(f"INSERT OR IGNORE INTO {ROWS} VALUES ({marks})", rows)
        if added == len(rows):
            return []
        found = self.run(f"SELECT row FROM {ROWS} WHERE row BETWEEN ? AND ?", (rows[0][0], rows[-1][0]))
        staged = {row for (row,) in found}
        return [row for row in rows if row[0] not in staged]

    def staged(self, key: str | bytes) -> tuple[Any, ...]:
        """The staged row (row, key, values...) with this key."""
        return tuple(self.run(f"SELECT * FROM {ROWS} WHERE key = ?", (key,)).one())

    def next_copy(self, base: bytes) -> int:
        """1, 2, ... for each further row of equal content."""
        return int(self.scalar(
            f"INSERT INTO {COPIES} VALUES (?, 1) ON CONFLICT (base) DO UPDATE SET n = n + 1 RETURNING n", (base,)
        ))  # fmt: skip

    def reject(self, rows: list[tuple[Any, ...]]) -> None:
        """Set aside (file, row, column, code, reason, raw or None)."""
        self.many(f"INSERT INTO {REJECTS} VALUES (?, ?, ?, ?, ?, ?)", rows)

    def unstage(self, rows: Iterable[int]) -> None:
        self.many(f"DELETE FROM {ROWS} WHERE row = ?", [(row,) for row in rows])

    def slices(self, size: int = 20_000) -> Iterator[Slice]:
        last = self.scalar(f"SELECT max(row) FROM {ROWS}") or 0
        for low in range(1, last + 1, size):
            yield Slice(low, min(low + size - 1, last))

    def rejected(self) -> Iterator[tuple[Any, ...]]:
        """(file, row, column, code, reason, raw) in the order the files were read."""
        found = self.run(f'SELECT "file", "row", "column", code, reason, raw FROM {REJECTS} ORDER BY rowid')
        for page in found.partitions(1000):
            yield from (tuple(row) for row in page)

    def rejected_without_raw(self, file: str) -> Iterator[tuple[int, int]]:
        """(rowid, row) of the rows of `file` that the bank's checks set aside, ascending by row, a page at a time."""
        last = 0
        while True:
            page: Sequence[Any] = self.run(
                f'SELECT rowid, "row" FROM {REJECTS} WHERE "file" = ? AND raw IS NULL AND "row" > ? '
                'ORDER BY "row" LIMIT 5000', (file, last)
            ).all()  # fmt: skip
            yield from ((int(a), int(b)) for a, b in page)
            if not page:
                return
            last = page[-1][1]

    def fill_raw(self, rows: list[tuple[Any, ...]]) -> None:
        """(raw, rowid) of rows set aside."""
        self.many(f"UPDATE {REJECTS} SET raw = ? WHERE rowid = ?", rows)

    def _open_batch(self, batch: Mapping[str, Any]) -> int:
        """Its row is there first, for the rows that name it: while foreign keys are deferred and unmet, SQLite scans
        the child tables at each insert of a parent, which made an import quadratic."""
        names = ", ".join(f'"{n}"' for n in batch)
        self.run(f"INSERT INTO import_batch ({names}) VALUES ({', '.join('?' * len(batch))})", tuple(batch.values()))
        return int(self.scalar("SELECT last_insert_rowid()"))

    def finish(self, hashes: Mapping[str, str], counts: Mapping[str, Mapping[str, int]]) -> None:
        """Write what became of each file (its hash, its counts), keep the quarantine, drop what was staged."""
        self.many(
            "INSERT INTO import_file (batch_id, file, sha256, rows_in, inserted, updated, unchanged, quarantined)"
            f" VALUES ({self.batch}, ?, ?, ?, ?, ?, ?, ?)",
            [(name, hashes[name], *(found[c] for c in COUNTS)) for name, found in counts.items()],
        )
        self.run(
            'INSERT INTO quarantine (batch_id, "file", "row", "column", code, reason, raw) '
            f'SELECT ?, "file", "row", nullif("column", \'\'), code, reason, raw FROM {REJECTS} ORDER BY rowid',
            (self.batch,),
        )
        for name in self._made:
            self.run(f"DROP TABLE {name}")

    def close(self) -> None:
        """The connection goes back to the pool as it came."""
        self.run(f"PRAGMA cache_size = {self._cache}")


Query = Callable[[Staging, Slice], Sequence[Any]]
Load = Callable[[Staging, Slice], Done]


def kept(name: str) -> str:
    return f"import_kept_{name}"


def counts(session: Session) -> dict[str, int]:
    """Rows now in the bank, per table of the import's document."""
    run = session.connection().exec_driver_sql
    return {name: int(run(f"SELECT count(*) FROM {name}").scalar_one()) for name in TABLES}


def catalogue(session: Session) -> dict[tuple[str, str, str], tuple[int, str]]:
    """(channel, mode, activity) -> (row, sign) of what the bank takes now."""
    rows = session.connection().exec_driver_sql(
        "SELECT channel, mode, activity, id, sign FROM catalogue WHERE retired_on IS NULL"
    )
    return {(channel, mode, activity): (int(row), sign) for channel, mode, activity, row, sign in rows}


def lives(session: Session) -> dict[str, int | None]:
    """Months a grant lasts, per purpose."""
    rows = session.connection().exec_driver_sql("SELECT code, default_life_months FROM purpose")
    return {row[0]: row[1] for row in rows}


def unknown(column: str, table: str, key: str) -> Query:
    """Staged rows whose `column` names nothing in `table`."""

    def query(staging: Staging, part: Slice) -> Sequence[Any]:
        return staging.run(
            f'SELECT s.row, s."{column}" FROM {ROWS} s LEFT JOIN {table} t ON t."{key}" = s."{column}" '
            f'WHERE s.row BETWEEN ? AND ? AND s."{column}" IS NOT NULL AND t."{key}" IS NULL', part
        ).all()  # fmt: skip

    return query


def asking(sql: str) -> Query:
    """Any question in SQL about the slice `:low`..`:high` of the staged rows `s`."""
    text = sql.replace(":rows", ROWS)

    def query(staging: Staging, part: Slice) -> Sequence[Any]:
        return staging.run(text, part).all()

    return query


def upsert(staging: Staging, part: Slice, table: str, key: Sequence[str], values: Mapping[str, str], *,
           joins: str = "", only: str = "1", quiet: Iterable[str] = (), source: str = "") -> Done:  # fmt: skip
    """Insert the slice's rows into `table` or update those with the same `key`.

    `values`: column -> expression over the staged row `s`, the joined tables and `old`, the row now in the table.
    An update writes only where a column outside `quiet` differs, and adds one to `version` where there is one.
    """
    has = set(metadata.tables[table].columns.keys())
    expressions = dict(values) | ({"batch_id": "?1"} if "batch_id" in has else {})
    names = ", ".join(f'"{n}"' for n in expressions)
    match = " AND ".join(f'old."{k}" = {values[k]}' for k in key)
    body = (
        f"FROM {source or ROWS} s {joins} LEFT JOIN {table} old ON {match} "
        f"WHERE s.row BETWEEN ?2 AND ?3 AND ?1 > 0 AND ({only})"
    )
    compared = [n for n in values if n not in key and n not in quiet]
    update = "NOTHING"
    if compared:
        changes = ", ".join(f'"{n}" = excluded."{n}"' for n in values if n not in key)
        version = ", version = version + 1" if "version" in has else ""
        differs = " OR ".join(f'"{n}" IS NOT excluded."{n}"' for n in compared)
        update = f"UPDATE SET {changes}{version} WHERE {differs}"
    bound = (staging.batch, *part)
    probe = "id" if "id" in has else key[0]
    fresh = int(staging.scalar(f'SELECT count(*) {body} AND old."{probe}" IS NULL', bound))
    conflict = ", ".join(f'"{k}"' for k in key)
    written = staging.run(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(expressions.values())} {body} "
        f"ON CONFLICT ({conflict}) DO {update}", bound
    ).rowcount  # fmt: skip
    return Done(fresh, written - fresh)
