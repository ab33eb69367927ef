"""What is put on paper reads as the list does: numbers whole, and no row without its permission."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.services import custom_fields, customer_edit, customer_export, customers, prints
from crmdesk.services.customers import Chosen, CustomerQuery

ADA = "C-000001"
KEYS = ("number", "custom.visits", "custom.share", "custom.ratio")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    for code, kind in (("visits", "whole"), ("share", "number"), ("ratio", "number")):
        custom_fields.add(made, ACTOR, code=code, title=code.title(), kind=kind)
    values = {"custom.visits": "1234567", "custom.share": "0.123456789", "custom.ratio": "2.50"}
    customer_edit.edit(made, ACTOR, ADA, 1, values)
    yield made
    made.store.close()


def test_a_number_keeps_all_its_digits_in_list_file_and_print(app: SmallApp, tmp_path: Path) -> None:
    whole = (ADA, "1234567", "0.123456789", "2.5")
    chosen = Chosen(CustomerQuery(), (1,))
    (row,) = customers.rows(app, ACTOR, [1], KEYS[1:])
    assert (row.number, *row.extra.values()) == whole
    assert prints.customer_list(app, ACTOR, chosen, KEYS, "service", kept=False).rows == (whole,)
    file = tmp_path / "people.csv"
    customer_export.write(app, ACTOR, chosen, KEYS, file, purpose="service")
    assert file.read_text(encoding="utf-8").splitlines()[1] == ",".join(whole)


def test_only_what_becomes_a_file_is_audited(app: SmallApp) -> None:
    def printed() -> int:
        with app.store.reader() as raw:
            return int(raw.execute("SELECT count(*) FROM audit_event WHERE act LIKE 'print %'").fetchone()[0])

    for kept, number in ((False, 0), (True, 2)):
        prints.customer_list(app, ACTOR, Chosen(CustomerQuery(), (1,)), KEYS, "service", kept=kept)
        prints.customer(app, ACTOR, ADA, kept=kept)
        assert printed() == number
