"""The bytes that go to the worker: a JSON head and Arrow streams, with no path, key or pickle among them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC = b"CRMS1\n"


def arrow_bytes(table: pa.Table) -> bytes:
    """A table as one Arrow stream of one batch: same values, same bytes."""
    import pyarrow as pa

    plain = table.replace_schema_metadata(None).combine_chunks()
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, plain.schema) as writer:
        writer.write_table(plain)
    return sink.getvalue()


def encode(head: dict[str, Any], streams: Sequence[bytes]) -> bytes:
    """Head and streams as one byte string; the head is given the sizes that `decode` cuts by."""
    front = json.dumps({**head, "sizes": [len(s) for s in streams]}, allow_nan=False).encode()
    return b"".join([MAGIC, len(front).to_bytes(8, "little"), front, *streams])


def decode(payload: bytes) -> tuple[dict[str, Any], list[pa.Table]]:
    """What `encode` wrote; ValueError where the bytes are something else."""
    import pyarrow as pa

    if not payload.startswith(MAGIC):
        raise ValueError("these bytes are no slice of a crmdesk bank")
    stream = io.BytesIO(payload[len(MAGIC) :])
    head = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    tables = []
    for size in head["sizes"]:
        with pa.ipc.open_stream(stream.read(size)) as reader:
            tables.append(reader.read_all())
    return head, tables


def data_hash(streams: Sequence[bytes]) -> str:
    """The fingerprint of a slice: SHA-256 over its Arrow bytes, each with its length before it."""
    digest = hashlib.sha256()
    for stream in streams:
        digest.update(len(stream).to_bytes(8, "little"))
        digest.update(stream)
    return digest.hexdigest()
