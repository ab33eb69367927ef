"""The one way to open a bank: checked, migrated where it is older, its safeguards in place."""

import contextlib
from pathlib import Path

from crmdesk.domain.errors import CrmdeskError
from crmdesk.store import checked, schema
from crmdesk.store.bank import Store, check_is_bank
from crmdesk.store.connection import connect, plain_words
from crmdesk.store.files import check_pages
from crmdesk.store.keyfile import Keys
from crmdesk.store.migrate import migrate


def open_bank(path: Path, keys: Keys | None = None) -> Store:
    """The bank at `path`, migrated where it is older; CrmdeskError with one sentence where it cannot be opened.

    `keys` of an encrypted bank come from `keyfile.unlock`; a plain one needs none.
    """
    with plain_words(path):
        return _opened(path, keys)


def _opened(path: Path, keys: Keys | None) -> Store:
    version = check_is_bank(path, keys)
    if not checked.is_known(path):
        _check_pages(path, keys)
    if version < schema.SCHEMA_VERSION:
        migrate(path, keys=keys)
    store = Store(path, keys)
    try:
        with store.reader() as raw:
            found = dict(raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        bad = sorted(name for name, sql in schema.triggers().items() if found.get(name) != sql)
        if bad:
            raise CrmdeskError(
                f"{path} lacks the safeguard {bad[0]} as it should be and was not opened; restore the last good backup."
            )
    except BaseException:
        store.close()
        raise
    store.was_whole = True
    return store


def _check_pages(path: Path, keys: Keys | None) -> None:
    """CrmdeskError where the pages are not whole; read-only, so that a damaged file stays as it is."""
    key = keys.data if keys else None
    with contextlib.closing(connect(path, key=key, read_only=True)) as raw:
        check_pages(raw, path)
