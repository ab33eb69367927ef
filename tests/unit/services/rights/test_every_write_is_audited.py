"""Whatever a service writes, it says so in the audit: who, as what, in the same unit of work as the rows themselves.

Every recipe of the matrix is called by each role that may; a unit of work that changes a row appends to the audit, and
one that is undone leaves neither.
"""

import ast
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import crmdesk
from crmdesk.store import Store
from tests.unit.services.rights.rights_bank import LOGIN_OF, Desk
from tests.unit.services.rights.rights_expected import ROLES, expected
from tests.unit.services.rights.rights_recipes import Ask
from tests.unit.services.rights.test_rights_matrix import call

WRITES = re.compile(r"\s*(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
BESIDES = {"bank_state"}  # the change number grows with each unit
EXPECTED = expected()


@dataclass
class Unit:
    """One unit of work that was saved: the tables it wrote to, and who did what by the audit rows it appended."""

    tables: set[str] = field(default_factory=set)
    said: list[tuple[str, str, str]] = field(default_factory=list)


@contextlib.contextmanager
def watched(store: Store) -> Iterator[list[Unit]]:
    """The units of work of an open bank while this lasts."""
    units: list[Unit] = []
    plain = store._unit

    @contextlib.contextmanager
    def unit() -> Iterator[Any]:
        with plain() as session:
            raw, made = session.connection().connection.driver_connection, Unit()
            (last,) = raw.execute("SELECT coalesce(max(seq), 0) FROM audit_event").fetchone()
            texts: list[str] = []
            raw.set_trace_callback(texts.append)
            try:
                yield session
                session.flush()
            finally:
                raw.set_trace_callback(None)
            made.tables = {found[1].lower() for text in texts if (found := WRITES.match(text))} - BESIDES
            made.said = raw.execute("SELECT actor, role, act FROM audit_event WHERE seq > ?", (last,)).fetchall()
        units.append(made)

    store._unit = unit  # type: ignore[method-assign]
    try:
        yield units
    finally:
        del store._unit


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_is_written_is_audited(name: str, desk: Desk, tmp_path: Path) -> None:
    silent = []
    for role in ROLES:
        if not EXPECTED[name][role]:
            continue
        folder, login = tmp_path / role.value, LOGIN_OF[role]
        folder.mkdir()
        before = desk.app.store.change_no()
        with watched(desk.app.store) as units:
            call(Ask(desk, login, EXPECTED[name][role][0], folder), name)
        assert len(units) == desk.app.store.change_no() - before, "a unit of work was not seen"
        for one in units:
            if one.tables - {"job"} and not any(who == login and as_ == role.value for who, as_, _ in one.said):
                silent.append(f"{login} wrote to {', '.join(sorted(one.tables))}; the audit says {one.said}")
        desk.again()
    assert not silent, f"{name}:\n" + "\n".join(silent)


def test_a_write_that_says_nothing_is_seen(desk: Desk) -> None:
    with watched(desk.app.store) as units, desk.app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET source = 'fair' WHERE id = 1")
    assert [(one.tables, one.said) for one in units] == [({"customer"}, [])]


class Code:
    """The functions of crmdesk by module and name, and what each module's names stand for."""

    def __init__(self) -> None:
        self.functions: dict[tuple[str, str], ast.FunctionDef] = {}
        self.names: dict[str, dict[str, tuple[str, str]]] = {}  # module -> name in it -> (module, function or "")
        top = Path(crmdesk.__file__).parent
        for path in top.rglob("*.py"):
            parts = path.relative_to(top.parent).with_suffix("").parts
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            self.names[module] = {}
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    self.functions[(module, node.name)] = node
                elif isinstance(node, ast.ImportFrom):
                    for one in node.names:
                        self.names[module][one.asname or one.name] = (node.module or "", one.name)

    def called(self, module: str, code: ast.AST) -> Iterator[tuple[str, str]]:
        """(module, function) of each call in a piece of code that names a function of crmdesk."""
        for deed in (n.func for n in ast.walk(code) if isinstance(n, ast.Call)):
            if isinstance(deed, ast.Name):
                yield self.names[module].get(deed.id, (module, deed.id))
            elif isinstance(deed, ast.Attribute) and isinstance(deed.value, ast.Name):
                package, name = self.names[module].get(deed.value.id, ("", ""))
                yield f"{package}.{name}", deed.attr

    def audits(self, module: str, code: ast.AST, seen: set[tuple[str, str]]) -> bool:
        """Whether this code, or a function that it calls, appends to the audit."""
        for one in set(self.called(module, code)) - seen:
            seen.add(one)
            if one == ("crmdesk.store.audit", "record"):
                return True
            if one in self.functions and self.audits(one[0], self.functions[one], seen):
                return True
        return False


def test_every_unit_of_work_in_the_code_appends_to_the_audit() -> None:
    code, silent, units = Code(), [], 0
    for (module, name), node in code.functions.items():
        for block in (n for n in ast.walk(node) if isinstance(n, ast.With)):
            if any(ast.unparse(item.context_expr).endswith(".write()") for item in block.items):
                units += 1
                if not code.audits(module, ast.Module(block.body, []), set()):
                    silent.append(f"{module}.{name}")
    assert units > 60
    assert silent == ["crmdesk.store.bank.create_bank"]  # its first rows; the service that asks for it audits the bank
