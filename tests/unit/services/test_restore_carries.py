"""A restored bank holds what people took back since the backup, and none of what they granted since."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.recording import Recording
from crmdesk.services import backup, notices, permission_correct, permissions
from crmdesk.services import permission_record as records
from crmdesk.store import open_bank
from crmdesk.store.bank import create_bank
from crmdesk.store.verify import verify

ADA, CETIN, IDA = (f"C-{n:06d}" for n in range(1, 4))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    notices.add(made, ACTOR, "marketing", "May we write to you about our products?")
    records.record(made, ACTOR, CETIN, grant("sms"))
    backup.backup(made, ACTOR, tmp_path / "copy.crmdesk")
    yield made
    made.store.close()


def grant(*channels: str) -> Recording:
    return Recording("marketing", channels, "granted", "branch", notice=1, evidence="Said yes at the counter.")


def restored(app: SmallApp, tmp_path: Path) -> tuple[SmallApp, dict[str, object]]:
    app.store.close()
    report = backup.restore(ACTOR, tmp_path / "copy.crmdesk", app.path)
    return SmallApp(open_bank(app.path)), report


def state(app: SmallApp, number: str, channel: str) -> str:
    row = next(r for r in permissions.grid(app, ACTOR, number).rows if r[0].purpose == "marketing")
    return next(cell.decision.shown for cell in row if cell.channel == channel)


def test_what_was_taken_back_stays_so_and_grants_are_not_carried_over(app: SmallApp, tmp_path: Path) -> None:
    records.withdraw(app, ACTOR, ADA)
    records.objection(app, ACTOR, CETIN)
    records.record(app, ACTOR, IDA, grant("post"))
    permission_correct.restrict(app, ACTOR, IDA, True)
    assert backup.to_carry_over(app, ACTOR, tmp_path / "copy.crmdesk") == 3
    again, report = restored(app, tmp_path)
    assert report["carried_over"] == 3
    assert state(again, ADA, "email") == "withdrawn" and state(again, CETIN, "sms") == "objected"
    with again.store.reader() as raw:
        assert raw.execute("SELECT restricted FROM customer WHERE number = ?", (IDA,)).fetchone() == (1,)
        grants = raw.execute("SELECT count(*) FROM permission_event WHERE status = 'granted' AND customer_id = 3")
        assert grants.fetchone() == (0,)
        told = raw.execute("SELECT reason FROM audit_event WHERE act = 'restore'").fetchone()[0]
    again.store.close()
    assert told.startswith("3 withdrawals") and verify(app.path)["ok"]
    # A second restore of the same backup finds the same three in the bank that the first one made.
    assert backup.restore(ACTOR, tmp_path / "copy.crmdesk", app.path)["carried_over"] == 3
    assert verify(app.path)["ok"]


def test_an_error_that_was_corrected_is_not_carried_over_but_the_correction_of_a_grant_is(
    app: SmallApp, tmp_path: Path
) -> None:
    with app.store.reader() as raw:
        (given,) = raw.execute("SELECT seq FROM permission_event WHERE channel = 'sms' ORDER BY seq DESC").fetchone()
    permission_correct.correct(app, ACTOR, CETIN, given, "wrong customer")
    records.record(app, ACTOR, IDA, Recording("marketing", ("email",), "refused"))
    with app.store.reader() as raw:
        (wrong,) = raw.execute("SELECT max(seq) FROM permission_event").fetchone()
    permission_correct.correct(app, ACTOR, IDA, wrong, "wrong customer")
    with app.store.reader() as raw:
        voided = {v for (v,) in raw.execute("SELECT voids FROM permission_event WHERE voids IS NOT NULL")}
    assert {given, wrong} <= voided
    before = {number: state(app, number, "sms") for number in (CETIN, IDA)}
    again, report = restored(app, tmp_path)
    assert report["carried_over"] == 1
    assert {number: state(again, number, "sms") for number in (CETIN, IDA)} == before and before[CETIN] != "granted"
    again.store.close()
    assert verify(app.path)["ok"]


def test_a_bank_that_cannot_be_read_or_is_not_there_is_said(app: SmallApp, tmp_path: Path) -> None:
    app.store.close()
    app.path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    report = backup.restore(ACTOR, tmp_path / "copy.crmdesk", app.path)
    assert report["carried_over"] is None and "may be missing" in backup.carried_words(report)
    fresh = backup.restore(ACTOR, tmp_path / "copy.crmdesk", tmp_path / "fresh.crmdesk")
    assert fresh["carried_over"] is None and "no bank to compare with" in backup.carried_words(fresh)


def test_another_bank_gives_nothing_to_the_restored_one(app: SmallApp, tmp_path: Path) -> None:
    other = tmp_path / "other.crmdesk"
    create_bank(other).close()
    report = backup.restore(ACTOR, tmp_path / "copy.crmdesk", other)
    assert report["carried_over"] == 0 and verify(other)["ok"]
