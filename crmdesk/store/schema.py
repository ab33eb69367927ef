"""What a bank file has beside its tables: append-only triggers, the search index, and the first rows."""

from collections.abc import Container
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crmdesk.domain.interaction import CELLS, SYSTEM_CELLS
from crmdesk.domain.permission import CONSENT_PURPOSES, DEFAULT_LIFE_MONTHS, PURPOSES
from crmdesk.store.tables import APPEND_ONLY, metadata

APPLICATION_ID = 0x43524D44
SCHEMA_VERSION = 4
SEARCHED = ("number", "name_folded", "email_folded", "city_folded", "phone_digits")


# Whole positions: a word of any length is found in the index alone, without reading the rows that might hold it.
# The index's words are held back up to 32 MB before they are written: an import would else merge small parts for long.
SEARCH: Final = (
    f"CREATE VIRTUAL TABLE customer_search USING fts5({', '.join(SEARCHED)}, "
    "content='customer', content_rowid='id', tokenize='trigram', detail=full, columnsize=0)",
    "INSERT INTO customer_search(customer_search, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO customer_search(customer_search, rank) VALUES ('hashsize', 33554432)",
)


def triggers(there: Container[str] = APPEND_ONLY) -> dict[str, str]:
    """Every trigger by name; `verify` and each opening compare the file with this.

    `there` are the tables that exist: between two schema steps not all do yet.
    """
    found = {}
    for table in filter(there.__contains__, APPEND_ONLY):
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            found[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    names = ", ".join(SEARCHED)
    new, old = (", ".join(f"{side}.{c}" for c in SEARCHED) for side in ("new", "old"))
    remove = f"INSERT INTO customer_search(customer_search, rowid, {names}) VALUES ('delete', old.id, {old});"
    insert = f"INSERT INTO customer_search(rowid, {names}) VALUES (new.id, {new});"
    found["customer_search_insert"] = (
        f"CREATE TRIGGER customer_search_insert AFTER INSERT ON customer BEGIN {insert} END"
    )
    found["customer_search_delete"] = (
        f"CREATE TRIGGER customer_search_delete AFTER DELETE ON customer BEGIN {remove} END"
    )
    found["customer_search_update"] = (
        f"CREATE TRIGGER customer_search_update AFTER UPDATE OF {names} ON customer BEGIN {remove} {insert} END"
    )
    return found


def build(connection: sa.Connection) -> None:
    """All tables, the search index and the triggers, inside the caller's transaction."""
    metadata.create_all(connection)
    for statement in (*SEARCH, *triggers().values()):
        connection.exec_driver_sql(statement)


def first_rows(session: Session) -> None:
    """The catalogue's 37 + 6 rows, the purposes, and the head office."""
    connection = session.connection()
    rows: list[dict[str, Any]] = [
        {"id": c.row, "code": c.code, "channel": c.channel, "mode": c.mode, "activity": c.activity, "label": c.label,
         "group": c.group, "sign": c.sign, "layout": c.layout, "counts": c.row < 900, "version": 1}
        for c in CELLS + SYSTEM_CELLS
    ]  # fmt: skip
    connection.execute(sa.insert(metadata.tables["catalogue"]), rows)
    connection.execute(
        sa.insert(metadata.tables["purpose"]),
        [{"code": p, "version": 1, "rule": "consent" if p in CONSENT_PURPOSES else "basis",
          "default_life_months": DEFAULT_LIFE_MONTHS if p in CONSENT_PURPOSES else None} for p in PURPOSES],
    )  # fmt: skip
    connection.execute(sa.insert(metadata.tables["branch"]), [{"code": "HO", "name": "Head office"}])
