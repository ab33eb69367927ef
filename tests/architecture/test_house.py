"""The house stands: contracts between rooms, style, types, sizes, and nothing of this machine in the files."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SOURCES = [p for top in ("crmdesk", "plugins") for p in sorted((ROOT / top).rglob("*.py"))]
# First-party imports inside functions, each with the reason why it may not stand at the top.
LAZY = {
    ("crmdesk/__main__.py", "crmdesk.desk"),  # the window opens before the command line loads, and the other way round
    ("crmdesk/__main__.py", "crmdesk.cli"),
    ("crmdesk/api.py", "crmdesk.domain"),  # statistics brings SciPy
}


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_contracts_between_rooms() -> None:
    run(str(BIN / "lint-imports"))


def test_style() -> None:
    run(str(BIN / "ruff"), "check", ".")


def test_format() -> None:
    run(str(BIN / "ruff"), "format", "--check", ".")


@pytest.mark.slow
def test_types() -> None:
    run(str(BIN / "mypy"))


def lazy_imports() -> set[tuple[str, str]]:
    found = set()
    for path in SOURCES:
        for outer in ast.walk(ast.parse(path.read_text())):
            if not isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(outer):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else (
                    [a.name for a in node.names] if isinstance(node, ast.Import) else [])  # fmt: skip
                found |= {
                    (path.relative_to(ROOT).as_posix(), n) for n in names if n.split(".")[0].startswith("crmdesk")
                }
    return found


def test_no_cycle_is_hidden_in_a_function() -> None:
    extra = {
        (file, name) for file, name in lazy_imports()
        if not any(file == f and (name == n or name.startswith(n + ".")) for f, n in LAZY)
        and not file.startswith(("crmdesk/desk/", "crmdesk/testing/"))
    }  # fmt: skip
    assert not extra


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_sizes(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is longer than a screen"
        if isinstance(node, ast.ClassDef):
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
            assert len(methods) <= 20, f"{node.name} has {len(methods)} methods"


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split() if (ROOT / name).is_file()]


def test_no_address_of_a_registry_and_no_machine_path() -> None:
    words = (
        "index" + "-url",
        "find" + "-links",
        "://[^ ]+/" + "(simple|packages)/",
        "file:" + "//" + "/opt",
        "/home" + r"/\w+/",
    )
    pattern = re.compile("|".join(words))
    bad = []
    for path in tracked():
        if path.suffix in {".png", ".svg", ".ico"} or path == Path(__file__):
            continue
        if pattern.search(path.read_text(encoding="utf-8", errors="replace")):
            bad.append(path.relative_to(ROOT).as_posix())
    assert not bad


def test_every_column_has_a_privacy_tag() -> None:
    from crmdesk.store.tables import metadata

    bare = [f"{t.name}.{c.name}" for t in metadata.sorted_tables for c in t.columns if "tag" not in c.info]
    assert not bare


def test_no_two_test_modules_share_a_name() -> None:
    """pytest imports test modules by their bare names."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert not [name for name, times in names.items() if times > 1]
