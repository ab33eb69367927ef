"""A bank file: opened with checked pragmas, read in plain transactions, written in immediate ones."""

import contextlib
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2
from sqlmodel import Session

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.store import checked, keyfile, schema
from crmdesk.store.connection import OLDEST_SQLITE, PRAGMAS, connect, plain_words
from crmdesk.store.keyfile import Keys
from crmdesk.store.readers import Readers
from crmdesk.store.scope import Scope
from crmdesk.store.tables import BankState

__all__ = ["PRAGMAS", "Store", "check_is_bank", "connect", "create_bank", "plain_words"]


class Store:
    """One open bank. `read()` and `write()` give sessions; nothing outside this room sees a connection."""

    def __init__(self, path: Path, keys: Keys | None = None) -> None:
        """Open the bank; `keys` of an encrypted one come from `keyfile.unlock`."""
        self.path, self.keys = path, keys or keyfile.load(path)
        if dbapi2.sqlite_version_info < OLDEST_SQLITE:
            raise CrmdeskError(f"SQLite {dbapi2.sqlite_version} may corrupt a bank; install sqlcipher3 0.6.4 or newer.")
        self._engine = self._pool(self._open, 4)
        self._writer = self._engine.execution_options(write=True)
        self._readers = Readers(self.connect_to_read)
        self.audit_key = self.keys.audit
        self.sessions: dict[str, str] = {}  # the token of each person signed in here, and the login it stands for
        self.proved: dict[str, str | None] = {}  # the time of the password by which each token was given
        self._scoped: dict[Scope, Store] = {}
        self._closed = False
        self.was_whole = False  # every page was read when this bank was opened, or known to be as it was
        self._written: int | None = None  # the change number of the last unit of work saved here

    def _pool(self, connect: Callable[[], Any], size: int) -> sa.Engine:
        engine = sa.create_engine(
            "sqlite://", creator=connect, module=dbapi2, poolclass=QueuePool, pool_size=size, max_overflow=8,
            hide_parameters=True,  # or a fault's traceback carries the row into a log
        )  # fmt: skip
        # The driver leaves transactions to us: reads begin plain, writes immediate, so read-then-write cannot race.
        sa.event.listen(engine, "begin", self._begin)
        return engine

    @staticmethod
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view of the bank."""
        with plain_words(self.path), Session(self._engine) as session:
            yield session

    def write(self) -> contextlib.AbstractContextManager[Session]:
        """One unit of work: all of it is saved, or nothing is. Grows the change number by one."""
        return self._unit()

    @contextlib.contextmanager
    def _unit(self) -> Iterator[Session]:
        with plain_words(self.path), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session
            session.flush()
            grown = "UPDATE bank_state SET change_no = change_no + 1 RETURNING change_no"
            number = int(session.connection().exec_driver_sql(grown).scalar_one())
        self._written = number

    @contextlib.contextmanager
    def reader(self) -> Iterator[Any]:
        """A raw read-only connection inside one read transaction, for engines and long scans."""
        with plain_words(self.path), self._readers.lend() as raw:
            try:
                yield raw
            except UnicodeDecodeError as error:  # the driver's words for a text of a damaged page
                raise CrmdeskError(f"{self.path} is damaged; restore the last good backup beside it.") from error

    @contextlib.contextmanager
    def raw(self) -> Iterator[Any]:
        """A raw connection without a transaction: pragmas, checkpoints, backups."""
        with plain_words(self.path), contextlib.closing(self._open()) as raw:
            yield raw

    def _open(self) -> Any:
        return connect(self.path, key=self.keys.data)

    @property
    def whole(self) -> "Store":
        """This store: nothing is left out of it."""
        return self

    def scoped(self, scope: Scope | None) -> "Store":
        """The same bank as one person may see it; None: all of it."""
        if scope is None:
            return self
        if scope not in self._scoped:
            self._scoped[scope] = ScopedStore(self, scope)
        return self._scoped[scope]

    def connect_to_read(self) -> Any:
        """A raw read-only connection of the caller's own."""
        return connect(self.path, key=self.keys.data, read_only=True)

    def state(self) -> BankState:
        with self.read() as session:
            return session.exec(sa.select(BankState)).scalar_one()  # type: ignore[call-overload,no-any-return]

    def change_no(self) -> int:
        """The bank's newest change; where it cannot be read, the last one saved here: that one is told as saved."""
        try:
            return self.state().change_no
        except CrmdeskError:
            if self.whole._written is None:
                raise
            return self.whole._written

    def clock(self) -> datetime:
        """Now, by the bank's clock: in an invented bank the end of its last day, so that it never goes stale."""
        with self.reader() as raw:
            (until,) = raw.execute("SELECT invented_until FROM bank_state").fetchone()
        return datetime.combine(date.fromisoformat(until), time(23, 59, 59), UTC) if until else datetime.now(UTC)

    def close(self) -> None:
        """Checkpoint the log into the file and let go of it; a second time it does nothing."""
        if self._closed:
            return
        self._closed = True
        for seen in self._scoped.values():
            seen.close()
        self._readers.close()
        with contextlib.suppress(CrmdeskError, dbapi2.Error), self.raw() as raw:
            raw.execute("PRAGMA busy_timeout = 500").fetchall()  # whoever still reads will fold the log in later
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._engine.dispose()
        if self.was_whole:
            checked.remember(self.path)


class ScopedStore(Store):
    """An open bank as one person may see it: reads go through the views of `scope`, writes are the bank's own.

    A service that writes has its rows checked before (`services.guard`).
    """

    def __init__(self, whole: Store, scope: Scope) -> None:
        self._whole, self.scope, self.path = whole, scope, whole.path
        self.keys, self.audit_key, self.sessions = whole.keys, whole.audit_key, whole.sessions
        self._engine = self._pool(self._connect, 2)
        self._readers = Readers(self._connect)

    def _connect(self) -> Any:
        return self.scope.install(self._whole.connect_to_read())

    @property
    def whole(self) -> Store:
        return self._whole

    def scoped(self, scope: Scope | None) -> Store:
        return self._whole.scoped(scope)

    def write(self) -> contextlib.AbstractContextManager[Session]:
        return self._whole.write()

    def close(self) -> None:
        """Let go of the connections; the bank itself stays open."""
        self._readers.close()
        self._engine.dispose()


def create_bank(path: Path, *, invented_until: date | None = None, preset: str = "empty", seed: int | None = None,
                customers: int | None = None, keys: Keys | None = None) -> Store:  # fmt: skip
    """A new bank at `path`, which must not exist; a failure leaves no file behind.

    `keys` with a data key make it an encrypted one, which opens for nobody until `keyfile.wrap`.
    """
    with plain_words(path):
        if path.exists():
            raise CrmdeskError(f"{path} exists already; choose another name, or move it away first.")
        if not path.parent.is_dir():
            raise CrmdeskError(f"The folder {path.parent} does not exist; make it first.")
        # The audit key is made before the file: a bank without its key could never be verified.
        keys = keyfile.make(path, keys)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            raw = connect(path, key=keys.data)
            raw.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            raw.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
            raw.close()
            store = Store(path, keys)
            with store.write() as session:
                schema.build(session.connection())
                schema.first_rows(session)
                session.add(BankState(id=1, bank_uuid=str(uuid.uuid4()), created_at=datetime.now(UTC), preset=preset,
                                      seed=seed, customers=customers, invented_until=invented_until))  # fmt: skip
        except BaseException:
            for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", ".keys"))):
                file.unlink(missing_ok=True)
            raise
    return store


def check_is_bank(path: Path, keys: Keys | None = None) -> int:
    """The schema number of the bank at `path`; one sentence where it is missing, no bank, locked, or newer."""
    kept = path.with_name(path.name + ".before-restore")
    if not path.exists() and kept.exists():
        raise CrmdeskError(
            f"{path} is gone: a restore was interrupted. Run it again, or rename {kept} and its companions back."
        )
    if not path.exists():
        raise CrmdeskError(f"{path} does not exist. Create it first: crmdesk bank create {path} --preset empty")
    if not path.is_file():
        raise CrmdeskError(f"{path} is not a bank of crmdesk; nothing was changed.")
    with plain_words(path), path.open("rb") as file:
        head = file.read(100)
    if keys is not None and keys.data is not None:
        version, application = _numbers_inside(path, keys.data)
    elif head[:16] != keyfile.PLAIN and keyfile.is_encrypted(path):
        raise CrmdeskError(f"{path} is encrypted; give a name and passphrase.")
    else:
        # Bytes 60..63 and 68..71 of the header are user_version and application_id (SQLite file format, 1.3).
        version, application = int.from_bytes(head[60:64], "big"), int.from_bytes(head[68:72], "big")
        application = application if head[:16] == keyfile.PLAIN else 0
    if application != schema.APPLICATION_ID:
        pages, rest = divmod(path.stat().st_size, 4096)
        if pages and not rest and head[:16] != keyfile.PLAIN and not beside(path, "keys").exists():
            raise CrmdeskError(
                f"{path} is not a bank of crmdesk, or an encrypted one whose {beside(path, 'keys').name} is missing: "
                "the keys travel with the bank; copy them back from where it came."
            )
        raise CrmdeskError(f"{path} is not a bank of crmdesk; nothing was changed.")
    if version > schema.SCHEMA_VERSION:
        raise CrmdeskError(
            f"{path} was written by a newer crmdesk (schema {version}, this one reads {schema.SCHEMA_VERSION}); "
            "update crmdesk, then open it."
        )
    return version


def _numbers_inside(path: Path, key: bytes) -> tuple[int, int]:
    """(user_version, application_id) of an encrypted bank; a copy without a log beside it is left as it is."""
    still = not path.with_name(path.name + "-wal").exists()
    with plain_words(path), contextlib.closing(connect(path, key=key, read_only=True, still=still)) as raw:
        ((version,), (application,)) = (
            raw.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "application_id")
        )
    return int(version), int(application)
