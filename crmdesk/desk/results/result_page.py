"""One run's result: the verdict, then its pictures and tables; a plugin's view that stops gives way to tables."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QFileDialog, QTabWidget, QVBoxLayout, QWidget

from crmdesk.contributions import View, resolve
from crmdesk.desk.asking import told_on_page
from crmdesk.desk.context import DeskContext
from crmdesk.desk.drawing import draw_in_child
from crmdesk.desk.page import Page
from crmdesk.desk.results.segments import in_one_piece
from crmdesk.desk.results.stock import TablesView, stock_views
from crmdesk.desk.results.twin import Maker, Twin
from crmdesk.desk.results.view_context import LentContext
from crmdesk.desk.widgets import Band, day_words, label
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Right, may
from crmdesk.mining.record import RunRecord
from crmdesk.services import export, mining
from crmdesk.services.customers import CustomerQuery
from crmdesk.services.filter_words import describe
from crmdesk.services.mining import ExportReport

log = logging.getLogger(__name__)
BAND = 180  # characters of warnings that a narrow window shows in two lines


class ResultPage(Page):
    """`arrive(run=uuid)`."""

    name: ClassVar[str] = "result"

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Result")
        self.record: RunRecord | None = None
        self._run = ""
        self._tables: dict[str, Any] = {}
        self._makers: list[Maker] = []
        self._shown: set[int] = set()
        self._list: QWidget = self.add_deed("Cross-selling list...", self._offers, tip="Whom to offer what next")
        self._list.setVisible(False)
        self.add_deed("Run again...", self._again, tip="The same settings, ready to change")
        self._export_deed = self.add_deed("Export...", self.export,
                                           tip="Tables as CSV, pictures as PNG and SVG (Ctrl+E)")  # fmt: skip
        self._facts = label("", "muted", wrap=True)
        self._notes = Band()
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Views of the result")
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.currentChanged.connect(self._make_tab)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._facts)
        column.addWidget(self._notes)
        column.addWidget(self.tabs, 1)
        context.hub.changed.connect(self._people_changed)

    def arrive(self, run: str = "", **args: Any) -> None:
        if run == self._run and self.record is not None:
            return  # a stored run never changes
        self._run = run
        self.refresh()

    def cares_about(self, change: Change) -> bool:
        """A stored run never changes, but a plugin turned on or off brings its views or takes them away."""
        return change.kind == "plugins" and self.record is not None

    def refresh(self) -> None:
        app, actor, run = self.context.app, self.context.actor, self._run
        # Reads pandas tables, so in a thread: the first result of a session imports pandas there.
        self.load(lambda: _with_tables(app, actor, run), self._show)

    def _show(self, found: tuple[RunRecord, dict[str, Any], str]) -> None:
        record, tables, population = found
        self.record, self._tables = record, tables
        self.title.setText(record.title or record.analysis)
        self.say(record.verdict)
        self._facts.setText(
            f"Run {record.uuid[:8]}   {_who_was_used(record)}   "
            f"seed {record.seed}   by {record.by}, {record.ended_at:%d %b %Y %H:%M} UTC"
            + (f"   only {population}" if population else "")
        )
        self._list.setVisible(_makes_offers(self.context.app, record))
        self._clear_tabs()
        if record.warnings:
            self._notes.fill("stale", *_notes(record.warnings))
        self._notes.setVisible(bool(record.warnings))
        self._export_deed.setEnabled(record.result is not None)
        if record.result is None:
            self.tabs.setVisible(False)
            self.show_empty("This run has no result.", "Run again...", self._again)
            return
        self.tabs.setVisible(True)
        self._fill(record, tables)
        if record.left_out:
            people = "1 customer" if record.left_out == 1 else f"{QLocale().toString(record.left_out)} customers"
            told = f"{people} left this result since it was made: the permission has ended."
            self.show_stale(told, "Run again...", self._again)

    def _people_changed(self, change: Change) -> None:
        """Whoever may no longer be used for this run's purpose leaves its tables and views at once."""
        app, actor, run = self.context.app, self.context.actor, self._run
        if app is None or self.record is None or not {"permission_event", "customer"} & set(change.touched):
            return
        if any("customer" in table.columns for table in self._tables.values()):
            self.context.background(lambda: _with_tables(app, actor, run), self._thin, self.show_error, self)

    def _thin(self, found: tuple[RunRecord, dict[str, Any]]) -> None:
        record, before = found[0], self.record
        if before is None or record.uuid != before.uuid or record.left_out == before.left_out:
            return
        place = self.tabs.currentIndex()
        self._show(found)
        self.tabs.setCurrentIndex(place)

    def _clear_tabs(self) -> None:
        self.tabs.blockSignals(True)
        while self.tabs.count():
            old = self.tabs.widget(0)
            self.tabs.removeTab(0)
            old.deleteLater()
        self.tabs.blockSignals(False)
        self._makers, self._shown = [], set()

    def _fill(self, record: RunRecord, tables: dict[str, Any]) -> None:
        """Tabs with empty holders; each view is made when it is first looked at."""
        result = record.result
        assert result is not None
        views = [(v.title, self._plugin_maker(v, tables)) for v in _views_for(self.context.app, record)]
        if in_one_piece(tables):
            views = []  # a map would invite to choose what is not there
        # A plugin's own map stands for the plain mosaic.
        stock = stock_views(result, tables, self.context, "mosaic" if views else "")
        taken = {title for title, _ in views}
        views += [(title, make) for title, make in stock if title not in taken]
        self._makers = [make for _, make in views]
        self.tabs.blockSignals(True)
        for title, _ in views:
            holder = QWidget()
            QVBoxLayout(holder).setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, title)
        self.tabs.blockSignals(False)
        self._make_tab(0)

    def _make_tab(self, index: int) -> None:
        if 0 <= index < len(self._makers) and index not in self._shown:
            self._shown.add(index)
            self.tabs.widget(index).layout().addWidget(self._makers[index]())

    def _plugin_maker(self, view: View, tables: dict[str, Any]) -> Maker:
        """The plugin's widget; where it raises, the stock table and a band that says so."""

        def make() -> QWidget:
            assert self.record is not None
            try:
                made: QWidget = resolve(view.widget)(self.record.result, LentContext(self.context, tables, self._run))
                return made
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # sys.exit of a plugin, too, must not end the desk
                log.exception("The view %s stopped", view.id)
                return self._stopped(view, tables, error)

        return make

    def _stopped(self, view: View, tables: dict[str, Any], error: BaseException) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 8, 0, 0)
        band = Band()
        column.addWidget(band)
        band.fill("error", "This view stopped. The tables below show the same result.",
                  [("Open the plugins", lambda: self.context.open_page("plugins"))],
                  f"{view.id}: {type(error).__name__}")  # fmt: skip
        column.addWidget(TablesView(tables), 1)
        return holder

    def toggle_twin(self) -> None:
        holder = self.tabs.currentWidget()
        for part in holder.findChildren(QWidget) if holder else []:
            # Ours, or a plugin's widget that brings a twin of its own.
            flip = part.toggle if isinstance(part, Twin) else getattr(part, "toggle_twin", None)
            if flip is not None:
                self._flip(flip)
                return
        self.context.notify("This view has no table twin; the tab Tables shows every number.")

    def _flip(self, flip: Callable[[], Any]) -> None:
        try:
            flip()
        except KeyboardInterrupt:
            raise
        except BaseException:  # a plugin's, as in `_plugin_maker`
            log.exception("A view's table twin stopped")
            self.context.notify("This view could not show its table; the tab Tables shows every number.")

    def _offers(self) -> None:
        self.context.open_page("offers", run=self._run, rule=None)

    def _again(self) -> None:
        if self.record is None:
            return
        preset = {**self.record.params, "seed": self.record.seed}
        try:
            chips = self.record.population
        except BadInput as error:  # a field of the filter is gone from the program
            self.context.notice_error(error)
            chips = ()
        if self.record.untold:
            self.context.notify("This run also chose its customers by what you may not know; yours will be others.")
        self.context.open_page("analysis", analysis=self.record.analysis, preset=preset, population=chips)

    def export(self) -> None:
        """Into a folder that is asked for; a run without a result has nothing to write."""
        if not self._export_deed.isEnabled():
            return
        folder = QFileDialog.getExistingDirectory(self, "Export into a folder")
        if folder and self.record is not None:
            app, actor, run = self.context.app, self.context.actor, self.record.uuid
            self.context.background(
                lambda: mining.export(app, actor, run, Path(folder), draw=draw_in_child), self._exported,
                told_on_page(self, lambda why: export.ask(app, actor, run, why)), self,
            )  # fmt: skip

    def _exported(self, report: ExportReport) -> None:
        self.context.notify(" ".join([f"{len(report.files)} files were written.", *report.warnings]))


def _with_tables(app: Any, actor: Any, run: str) -> tuple[RunRecord, dict[str, Any], str]:
    """The run, its tables, and its population in words."""
    record = mining.get_run(app, actor, run)
    tables = dict(record.tables) if record.result is not None else {}
    return record, tables, _population(app, actor, record)


def _population(app: Any, actor: Any, record: RunRecord) -> str:
    """The run's filter in words, "" for everybody; a filter that holds no more is told as such."""
    try:
        chips = record.population
    except BadInput:
        return "a filter of an older program"
    words = [describe(app, actor, CustomerQuery("", chips))] if chips and may(actor, Right.READ_CUSTOMER) else []
    if record.untold:
        words.append("1 condition that is not shown" if record.untold == 1
                     else f"{record.untold} conditions that are not shown")  # fmt: skip
    return "; ".join(words)


def _who_was_used(record: RunRecord) -> str:
    """Data and people of a run; baskets from a file belong to no customer of the bank."""
    left = sum(record.excluded.values())
    if not record.eligible and not left:
        return "no customer data of this bank used"
    number = QLocale().toString
    return f"data to {day_words(record.as_of)}   {number(record.eligible)} customers used, {number(left)} left out"


def _notes(warnings: tuple[str, ...]) -> tuple[str, list[Any], str]:
    """The band's sentence, buttons and details: what is too long for two lines is folded, so the picture keeps room."""
    whole = "  ".join(warnings)
    if len(whole) <= BAND:
        return whole, [], ""
    return f"{len(warnings)} notes. {warnings[0]}", [], "\n".join(warnings)


def _makes_offers(app: Any, record: RunRecord) -> bool:
    """Whether a list of people can be made: by the analysis, with the run's model, from customers of the bank."""
    analysis = app.plugins.analyses.get(record.analysis)
    made = record.result is not None and record.result.model is not None
    return made and bool(record.eligible) and analysis is not None and analysis.offer is not None


def _views_for(app: Any, record: RunRecord) -> list[View]:
    """Plugin views for this result, by order and id."""
    found: list[View] = [
        v for v in app.plugins.views().values()
        if isinstance(record.result, v.shows) and (not v.analyses or record.analysis in v.analyses)
    ]  # fmt: skip
    return sorted(found, key=lambda v: (v.order, v.id))
