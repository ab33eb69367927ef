"""Banks as earlier crmdesks wrote them, from the SQL that the tests of the migration keep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from laboratory.outside import TESTS
from sqlcipher3 import dbapi2

from crmdesk.places import beside

# Of these invented banks alone.
AUDIT_KEYS = {
    1: "7bcb8bb23c599b50c9d8efe6c5624b7665ddd38236b617e329bad16539dd3012",
    2: "65cdbbcc4e539411be49361c9cccf99e916c17fcb72e326e2cba69eb5bc955a4",
    3: "4de8c14f7112e3abadfdd7f128d14be5468eff5baf8218962b48001b178d11a3",
}


def build(path: Path, schema: int) -> None:
    """A closed bank of an older schema at `path`."""
    raw = dbapi2.connect(str(path), isolation_level=None)
    raw.executescript((TESTS / "unit" / "store" / f"v{schema}_bank.sql").read_text(encoding="utf-8"))
    raw.close()
    key = {"format": 1, "audit_key": AUDIT_KEYS[schema]}
    beside(path, "keys").write_text(json.dumps(key), encoding="utf-8")


def state(raw: Any) -> tuple[int, frozenset[str], dict[str, int]]:
    """Schema number, every statement of the schema, and how many rows each table holds."""
    (number,) = raw.execute("PRAGMA user_version").fetchone()
    made = raw.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    tables = [name for kind, name, _ in made if kind == "table" and not name.startswith(("customer_search", "sqlite_"))]
    counts = {table: raw.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}
    return number, frozenset(f"{kind} {name} {sql}" for kind, name, sql in made), counts
