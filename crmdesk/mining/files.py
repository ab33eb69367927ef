"""Files that a person chose as a parameter: read by the host, lent to the worker as copies, gone after the run.

The worker cannot open files of the person itself (`jobs.sandbox`); it gets these and no others.
"""

from __future__ import annotations

import base64
import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crmdesk.contributions import Params


def chosen(params: Params) -> dict[str, dict[str, str]]:
    """Parameter of the kind "file" -> its name and content as base64 text; what cannot be read is left out.

    The analysis then meets the path itself and says in its own words that it cannot be read.
    """
    found = {}
    for name, info in type(params).own_fields().items():
        extra = info.json_schema_extra
        value = getattr(params, name, None)
        if value and isinstance(extra, Mapping) and extra.get("kind") == "file":
            with contextlib.suppress(OSError):
                data = Path(str(value)).read_bytes()
                found[name] = {"name": Path(str(value)).name, "data": base64.b64encode(data).decode("ascii")}
    return found


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
