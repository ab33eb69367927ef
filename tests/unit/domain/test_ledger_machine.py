"""A stateful property test of the ledger: real services on a real bank, against a naive oracle after every step."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import small_bank
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.permission import CONSENT_PURPOSES, LAX_TO_STRICT, MARKETING_CHANNELS, MINING_PURPOSES
from crmdesk.domain.recording import RECORDED, Recording
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import notices, permissions
from crmdesk.services import permission_record as records
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.store import chain, open_bank
from crmdesk.store.bank import create_bank
from tests.unit.domain.ledger_compared import all_agree, papers, replays_agree
from tests.unit.domain.ledger_oracle import answer

PEOPLE = (1, 2)  # few, so that events meet; only the second is ever erased
UNTIL = date(2026, 10, 31)
TELLER = Actor("tea", frozenset({Role.TELLER}))
# Few instants, so that equal ones are frequent; some share a day with the end of a grant.
PAST = [
    datetime(2026, 10, 31, 6, tzinfo=UTC) - timedelta(days=d, microseconds=m) for d in (0, 1, 2, 400) for m in (0, 1)
]
numbers = st.sampled_from([f"C-{n:06d}" for n in (1, 1, 1, 1, 1, 2)])
channels = st.lists(st.sampled_from(MARKETING_CHANNELS[:2]), max_size=2, unique=True).map(tuple)
purposes = st.sampled_from(["marketing"] * 12 + ["survey", *MINING_PURPOSES])
ends = st.sampled_from([None, None, date(2026, 10, 30), date(2026, 10, 31), date(2027, 1, 1)])
moments = st.sampled_from([None, None, *PAST])


def _from_a_file(customer: int, purpose: str, channel: str | None, status: str, at: datetime, late: int,
                 until: date | None) -> dict[str, Any]:  # fmt: skip
    channel = channel if purpose in CONSENT_PURPOSES else None
    ends = until if status == "granted" else None
    return small_bank.event(customer, purpose, channel, status, "2026-01-01", effective_at=at,
                            recorded_at=at + timedelta(days=late), expires_on=ends)  # fmt: skip


from_a_file = st.builds(
    _from_a_file, st.sampled_from([1, 1, 1, 1, 2]), purposes, st.sampled_from([None, "email", "email", "phone"]),
    st.sampled_from(["asked", "granted", "granted", "granted", "refused", "withdrawn", "objected"]),
    st.sampled_from(PAST), st.integers(0, 2), ends,
)  # fmt: skip


ASKING = (*CONSENT_PURPOSES, *MINING_PURPOSES)


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("ledger") / "template.crmdesk"
    store = create_bank(file, invented_until=UNTIL)
    with store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(n, "Ada", f"Lind{n}") for n in PEOPLE])
        small_bank.add(session, "product", [{"id": 1, "code": "C", "name": "C", "family": "current", "version": 1}])
        small_bank.add(session, "account", [{"id": 1, "number": "A", "product_id": 1, "currency": "EUR",
                                             "opened_on": "2020-01-01", "version": 1}])  # fmt: skip
        small_bank.add(session, "holding", [{"account_id": 1, "customer_id": 1, "role": "owner"}])
    for purpose in ASKING:
        notices.add(SmallApp(store), ACTOR, purpose, f"May we, for {purpose}?")
    store.close()
    LedgerMachine.template = file


class LedgerMachine(RuleBasedStateMachine):
    """Anything a branch, an import, an officer and a clock may do to three customers' permissions."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        file = self.folder / "bank.crmdesk"
        shutil.copy(self.template, file)
        shutil.copy(self.template.with_name(f"{self.template.name}.keys"), file.with_name(f"{file.name}.keys"))
        self.app = SmallApp(open_bank(file))
        self.clock = self.app.store.clock()

    def teardown(self) -> None:
        if hasattr(self, "app"):
            self.app.store.close()
            shutil.rmtree(self.folder)

    def said(self, number: str, purpose: str) -> dict[str | None, str]:
        """The oracle's answers now, by channel."""
        customer = int(number[-1])
        with self.app.store.reader() as raw:
            rows = papers(raw, PEOPLE)[customer]
        every: tuple[str | None, ...] = MARKETING_CHANNELS if purpose in CONSENT_PURPOSES else (None,)
        return {c: answer(rows, purpose, c, self.clock) for c in every}

    @rule(number=numbers, purpose=purposes, about=channels, status=st.sampled_from(RECORDED),
          notice=st.sampled_from([None, "own", "own", "other", 9]),
          evidence=st.sampled_from(["", "Said so.", "Said so."]),
          source=st.sampled_from(["branch", "web", "unstated"]),
          at=moments, until=ends, soft=st.sampled_from([False, False, True]))  # fmt: skip
    def record(self, number: str, about: tuple[str, ...], status: str, notice: Any, evidence: str,
               at: datetime | None, until: date | None, soft: bool, purpose: str, source: str) -> None:  # fmt: skip
        own = ASKING.index(purpose) + 1
        shown = {"own": own, "other": own % len(ASKING) + 1}.get(notice, notice)
        wanted = Recording(purpose, about, status, source, notice=shown, evidence=evidence, effective_at=at,
                           expires_on=until, soft_opt_in=soft)  # fmt: skip
        before, told = self.said(number, purpose), records.preview(self.app, TELLER, number, wanted)
        try:
            records.record(self.app, TELLER, number, wanted)
        except CrmdeskError as error:
            assert told.refusal == str(error) and self.said(number, purpose) == before
            return
        assert not told.refusal
        if status == "granted":
            assert notice == "own" and source != "unstated" and (evidence or soft)
        found = permissions.grid(self.app, ACTOR, number)
        cells = {c.channel: c.decision.allowed for row in found.rows for c in row if c.purpose == purpose}
        assert {c: d.allowed for c, d in told.cells} == {c: cells[c] for c, _ in told.cells}

    @rule(number=numbers, about=channels, purpose=purposes)
    def withdraw(self, number: str, about: tuple[str, ...], purpose: str) -> None:
        about = about if purpose in CONSENT_PURPOSES else ()
        try:
            records.withdraw(self.app, TELLER, number, purpose, about)
        except CrmdeskError as error:
            assert "erased" in str(error)
        said = self.said(number, purpose)
        assert {said[c] for c in about or said} <= {"withdrawn", "objected", "erased"}

    @rule(number=numbers, purpose=purposes)
    def objects(self, number: str, purpose: str) -> None:
        try:
            records.objection(self.app, TELLER, number, purpose)
        except CrmdeskError as error:
            assert "erased" in str(error)
        assert set(self.said(number, purpose).values()) <= {"objected", "erased"}

    @rule(about=channels)
    def withdraw_for_all(self, about: tuple[str, ...]) -> None:
        records.withdraw_many(self.app, TELLER, Chosen(CustomerQuery()), "marketing", about)
        for n in PEOPLE:
            said = self.said(f"C-{n:06d}", "marketing")
            assert {said[c] for c in about or said} <= {"withdrawn", "objected", "erased"}

    @rule(events=st.lists(from_a_file, min_size=6, max_size=12), batch=st.booleans())
    def imported(self, events: list[dict[str, Any]], batch: bool) -> None:
        """A file brings what was said long ago, at the very instants of other events, and learnt of later."""
        with self.app.store.write() as session:
            of_batch: dict[str, Any] = {"source": "import"}
            if batch:
                made = {"profile": "standard", "source": "x", "by": "x", "at": "2026-01-01 00:00:00.000000"}
                small_bank.add(session, "import_batch", [made])
                key = session.connection().exec_driver_sql("SELECT max(id) FROM import_batch").scalar()
                of_batch = {"source": "branch", "batch_id": key}
            rows = [{**event, **of_batch, "event_id": str(uuid.uuid4())} for event in events]
            chain.append(session, self.app.store.audit_key, "permission_event", rows)

    @rule(number=numbers, which=st.integers(0, 30), alone=st.booleans())
    def correct(self, number: str, which: int, alone: bool) -> None:
        history = permissions.grid(self.app, ACTOR, number).history
        if not history:
            return
        before = {p: self.said(number, p) for p in (*CONSENT_PURPOSES, *MINING_PURPOSES)}
        try:
            done = records.correct(
                self.app, ACTOR if alone else TELLER, number, history[which % len(history)].seq, "No."
            )
        except (BadInput, CrmdeskError):
            return
        after = {p: self.said(number, p) for p in before}
        if done.kind == "propose_correction":
            assert after == before
        elif not alone:
            assert not any(_laxer(p, before[p][c], after[p][c]) for p in before for c in before[p])

    @rule()
    def confirm(self) -> None:
        for waiting in records.pending(self.app, ACTOR)[:1]:
            records.confirm(self.app, ACTOR, waiting.number, waiting.seq)

    @rule(number=numbers, on=st.booleans())
    def restrict(self, number: str, on: bool) -> None:
        records.restrict(self.app, ACTOR, number, on)

    @rule(really=st.integers(0, 3))
    def erase(self, really: int) -> None:
        if really:
            return
        row = small_bank.event(2, "marketing", None, "erased", "2026-10-30")
        with self.app.store.write() as session:
            chain.append(session, self.app.store.audit_key, "permission_event", [row])

    @rule(whose=st.sampled_from(PEOPLE), seq=st.integers(1, 12))
    def strike_out(self, whose: int, seq: int) -> None:
        """A void reaches only events of its own customer, whatever earlier event it names."""
        with self.app.store.reader() as raw:
            if seq > raw.execute("SELECT count(*) FROM permission_event").fetchone()[0]:
                return
        row = {**small_bank.event(whose, "marketing", None, "voided", "2026-10-30"), "voids": seq}
        with self.app.store.write() as session:
            chain.append(session, self.app.store.audit_key, "permission_event", [row])

    @rule(at=st.sampled_from(PAST), later=st.integers(0, 3))
    def look_back(self, at: datetime, later: int) -> None:
        with self.app.store.reader() as raw:
            replays_agree(raw, list(PEOPLE), at, min(at + timedelta(days=later), self.clock))
            all_agree(raw, list(PEOPLE), at)

    @invariant()
    def every_reading_agrees(self) -> None:
        if hasattr(self, "app"):
            with self.app.store.reader() as raw:
                all_agree(raw, list(PEOPLE), self.clock)

    @invariant()
    def the_chain_holds(self) -> None:
        if hasattr(self, "app"):
            with self.app.store.reader() as raw:
                assert not list(chain.breaks(raw, self.app.store.audit_key, "permission_event"))


def _laxer(purpose: str, before: Any, after: Any) -> bool:
    rank = {s: LAX_TO_STRICT.index("none" if s == "expired" and purpose in CONSENT_PURPOSES else s)
            for s in LAX_TO_STRICT}  # fmt: skip
    return rank[after] < rank[before]


LedgerMachine.TestCase.settings = settings(
    max_examples=20, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLedger = LedgerMachine.TestCase
