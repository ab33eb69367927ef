"""Near names: a misspelled name leads to those that are written much like it, and to nobody's by number."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.rights import Actor, Role
from crmdesk.services.near_names import near_names

ANALYST = Actor("ana", frozenset({Role.ANALYST}))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    names = ("Anderson", "Andersen", "Sanders", "Varkaya", "Müller", "Anders", "Undersun", "Andersson", "Andreson")
    with made.store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(20 + n, "Jo", name) for n, name in enumerate(names)])
    yield made
    made.store.close()


def test_a_slip_of_the_fingers_finds_the_name(app: SmallApp) -> None:
    found = near_names(app, ACTOR, "Andesron")
    assert "Anderson" in found[:3] and len(found) == 5 and "Varkaya" not in found
    assert near_names(app, ACTOR, "Varkya") == ["Varkaya"]
    assert near_names(app, ACTOR, "mulller") == ["Müller"]


def test_each_word_of_several_is_brought_near(app: SmallApp) -> None:
    assert near_names(app, ACTOR, "ada ylmaz") == ["Ada Yılmaz"]


def test_no_name_for_numbers_for_nonsense_or_for_who_may_not_read_names(app: SmallApp) -> None:
    for text in ("8491", "qqqwww", "", "x", '"" *'):
        assert near_names(app, ACTOR, text) == []
    assert near_names(app, ANALYST, "Andesron") == []
