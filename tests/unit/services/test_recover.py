"""Recovery: only the numbers of groups are known before the runs; afterwards each planted segment is accounted for."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crmdesk.contributions import Params
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.services import mining
from crmdesk.services.recover import Planted, given_params, planted_numbers
from tests.small_bank import ACTOR
from tests.unit.services.mining_bank import ANALYSES, SmallApp, bank


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    app = bank(tmp_path / "b.crmdesk")
    yield app
    app.store.close()


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """The planted groups of `bank`: ATM or online, calm or busy; two people nobody can find."""
    folder = tmp_path / "truth"
    folder.mkdir()
    lines = [f"C-{i:06d},{'atm' if i % 2 else 'online'},{'busy' if i > 20 else 'calm'}" for i in range(1, 43)]
    (folder / "segments.csv").write_text("\n".join(["customer,segment,tier", *lines]) + "\n", encoding="utf-8")
    return folder


def test_the_document_compares_both_runs_with_the_truth(app: SmallApp, truth: Path) -> None:
    found = mining.recover(app, ACTOR, truth, "demo.split", 7)
    json.dumps(found, allow_nan=False)
    assert list(found) == ["analysis", "seed", "chosen", "given", "verdict"]
    side = found["given"]
    assert list(side) == ["run", "k1", "k2", "members", "metrics", "segments"]
    assert (side["k1"], side["k2"], side["members"]) == (2, [2, 2], 40)
    assert list(side["metrics"]) == ["tier1_ari", "tier1_ami", "tier1_v", "ari", "ami", "v"]
    assert side["metrics"]["ari"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert side["segments"][0] == {"planted": "atm/busy", "n": 10, "recovered": "1.2", "precision": 1.0, "recall": 1.0,
                                   "f1": 1.0}  # fmt: skip
    assert found["verdict"] == "Joint ARI 1.000 with k chosen and 1.000 with k given: no difference."
    given, chosen = mining.runs(app, ACTOR)
    assert (chosen.uuid, given.uuid) == (found["chosen"]["run"], side["run"])
    assert (chosen.params["k1"], given.params["k1"], given.params["k2"]) == (None, 2, 2)


def test_one_planted_group_is_said_in_words(app: SmallApp, truth: Path) -> None:
    file = truth / "segments.csv"
    text = file.read_text().replace("atm", "all").replace("online", "all").replace("busy", "one").replace("calm", "one")
    file.write_text(text)
    found = mining.recover(app, ACTOR, truth, "demo.split")
    assert found["verdict"] == "One group was planted, but 4 were found with k chosen."
    assert found["given"]["k1"] == 1


def test_only_counts_are_read_before_the_runs(truth: Path) -> None:
    assert planted_numbers(truth) == Planted(2, (2, 2))
    assert given_params(ANALYSES["demo.split"], Planted(3, (3, 3, 2))) == {"k1": 3, "k2": 3}
    single = replace(ANALYSES["demo.split"], params=type("One", (Params,), {"__annotations__": {"k": int}, "k": 2}))
    assert given_params(single, Planted(3, (3, 3, 2))) == {"k": 8}
    with pytest.raises(BadInput, match="takes no number of groups"):
        given_params(replace(single, params=Params), Planted(1, (1,)))


def test_bad_truth_folders_are_named_before_anything_runs(app: SmallApp, tmp_path: Path) -> None:
    for text, words in (
        (None, "could not be read"),
        ("customer,segment\n", "no column 'tier'"),
        ("customer,segment,tier\n", "is empty"),
    ):
        folder = tmp_path / "t"
        folder.mkdir(exist_ok=True)
        if text is not None:
            (folder / "segments.csv").write_text(text)
        with pytest.raises(CrmdeskError, match=words):
            mining.recover(app, ACTOR, folder, "demo.split")
    assert mining.runs(app, ACTOR) == []


def test_an_analysis_without_members_cannot_be_compared(app: SmallApp, truth: Path) -> None:
    with pytest.raises(CrmdeskError, match="recover compares segmentations only"):
        mining.recover(app, ACTOR, truth, "demo.channels")
