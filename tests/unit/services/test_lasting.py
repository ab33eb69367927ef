"""Undo never takes back an older edit in the place of what cannot be undone: it says first what was last."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import single_user
from crmdesk.services import customer_edit, documents, history, interactions
from crmdesk.services import permission_record as records

ADA = "C-000001"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def work(app: SmallApp, words: str) -> None:
    version = customer_edit.draft(app, ACTOR, ADA).version
    customer_edit.edit(app, ACTOR, ADA, version, {"occupation": words})


def held(app: SmallApp) -> str:
    return customer_edit.draft(app, ACTOR, ADA).values["occupation"]


def speak(app: SmallApp) -> int:
    return interactions.record(app, ACTOR, ADA, interactions.choices(app, ACTOR)[0].code).id


def attach(app: SmallApp, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear bank", encoding="utf-8")
    documents.add(app, ACTOR, ADA, file)


@pytest.mark.parametrize(("act", "noun", "place"), [
    (lambda app, _: records.withdraw(app, ACTOR, ADA), "a withdrawal", "Permissions tab"),
    (lambda app, _: records.objection(app, ACTOR, ADA), "an objection", "Permissions tab"),
    (lambda app, _: records.restrict(app, ACTOR, ADA, True), "a restriction", "Permissions tab"),
    (lambda app, _: speak(app), "an interaction", "Timeline tab"),
    (lambda app, _: interactions.reverse(app, ACTOR, speak(app), "twice"), "the reversal", "recorded anew"),
    (attach, "a document", "stays with the customer"),
])  # fmt: skip
def test_what_lasts_is_named_before_the_older_edit_goes(
    app: SmallApp, tmp_path: Path, act: Callable[[SmallApp, Path], object], noun: str, place: str
) -> None:
    work(app, "pilot")
    act(app, tmp_path)
    offered = history.next_undo(app, ACTOR)
    assert offered is not None and noun in offered.first and ADA in offered.first and place in offered.first
    with pytest.raises(BadInput, match=f"Your last deed was {noun}.*{place}.*Undo again takes back: Edit customer"):
        history.undo(app, ACTOR)
    assert held(app) == "pilot"
    again = history.next_undo(app, ACTOR)
    assert again is not None and again.first == ""
    assert history.undo(app, ACTOR).title.startswith("Undo: Edit customer") and held(app) != "pilot"


def test_a_deed_named_by_its_number_goes_back_at_once(app: SmallApp) -> None:
    work(app, "pilot")
    offered = history.next_undo(app, ACTOR)
    records.withdraw(app, ACTOR, ADA)
    assert offered is not None and history.undo(app, ACTOR, offered.id).restored == 1


def test_an_edit_after_it_goes_back_unasked_and_the_one_before_it_does_not(app: SmallApp) -> None:
    work(app, "pilot")
    records.withdraw(app, ACTOR, ADA)
    work(app, "baker")
    history.undo(app, ACTOR)
    assert held(app) == "pilot"
    with pytest.raises(BadInput, match="a withdrawal"):
        history.undo(app, ACTOR)
    assert held(app) == "pilot"


def test_each_lasting_act_on_the_way_back_is_said_once(app: SmallApp) -> None:
    work(app, "pilot")
    records.withdraw(app, ACTOR, ADA)
    work(app, "baker")
    speak(app)
    with pytest.raises(BadInput, match="an interaction"):
        history.undo(app, ACTOR)
    history.undo(app, ACTOR)
    assert held(app) == "pilot"
    with pytest.raises(BadInput, match="a withdrawal"):
        history.undo(app, ACTOR)
    history.undo(app, ACTOR)
    assert held(app) == ""


def test_with_nothing_older_the_way_to_correct_it_is_still_said(app: SmallApp) -> None:
    speak(app)
    with pytest.raises(BadInput, match="Timeline tab. There is nothing else to undo"):
        history.undo(app, ACTOR)


def test_what_others_did_does_not_stop_my_undo(app: SmallApp) -> None:
    work(app, "pilot")
    records.withdraw(app, single_user("mia"), ADA)
    assert history.undo(app, ACTOR).restored == 1
