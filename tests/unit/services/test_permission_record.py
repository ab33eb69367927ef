"""Recording permissions: what is refused, what holds afterwards, corrections, restrictions, and many at once."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.domain.recording import Recording, moment_of_record
from crmdesk.domain.rights import Actor, Role
from crmdesk.jobs.progress import Cancelled
from crmdesk.services import customers, documents, notices, permission_bank, permissions
from crmdesk.services import permission_record as records
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.store import chain
from crmdesk.store.bank import create_bank

ADA, CETIN, IDA, BO, FIRM = (f"C-{n:06d}" for n in range(1, 6))
TELLER = Actor("tea", frozenset({Role.TELLER}))
OFFICER = Actor("dora", frozenset({Role.DPO}))
ANALYST = Actor("ann", frozenset({Role.ANALYST}))
AUDITOR = Actor("aude", frozenset({Role.AUDITOR}))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    notices.add(made, OFFICER, "marketing", "May we write to you about our products?")
    yield made
    made.store.close()


def grant(*channels: str, **more: Any) -> Recording:
    told = {"source": "branch", "notice": 1, "evidence": "Said yes at the counter.", **more}
    return Recording("marketing", channels or ("email",), "granted", **told)


def states(app: SmallApp, number: str, purpose: str = "marketing", **when: Any) -> dict[str | None, str]:
    row = next(r for r in permissions.grid(app, ACTOR, number, **when).rows if r[0].purpose == purpose)
    return {c.channel: c.decision.state for c in row}


def events(app: SmallApp) -> int:
    with app.store.reader() as raw:
        return int(raw.execute("SELECT count(*) FROM permission_event").fetchone()[0])


@pytest.mark.parametrize(("recording", "sentence"), [
    (grant(notice=None), "needs the notice"),
    (grant(evidence=""), "needs evidence"),
    (grant(evidence="  \n "), "needs evidence"),
    (grant(notice=77), "There is no notice 77"),
    (replace(grant(), purpose="survey"), "marketing-1 asks for marketing.*cannot prove a grant for survey"),
    (replace(grant(), purpose="profiling", channels=()), "a notice whose code begins with profiling"),
    (grant(source="unstated"), "needs how the customer answered"),
    (grant(document="a" * 64), "not among this customer's documents"),
    (Recording("marketing", (), "granted", notice=1, evidence="x"), "nobody grants all at once"),
    (Recording("marketing", (), "asked"), "nobody grants all at once"),
    (grant("email", "email"), "named twice"),
    (grant("pigeon"), "'pigeon' is not a channel"),
    (replace(grant(), purpose="service"), "needs no permission"),
    (replace(grant(), purpose="credit"), "needs no permission"),
    (replace(grant(), purpose="fun"), "is not a purpose"),
    (replace(grant(), status="erased"), "cannot be recorded"),
    (replace(grant(), status="voided"), "cannot be recorded"),
    (replace(grant(), source="import"), "no way a customer answers"),
    (replace(grant(), purpose="profiling"), "has no channels"),
    (grant(expires_on=date(2026, 10, 30)), "before it begins"),
    (Recording("marketing", ("email",), "refused", expires_on=date(2027, 1, 1)), "Only a grant ends"),
    (grant(effective_at=datetime(2026, 11, 2, tzinfo=UTC)), "lies in the future"),
    (grant(effective_at=datetime(2026, 1, 2)), "needs a time zone"),
    (grant("phone", soft_opt_in=True, evidence=""), "offers by e-mail only"),
    (grant(soft_opt_in=True), "take the soft opt-in away"),
    (Recording("marketing", ("email",), "withdrawn", soft_opt_in=True), "Only a grant can be a soft opt-in"),
])  # fmt: skip
def test_what_is_refused_writes_nothing_and_the_preview_says_the_same(
    app: SmallApp, recording: Recording, sentence: str
) -> None:
    before = events(app), app.store.change_no()
    with pytest.raises(BadInput, match=sentence) as error:
        records.record(app, ACTOR, FIRM, recording)
    assert records.preview(app, ACTOR, FIRM, recording).refusal == str(error.value)
    assert (events(app), app.store.change_no()) == before


def test_a_grant_holds_at_once_and_gets_the_purposes_life(app: SmallApp) -> None:
    change = records.record(app, TELLER, FIRM, grant("email", "phone"))
    assert {k: len(v) for k, v in change.touched.items()} == {"permission_event": 2, "customer": 1}
    assert change.change_no == app.store.change_no()
    found = permissions.grid(app, ACTOR, FIRM)
    assert states(app, FIRM)["email"] == states(app, FIRM)["phone"] == "granted" and states(app, FIRM)["sms"] == "none"
    assert {h.expires_on for h in found.history} == {date(2028, 10, 31)}
    assert {h.actor for h in found.history} == {"tea"} and all(h.has_evidence for h in found.history)


def test_the_chain_holds_and_the_deed_is_audited(app: SmallApp) -> None:
    records.record(app, ACTOR, FIRM, grant())
    records.withdraw(app, ACTOR, FIRM)
    with app.store.reader() as raw:
        assert list(chain.breaks(raw, app.store.audit_key, "permission_event")) == []
        told = raw.execute("SELECT act, fields, purpose, reason FROM audit_event ORDER BY seq DESC LIMIT 2").fetchall()
    assert told == [("record permission", "all channels", "marketing", "withdrawn"),
                    ("record permission", "email", "marketing", "granted")]  # fmt: skip


def test_the_words_lie_beside_the_chain_and_are_proven_by_it(app: SmallApp) -> None:
    (seq,) = records.record(app, ACTOR, FIRM, grant()).touched["permission_event"]
    found = permissions.evidence(app, ACTOR, FIRM, int(seq))
    assert found.document_name == ""
    assert (found.words, found.notice, found.intact) == ("Said yes at the counter.", "marketing-1", True)
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE permission_evidence SET text = 'Something else'")
    assert not permissions.evidence(app, ACTOR, FIRM, int(seq)).intact
    assert permissions.evidence(app, AUDITOR, FIRM, int(seq)).words == ""
    with pytest.raises(BadInput, match="is not one of"):
        permissions.evidence(app, ACTOR, ADA, int(seq))


def test_withdrawing_needs_nothing_and_takes_effect_before_the_call_returns(app: SmallApp) -> None:
    records.record(app, ACTOR, FIRM, grant(*MARKETING_CHANNELS))
    records.withdraw(app, TELLER, FIRM, channels=("phone",))
    assert [c for c, s in states(app, FIRM).items() if s == "withdrawn"] == ["phone"]
    records.withdraw(app, TELLER, FIRM)
    assert set(states(app, FIRM).values()) == {"withdrawn"}
    email = Chip("marketing", "is", ("email",))
    assert 5 not in customers.find(app, ACTOR, CustomerQuery(filters=(email,))).tolist()


def test_of_two_acts_of_one_day_the_later_counts_though_the_clock_stands(app: SmallApp) -> None:
    for _ in range(3):
        records.withdraw(app, ACTOR, FIRM, channels=("email",))
        assert states(app, FIRM)["email"] == "withdrawn"
        records.record(app, ACTOR, FIRM, grant())
        assert states(app, FIRM)["email"] == "granted"


@pytest.mark.parametrize(
    "wall", [datetime(2030, 1, 1, 0, 0, tzinfo=UTC), datetime(2030, 1, 1, 23, 59, 59, 999_999, UTC)]
)
def test_a_recording_never_lies_beyond_the_clock_nor_before_what_is_known(wall: datetime) -> None:
    clock = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    last = clock - timedelta(seconds=1)
    assert last < moment_of_record(clock, wall, True, last) <= clock
    assert moment_of_record(clock, wall, True, None) < clock
    assert moment_of_record(clock, wall, True, clock) == clock  # the stricter of the two counts
    assert moment_of_record(clock, wall, False, None) == clock


def test_in_a_bank_that_lives_now_is_now(tmp_path: Path) -> None:
    app = SmallApp(create_bank(tmp_path / "live.crmdesk"))
    with app.store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(1, "Ada", "Lind")])
    before = datetime.now(UTC)
    records.withdraw(app, ACTOR, ADA)
    (event,) = permissions.grid(app, ACTOR, ADA).history
    assert before <= event.effective_at == event.recorded_at <= datetime.now(UTC)
    app.store.close()


def test_an_objection_yields_to_an_own_grant_later_and_to_nothing_else(app: SmallApp) -> None:
    records.objection(app, OFFICER, FIRM)
    assert set(states(app, FIRM).values()) == {"objected"}
    records.record(app, ACTOR, FIRM, Recording("marketing", ("email",), "refused"))
    records.record(app, ACTOR, FIRM, grant(effective_at=datetime(2026, 10, 1, tzinfo=UTC)))  # before the objection
    assert set(states(app, FIRM).values()) == {"objected"}
    with app.store.write() as session:
        at = app.store.clock()
        row = {**small_bank.event(5, "marketing", "email", "granted", "2026-10-31"), "source": "import",
               "effective_at": at, "recorded_at": at}  # fmt: skip
        chain.append(session, app.store.audit_key, "permission_event", [row])
    assert states(app, FIRM)["email"] == "objected"


def test_an_own_grant_lifts_an_objection_on_its_channel_only(app: SmallApp) -> None:
    records.objection(app, ACTOR, FIRM)
    records.record(app, ACTOR, FIRM, grant("email"))
    found = states(app, FIRM)
    assert found.pop("email") == "granted" and set(found.values()) == {"objected"}
    assert not permissions.grid(app, ACTOR, FIRM).rows[4][0].decision.allowed  # targeting


def test_two_times(app: SmallApp) -> None:
    march = datetime(2026, 3, 1, tzinfo=UTC)
    records.record(app, ACTOR, FIRM, grant(effective_at=march))
    fifth = datetime(2026, 3, 5, tzinfo=UTC)
    assert states(app, FIRM, at=fifth)["email"] == "granted"
    assert states(app, FIRM, at=fifth, known_at=fifth)["email"] == "none"
    assert permissions.grid(app, ACTOR, FIRM, fifth, fifth).history == ()


def test_soft_opt_in_is_for_holders_who_have_said_nothing(app: SmallApp) -> None:
    soft = grant(soft_opt_in=True, evidence="")
    with pytest.raises(Refused, match="holds no product"):
        records.record(app, ACTOR, FIRM, soft)
    with pytest.raises(Refused, match="has answered"):
        records.record(app, ACTOR, CETIN, soft)  # his consent has expired
    with app.store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(6, "New", "Holder")])
        small_bank.add(session, "holding", [{"account_id": 3, "customer_id": 6, "role": "authorised"}])
    records.record(app, ACTOR, "C-000006", soft)
    assert states(app, "C-000006")["email"] == "granted"
    with app.store.reader() as raw:
        assert raw.execute(
            "SELECT legal_basis, evidence_sha256 FROM permission_event ORDER BY seq DESC"
        ).fetchone() == ("legitimate_interest", None)  # fmt: skip


def test_nothing_is_recorded_of_an_erased_person(app: SmallApp) -> None:
    with app.store.write() as session:
        row = small_bank.event(5, "marketing", None, "erased", "2026-10-01")
        chain.append(session, app.store.audit_key, "permission_event", [row])
    for deed in (lambda: records.record(app, ACTOR, FIRM, grant()), lambda: records.withdraw(app, ACTOR, FIRM)):
        with pytest.raises(Refused, match="was erased"):
            deed()


@pytest.mark.parametrize(("actor", "deed"), [
    (OFFICER, lambda app, who: records.record(app, who, FIRM, grant())),
    (OFFICER, lambda app, who: records.withdraw(app, who, FIRM)),
    (Actor("mia", frozenset({Role.MARKETING})), lambda app, who: records.objection(app, who, FIRM)),
    (Actor("mia", frozenset({Role.MARKETING})), lambda app, who: records.record(app, who, FIRM, grant())),
    (Actor("adi", frozenset({Role.ADMIN})), lambda app, who: records.preview(app, who, FIRM, grant())),
    (TELLER, lambda app, who: records.restrict(app, who, FIRM, True)),
    (TELLER, lambda app, who: records.confirm(app, who, FIRM, 1)),
    (TELLER, lambda app, who: notices.add(app, who, "marketing", "Other words")),
    (Actor("adi", frozenset({Role.ADMIN})), lambda app, who: permission_bank.overview(app, who)),
])  # fmt: skip
def test_who_may_not(app: SmallApp, actor: Actor, deed: Any) -> None:
    before = events(app)
    with pytest.raises(Refused):
        deed(app, actor)
    assert events(app) == before


def test_the_preview_says_what_will_hold_and_then_it_does(app: SmallApp) -> None:
    asked = grant("email", "phone")
    found = records.preview(app, ACTOR, FIRM, asked)
    assert found.sentence == "After saving: e-mail Yes, phone Yes."
    records.record(app, ACTOR, FIRM, asked)
    row = permissions.grid(app, ACTOR, FIRM).rows[0]
    assert {c: d.allowed for c, d in found.cells} == {c.channel: c.decision.allowed for c in row[:2]}
    early = grant("phone", effective_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert records.preview(app, ACTOR, ADA, early).sentence == "After saving: phone No (withdrawn 2026-03-12)."
    assert records.preview(app, ACTOR, BO, grant()).sentence == (
        "After saving: e-mail No (the customer's data is restricted)."
    )


def test_the_preview_counts_the_open_lists_that_lose_the_customer(app: SmallApp) -> None:
    with app.store.write() as session:
        small_bank.add(session, "recommended_action", [
            {"run_id": 1, "customer_id": 1, "action": "offer", "channel": "email", "product_id": 1, "reasons": "[]",
             "rejected": "{}", "made_at": "2026-10-30 00:00:00.000000", "decision": "open", "version": 1}
        ])  # fmt: skip
    by_phone = Recording("marketing", ("phone",), "withdrawn")
    assert records.preview(app, ACTOR, ADA, by_phone).lists == 0
    everywhere = Recording("marketing", (), "withdrawn")
    assert records.preview(app, ACTOR, ADA, everywhere).sentence.endswith("1 open list will drop this customer.")
    assert records.preview(app, ACTOR, ADA, Recording("profiling", (), "objected")).lists == 1


def last(app: SmallApp, number: str) -> int:
    return max(h.seq for h in permissions.grid(app, ACTOR, number).history)


def test_a_grant_recorded_in_error_is_voided_at_once(app: SmallApp) -> None:
    records.record(app, TELLER, FIRM, grant())
    change = records.correct(app, TELLER, FIRM, last(app, FIRM), "It was her brother.")
    assert change.kind == "correct_permission" and states(app, FIRM)["email"] == "none"
    told = permissions.grid(app, ACTOR, FIRM).history
    assert [h.status for h in told if h.voided] == ["granted"] and permissions.evidence(
        app, ACTOR, FIRM, last(app, FIRM)
    ).words == "It was her brother."  # fmt: skip
    with app.store.reader() as raw:
        assert "brother" not in str(raw.execute("SELECT * FROM audit_event").fetchall())


def test_a_documents_name_is_told_to_who_may_read_contact_data(app: SmallApp, tmp_path: Path) -> None:
    (tmp_path / "Ada Yılmaz.txt").write_text("Yes")
    documents.add(app, ACTOR, ADA, tmp_path / "Ada Yılmaz.txt")
    (kept,) = documents.of_customer(app, ACTOR, ADA)
    records.record(app, ACTOR, ADA, grant("sms", evidence="", document=kept.sha256))
    assert permissions.evidence(app, ACTOR, ADA, last(app, ADA)).document_name == "Ada Yılmaz.txt"
    assert permissions.evidence(app, AUDITOR, ADA, last(app, ADA)).document_name in ("", "hidden")


def test_what_was_corrected_later_stood_in_the_history_before(app: SmallApp) -> None:
    records.record(app, TELLER, FIRM, grant())
    known = permissions.grid(app, ACTOR, FIRM).history[0].recorded_at
    records.correct(app, TELLER, FIRM, last(app, FIRM), "It was her brother.")
    assert [h.voided for h in permissions.grid(app, ACTOR, FIRM, known_at=known).history] == [False]
    assert states(app, FIRM, known_at=known)["email"] == "granted"
    assert [h.voided for h in permissions.grid(app, ACTOR, FIRM, known_at=app.store.clock()).history] == [False, True]


def test_the_stricter_state_holds_until_the_officer_confirms(app: SmallApp) -> None:
    records.record(app, TELLER, FIRM, grant())
    records.withdraw(app, TELLER, FIRM, channels=("email",))
    mistake = last(app, FIRM)
    assert records.correct(app, TELLER, FIRM, mistake, "Wrong customer.").kind == "propose_correction"
    assert states(app, FIRM)["email"] == "withdrawn"
    with pytest.raises(BadInput, match="waits already"):
        records.correct(app, TELLER, FIRM, mistake, "Again.")
    (waiting,) = records.pending(app, OFFICER)
    assert (waiting.number, waiting.voids, waiting.reason, waiting.by) == (FIRM, mistake, "Wrong customer.", "tea")
    assert records.pending(app, AUDITOR)[0].reason == "hidden"  # free text about a person
    records.confirm(app, OFFICER, FIRM, waiting.seq)
    assert states(app, FIRM)["email"] == "granted" and records.pending(app, OFFICER) == []
    with pytest.raises(BadInput, match="No correction"):
        records.confirm(app, OFFICER, FIRM, waiting.seq)
    with pytest.raises(BadInput, match="voided before"):
        records.correct(app, TELLER, FIRM, mistake, "Once more.")


def test_no_correction_of_an_erased_person_is_confirmed(app: SmallApp) -> None:
    records.objection(app, TELLER, FIRM)
    records.correct(app, TELLER, FIRM, last(app, FIRM), "Wrong customer.")
    (waiting,) = records.pending(app, OFFICER, FIRM)
    with app.store.write() as session:
        row = small_bank.event(5, "marketing", None, "erased", "2026-10-01")
        chain.append(session, app.store.audit_key, "permission_event", [row])
    with pytest.raises(Refused, match="was erased"):
        records.confirm(app, OFFICER, FIRM, waiting.seq)


def test_a_void_that_would_let_a_grant_live_longer_waits_too(app: SmallApp) -> None:
    records.record(app, TELLER, FIRM, grant(expires_on=date(2029, 1, 1)))
    records.record(app, TELLER, FIRM, grant(expires_on=date(2027, 1, 1)))
    assert records.correct(app, TELLER, FIRM, last(app, FIRM), "Not said.").kind == "propose_correction"


def test_in_single_user_mode_the_correction_passes_alone(app: SmallApp) -> None:
    records.objection(app, ACTOR, FIRM)
    assert records.correct(app, ACTOR, FIRM, last(app, FIRM), "Wrong customer.").kind == "correct_permission"
    assert set(states(app, FIRM).values()) == {"none"}


@pytest.mark.parametrize(("number", "seq", "reason", "sentence"), [
    (FIRM, 1, "x", "is not one of"), (ADA, 1, "  ", "Say what was wrong"), (ADA, 999, "x", "is not one of"),
])  # fmt: skip
def test_what_cannot_be_corrected(app: SmallApp, number: str, seq: int, reason: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        records.correct(app, ACTOR, number, seq, reason)


def test_a_correction_is_not_corrected(app: SmallApp) -> None:
    records.correct(app, ACTOR, ADA, 1, "Wrong.")
    with pytest.raises(BadInput, match="is not corrected"):
        records.correct(app, ACTOR, ADA, last(app, ADA), "Back.")


def test_a_restriction_stands_above_every_answer_and_is_lifted(app: SmallApp) -> None:
    change = records.restrict(app, OFFICER, ADA, True)
    assert change.touched == {"customer": frozenset({1})}
    grid = permissions.grid(app, ACTOR, ADA)
    assert grid.restricted and {c.decision.shown for row in grid.rows for c in row} == {"restricted"}
    assert not records.restrict(app, OFFICER, ADA, True).touched
    records.restrict(app, OFFICER, ADA, False)
    assert permissions.grid(app, ACTOR, ADA).rows[0][0].decision.allowed


def test_withdrawing_for_many_leaves_out_for_whom_nothing_changes(app: SmallApp) -> None:
    records.withdraw(app, ACTOR, FIRM)
    records.record(app, ACTOR, FIRM, grant("sms"))  # withdrawn everywhere, then granted again on one channel
    change = records.withdraw_many(app, TELLER, Chosen(CustomerQuery()), "marketing")
    assert change.touched["customer"] == {1, 2, 4, 5}  # 3 objected
    assert {s for n in (ADA, CETIN, BO, FIRM) for s in states(app, n).values()} == {"withdrawn"}
    again = records.withdraw_many(app, TELLER, Chosen(CustomerQuery(), (1, 2)), "marketing")
    assert again.touched["permission_event"] == frozenset()
    by_phone = records.withdraw_many(app, TELLER, Chosen(CustomerQuery(), (1,)), "survey", ("phone",))
    assert len(by_phone.touched["permission_event"]) == 1 and states(app, ADA, "survey")["email"] == "pending"


def test_a_cancelled_withdrawal_of_many_writes_nothing(app: SmallApp) -> None:
    before = events(app)
    with pytest.raises(Cancelled):
        records.withdraw_many(app, ACTOR, Chosen(CustomerQuery()), "marketing", cancel=lambda: True)
    assert events(app) == before


def test_of_those_chosen_who_is_gone_is_left_out(app: SmallApp) -> None:
    change = records.withdraw_many(app, ACTOR, Chosen(CustomerQuery(), (1, 4711)), "marketing")
    assert change.touched["customer"] == {1}


def test_a_withdrawal_of_many_that_waited_counts_after_what_it_waited_for(tmp_path: Path) -> None:
    """Another window is about to save a grant when it is asked for; it is saved first, and does not stand after it."""
    store = create_bank(tmp_path / "real.crmdesk")  # its clock goes
    app = SmallApp(store)
    with store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(1, "Ada", "Yılmaz")])
    everybody = Chosen(CustomerQuery(filters=(Chip("branch", "is", ("HO",)),)))
    deed = threading.Thread(target=lambda: records.withdraw_many(app, TELLER, everybody, "marketing"))
    with store.write() as session:
        session.connection()  # the bank is ours from here
        deed.start()
        time.sleep(0.3)  # it waits for the bank now
        now = datetime.now(UTC)
        row = {**small_bank.event(1, "marketing", "email", "granted", "2026-01-01"), "effective_at": now,
               "recorded_at": now}  # fmt: skip
        chain.append(session, store.audit_key, "permission_event", [row])
    deed.join()
    assert states(app, ADA)["email"] == "withdrawn"
    store.close()


def test_notices_are_never_overwritten(app: SmallApp) -> None:
    records.record(app, ACTOR, FIRM, grant())
    notices.add(app, OFFICER, "marketing", "Other words, since October.")
    notices.add(app, OFFICER, "marketing", "Dürfen wir Ihnen schreiben?", "de")
    assert [(n.code, n.version, n.language) for n in notices.current(app, ACTOR)] == [
        ("marketing-3", 3, "de"), ("marketing-2", 2, "en"),
    ]  # fmt: skip
    assert len(notices.every(app, ACTOR)) == 3
    assert permissions.evidence(app, ACTOR, FIRM, last(app, FIRM)).intact
    with pytest.raises(BadInput, match="says this already"):
        notices.add(app, OFFICER, "marketing-2", "Other words, since October.")
    for code, text, language in (("Bad Code", "x", "en"), ("marketing", " ", "en"), ("marketing", "x", "english")):
        with pytest.raises(BadInput):
            notices.add(app, OFFICER, code, text, language)


def test_the_banks_grid_counts_what_each_customers_grid_shows(app: SmallApp) -> None:
    found = permission_bank.overview(app, ACTOR)
    numbers = [f"C-{n:06d}" for n in range(1, 6)]
    cells = [c for n in numbers for row in permissions.grid(app, ACTOR, n).rows for c in row]
    for place, counts in found.rows.items():
        mine = [c for c in cells if (c.purpose, c.channel) == place]
        assert sum(counts.values()) == found.customers == 5
        assert counts == {s: sum(c.decision.shown == s for c in mine) for s in {c.decision.shown for c in mine}}
        assert found.allowed[place] == sum(c.decision.allowed for c in mine)
    early = permission_bank.overview(app, ACTOR, datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC))
    assert early.rows["marketing", "phone"]["granted"] == 1 and "withdrawn" not in early.rows["marketing", "phone"]


def test_who_is_to_be_asked_again(app: SmallApp) -> None:
    due = permission_bank.repermission(app, ACTOR, days=90)
    assert [(d.number, d.channel, d.state) for d in due] == [(ADA, "in_person", "expires"), (CETIN, "email", "expired")]
    assert permission_bank.repermission(app, ACTOR, days=5)[0].number == CETIN
    records.withdraw(app, ACTOR, CETIN)
    assert [d.number for d in permission_bank.repermission(app, ACTOR, days=90)] == [ADA]
    hidden = permission_bank.repermission(app, Actor("mia", frozenset({Role.MARKETING})), days=90)
    assert [d.name for d in hidden] == [ADA]
    with pytest.raises(BadInput):
        permission_bank.repermission(app, ACTOR, days=-1)


def test_objections_that_stand_and_what_was_withdrawn_lately(app: SmallApp) -> None:
    standing = [(o.number, o.purpose) for o in permission_bank.objections(app, ACTOR)]
    assert standing == [(ADA, "sharing"), (IDA, "marketing")]
    assert permission_bank.changed_since(app, ACTOR) == []
    records.withdraw(app, ACTOR, ADA, channels=("email",))
    (news,) = permission_bank.changed_since(app, ACTOR)
    assert (news.number, news.name, news.channel, news.status) == (ADA, "Ada Yılmaz", "email", "withdrawn")
    records.correct(app, ACTOR, ADA, news.seq, "Wrong customer.")
    assert permission_bank.changed_since(app, ACTOR) == []


def test_a_no_claims_no_way_it_was_said_unless_somebody_names_it(app: SmallApp) -> None:
    records.record(app, ACTOR, FIRM, grant())
    records.withdraw(app, ACTOR, FIRM)
    records.objection(app, ACTOR, FIRM, "survey")
    records.record(app, ACTOR, FIRM, Recording("sharing", (), "refused", "call"))
    records.withdraw_many(app, ACTOR, Chosen(CustomerQuery(), (1,)), "marketing")
    said = {(h.purpose, h.status): h.source for who in (FIRM, ADA) for h in permissions.grid(app, ACTOR, who).history
            if h.actor == ACTOR.login}  # fmt: skip
    assert said == {
        ("marketing", "granted"): "branch", ("marketing", "withdrawn"): "unstated", ("survey", "objected"): "unstated",
        ("sharing", "refused"): "call",
    }  # fmt: skip
