"""What the editor tells of a birth date to a manager who gave no reason: not by a sentence, a guess or a conflict."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import small_bank
from small_bank import SmallApp

from crmdesk.domain.errors import BadFields, BadInput, Conflict
from crmdesk.domain.rights import Role
from crmdesk.services import audit_log, bulk, custom_fields, customer_edit
from crmdesk.services.customers import Chosen, CustomerQuery
from tests.unit.services import masked_bank
from tests.unit.services.masked_bank import signed_in

ADA, RM = "C-000001", Role.RELATIONSHIP_MANAGER


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = masked_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def born(app: SmallApp) -> date:
    with app.store.reader() as raw:
        return date.fromisoformat(raw.execute("SELECT birth_date FROM customer WHERE id = 1").fetchone()[0])


def audited(app: SmallApp, act: str) -> list[tuple[str, str]]:
    rows = audit_log.events(app, signed_in(app, Role.DPO), audit_log.AuditFilter(act=act)).rows
    return [(row.number, row.fields) for row in rows]


def test_no_sentence_and_no_search_by_halves_tells_a_birthday(app: SmallApp) -> None:
    rita, day = signed_in(app, RM), born(app)
    assert day.month > 1
    told = customer_edit.check(app, rita, {"joined_on": f"{day.year - 1}-12-31"}, ADA)
    assert told == {"joined_on": "The customer was not born then and cannot join before."}
    for near in (date(day.year, 1, 1), day - timedelta(days=1), day, date(day.year, 12, 31)):
        assert customer_edit.check(app, rita, {"joined_on": near.isoformat()}, ADA) == {}, near
    with pytest.raises(BadFields) as refused:
        customer_edit.edit(app, rita, ADA, customer_edit.draft(app, rita, ADA).version, {"joined_on": "1900-01-01"})
    assert str(day.year) not in str(refused.value.fields)


def test_a_conflict_says_nothing_of_a_birthday_that_was_not_opened(app: SmallApp) -> None:
    rita = signed_in(app, RM)
    draft = customer_edit.draft(app, rita, ADA, reason="asked at the counter")
    customer_edit.edit(app, rita, ADA, draft.version, {"birth_date": "1971-02-03", "occupation": "baker"})
    before = len(audited(app, "open for edit"))
    with pytest.raises(Conflict) as told:
        customer_edit.edit(app, rita, ADA, draft.version, {"occupation": "smith"})
    assert [one["field"] for one in told.value.changes] == ["occupation"]
    assert "Birth" not in str(told.value)
    assert len(audited(app, "open for edit")) == before
    with pytest.raises(Conflict) as told:
        customer_edit.edit(app, rita, ADA, draft.version, {"birth_date": "1999-09-09"})
    assert {one["field"] for one in told.value.changes} == {"birth_date", "occupation"}
    assert audited(app, "open for edit")[0] == (ADA, "birth_date")


def test_who_is_found_by_a_guess_is_in_the_audit(app: SmallApp) -> None:
    rita = signed_in(app, RM)
    assert customer_edit.similar(app, rita, {"email": "nobody@mail.example"}) == []
    assert audited(app, "compare customer") == []
    guess = {"given_name": "Ada", "family_name": "Yılmaz", "birth_date": born(app).isoformat()}
    assert [one.why for one in customer_edit.similar(app, rita, guess)] == ["same name and birth date"]
    assert audited(app, "compare customer") == [(ADA, "same name and birth date")]


def test_the_counts_of_a_bulk_edit_do_not_spell_what_needs_a_reason(app: SmallApp) -> None:
    with app.store.write() as session:
        raw = session.connection()
        raw.exec_driver_sql("UPDATE bank_state SET mode = 'single'")
    custom_fields.add(app, small_bank.ACTOR, code="faith", title="Faith", kind="choice", choices=("A", "B"),
                      tag="protected")  # fmt: skip
    customer_edit.edit(app, small_bank.ACTOR, ADA, customer_edit.draft(app, small_bank.ACTOR, ADA).version,
                       {"custom.faith": "A"})  # fmt: skip
    one = Chosen(CustomerQuery(), (1,))
    assert bulk.preview(app, small_bank.ACTOR, one, "custom.faith", "A").count == 0
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE bank_state SET mode = 'multi'")
    rita = signed_in(app, RM)
    assert "custom.faith" not in {field.name for field in bulk.fields(app, rita)}
    for deed in (bulk.preview, bulk.apply):
        with pytest.raises(BadInput, match="cannot be set for many"):
            deed(app, rita, one, "custom.faith", "A")
