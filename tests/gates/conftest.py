"""Gates run small in every test run and whole by `python3 run.py gates NAME`."""

import os

import pytest


@pytest.fixture(scope="session")
def full() -> bool:
    """True when the whole gate was asked for."""
    return os.environ.get("CRMDESK_GATE") == "full"
