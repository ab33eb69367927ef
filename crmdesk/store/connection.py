"""One raw connection to a bank file: its key turned, every pragma set and read back, driver errors in plain words."""

import contextlib
import errno
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside

# Set and read back on each connection; one that the library does not take is a refusal, not a warning.
PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "trusted_schema": 0,
    "secure_delete": 1, "cell_size_check": 1, "busy_timeout": 10000, "mmap_size": 0,
}  # fmt: skip
if sys.platform == "darwin":  # there a plain fsync does not reach the disk
    PRAGMAS["fullfsync"] = 1
# Processors have SHA-256 in hardware: reading costs a fifth less than with SHA-512, the library's own choice.
CIPHER = {"page_size": 4096, "hmac_algorithm": "HMAC_SHA256"}
OLDEST_SQLITE = (3, 51, 3)  # 3.7.0 to 3.51.2 can corrupt a WAL file


def _sentence(error: BaseException, path: Path) -> CrmdeskError | None:
    """The one sentence for what a driver error means to a person; None where it is a fault of the program."""
    text = str(getattr(error, "orig", error)).lower()
    damaged = f"{path} is damaged and was left as it is; restore the last good backup beside it."
    known = {
        "disk is full": f"The disk that holds {path} is full; free some space, then try again. Nothing was changed.",
        "disk i/o": f"The disk that holds {path} could not be read or written; check it, then try again.",
        "locking": f"{path} could not be locked on its disk; check the disk, then try again.",
        "locked": f"{path} is in use by another program; close it there, then try again.",
        "readonly": f"{path} may not be written here; copy it to a folder of yours, then open the copy.",
        "not a database": f"{path} is not a bank of crmdesk; nothing was changed.",
        "malformed": damaged,
        "fts5": damaged,  # the search index says in its own words what it cannot read
        "vtable constructor": damaged,
        "could not decode": damaged,
        "unable to open": f"{path} could not be opened; check the folder and its rights, then try again.",
    }
    return next((CrmdeskError(words) for part, words in known.items() if part in text), None)


@contextlib.contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """Driver errors that a person can act on leave as CrmdeskError; all else passes."""
    try:
        yield
    except MemoryError as error:
        raise CrmdeskError("There is no memory left for this; close other programs, then try again.") from error
    except (DBAPIError, dbapi2.Error, OSError) as error:
        if isinstance(error, ConnectionError):  # a pipe to another process, not the disk
            raise
        words = _of_the_system(error, path) if isinstance(error, OSError) else _sentence(error, path)
        if words is None:
            raise
        raise words from error


def _of_the_system(error: OSError, path: Path) -> CrmdeskError:
    """The sentence for a call that the operating system refused, about the file it names, else about `path`."""
    file = error.filename if isinstance(error.filename, str) else path
    if error.errno == errno.ENOSPC:
        return CrmdeskError(f"The disk that holds {file} is full; free some space, then try again.")
    if error.errno in (errno.EIO, errno.ENOMEM):
        return CrmdeskError(f"{file} could not be read or written ({error.strerror}); check its disk, then try again.")
    return CrmdeskError(f"{file} could not be written ({error.strerror}); choose another folder.")


def connect(path: Path, *, key: bytes | None = None, read_only: bool = False, still: bool = False) -> Any:
    """A raw driver connection with every pragma set and read back; `still`: a copy that nobody else has open.

    `key` is the data key of an encrypted bank (32 bytes). A still copy is read without a log or a lock beside it, so
    that looking at a backup leaves no trace.
    """
    mode = ("ro" if read_only else "rw") + ("&immutable=1" if still else "")
    uri = f"file:{str(path).replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode={mode}"
    raw = dbapi2.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        _check_key(raw, key, path)
        for name, wanted in PRAGMAS.items():
            if read_only and name == "journal_mode":
                continue
            raw.execute(f"PRAGMA {name} = {wanted}").fetchall()
            (found,) = raw.execute(f"PRAGMA {name}").fetchone()
            if found != wanted:
                raise CrmdeskError(f"The store refused {name} = {wanted} (it is {found}); {path} was not opened.")
    except UnicodeDecodeError as error:  # the driver's words about a table whose definition is spoilt
        raw.close()
        words = f"{path} is damaged and was left as it is; restore the last good backup beside it."
        raise CrmdeskError(words) from error
    except BaseException:
        raw.close()
        raise
    return raw


def turn(raw: Any, key: bytes | None) -> None:
    """Give a fresh connection the data key, raw: deriving one from a passphrase costs 0.14 s a connection."""
    if key is None:
        return
    raw.execute("PRAGMA cipher_log_level = NONE").fetchall()  # or a wrong key writes three lines to stderr
    set_cipher(raw)
    raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"").fetchall()
    raw.execute("PRAGMA temp_store = MEMORY").fetchall()  # what is sorted never spills into a file


def set_cipher(raw: Any) -> None:
    """The settings of encrypted files, of this one and of those that VACUUM INTO and ATTACH make; none is in a file."""
    for name, value in CIPHER.items():
        raw.execute(f"PRAGMA cipher_default_{name} = {value}").fetchall()


def _check_key(raw: Any, key: bytes | None, path: Path) -> None:
    """Turn the key; CrmdeskError with one sentence where it does not fit."""
    turn(raw, key)
    if key is None:
        return
    try:
        raw.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except dbapi2.DatabaseError as error:
        if "not a database" not in str(error):
            raise
        raise CrmdeskError(
            f"{path} does not open with its key: the file is damaged, or {beside(path, 'keys').name} belongs to "
            "another bank; restore the last good backup with the keys beside it."
        ) from None
