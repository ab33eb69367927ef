"""Finding, listing and opening customers."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.filter import Chip, from_json
from crmdesk.domain.rights import Actor, Role
from crmdesk.jobs.progress import Cancelled
from crmdesk.services import customers
from crmdesk.services.customers import CustomerQuery, TimelineFilter
from crmdesk.store import chain

AUDITOR = Actor("otto", frozenset({Role.AUDITOR}))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def found(app: SmallApp, text: str = "", *chips: Chip, actor: Actor = ACTOR, **more: object) -> list[int]:
    return list(customers.find(app, actor, CustomerQuery(text, chips, **more)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yilmaz", [1]), ("YILMAZ", [1]), ("ılma", [1]), ("ada yil", [1]), ("okçün", [2]), ("000003", [3]),
        ("c-000003", [3]), ("1234", [1]), ("532 222", [2]), ("+90 (532) 111", [1]), ("ada_y@mail", [1]),
        ("adaxy@mail", []), ("moda", [1, 4]), ("%", []), ("%%%", []), ("b", [4]), ("i", [2, 3]), ("zzz", []),
        ("' OR 1", []), ("", [1, 4, 2, 5, 3]), ("mail.example", [1, 3]),
    ],
)  # fmt: skip
def test_search_finds_any_part_of_what_people_know(app: SmallApp, text: str, expected: list[int]) -> None:
    assert found(app, text) == expected


@pytest.mark.parametrize(
    ("chip", "expected"),
    [
        (Chip("kind", "is", ("company",)), {5}), (Chip("kind", "is_not", ("company",)), {1, 2, 3, 4}),
        (Chip("branch", "is", ("B2",)), {4}), (Chip("segment", "is", ("1.1", "2.1")), {1, 2}),
        (Chip("marketing", "is", ("email",)), {1}), (Chip("marketing", "is", ("phone", "in_person")), {1}),
        (Chip("marketing", "is_not", ("email",)), {2, 3, 4, 5}), (Chip("product", "is", ("mortgage",)), {1}),
        (Chip("joined", "from", ("2024-01-01",)), {3}), (Chip("joined", "before", ("2024-01-01",)), {1, 2, 4, 5}),
        (Chip("active", "from", ("2026-10-01",)), {1}), (Chip("active", "before", ("2026-09-01",)), {3}),
    ],
)  # fmt: skip
def test_each_chip_keeps_its_own(app: SmallApp, chip: Chip, expected: set[int]) -> None:
    assert set(found(app, "", chip)) == expected


def test_chips_and_words_are_joined_by_and(app: SmallApp) -> None:
    assert found(app, "moda", Chip("branch", "is", ("B2",)), Chip("kind", "is", ("person",))) == [4]


def test_a_filter_survives_json() -> None:
    chips = (Chip("marketing", "is", ("email", "sms")), Chip("joined", "from", ("2024-01-01",)))
    assert from_json([c.to_json() for c in chips]) == chips


@pytest.mark.parametrize(("field", "op", "values"), [
    ("shoe", "is", ("1",)), ("kind", "from", ("person",)), ("kind", "is", ()), ("kind", "is", ("dog",)),
    ("joined", "from", ("soon",)),
])  # fmt: skip
def test_a_wrong_chip_is_refused_in_words(field: str, op: str, values: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match=f"{field}|date"):
        Chip(field, op, values)


@pytest.mark.parametrize(("sort", "first"), [
    ("number", 1), ("name", 1), ("city", 2), ("segment", 3), ("value", 3), ("active", 4), ("joined", 1),
])  # fmt: skip
def test_each_column_sorts_both_ways(app: SmallApp, sort: str, first: int) -> None:
    up, down = found(app, sort=sort), found(app, sort=sort, descending=True)
    assert up[0] == first
    assert up == down[::-1]
    assert sorted(up) == [1, 2, 3, 4, 5]


def test_an_unknown_column_is_refused(app: SmallApp) -> None:
    with pytest.raises(BadInput, match="shoe"):
        found(app, sort="shoe")


def test_a_cancelled_search_stops(app: SmallApp) -> None:
    with app.store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(k, "Mass", f"N{k % 97}") for k in range(100, 9000)])
    with pytest.raises(Cancelled):
        customers.find(app, ACTOR, CustomerQuery(sort="active"), cancel=lambda: True)


def test_rows_come_in_the_order_asked_with_their_facts(app: SmallApp) -> None:
    ada, gone = customers.rows(app, ACTOR, [1, 999, 4])
    assert (ada.name, ada.city, ada.segment) == ("Ada Yılmaz", "Moda", "Online, high")
    assert (ada.value, ada.currency) == (115_000, "EUR")
    assert str(ada.active_on) == "2026-10-28"  # not the interest two days later
    assert {c for c, d in ada.permissions if d.allowed} == {"email", "in_person"}
    assert not any(d.allowed for _, d in gone.permissions)  # restricted


def test_a_block_costs_the_same_statements_at_any_size(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    real = app.store.reader

    class Counting:
        def __init__(self) -> None:
            self.context = real()

        def __enter__(self) -> "Counting":
            self.raw = self.context.__enter__()
            return self

        def __exit__(self, *error: object) -> None:
            self.context.__exit__(*error)  # type: ignore[arg-type]

        def execute(self, sql: str, *rest: object) -> object:
            said.append(sql)
            return self.raw.execute(sql, *rest)

    monkeypatch.setattr(app.store, "reader", Counting)
    customers.rows(app, ACTOR, [1])
    one = len(said)
    customers.rows(app, ACTOR, [1, 2, 3, 4, 5])
    assert len(said) == 2 * one <= 14  # one of them asks who this person is now


def test_more_than_a_block_is_refused(app: SmallApp) -> None:
    with pytest.raises(BadInput, match="257"):
        customers.rows(app, ACTOR, range(257))


def test_the_card_masks_contact_data_and_adds_up_the_accounts(app: SmallApp) -> None:
    card = customers.get(app, ACTOR, "C-000001")
    assert (card.phone, card.email) == ("•••• 1234", "a•••@mail.example")
    assert (card.held, card.owed) == (115_000, -8_985_000)
    assert len(card.months) == 13 and card.months[-1] == ("2026-10", 115_000)
    assert [len(a.months) for a in card.accounts] == [13, 13]
    assert "532" not in repr(card)


def test_an_unknown_number_says_what_to_do(app: SmallApp) -> None:
    with pytest.raises(BadInput, match="C-9"):
        customers.get(app, ACTOR, "C-9")


def test_opening_and_revealing_are_audited(app: SmallApp) -> None:
    customers.note_opened(app, ACTOR, "C-000001")
    assert customers.reveal(app, ACTOR, "C-000001", "phone", "call back") == "+90 532 111 1234"
    with app.store.reader() as raw:
        acts = raw.execute("SELECT act, object, customer_id, fields, reason FROM audit_event ORDER BY seq").fetchall()
    assert acts == [("read customer", "C-000001", 1, "", ""), ("reveal", "C-000001", 1, "phone", "call back")]


def test_without_the_right_no_name_is_shown_found_or_revealed(app: SmallApp) -> None:
    assert found(app, "yilmaz", actor=AUDITOR) == []
    assert found(app, "000001", actor=AUDITOR) == [1]
    (row,) = customers.rows(app, AUDITOR, [1])
    assert (row.name, row.city) == ("C-000001", "")
    assert "Ada" not in repr(customers.get(app, AUDITOR, "C-000001"))
    card = customers.get(app, AUDITOR, "C-000001")
    assert (card.phone, card.email) == ("••••", "•••")  # that there is one, and no part of it
    assert customers.get(app, AUDITOR, "C-000005").phone == customers.get(app, AUDITOR, "C-000005").email == ""
    with pytest.raises(Refused, match="teller"):
        customers.reveal(app, AUDITOR, "C-000001", "phone")
    with pytest.raises(Refused):
        customers.find(app, Actor("adi", frozenset({Role.ADMIN})), CustomerQuery())


def test_the_timeline_counts_all_and_leaves_postings_out(app: SmallApp) -> None:
    line = customers.timeline(app, ACTOR, "C-000001")
    assert (line.total, line.postings) == (3, 1)
    assert [e.channel for e in line.events] == ["atm", "online", "call_centre"]
    assert line.months == (("2026-08", "call_centre", "transaction", 1), ("2026-10", "atm", "transaction", 1),
                           ("2026-10", "online", "transaction", 1))  # fmt: skip
    assert customers.timeline(app, ACTOR, "C-000001", TimelineFilter(postings=True)).total == 4
    october = TimelineFilter(channels=("atm", "branch"), modes=("transaction",), month="2026-10")
    assert [e.amount for e in customers.timeline(app, ACTOR, "C-000001", october).events] == [-5000]


def test_a_long_timeline_keeps_its_counts_but_not_all_marks(app: SmallApp) -> None:
    random.seed(4)
    days = [f"2026-{random.randint(1, 9):02d}-{random.randint(1, 28):02d}" for _ in range(2500)]
    with app.store.write() as session:
        small_bank.add(session, "interaction", [small_bank.interaction(5, d, random.randint(1, 37)) for d in days])
    line = customers.timeline(app, ACTOR, "C-000005")
    assert (line.total, len(line.events)) == (2500, customers.MARKS_AT_MOST)
    assert sum(m[3] for m in line.months) == 2500


def test_the_segment_card_names_the_runner_up(app: SmallApp) -> None:
    card = customers.segment(app, ACTOR, "C-000001")
    assert card is not None
    assert (card.name, card.runner_up, card.strength) == ("Online, high", "Branch, middle", 0.78)
    assert (str(card.run_on), card.size, card.mined) == ("2026-11-01", 1, 2)
    assert customers.segment(app, ACTOR, "C-000003") is None


def test_choices_come_from_the_bank(app: SmallApp) -> None:
    assert customers.choices(app, ACTOR) == {
        "branch": [("B2", "Harbour"), ("HO", "Head office")],
        "segment": [("1.1", "Online, high"), ("2.1", "Branch, middle")],
    }


@pytest.mark.parametrize("change", [
    [small_bank.event(1, "profiling", None, "objected", "2026-10-01")],
    [small_bank.event(1, "sharing", None, "erased", "2026-10-01")],
    "UPDATE customer SET restricted = 1 WHERE id = 1",
    "INSERT INTO setting (name, value) VALUES ('basis.profiling', '\"consent\"')",
])  # fmt: skip
def test_who_may_not_be_profiled_now_shows_no_segment(app: SmallApp, change: str | list[dict[str, object]]) -> None:
    with app.store.write() as session:
        if isinstance(change, str):
            session.connection().exec_driver_sql(change)
        else:
            chain.append(session, app.store.audit_key, "permission_event", change)
    assert customers.segment(app, ACTOR, "C-000001") is None
    assert customers.rows(app, ACTOR, [1])[0].segment == ""
    assert 1 not in found(app, "", Chip("segment", "is", ("1.1", "2.1")))
    assert found(app, sort="segment", descending=True)[0] != 1  # "Online, high" would come first


def test_by_consent_only_who_agreed_shows_a_segment(app: SmallApp) -> None:
    with app.store.write() as session:
        small_bank.add(session, "setting", [{"name": "basis.profiling", "value": '"consent"'}])
        chain.append(session, app.store.audit_key, "permission_event",
                     [small_bank.event(2, "profiling", None, "granted", "2026-10-01")])  # fmt: skip
    assert found(app, "", Chip("segment", "is", ("1.1", "2.1"))) == [2]
    assert [r.segment for r in customers.rows(app, ACTOR, [1, 2])] == ["", "Branch, middle"]
    assert found(app, sort="segment", descending=True)[0] == 2
