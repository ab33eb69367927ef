"""A result on paper: verdict, pictures and tables; tables about persons are exported, never printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter

from crmdesk.desk.paper import Drawing, Paper, Part, Table
from crmdesk.desk.printing import Order
from crmdesk.desk.results.frame_model import RIGHT, FrameModel
from crmdesk.desk.results.paint import height_of, paint_picture
from crmdesk.desk.results.picture import Picture, picture_of
from crmdesk.desk.results.stock import SEGMENT_VIEWS
from crmdesk.desk.theme import LIGHT
from crmdesk.desk.widgets import day_words
from crmdesk.domain.errors import BadInput
from crmdesk.mining.record import RunRecord
from crmdesk.services import prints

if TYPE_CHECKING:
    import pandas as pd

    from crmdesk.desk.results.result_page import ResultPage

ROWS: Final = 40  # of each table
COLUMNS: Final = 8  # more are unreadable on a sheet
TALL: Final = 320
_TEXT: Final = 12  # px of the letters in a picture


def order(page: ResultPage) -> Order:
    """The run in front; BadInput where it has no result."""
    record = page.record
    if record is None or record.result is None:
        raise BadInput("This run has no result to print.")
    app, actor, uuid = page.context.app, page.context.actor, record.uuid
    bank = app.path.stem  # type: ignore[union-attr]

    def ask(purpose: str, channel: str, kept: bool) -> Paper:
        return paper(bank, *prints.result(app, actor, uuid, kept=kept))  # type: ignore[arg-type]

    return Order(f"Print {record.title or record.analysis}", f"result-{uuid[:8]}", ask)


def paper(bank: str, record: RunRecord, tables: dict[str, pd.DataFrame]) -> Paper:
    """Pictures first; of long tables the first rows, of wide ones the first columns, and both are said."""
    assert record.result is not None
    title = record.title or record.analysis
    pictures = [Part("", [_drawing(picture)]) for picture in _pictures(record, tables)]
    notes = [Part("Notes", list(record.warnings))] if record.warnings else []
    shown = [_table(name, frame) for name, frame in tables.items() if len(frame)]
    facts = [f"Run {record.uuid[:8]}, data to {day_words(record.as_of)}, {record.eligible:,} customers used, "
             f"{sum(record.excluded.values()):,} left out, seed {record.seed}, by {record.by}."]  # fmt: skip
    if len(tables) < len(record.tables):
        facts.append("Tables about persons are not printed; export them.")
    foot = f"{bank}. {title}, run {record.uuid[:8]}, {record.ended_at:%d %b %Y}. Purpose: {record.purpose}."
    return Paper(title, record.verdict, [*pictures, *notes, *shown], foot, False, facts)


def _pictures(record: RunRecord, tables: dict[str, pd.DataFrame]) -> list[Picture]:
    assert record.result is not None
    found: list[Picture] = []
    if type(record.result).__name__ == "Segments":
        for _, name, draw in SEGMENT_VIEWS:
            if name in tables and len(tables[name]):
                found += draw(tables)
    found += [picture_of(figure) for figure in record.result.figures.values() if len(figure.data)]
    return found


def _drawing(picture: Picture) -> Drawing:
    def draw(painter: QPainter, area: QRectF) -> None:
        font = QFont()
        font.setPixelSize(_TEXT)
        paint_picture(painter, area.adjusted(4, 4, -4, -4), picture, LIGHT, font)

    return Drawing(draw, max(TALL if picture.kind in ("lines", "scatter", "mosaic") else 0, height_of(picture) + 16))


def _table(name: str, frame: pd.DataFrame) -> Part:
    """As the result page shows it: headings, shares and numbers in words."""
    from PySide6.QtCore import Qt

    columns = [str(c) for c in frame.columns if str(c) != "keys" and not str(c).endswith("_keys")]
    model: Any = FrameModel(frame[columns[:COLUMNS]].head(ROWS))
    across, down = range(model.columnCount()), range(model.rowCount())
    heads = [str(model.headerData(at, Qt.Orientation.Horizontal)) for at in across]
    rows = [[str(model.index(row, at).data() or "") for at in across] for row in down]
    role = Qt.ItemDataRole.TextAlignmentRole
    right = frozenset(at for at in across if model.headerData(at, Qt.Orientation.Horizontal, role) == int(RIGHT))
    said = name.replace("_", " ").capitalize()
    cut = [f"first {ROWS} of {len(frame):,} rows"] if len(frame) > ROWS else []
    cut += [f"first {COLUMNS} of {len(columns)} columns"] if len(columns) > COLUMNS else []
    return Part(said + (f" ({', '.join(cut)})" if cut else ""), [Table(heads, rows, (), right)])
