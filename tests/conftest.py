"""Shared fixtures: real data where it is present, a private config folder, and no network."""

import os
import socket
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# As in the worker: with one pool of threads per test process, two processes on two cores wait for each other.
for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(pool, "1")
DATA = Path(os.environ.get("CRMDESK_DATA", Path(__file__).parents[1].parent / "shared" / "data"))


@pytest.fixture
def real_data() -> Path:
    """The folder with the real data; the test is skipped where it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"real data is not at {DATA}; set CRMDESK_DATA")
    return DATA


@pytest.fixture(autouse=True)
def own_config(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's settings."""
    monkeypatch.setenv("CRMDESK_CONFIG", str(tmp_path_factory.mktemp("config")))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets to other machines are refused; local ones (worker pipes) stay."""
    real = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            raise RuntimeError(f"a test tried the network: {address}")
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", refuse)
