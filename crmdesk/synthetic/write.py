"""An invented bank into a store: plain executemany, all in the caller's one transaction."""

from __future__ import annotations

from typing import Any

from crmdesk.store import chain
from crmdesk.store.bank import Store
from crmdesk.synthetic.table import Table
from crmdesk.synthetic.world import Say, World, quiet

CHAINED = "permission_event"


def write(store: Store, session: Any, world: World, say: Say = quiet) -> None:
    """Every table of the world; the ledger through its hash chain, so that `verify` holds."""
    total = sum(t.rows for t in world.tables.values()) or 1
    done = 0
    for name, table in world.tables.items():
        for rows in _insert(store, session, name, table):
            done += rows
            say(done / total, f"Writing {name.replace('_', ' ')}")


def _insert(store: Store, session: Any, name: str, table: Table) -> Any:
    """Insert chunk by chunk, yielding the number of rows of each."""
    if name == CHAINED:
        for events in table.dicts():
            chain.append(session, store.audit_key, CHAINED, events)
            yield len(events)
        return
    columns = ", ".join(f'"{c}"' for c in table.columns)
    sql = f'INSERT INTO "{name}" ({columns}) VALUES ({", ".join("?" * len(table.columns))})'
    connection = session.connection()
    for chunk in table.tuples():
        connection.exec_driver_sql(sql, chunk)
        yield len(chunk)
