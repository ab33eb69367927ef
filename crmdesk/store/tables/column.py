"""Short forms for the columns of STRICT tables: each carries its privacy tag."""

from __future__ import annotations

from typing import Any, Literal

from sqlmodel import Field

Tag = Literal["id", "contact", "protected", "finance", "behaviour", "derived", "text", "after_contact", "plain"]
STRICT = {"sqlite_strict": True}


def col(tag: Tag, default: Any = ..., **kw: Any) -> Any:
    """A column with its tag (masking, allowed features, subject access and erasure go by tags)."""
    kw.setdefault("sa_column_kwargs", {})["info"] = {"tag": tag}
    return Field(default, **kw)


def key() -> Any:
    """The internal integer key."""
    return Field(default=None, primary_key=True, sa_column_kwargs={"info": {"tag": "id"}})


def ref(target: str, default: Any = ..., **kw: Any) -> Any:
    """A foreign key."""
    return col("plain", default, foreign_key=target, **kw)
