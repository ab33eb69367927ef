"""Programs of the laboratory, run beside the tests: a clean process without a window, heard to its last word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]


def surroundings() -> dict[str, str]:
    """The environment in which a program of the laboratory finds its modules; always the same order of sets."""
    return {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}", "PYTHONHASHSEED": "0"}


def ask(module: str, *arguments: object) -> Any:
    """Run `laboratory.MODULE` with arguments; the JSON document it prints. AssertionError where it failed."""
    done = subprocess.run(
        [sys.executable, "-m", f"laboratory.{module}", *map(str, arguments)],
        capture_output=True, text=True, env=surroundings(), check=False, cwd=TESTS.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
