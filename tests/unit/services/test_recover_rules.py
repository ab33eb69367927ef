"""Recovery of planted rules and sequences: what counts as found, and what is said about it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmdesk.contributions import Analysis
from crmdesk.domain.errors import CrmdeskError
from crmdesk.results import Rules
from crmdesk.services import mining
from crmdesk.services.recover import recover
from tests.small_bank import ACTOR
from tests.unit.services.mining_bank import ANALYSES, FewPlugins, SmallApp, Split, bank

# antecedent keys, consequent keys, confidence, lift, q, shown: as a run might have them.
SEEN = [
    ('["MOR"]', '["HOM"]', 0.59, 2.1, 0.0, True),
    ('["CAR", "HOM"]', '["LEG"]', 0.43, 2.0, 0.001, True),  # the truth has the two the other way round
    ('["HOM"]', '["MOR"]', 0.62, 2.1, 0.0, True),  # a rule turned round is another rule
    ('["LIF"]', '["PEN"]', 0.57, 2.2, 0.3, False),  # counted, but it did not stand up
    ('["TXT"]', '["EST"]', 0.68, 1.0, 0.9, False),
]
RULES_CSV = """kind,antecedent,consequent,confidence,base,lift,antecedent_keys,consequent_keys
association,Home mortgage,Contents insurance,0.59,0.27,2.18,"[""MOR""]","[""HOM""]"
association,Contents insurance + Car insurance,Legal insurance,0.43,0.2,2.15,"[""HOM"", ""CAR""]","[""LEG""]"
association,Life insurance,Pension plan,0.57,0.25,2.28,"[""LIF""]","[""PEN""]"
attribute,occupation student,Student card,0.49,0.07,7.0,"[""occupation=student""]","[""STU""]"
decoy,Text alerts,Online statements,0.68,0.68,1.0,"[""TXT""]","[""EST""]"
"""
SEQUENCES_CSV = """first,then,days,share,first_key,then_key
Car lease,Car insurance,60,0.6,CLS,CAR
Term deposit,Brokerage account,120,0.5,TRM,BRK
"""


def rules(frame: pd.DataFrame, params: Split, progress: Any) -> Rules:
    columns = ["antecedent_keys", "consequent_keys", "confidence", "lift", "q", "shown"]
    return Rules("Some rules.", tables={"rules": whole(pd.DataFrame(SEEN, columns=columns))})


def silent(frame: pd.DataFrame, params: Split, progress: Any) -> Rules:
    found = rules(frame, params, progress)
    return replace(found, tables={"rules": found.tables["rules"].iloc[:0]})


def whole(table: pd.DataFrame) -> pd.DataFrame:
    """With every column a table of rules must have."""
    blank = dict.fromkeys(("antecedent", "consequent", "text"), "")
    counts = dict.fromkeys(("antecedent_count", "consequent_count", "count"), 1)
    return table.assign(rule=range(1, len(table) + 1), **blank, **counts, support=0.1, low=0.4, high=0.6, leverage=0.1,
                        p=0.0, improvement=0.1)  # fmt: skip


def sequences(frame: pd.DataFrame, params: Split, progress: Any) -> Rules:
    table = pd.DataFrame(
        {"sequence": [1, 2], "steps": ["a", "b"], "count": [300, 50], "support": 0.02, "confidence": 0.55, "low": 0.5,
         "high": 0.6, "expected": [150.0, 0.0], "median_days": 20.0, "p": 0.0, "q": [0.001, 0.4],
         "shown": [True, False], "stands": True, "text": "", "keys": ['[["CLS"], ["CAR"]]', '[["BRK"], ["TRM"]]']}
    )  # fmt: skip
    return Rules("Some sequences.", tables={"sequences": table})


def changes(frame: pd.DataFrame, params: Split, progress: Any) -> Rules:
    return Rules("No change.")


MINED = {
    a.id: a
    for a in (
        Analysis("demo.rules", "Rules", "Some.", ("usage.cells",), Split, rules, Rules),
        Analysis("demo.silent", "Silent", "None.", ("usage.cells",), Split, silent, Rules),
        Analysis("demo.sequences", "Sequences", "Some.", ("usage.cells",), Split, sequences, Rules),
        Analysis("demo.changes", "Changes", "None.", ("usage.cells",), Split, changes, Rules),
    )
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = bank(tmp_path / "b.crmdesk")
    yield replace(made, plugins=FewPlugins(ANALYSES | MINED))
    made.store.close()


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    folder = tmp_path / "truth"
    folder.mkdir()
    (folder / "rules.csv").write_text(RULES_CSV, encoding="utf-8")
    (folder / "sequences.csv").write_text(SEQUENCES_CSV, encoding="utf-8")
    return folder


def test_a_rule_is_found_where_it_is_shown_with_the_same_items(app: SmallApp, truth: Path) -> None:
    found = recover(app, ACTOR, truth, "demo.rules", 7)
    json.dumps(found, allow_nan=False)
    assert list(found) == ["analysis", "seed", "run", "planted", "decoys", "found", "of", "decoys_found", "standing",
                           "shown", "verdict"]  # fmt: skip
    assert [(line["kind"], line["found"]) for line in found["planted"]] == [
        ("association", True), ("association", True), ("association", False), ("attribute", False),
    ]  # fmt: skip
    assert found["planted"][0] == {
        "kind": "association", "rule": "Home mortgage → Contents insurance", "found": True, "confidence": 0.59,
        "low": 0.4, "high": 0.6, "lift": 2.1, "q": 0.0, "planted_confidence": 0.59, "planted_lift": 2.18,
    }  # fmt: skip
    counted, absent = found["planted"][2:]
    assert (counted["confidence"], counted["q"]) == (0.57, 0.3)
    assert (absent["confidence"], absent["q"], absent["planted_confidence"]) == (None, None, 0.49)
    assert (found["found"], found["of"], found["decoys_found"], found["shown"]) == (2, 4, 0, 3)
    assert found["verdict"] == ("Found: 2 of 3 planted association rules and 0 of 1 planted attribute rules; "
                                "0 of 1 decoys shown; 3 rules shown in all.")  # fmt: skip
    assert mining.runs(app, ACTOR)[0].uuid == found["run"]


def test_a_decoy_that_is_shown_is_told(app: SmallApp, truth: Path) -> None:
    file = truth / "rules.csv"
    file.write_text(file.read_text().replace('TXT""]","[""EST', 'HOM""]","[""MOR'), encoding="utf-8")
    found = recover(app, ACTOR, truth, "demo.rules")
    assert (found["decoys"][0]["found"], found["decoys_found"]) == (True, 1)
    assert "1 of 1 decoys shown" in found["verdict"]


def test_a_sequence_is_found_in_its_order_only(app: SmallApp, truth: Path) -> None:
    found = recover(app, ACTOR, truth, "demo.sequences")
    first, second = found["planted"]
    assert (first["rule"], first["found"]) == ("Car lease → Car insurance within 60 days", True)
    assert (first["lift"], first["planted_confidence"], first["planted_lift"]) == (2.0, 0.6, None)
    assert (second["found"], second["q"]) == (False, None)
    assert found["verdict"] == ("Found: 1 of 2 planted sequences; "
                                "1 sequence shown in all, of 2 that stand up to the tests.")  # fmt: skip


def test_a_bank_without_rules_is_said_in_words(app: SmallApp, truth: Path) -> None:
    for name in ("rules.csv", "sequences.csv"):
        file = truth / name
        file.write_text(file.read_text().splitlines()[0] + "\n", encoding="utf-8")
    assert recover(app, ACTOR, truth, "demo.rules")["verdict"] == "No rule was planted, but 3 rules shown in all."
    assert recover(app, ACTOR, truth, "demo.silent")["verdict"] == "No rule was planted and none is shown."


def test_a_truth_without_rules_stops_before_anything_runs(app: SmallApp, truth: Path) -> None:
    (truth / "sequences.csv").unlink()
    with pytest.raises(CrmdeskError, match=r"sequences\.csv could not be read; --truth names"):
        recover(app, ACTOR, truth, "demo.rules")
    assert mining.runs(app, ACTOR) == []


def test_a_broken_truth_is_named(app: SmallApp, truth: Path) -> None:
    (truth / "rules.csv").write_text("kind,antecedent\n", encoding="utf-8")
    with pytest.raises(CrmdeskError, match="no column 'consequent'"):
        recover(app, ACTOR, truth, "demo.rules")


def test_a_broken_row_of_the_truth_is_named(app: SmallApp, truth: Path) -> None:
    file = truth / "rules.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    for wrong in (lines[1].partition(",")[0], lines[1].replace("[", "(")):
        file.write_text("\n".join([lines[0], wrong, *lines[2:]]) + "\n", encoding="utf-8")
        with pytest.raises(CrmdeskError, match=r"Row 2 of .*rules\.csv is no planted rule; --truth names"):
            recover(app, ACTOR, truth, "demo.rules")


def test_what_gives_neither_cannot_be_compared(app: SmallApp, truth: Path) -> None:
    with pytest.raises(CrmdeskError, match="neither rules nor sequences"):
        recover(app, ACTOR, truth, "demo.changes")
