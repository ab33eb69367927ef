"""Gates run small in every test run and whole by `python3 run.py gates NAME`."""

import os
from typing import Any

import pytest
from gui.conftest import bank, closed_desk, desk, open_on, tiny_bank

__all__ = ["bank", "closed_desk", "desk", "full", "open_on", "tiny_bank"]  # the window is the gates' too

# What a whole gate may be told: option, kind, meaning. Each gate has its own sizes where nothing is said.
OPTIONS: dict[str, tuple[Any, str]] = {
    "--kills": (int, "kill: writers to kill"),
    "--writers": (str, "kill: how many write at once, in turn, as 1,3"),
    "--points": (int, "powercut: cuts"),
    "--control": (bool, "powercut: the controls as well, which must fail"),
    "--procs": (int, "multi: processes"),
    "--seconds": (float, "multi: how long"),
    "--under-load": (int, "backup: copies made while others write"),
    "--n": (int, "damage: flips and cuts"),
    "--kill": (int, "migrate: kills"),
    "--all": (bool, "restore: every kept copy"),
    "--calls": (int, "faults: system calls of each action"),
    "--attack": (int, "audit: attacks"),
    "--seed": (int, "the seed that a failure was printed with"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Only known where a gate is named on the command line; `asked` has the gate's own size elsewhere."""
    for name, (kind, words) in OPTIONS.items():
        if kind is bool:
            parser.addoption(name, action="store_true", default=None, help=words)
        else:
            parser.addoption(name, type=kind, default=None, help=words)


@pytest.fixture
def asked(request: pytest.FixtureRequest, full: bool) -> Any:
    """`asked("--kills", small, whole)`: what was asked for, else the small size or that of the whole gate."""

    def size(name: str, small: Any, whole: Any) -> Any:
        told = request.config.getoption(name, None)
        return told if told is not None else whole if full else small

    return size


@pytest.fixture(scope="session")
def full() -> bool:
    """True when the whole gate was asked for."""
    return os.environ.get("CRMDESK_GATE") == "full"
