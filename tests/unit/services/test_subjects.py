"""Nothing is written down about a person who was erased, whoever asks and wherever it would stand."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput
from crmdesk.services import bulk, customer_edit, documents, interactions, opportunities, surroundings, tasks
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.store import chain

ADA, CETIN, IDA = "C-000001", "C-000002", "C-000003"
DUE = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "bank.crmdesk")
    (tmp_path / "letter.txt").write_text("Dear Çetin")
    with made.store.write() as session:
        gone = small_bank.event(2, "service", None, "erased", "2026-10-01")
        chain.append(session, made.store.audit_key, "permission_event", [gone])
    yield made
    made.store.close()


DEEDS: dict[str, Callable[[Any, str], Any]] = {
    "edit": lambda app, who: customer_edit.edit(app, ACTOR, who, 1, {"city": "Bursa"}),
    "life event": lambda app, who: surroundings.add_life_event(app, ACTOR, who, "move", date(2026, 1, 1), "to Moda"),
    "interest": lambda app, who: surroundings.add_interest(app, ACTOR, who, "loan"),
    "relation": lambda app, who: surroundings.relate(app, ACTOR, IDA, who, "referrer"),
    "household": lambda app, who: surroundings.join_household(app, ACTOR, who, with_number=IDA),
    "housemate": lambda app, who: surroundings.join_household(app, ACTOR, IDA, with_number=who),
    "interaction": lambda app, who: interactions.record(app, ACTOR, who, "branch.support.general_question"),
    "document": lambda app, who: documents.add(app, ACTOR, who, app.path.with_name("letter.txt")),
    "task": lambda app, who: tasks.add(app, ACTOR, "Ring", DUE, number=who),
    "opportunity": lambda app, who: opportunities.add(app, ACTOR, who, "A loan"),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_it_is_refused_in_words_and_nothing_is_written(app: SmallApp, deed: Callable[[Any, str], Any]) -> None:
    before = app.store.change_no()
    with pytest.raises(BadInput, match="The person C-000002 was erased on 1 October 2026 and is not brought back"):
        deed(app, CETIN)
    assert app.store.change_no() == before
    deed(app, ADA)  # of anybody else it is done
    assert app.store.change_no() > before


def test_a_task_is_not_handed_to_the_erased_but_one_about_them_can_be_changed(app: SmallApp) -> None:
    tasks.add(app, ACTOR, "Ring", DUE, number=IDA)
    (row,) = tasks.due(app, ACTOR)
    with pytest.raises(BadInput, match="was erased"):
        tasks.edit(app, ACTOR, row.id, row.version, number=CETIN)
    with app.store.write() as session:
        gone = small_bank.event(3, "service", None, "erased", "2026-10-02")
        chain.append(session, app.store.audit_key, "permission_event", [gone])
    tasks.edit(app, ACTOR, row.id, row.version, title="File it", number=IDA)
    assert tasks.due(app, ACTOR)[0].title == "File it"


def test_who_was_merged_away_gets_no_task_and_no_opportunity(app: SmallApp) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET merged_into = 1 WHERE id = 4")
    for deed in (DEEDS["task"], DEEDS["opportunity"], DEEDS["interaction"]):
        with pytest.raises(BadInput, match="C-000004 was merged into C-000001; record it there"):
            deed(app, "C-000004")


def test_a_bulk_edit_leaves_the_erased_out(app: SmallApp) -> None:
    chosen = Chosen(CustomerQuery(), (1, 2, 3))
    assert bulk.preview(app, ACTOR, chosen, "occupation", "Baker").left_out == {"erased": 1}
    assert bulk.apply(app, ACTOR, chosen, "occupation", "Baker").count == 2
    with app.store.reader() as raw:
        found = raw.execute("SELECT id, occupation FROM customer WHERE id < 4").fetchall()
    assert found == [(1, "Baker"), (2, None), (3, "Baker")]
