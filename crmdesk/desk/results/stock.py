"""The stock views: what every result of a kind can show, whichever plugin gave it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.results import segments
from crmdesk.desk.results.frame_model import FrameModel, table_view
from crmdesk.desk.results.picture import Picture, picture_of
from crmdesk.desk.results.twin import Maker, PictureWidget, Twin
from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px
from crmdesk.results import Result

if TYPE_CHECKING:
    import pandas as pd

Tables = Mapping[str, "pd.DataFrame"]
Draw = Callable[[Tables], list[Picture]]

# Title, the table it is drawn from, and how: the stock views of Segments.
SEGMENT_VIEWS: tuple[tuple[str, str, Draw], ...] = (
    ("Profile", "profile", segments.profile),
    ("Stability", "k_choice", segments.stability),
    ("Staged vs single", "comparison", segments.comparison),
    ("Permissions", "permissions", segments.permissions),
)


def stock_views(result: Result, tables: Tables, context: DeskContext, skip: str = "") -> list[tuple[str, Maker]]:
    """Title and maker of each view; a table that is missing or empty brings none, nor do figures of the kind `skip`.

    Segments that are one for everybody show how many groups were tried, and their tables.
    """
    views: list[tuple[str, Maker]] = []
    segmented = type(result).__name__ == "Segments"
    alone = segmented and segments.in_one_piece(tables)  # then only why, and the numbers
    if segmented:
        for title, name, draw in SEGMENT_VIEWS:
            if name in tables and len(tables[name]) and not (alone and name != "k_choice"):
                views.append((title, _drawn(draw, tables, name, result.verdict, context)))
    if alone:
        return [*views, ("Tables", lambda: TablesView(tables))]
    for name, figure in result.figures.items():
        if len(figure.data) and figure.kind != skip:
            views.append((_title(name, figure.title), _figure(name, result, context)))
    if "members" in tables or any("customer" in table.columns for table in tables.values()):
        views.append(("Customers", lambda: customers_view(tables, context)))
    views.append(("Tables", lambda: TablesView(tables)))
    return _apart(views)


def _apart(views: list[tuple[str, Maker]]) -> list[tuple[str, Maker]]:
    """One view per title: the first keeps it."""
    kept: dict[str, Maker] = {}
    for title, make in views:
        kept.setdefault(title, make)
    return list(kept.items())


def _title(name: str, title: str) -> str:
    """A tab's words: the figure's name, unless that says less than a short title."""
    return title if len(title) <= 24 else name.replace("_", " ").capitalize()


def _drawn(draw: Draw, tables: Tables, name: str, verdict: str, context: DeskContext) -> Maker:
    return lambda: Twin([PictureWidget(p, context, verdict) for p in draw(tables)], tables[name], name)


def _figure(name: str, result: Result, context: DeskContext) -> Maker:
    figure = result.figures[name]
    return lambda: Twin([PictureWidget(picture_of(figure), context, result.verdict)], figure.data, name)


def customers_view(tables: Tables, context: DeskContext) -> QWidget:
    """The table with one row per customer; Enter or a double click opens the customer."""
    name = "members" if "members" in tables else next(n for n, t in tables.items() if "customer" in t.columns)
    view = table_view(_named(tables, name), name)

    def open_row(index: QModelIndex) -> None:
        model = view.model()
        assert isinstance(model, FrameModel)
        context.open_page("customer", number=str(model.value(index.row(), "customer")))

    view.activated.connect(open_row)
    view.setToolTip("Enter opens the customer")
    return view


def _named(tables: Tables, name: str) -> pd.DataFrame:
    """Customers with their segments' names; the codes stay in the tab Tables."""
    frame = tables[name]
    names = segments.segment_names(tables)
    if not names or "segment" not in frame.columns:
        return frame
    shown = frame.drop(columns=["tier1", "tier2"], errors="ignore")
    codes = [column for column in ("segment", "runner_up") if column in shown.columns]
    return shown.assign(**{column: shown[column].map(lambda code: names.get(str(code), code)) for column in codes})


class TablesView(QWidget):
    """Every table of the result, one at a time."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self._tables = tables
        self.choice = QComboBox()
        self.choice.setAccessibleName("Table")
        self.choice.setMinimumWidth(px(220))
        for name, table in tables.items():
            self.choice.addItem(f"{name.replace('_', ' ')} ({len(table):,} rows)", name)
        self._stack = QStackedWidget()
        self._made: dict[str, QWidget] = {}
        words = label("&Table")
        words.setBuddy(self.choice)
        words.setMinimumWidth(words.fontMetrics().horizontalAdvance("Table") + 8)
        row = QHBoxLayout()
        row.addWidget(words)
        row.addWidget(self.choice)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self.choice.currentIndexChanged.connect(lambda *_: self._show())
        self._show()

    def _show(self) -> None:
        name = self.choice.currentData()
        if name is None:
            return
        if name not in self._made:
            self._made[name] = table_view(self._tables[name], name)
            self._stack.addWidget(self._made[name])
        self._stack.setCurrentWidget(self._made[name])
