"""Brings an older bank up to this program's schema: a backup first, then one transaction per step."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.store import bank, schema, steps
from crmdesk.store.connection import connect, plain_words
from crmdesk.store.files import copy_bank
from crmdesk.store.keyfile import Keys

if TYPE_CHECKING:
    from alembic.operations import Operations

Step = Callable[["Operations"], None]
# Schema number -> the step that leads to it. Version 1 is the first that was shipped; steps begin at 2.
STEPS: Mapping[int, Step] = {2: steps.to_2, 3: steps.to_3, 4: steps.to_4}


def migrate(path: Path, ways: Mapping[int, Step] | None = None, goal: int | None = None,
            keys: Keys | None = None) -> None:  # fmt: skip
    """Run every step from the bank's schema to `goal`; a failure leaves the bank as it was before that step.

    Another process may do the same at the same time: the first takes the steps, the others find them taken.
    """
    ways = STEPS if ways is None else ways
    goal = schema.SCHEMA_VERSION if goal is None else goal
    version = bank.check_is_bank(path, keys)
    if version < 1:
        raise CrmdeskError(f"{path} was never finished; delete it and create the bank again.")
    backup: Path | None = beside(path, f"before-schema-{goal}")
    for number in range(version + 1, goal + 1):
        _step(path, number, ways[number], backup, keys)
        backup = None  # made before the first step and never again: by us, or by the process that took that step


def _step(path: Path, number: int, step: Step, backup: Path | None, keys: Keys | None) -> None:
    """Take one step, after a copy to `backup` if there is a name, unless another process took it before."""
    # Needed only for an older bank, and slow to load.
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    # Alembic's batch mode rebuilds a table: its triggers go, and with foreign keys on all child rows would too.
    # The pragma does nothing inside a transaction, so it is set before BEGIN.
    with plain_words(path):
        key = keys.data if keys else None
        engine = sa.create_engine(
            "sqlite://", creator=lambda: connect(path, key=key), module=dbapi2, poolclass=NullPool,
            hide_parameters=True,  # or a fault's traceback carries the row into a log
        )  # fmt: skip
        with engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys = OFF")  # type: ignore[attr-defined]
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            try:
                # Read under the lock: a step of another process may still be in the log, not in the file's header.
                if int(connection.exec_driver_sql("PRAGMA user_version").scalar_one()) >= number:
                    connection.exec_driver_sql("ROLLBACK")
                    return
                if backup is not None:
                    copy_bank(path, backup, keys)  # reads what was saved, beside this transaction
                for name in schema.triggers():
                    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
                step(Operations(MigrationContext.configure(connection)))
                there = set(sa.inspect(connection).get_table_names())
                for statement in schema.triggers(there).values():
                    connection.exec_driver_sql(statement)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken:
                    raise CrmdeskError(
                        f"Schema step {number} would break table {broken[0]}; {path} was left as it was."
                    )
                connection.exec_driver_sql(f"PRAGMA user_version = {number}")
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
