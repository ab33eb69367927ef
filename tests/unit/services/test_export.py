"""What leaves the bank: permitted rows only, harmless in a spreadsheet, audited; and the report of a run."""

import contextlib
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from crmdesk.domain.errors import CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.results import Result
from crmdesk.services import export, large_export, mining
from crmdesk.services.reports import write_report
from crmdesk.services.segments import describe
from tests.small_bank import ACTOR
from tests.unit.services.mining_bank import SmallApp, bank, may_email, refuses_profiling, say


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    app = bank(tmp_path / "b.crmdesk")
    yield app
    app.store.close()


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def acts(app: SmallApp) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        return [tuple(r) for r in raw.execute("SELECT act, fields, reason FROM audit_event ORDER BY seq")]


def test_every_table_is_written_with_public_numbers(app: SmallApp, tmp_path: Path) -> None:
    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    report = mining.export(app, ACTOR, run, tmp_path / "deep" / "out")
    assert {f.name for f in report.files} == {"segments.csv", "members.csv", "profile.csv", "k_choice.csv", "run.json"}
    assert (report.left_out, report.warnings) == (0, ())
    members = read(tmp_path / "deep/out/members.csv")
    assert len(members) == 40
    assert members[0] == {"customer": "C-000001", "tier1": "1", "tier2": "1", "segment": "1.1", "strength": "0.9",
                          "runner_up": "", "distance_pct": "50.0", "provisional": "true"}  # fmt: skip
    assert {row["name"] for row in read(tmp_path / "deep/out/segments.csv")} == {"'=Group"}
    head = json.loads((tmp_path / "deep/out/run.json").read_text())
    assert (head["run"], head["purpose"], head["excluded"]) == (run, "profiling", {"too_few_interactions": 2})
    assert acts(app)[-1] == ("export", "segments, members, profile, k_choice", "40 customer rows, 0 people left out")


def test_people_who_withdrew_since_are_left_out_and_counted(app: SmallApp, tmp_path: Path) -> None:
    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    say(app, refuses_profiling(3), refuses_profiling(4))
    report = mining.export(app, ACTOR, run, tmp_path / "out")
    assert report.left_out == 2
    assert "The rows of 2 people were left out" in report.warnings[0]
    numbers = {row["customer"] for row in read(tmp_path / "out/members.csv")}
    assert len(numbers) == 38
    assert not numbers & {"C-000003", "C-000004"}
    assert acts(app)[-1][2] == "38 customer rows, 2 people left out"


def test_figures_are_drawn_from_a_file_without_persons(app: SmallApp, tmp_path: Path) -> None:
    seen: list[Path] = []

    def draw(file: Path, folder: Path) -> list[str]:
        result = Result.from_bytes(file.read_bytes())
        assert set(result.figures) == {"sizes"}
        assert "members" not in result.tables
        assert "segments" in result.tables
        seen.append(file)
        return ["Qt is missing."]

    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    assert mining.export(app, ACTOR, run, tmp_path / "out", draw).warnings == ("Qt is missing.",)
    assert seen and not seen[0].exists()


def test_a_folder_that_cannot_be_written_leaves_no_audit_row(app: SmallApp, tmp_path: Path) -> None:
    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    (tmp_path / "file").write_text("in the way")
    before = acts(app)
    with pytest.raises(CrmdeskError, match="could not be written"):
        mining.export(app, ACTOR, run, tmp_path / "file" / "out")
    assert acts(app) == before


def test_many_rows_need_a_second_person(app: SmallApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_export, "ALONE", 39)
    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    with pytest.raises(Refused, match="needs a second person"):
        mining.export(app, Actor("ana", frozenset({Role.ANALYST})), run, tmp_path / "out")
    assert mining.export(app, ACTOR, run, tmp_path / "out").left_out == 0


def test_no_text_acts_as_a_formula_and_numbers_stay_numbers(tmp_path: Path) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM", "\tx", "\rx", "\0x", "plain", 'quo"te, comma', None]
    export.write_csv(
        pd.DataFrame({"=head": texts, "n": [-1.5, np.nan, *[0.1] * 8], "b": [True] * 10, "i": range(-1, 9)}),
        tmp_path / "t.csv",
    )
    found = read(tmp_path / "t.csv")
    assert [row["'=head"] for row in found] == [
        "'=1+1", "'+1", "'-1", "'@SUM", "'\tx", "'\rx", "'\0x", "plain", 'quo"te, comma', ""
    ]  # fmt: skip
    assert (found[0]["n"], found[1]["n"], found[0]["i"], found[0]["b"]) == ("-1.5", "", "-1", "true")
    assert b"\r\n" in (tmp_path / "t.csv").read_bytes()


def test_segments_are_described_in_the_banks_words(app: SmallApp) -> None:
    say(app, *(may_email(i) for i in range(1, 41, 2) if i <= 20))
    record = mining.run(app, ACTOR, "demo.split", {})
    cards = {card.code: card for card in describe(app, ACTOR, record).cards}
    assert cards["1.1"].channels == (("ATM", 1.0),)
    assert cards["2.2"].channels == (("online", 1.0),)
    assert cards["1.1"].modes == (("transaction", 1.0),)
    assert (cards["1.1"].n, cards["1.1"].degree, cards["1.1"].contactable, cards["1.1"].best_channel) == (
        10, 1.0, 10, "e-mail"
    )  # fmt: skip
    assert (cards["2.1"].degree, cards["2.1"].best_channel) == (0.0, None)
    assert cards["1.1"].value_ratio == 1.0
    assert cards["1.1"].words == ("c01 2.0 x the mean (d +1.5)",)
    assert cards["1.1"].sentence() == (
        "1.1 =Group: 10 customers (25%); prefers ATM 100%; mode transaction 100%; value 1.0 x the mean; "
        "may contact 100%, best e-mail"
    )
    with pytest.raises(CrmdeskError, match="holds no segments"):
        describe(app, ACTOR, mining.run(app, ACTOR, "demo.channels", {}))


def test_groups_below_ten_people_hide_their_permission(tmp_path: Path) -> None:
    app = bank(tmp_path / "few.crmdesk", 12, 0)
    card = describe(app, ACTOR, mining.run(app, ACTOR, "demo.split", {})).cards[0]
    assert (card.degree, card.contactable) == (None, 0)
    app.store.close()


def test_the_report_stands_alone_and_answers_first(app: SmallApp, tmp_path: Path) -> None:
    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    page = write_report(app, ACTOR, run, tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.index("4 segments.") < page.index("Segments</h2>") < page.index("<svg")
    assert not re.search(r"https?:|src=|<script|<link|url\(", page)
    assert not re.search(r"C-0000\d\d", page)
    assert "prefers-color-scheme: dark" in page
    drawings = re.findall(r"<svg.*?</svg>", page, re.S)
    names = [ElementTree.fromstring(svg).get("aria-label") for svg in drawings]
    assert names == ["Segment map", "Channels and modes", "Stability by number of groups", "Sizes"]
    assert acts(app)[-1][0] == "report"
    assert {f.name for f in tmp_path.iterdir()} >= {"report.html"}
    assert not list(tmp_path.glob("*.part"))


def test_a_report_of_a_plain_table_and_a_folder_that_is_missing(app: SmallApp, tmp_path: Path) -> None:
    run = mining.run(app, ACTOR, "demo.channels", {}).uuid
    assert "2 channels used." in write_report(app, ACTOR, run, tmp_path / "r.html").read_text(encoding="utf-8")
    with pytest.raises(CrmdeskError, match="could not be written"):
        write_report(app, ACTOR, run, tmp_path / "nowhere" / "r.html")


def test_a_later_file_that_cannot_be_written_leaves_nothing(app: SmallApp, tmp_path: Path) -> None:
    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    out = tmp_path / "out"
    (out / "profile.csv").mkdir(parents=True)  # the third of five files
    (out / "segments.csv").write_text("of before")
    (out / "mine.txt").write_text("not ours")
    before = acts(app)
    with pytest.raises(CrmdeskError, match="out could not be written"):
        mining.export(app, ACTOR, run, out)
    assert acts(app) == before
    assert {f.name for f in out.iterdir()} == {"profile.csv", "segments.csv", "mine.txt"}
    assert (out / "segments.csv").read_text() == "of before"


def test_an_export_that_cannot_be_audited_leaves_nothing(
    app: SmallApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    real = app.store.write

    @contextlib.contextmanager
    def failing() -> Iterator[Any]:
        with real() as session:
            yield session
            raise CrmdeskError("The disk is full.")

    monkeypatch.setattr(app.store, "write", failing)
    with pytest.raises(CrmdeskError, match="full"):
        mining.export(app, ACTOR, run, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_an_export_replaces_only_its_own_files_and_writes_them_while_the_bank_is_free(
    app: SmallApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("not ours")
    (out / "members.csv").write_text("of before")
    real = export.write_csv

    def write_csv(table: pd.DataFrame, file: Path) -> None:
        say(app, may_email(1))  # another writer gets in
        real(table, file)

    monkeypatch.setattr(export, "write_csv", write_csv)
    mining.export(app, ACTOR, run, out)
    assert len(read(out / "members.csv")) == 40
    assert {f.name for f in out.iterdir()} == {"segments.csv", "members.csv", "profile.csv", "k_choice.csv", "run.json",
                                               "mine.txt"}  # fmt: skip
