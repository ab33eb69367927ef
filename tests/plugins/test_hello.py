"""The example plugin of a third party, really installed by pip, is found, checked and mined with."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "third_party" / "crmdesk-hello"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed crmdesk-hello, without any network."""
    folder = tmp_path_factory.mktemp("hello")
    source = shutil.copytree(SOURCE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    target = folder / "site"
    command = [*installer(), "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    done = subprocess.run(
        [*command, "--target", str(target), str(source)],
        env=os.environ | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return target


def installer() -> list[str]:
    """pip of this environment, or uv where uv made an environment without pip."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install"]
    if shutil.which("uv"):
        return ["uv", "pip", "install", "--offline", "--no-config", "--python", sys.executable]
    pytest.skip("neither pip nor uv is here to install the plugin with")


def crmdesk(site: Path, *args: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(site)}
    return subprocess.run(
        [sys.executable, "-m", "crmdesk", *args], env=env, capture_output=True, text=True, timeout=120, check=False
    )


def test_it_is_found_loaded_and_listed(site: Path) -> None:
    done = crmdesk(site, "plugin", "list", "--json")
    assert done.returncode == 0, done.stderr
    (hello,) = [p for p in json.loads(done.stdout)["plugins"] if p["id"] == "hello"]
    assert hello == {
        "id": "hello", "title": "Hello", "version": "1.0.0", "distribution": "crmdesk-hello", "state": "ready",
        "reason": "", "contributions": ["analyses", "columns", "panels"],
        "wants": {"features": ["usage.interactions", "usage.cells"], "columns": [], "purposes": ["profiling"]},
    }  # fmt: skip


def test_the_doctor_finds_it_well(site: Path) -> None:
    done = crmdesk(site, "plugin", "doctor", "--json")
    (hello,) = [p for p in json.loads(done.stdout)["plugins"] if p["id"] == "hello"]
    assert hello["problems"] == [] and all(hello["checks"].values()), hello


def test_it_mines_in_the_worker_and_can_be_turned_off(site: Path, bank: Path) -> None:
    done = crmdesk(site, "mine", str(bank), "hello.count", "--at-least", "3", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["params"] == {"at_least": 3}
    assert document["tables"]["table"]["columns"][0] == "channel"
    assert crmdesk(site, "plugin", "disable", "hello").returncode == 0
    refused = crmdesk(site, "mine", str(bank), "hello.count", "--json")
    assert refused.returncode == 2 and refused.stdout == ""
    assert crmdesk(site, "plugin", "enable", "hello").returncode == 0
    assert crmdesk(site, "mine", str(bank), "hello.count", "--json").returncode == 0
