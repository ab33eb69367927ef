"""Files that a person chose as a parameter: read by the host, lent to the worker as copies, gone after the run.

The worker cannot open files of the person itself (`jobs.sandbox`); it gets these and no others.
"""

from __future__ import annotations

import base64
import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from crmdesk.contributions import Params
from crmdesk.domain.errors import BadInput

MOST: Final = 64 << 20  # bytes of one file: it travels to the worker in one piece
_BANK: Final = b"SQLite format 3\0"


def chosen(params: Params) -> dict[str, dict[str, str]]:
    """Parameter of the kind "file" -> its name and content as base64 text; what cannot be read is left out.

    The analysis then meets the path itself and says in its own words that it cannot be read. Left out as well is what
    no person chose: a plugin that names a file of its own accord as the default does not get it. BadInput for a file
    that is too large, a bank, or the keys of one.
    """
    found = {}
    for name, info in type(params).own_fields().items():
        extra = info.json_schema_extra
        value = getattr(params, name, None)
        if value and value != info.get_default() and isinstance(extra, Mapping) and extra.get("kind") == "file":
            with contextlib.suppress(OSError):
                file = Path(str(value))
                found[name] = {"name": file.name, "data": base64.b64encode(_content(file)).decode("ascii")}
    return found


def _content(file: Path) -> bytes:
    if not file.is_file():  # a device would be read for ever
        raise OSError
    with file.open("rb") as stream:
        data = stream.read(MOST + 1)
    if len(data) > MOST:
        raise BadInput(f"{file.name} is larger than {MOST >> 20} MiB; choose a smaller file.")
    if data.startswith(_BANK) or b'"audit_key"' in data[:1024] or file.resolve().suffix == ".keys":
        raise BadInput(f"{file.name} is a bank or holds its keys, which no analysis gets; choose another file.")
    return data


@contextlib.contextmanager
def lent(head: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The parameters of a payload's head, each chosen file as the path of a copy in the scratch folder."""
    with tempfile.TemporaryDirectory(prefix="lent-") as folder:
        params = dict(head["params"])
        for place, (name, file) in enumerate(sorted(head.get("files", {}).items())):
            copy = Path(folder, str(place), Path(file["name"]).name)
            copy.parent.mkdir()
            copy.write_bytes(base64.b64decode(file["data"]))
            params[name] = str(copy)
        yield params
