"""Type names that STRICT tables accept: ten rules for SQLAlchemy's SQLite compiler."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

_TEXT = (sa.String, sa.Enum, sa.Uuid, sa.Date, sa.DateTime, sa.JSON)
_INTEGER = (sa.Boolean, sa.BigInteger)
_REAL = (sa.Float, sa.Double)


def _rule(kind: type[Any], name: str) -> None:
    @compiles(kind, "sqlite")
    def render(element: Any, compiler: Any, **kw: Any) -> str:
        return name


for _kinds, _name in ((_TEXT, "TEXT"), (_INTEGER, "INTEGER"), (_REAL, "REAL")):
    for _kind in _kinds:
        _rule(_kind, _name)
