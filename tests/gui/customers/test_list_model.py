"""The paged model: which rows it asks for, keeps and forgets. No time is measured here."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from crmdesk.desk.customers.columns import columns_of
from crmdesk.desk.customers.list_model import ASKED_AT_ONCE, COLUMNS, KEPT, PART, SIZE, WAITING, Arrived, PagedModel
from crmdesk.services.customers import CustomerRow
from crmdesk.services.list_fields import ListColumn


def row(key: int) -> CustomerRow:
    return CustomerRow(key, f"C-{key}", f"Name {key}", "Moda", "", None, "", (), None)


class Desk:
    """Answers a model's questions when told to, as the background would."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.waiting: list[tuple[list[int], Arrived]] = []

    def fetch(self, ids: Sequence[int], arrived: Arrived) -> None:
        self.asked.append(list(ids))
        self.waiting.append((list(ids), arrived))

    def answer(self) -> None:
        waiting, self.waiting = self.waiting, []
        for ids, arrived in waiting:
            arrived([row(i) for i in ids])


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def model(qtbot: object, desk: Desk) -> PagedModel:
    made = PagedModel(desk.fetch)
    made.show_ids(range(1_500_000))
    return made


def test_it_is_a_good_model(qtmodeltester: ModelTester, desk: Desk) -> None:
    model = PagedModel(desk.fetch)
    model.show_ids(range(600))
    qtmodeltester.check(model)
    desk.answer()
    qtmodeltester.check(model)


def test_a_screen_of_rows_asks_once_for_its_part_of_the_block(model: PagedModel, desk: Desk) -> None:
    texts = {model.index(r, c).data() for r in range(256, 256 + PART) for c in range(len(COLUMNS))}
    assert texts == {WAITING}
    assert desk.asked == [list(range(256, 256 + PART))]
    desk.answer()
    assert model.index(280, 0).data() == "Name 280"
    assert len(desk.asked) == 1


def test_a_block_fills_part_by_part(model: PagedModel, desk: Desk) -> None:
    for number in (0, PART, PART + 20, SIZE - 1):
        model.row(number)
        desk.answer()
    assert [(a[0], len(a)) for a in desk.asked] == [(0, PART), (PART, PART), (SIZE - PART, PART)]
    assert model.blocks == [0]
    assert [model.index(r, 0).data() for r in (5, PART + 20, SIZE - 1)] == ["Name 5", f"Name {PART + 20}", "Name 255"]


def test_a_jump_reads_one_part_and_nothing_between(model: PagedModel, desk: Desk) -> None:
    model.index(1_499_999, 0).data()
    assert [(a[0], a[-1]) for a in desk.asked] == [(1_499_999 // PART * PART, 1_499_999)]


def test_an_answer_repaints_its_own_rows_only(qtbot: object, model: PagedModel, desk: Desk) -> None:
    spans: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda a, b: spans.append((a.row(), b.row())))
    model.row(1000)
    desk.answer()
    assert spans == [(1000 // PART * PART, 1000 // PART * PART + PART - 1)]


def test_the_least_recently_used_block_goes(model: PagedModel, desk: Desk) -> None:
    for block in range(KEPT):
        model.row(block * SIZE)
        desk.answer()
    model.row(0)  # block 0 is in use again
    model.row(KEPT * SIZE)
    desk.answer()
    assert len(model.blocks) == KEPT
    assert 0 in model.blocks and 1 not in model.blocks and KEPT in model.blocks


def test_a_fast_scroll_forgets_what_it_passed(model: PagedModel, desk: Desk) -> None:
    for block in range(10):
        model.row(block * SIZE)
    desk.answer()
    assert model.blocks == list(range(10 - ASKED_AT_ONCE, 10))
    model.row(0)  # a forgotten block may be asked again
    assert desk.asked[-1][0] == 0


def test_answers_to_an_older_list_are_dropped(model: PagedModel, desk: Desk) -> None:
    model.row(0)
    model.show_ids([7, 5])
    model.row(0)
    desk.answer()
    assert [model.index(r, 0).data() for r in range(2)] == ["Name 7", "Name 5"]


def test_a_customer_who_is_gone_leaves_a_placeholder(qtbot: object) -> None:
    model = PagedModel(lambda ids, arrived: arrived([row(1)]))
    model.show_ids([1, 2])
    model.row(0)
    assert [model.index(r, 0).data() for r in range(2)] == ["Name 1", WAITING]


def test_headers_name_every_column(model: PagedModel) -> None:
    titles = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    assert titles == ["Name", "Number", "City", "Segment", "Holds", "May contact", "Last active"]


def test_a_plugin_called_as_its_column_is_not_named_twice() -> None:
    same = ListColumn("visits.n", "Visits", "number", 80, plugin="Visits")
    other = ListColumn("visits.m", "Months", "number", 80, plugin="Visits")
    made = columns_of([same, other])
    assert [made[key].title for key in ("visits.n", "visits.m")] == ["Visits", "Months (Visits)"]
