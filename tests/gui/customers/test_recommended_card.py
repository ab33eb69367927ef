"""The card of recommendations: content only while permitted, decisions as lines, buttons for those who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.recommended import ALL_DECIDED, NOTHING_NOW, RecommendedCard
from crmdesk.domain.rights import Actor, Role
from crmdesk.services.offers import Recommendation

WHY = "has Home mortgage and no Contents insurance; of 100 such customers 4 to 6 took it within 180 days"
OPEN = Recommendation(
    1, "run-1", "offer", datetime(2026, 10, 31, tzinfo=UTC), "open", None, None, "", "phone", "HOM",
    "Contents insurance", 0.051, 280, "EUR", 3, (WHY,),
)  # fmt: skip


@pytest.fixture
def card(qtbot: QtBot, context: DeskContext) -> RecommendedCard:
    made = RecommendedCard(context)
    qtbot.addWidget(made)
    made.spread(False, 272)
    return made


def words(card: RecommendedCard) -> list[str]:
    return [part.text() for part in card.findChildren(QLabel)]


def buttons(card: Any) -> list[str]:
    return [part.accessibleName() for part in card.findChildren(QPushButton)]


def test_an_open_one_tells_product_channel_chance_worth_and_reason(card: RecommendedCard) -> None:
    card.show_all([OPEN])
    facts = "Phone: allowed today. Chance 5.1 %. Worth EUR 3 a year."
    assert words(card) == ["Recommended", "Contents insurance", facts, f"H{WHY[1:]}."]
    assert buttons(card) == ["Taken: Contents insurance", "Declined: Contents insurance"]


def test_where_nobody_should_ask_now_the_reason_stands_and_the_decision_stays_possible(card: RecommendedCard) -> None:
    card.show_all([replace(OPEN, not_now="contacted often enough")])
    assert "Phone: not now, contacted often enough. Chance 5.1 %. Worth EUR 3 a year." in words(card)
    assert len(buttons(card)) == 2


def test_where_permission_ended_only_the_reason_stands(card: RecommendedCard) -> None:
    hidden = "Not shown: no permission for offers by phone (withdrawn)."
    card.show_all([replace(OPEN, hidden=hidden, channel=None, product=None, product_name=None, p=None, why=())])
    assert words(card) == ["Recommended", hidden] and not buttons(card)


def test_what_was_decided_is_a_line_and_nothing_is_open(card: RecommendedCard) -> None:
    card.show_all([replace(OPEN, decision="declined", decided_by="ela", decided_on=date(2026, 11, 2))])
    assert words(card) == ["Recommended", ALL_DECIDED, "Contents insurance: declined on 2 Nov 2026 by ela."]


def test_nothing_recommended_is_a_sentence_and_without_the_right_there_is_no_card(card: RecommendedCard) -> None:
    card.show_all([])
    assert words(card) == ["Recommended", NOTHING_NOW]
    card.show_all(None)
    assert card.isHidden()


def test_who_may_not_make_offers_sees_no_buttons(card: RecommendedCard, context: DeskContext) -> None:
    context.actor = Actor("ana", frozenset({Role.ANALYST}))
    card.show_all([OPEN])
    assert not buttons(card) and "Contents insurance" in words(card)
