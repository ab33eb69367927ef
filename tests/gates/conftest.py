"""Gates run small in every test run and whole by `python3 run.py gates NAME`."""

import os

import pytest
from gui.conftest import bank, closed_desk, desk, open_on, tiny_bank

__all__ = ["bank", "closed_desk", "desk", "full", "open_on", "tiny_bank"]  # the window is the gates' too


@pytest.fixture(scope="session")
def full() -> bool:
    """True when the whole gate was asked for."""
    return os.environ.get("CRMDESK_GATE") == "full"
