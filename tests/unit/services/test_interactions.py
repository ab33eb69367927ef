"""Recording what happened: legal combinations only, amounts by their direction, corrected by a reversal that counts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.analytics.population import Population, latest_activity, population
from crmdesk.contributions import Features, I, count, sum_
from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.interaction import CELLS
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.services import customers, interactions
from crmdesk.services.customers import CustomerQuery
from crmdesk.services.interactions import choices, record, reverse
from crmdesk.store.verify import verify

MIA = single_user("mia")
ANALYST = Actor("ann", frozenset({Role.ANALYST}))
AUDITOR = Actor("otto", frozenset({Role.AUDITOR}))
ADA, BO = "C-000001", "C-000004"
EARLIER = datetime(2026, 10, 30, 9, 15, tzinfo=UTC)
LONG_AGO, LATER = datetime(2020, 6, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
USED = Features("t.used", "Used", "interactions", {"n": count(), "sum": sum_(I.amount)}, months=12)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def row(app: SmallApp, key: int) -> dict[str, Any]:
    with app.store.reader() as raw:
        cursor = raw.execute(
            "SELECT i.*, k.code FROM interaction i JOIN catalogue k ON k.id = catalogue_id WHERE i.id = ?", (key,)
        )
        return dict(zip([d[0] for d in cursor.description], cursor.fetchone(), strict=True))


def used(app: SmallApp, customer: int, as_of: date = small_bank.UNTIL) -> tuple[int | None, int | None]:
    """How many interactions an analysis counts, and their sum."""
    found = EmbeddedEngine(app.store).aggregate(USED, Population(np.array([customer], np.int64)), as_of)
    return found["n"][0].as_py(), found["sum"][0].as_py()


def last_active(app: SmallApp, customer: int) -> date | None:
    return customers.rows(app, ACTOR, [customer])[0].active_on


def test_every_legal_combination_is_offered_and_no_other(app: SmallApp) -> None:
    found = choices(app, ACTOR)
    assert {c.code for c in found} == {cell.code for cell in CELLS} and len(found) == 37
    assert [c.channel for c in found] == sorted(
        (c.channel for c in found), key=["branch", "call_centre", "online", "atm"].index
    )
    deposit = next(c for c in found if c.code == "branch.transaction.deposit")
    assert (deposit.sign, deposit.layout, deposit.label, deposit.used) == ("+", "I7", "Branch, deposit", 0)


def test_what_one_records_most_comes_first_for_oneself(app: SmallApp) -> None:
    for code in ("atm.transaction.inquiry", "online.support.products", "atm.transaction.inquiry"):
        record(app, ACTOR, ADA, code)
    assert [(c.code, c.used) for c in choices(app, ACTOR)[:3]] == [
        ("atm.transaction.inquiry", 2), ("online.support.products", 1), ("branch.transaction.transfer", 0),
    ]  # fmt: skip
    assert choices(app, MIA)[0].used == 0


def test_retired_rows_and_rows_of_later_are_not_offered(app: SmallApp) -> None:
    with app.store.write() as session:
        run = session.connection().exec_driver_sql
        run("UPDATE catalogue SET retired_on = '2026-10-31' WHERE id = 1")
        run("UPDATE catalogue SET from_on = '2026-11-01' WHERE id = 2")
        run("UPDATE catalogue SET retired_on = '2026-11-01', from_on = '2026-10-31' WHERE id = 3")
    codes = {c.code for c in choices(app, ACTOR)}
    assert len(codes) == 35 and "atm.transaction.inquiry" in codes
    for code in ("atm.transaction.withdrawal", "atm.transaction.deposit", "atm.promotional.promotion",
                 "system.posting.fee", "call_centre.educational.education", ""):  # fmt: skip
        with pytest.raises(BadInput, match="not a combination that can be recorded"):
            record(app, ACTOR, ADA, code)


def test_an_interaction_is_saved_with_time_account_and_note(app: SmallApp) -> None:
    before = app.store.change_no()
    done = record(app, ACTOR, ADA, "branch.transaction.withdrawal", amount="1250.50", account="A 1",
                  occurred_at=EARLIER, note="  for a trip  ")  # fmt: skip
    saved = row(app, done.id)
    assert saved["amount"] == -125050 and saved["currency"] == "EUR" and saved["account_id"] == 1
    assert saved["occurred_s"] == EARLIER.timestamp() and saved["recorded_s"] == app.store.clock().timestamp()
    assert (saved["initiated_by"], saved["detail"], saved["time_known"]) == ("customer", '{"note": "for a trip"}', 1)
    assert done.change.touched == {"interaction": frozenset({done.id}), "customer": frozenset({1})}
    assert done.change.change_no == before + 1
    with app.store.reader() as raw:
        audited = raw.execute(
            "SELECT act, object, customer_id, reason, fields FROM audit_event ORDER BY seq DESC"
        ).fetchone()
    assert audited == ("record interaction", "branch.transaction.withdrawal", 1, "", "")
    assert verify(app.store.path)["ok"]


def test_without_a_time_it_is_now_by_the_banks_clock(app: SmallApp) -> None:
    saved = row(app, record(app, ACTOR, ADA, "branch.support.general_question").id)
    assert saved["occurred_s"] == app.store.clock().timestamp() and saved["amount"] is None and saved["detail"] is None
    assert last_active(app, 1) == small_bank.UNTIL


@pytest.mark.parametrize(
    ("code", "typed", "minor"),
    [
        ("branch.transaction.withdrawal", "10", -1000), ("branch.transaction.withdrawal", "-10", -1000),
        ("branch.transaction.deposit", "+10.5", 1050), ("branch.transaction.transfer", "-7.25", -725),
        ("branch.transaction.transfer", "7,25", 725), ("branch.transaction.deposit", "1 250.00", 125000),
        ("branch.transaction.deposit", "", None), ("branch.transaction.inquiry", " ", None),
    ],
)  # fmt: skip
def test_an_amount_takes_the_direction_of_its_combination(
    app: SmallApp, code: str, typed: str, minor: int | None
) -> None:
    saved = row(app, record(app, ACTOR, ADA, code, amount=typed).id)
    assert saved["amount"] == minor and saved["currency"] == ("EUR" if minor is not None else None)


@pytest.mark.parametrize(
    ("code", "asked", "words"),
    [
        ("branch.transaction.inquiry", {"amount": "10"}, "takes no amount"),
        ("branch.support.general_question", {"amount": "10"}, "takes no amount"),
        ("branch.transaction.withdrawal", {"amount": "+10"}, "money going out"),
        ("branch.transaction.deposit", {"amount": "-10"}, "money going in"),
        ("branch.transaction.deposit", {"amount": "1,250"}, "not an amount in EUR"),
        ("branch.transaction.deposit", {"amount": "ten"}, "not an amount in EUR"),
        ("branch.transaction.deposit", {"amount": "10.005"}, "not an amount in EUR"),
        ("branch.transaction.deposit", {"amount": "nan"}, "not an amount in EUR"),
        ("branch.transaction.deposit", {"amount": "99999999999999.00"}, "cannot be"),
        ("branch.transaction.deposit", {"account": "A3"}, "no account A3"),
        ("branch.transaction.deposit", {"account": "A2", "occurred_at": LONG_AGO}, "was not open"),
        ("branch.transaction.deposit", {"occurred_at": LATER}, "lies after today, 31 Oct 2026"),
        ("branch.transaction.deposit", {"response": "accepted"}, "has no response"),
        ("branch.promotional.promotion", {"response": "maybe"}, "not a response"),
        ("branch.promotional.promotion", {"initiated_by": "nobody"}, "did not begin this"),
        ("branch.support.general_question", {"medium": "faq"}, "has no medium"),
        ("online.support.products", {"medium": "pigeon"}, "not a medium"),
        ("branch.support.general_question", {"note": "x" * 2001}, "at most 2,000"),
        ("branch.support.general_question", {"note": "a\x07b"}, "cannot be shown"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused_and_nothing_is_saved(
    app: SmallApp, code: str, asked: dict[str, Any], words: str
) -> None:
    before = app.store.change_no()
    with pytest.raises(BadInput, match=words) as caught:
        record(app, ACTOR, ADA, code, **asked)
    assert str(caught.value).endswith((".", "it.")) and app.store.change_no() == before


def test_answers_and_media_where_the_layout_has_them(app: SmallApp) -> None:
    offered = row(
        app, record(app, ACTOR, ADA, "branch.promotional.promotion", response="interested", initiated_by="bank").id
    )
    assert (offered["response"], offered["initiated_by"]) == ("interested", "bank")
    asked = row(app, record(app, ACTOR, ADA, "online.support.products", medium="live_chat", note="loans").id)
    assert asked["detail"] == '{"medium": "live_chat", "note": "loans"}'


def test_a_closed_account_takes_nothing_after_its_last_day(app: SmallApp) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE account SET closed_on = '2026-10-30' WHERE id = 1")
    record(app, ACTOR, ADA, "branch.transaction.deposit", amount="1", account="A1", occurred_at=EARLIER)
    with pytest.raises(BadInput, match="was closed on 2026-10-30"):
        record(app, ACTOR, ADA, "branch.transaction.deposit", amount="1", account="A1")


def test_a_merged_customer_names_the_one_to_record_with(app: SmallApp) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET merged_into = 1 WHERE id = 4")
    with pytest.raises(BadInput, match="C-000004 was merged into C-000001; record it there"):
        record(app, ACTOR, BO, "branch.support.general_question")


def test_a_reversal_stands_beside_what_it_took_back_and_neither_counts(app: SmallApp) -> None:
    before, active = used(app, 1), last_active(app, 1)
    done = record(app, ACTOR, ADA, "branch.transaction.withdrawal", amount="50", account="A1", note="typed twice")
    assert used(app, 1) == (before[0] + 1, before[1] - 5000) and last_active(app, 1) == small_bank.UNTIL
    change = reverse(app, ACTOR, done.id, "entered for the wrong person")
    assert used(app, 1) == before and last_active(app, 1) == active
    (key,) = set(change.touched["interaction"]) - {done.id}
    saved = row(app, key)
    assert (saved["reverses"], saved["amount"], saved["account_id"]) == (done.id, 5000, 1)
    assert saved["recorded_s"] == saved["occurred_s"] == app.store.clock().timestamp()
    assert row(app, done.id)["amount"] == -5000  # nothing of it is changed
    with app.store.reader() as raw:
        audited = raw.execute("SELECT act, object, customer_id, reason FROM audit_event ORDER BY seq DESC").fetchone()
        assert latest_activity(raw) == date(2026, 10, 28)
    assert audited == ("reverse interaction", "branch.transaction.withdrawal", 1, "")
    assert verify(app.store.path)["ok"]


def test_the_timeline_strikes_what_was_reversed_and_says_when_and_why(app: SmallApp) -> None:
    before = customers.timeline(app, ACTOR, ADA)
    done = record(app, ACTOR, ADA, "branch.transaction.withdrawal", amount="50", note="for a trip")
    with_it = customers.timeline(app, ACTOR, ADA)
    assert (with_it.events[0].id, with_it.events[0].note, with_it.events[0].reversed) == (done.id, "for a trip", False)
    assert with_it.total == before.total + 1
    reverse(app, ACTOR, done.id, "wrong person")
    found = customers.timeline(app, ACTOR, ADA)
    assert (found.total, found.months) == (before.total, before.months)
    struck = [e for e in found.events if e.reversed]
    assert [(e.id, e.note) for e in struck] == [(done.id, "Reversed 31 Oct 2026: wrong person (for a trip)")]
    assert len(found.events) == before.total + 1  # the reversal is told with it, not beside it
    masked = customers.timeline(app, ANALYST, "P-1")
    assert [e.note for e in masked.events if e.reversed] == ["Reversed 31 Oct 2026"]


def test_notes_are_for_those_who_may_read_contact_data(app: SmallApp) -> None:
    record(app, ACTOR, ADA, "branch.support.general_question", note="call Ada's brother")
    assert "brother" not in repr(customers.timeline(app, AUDITOR, ADA))
    assert customers.timeline(app, ACTOR, ADA).events[0].note == "call Ada's brother"


def test_the_words_of_an_import_are_the_note(app: SmallApp) -> None:
    with app.store.write() as session:
        run = session.connection().exec_driver_sql
        run("""UPDATE interaction SET detail = '{"text": "as written"}' WHERE id = 1""")
        run("""UPDATE interaction SET detail = '{"bank": "XY"}' WHERE id = 2""")
        run("UPDATE interaction SET detail = 'not json' WHERE id = 3")
    assert [e.note for e in customers.timeline(app, ACTOR, ADA).events] == ["as written", "", "not json"]


def test_a_reversal_made_later_was_not_known_on_an_earlier_day(app: SmallApp) -> None:
    day = date(2026, 10, 30)
    before = used(app, 1, day)
    with app.store.write() as session:  # as a bank keeps it that recorded each on its day
        at = "2026-10-29T10:00"
        made = {**small_bank.interaction(1, at, 26, 700), "recorded_s": small_bank.seconds(at)}
        small_bank.add(session, "interaction", [made])
        (key,) = session.connection().exec_driver_sql("SELECT max(id) FROM interaction").one()
    assert used(app, 1, day) == (before[0] + 1, before[1] + 700)
    reverse(app, ACTOR, key, "wrong")
    assert used(app, 1, day) == (before[0] + 1, before[1] + 700)
    assert used(app, 1, small_bank.UNTIL) == before


def test_who_has_nothing_but_reversed_interactions_has_too_few(app: SmallApp) -> None:
    done = record(app, ACTOR, BO, "branch.support.general_question")
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET restricted = 0 WHERE id = 4")

    def few() -> list[int]:
        found = population(app.store, "profiling", small_bank.UNTIL, app.store.clock(), True)
        return found.left_out["too_few_interactions"].tolist()

    assert 4 not in few()
    reverse(app, ACTOR, done.id, "wrong")
    assert 4 in few()
    active = Chip("active", "from", ("2026-10-01",))
    assert 4 not in customers.find(app, ACTOR, CustomerQuery("", (active,))).tolist()


def test_a_reversal_is_made_once_with_a_reason_and_never_of_postings(app: SmallApp) -> None:
    done = record(app, ACTOR, ADA, "branch.support.general_question")
    with pytest.raises(BadInput, match="needs a reason"):
        reverse(app, ACTOR, done.id, "  ")
    (key,) = set(reverse(app, ACTOR, done.id, "wrong").touched["interaction"]) - {done.id}
    for again, words in ((done.id, "reversed already"), (key, "a reversal already"), (9_999, "no interaction 9999"),
                         (4, "The bank posted this itself")):  # fmt: skip
        before = app.store.change_no()
        with pytest.raises(BadInput, match=words):
            reverse(app, ACTOR, again, "wrong")
        assert app.store.change_no() == before


def test_who_only_reads_records_nothing(app: SmallApp) -> None:
    for call in (lambda: choices(app, ANALYST), lambda: record(app, ANALYST, ADA, "branch.support.general_question"),
                 lambda: reverse(app, ANALYST, 1, "wrong")):  # fmt: skip
        with pytest.raises(Refused, match="may not record interactions"):
            call()


def test_a_clock_a_little_ahead_is_taken_as_now(app: SmallApp) -> None:
    now = app.store.clock()
    done = record(app, ACTOR, ADA, "branch.support.general_question", occurred_at=now + timedelta(minutes=2))
    assert row(app, done.id)["occurred_s"] == now.timestamp()
    assert interactions.MEDIA == ("faq", "live_chat")
