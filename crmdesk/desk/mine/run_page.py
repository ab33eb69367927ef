"""One analysis before it runs: its parameters, who is used and who is left out, and the same as a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from crmdesk.desk.background import Ticket
from crmdesk.desk.chips import ChipBar
from crmdesk.desk.context import DeskContext
from crmdesk.desk.mine.fields import INT_LIMIT, day, whole
from crmdesk.desk.mine.form import ParamForm
from crmdesk.desk.mine.words import command, reason
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import Card, button, clear, label, scrolled
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Right, may
from crmdesk.services import customers, mining
from crmdesk.services.mining import AnalysisInfo

SEED = 7


class RunPage(Page):
    """`arrive(analysis=id, preset={...}, population=chips)`: the form; Run puts the work into the tray."""

    name: ClassVar[str] = "analysis"
    tables: ClassVar[frozenset[str]] = frozenset({"customer", "permission_event", "interaction"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Run an analysis")
        self.info: AnalysisInfo | None = None
        self.form: ParamForm | None = None
        self._ticket: Ticket | None = None
        self._day_known = False
        self.line = ""  # the same run as a command
        self.run_button: QPushButton = self.add_deed("Run", self.run, "primary", "Run the analysis (Ctrl+Enter)")
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, activated=self.run)
        self._lay_out_body()
        self._soon = QTimer(self, singleShot=True, interval=150)
        self._soon.timeout.connect(self._ask_population)

    def _lay_out_body(self) -> None:
        self._settings = Card("Settings")
        self._who = Card("Who is used")
        self.chips = ChipBar()
        self.chips.setAccessibleName("Only customers who")
        self.chips.changed.connect(self._edited)
        self._who.rows.addWidget(self.chips)
        self._who_rows = QVBoxLayout()
        self._who_rows.setSpacing(4)
        self._who.rows.addLayout(self._who_rows)
        self._twin = Card("The same as a command")
        self._command = label("", "code", wrap=True)
        self._command.setTextInteractionFlags(self._command.textInteractionFlags().TextSelectableByMouse)
        row = QHBoxLayout()
        row.addWidget(button("Copy", self._copy, tip="Copy the command"))
        row.addStretch(1)
        self._twin.rows.addWidget(self._command)
        self._twin.rows.addLayout(row)
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(16)
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(self._who)
        right.addWidget(self._twin)
        right.addStretch(1)
        grid.addWidget(self._settings, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(right, 0, 1)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(inner))

    def place(self) -> dict[str, Any]:
        if self.form is None or self.info is None:
            return {}
        preset = {**self.form.values(), "seed": self.form.fields["seed"].value()}
        return {"analysis": self.info.id, "preset": preset, "population": self.chips.chips}

    def arrive(self, analysis: str = "", preset: Mapping[str, Any] | None = None,
               population: Sequence[Chip] | None = None, **args: Any) -> None:  # fmt: skip
        found = {one.id: one for one in mining.analyses(self.context.app)}
        if analysis not in found:
            self.show_error(BadInput(f"There is no analysis {analysis} here; its plugin may be turned off."))
            self.run_button.setEnabled(False)
            return
        if self.info is None or self.info.id != analysis:
            self._build(found[analysis])
        if preset and self.form is not None:
            self.form.put(preset)
        self._offer_fields()
        if population is not None:
            self.chips.put_all(population)
        self.show_content()
        self.refresh()

    def _offer_fields(self) -> None:
        """The fields of the customer list are those of the population."""
        app, actor = self.context.app, self.context.actor
        self.chips.setVisible(may(actor, Right.READ_CUSTOMER))
        if may(actor, Right.READ_CUSTOMER):
            self.context.background(lambda: (customers.fields(app, actor), app.store.clock().date()),
                                    lambda found: self.chips.offer(*found), owner=self)  # fmt: skip

    def _build(self, info: AnalysisInfo) -> None:
        self.info, self._day_known = info, False
        self.title.setText(info.title)
        self.say(info.summary)
        while self._settings.rows.count() > 1:
            old = self._settings.rows.takeAt(1).widget()
            if old is not None:
                old.setParent(None)
                old.deleteLater()
        self.form = ParamForm(info.params)
        seed = whole(0, INT_LIMIT)
        seed.put(SEED)
        self.form.add("as_of", "As of", "The last day whose data is used.", day())
        self.form.add("seed", "Seed", "Same seed, same result.", seed, advanced=self.form.folds)
        self._settings.rows.addWidget(self.form)
        self.form.changed.connect(self._edited)

    def refresh(self) -> None:
        self._edited()

    def _edited(self) -> None:
        """Something was typed: the command follows at once, the population after 150 ms."""
        if self.form is None or self.info is None:
            return
        self.form.clear_faults()
        defaults = {row["name"]: row["default"] for row in self.info.params}
        path = self.context.app.path  # type: ignore[union-attr]
        seed = self.form.fields["seed"].value()
        self.line = command(path, self.info.id, self.form.values(), defaults, seed, self.as_of, self.chips.chips)
        self._command.setText(self.line.replace(" --", "\n  --"))  # else the label breaks its line inside "--"
        self._soon.start()

    @property
    def as_of(self) -> str | None:
        """The chosen day, or None until the bank told its default."""
        assert self.form is not None
        return str(self.form.fields["as_of"].value()) if self._day_known else None

    def _ask_population(self) -> None:
        if self.info is None:
            return
        if self._ticket is not None:
            self._ticket.drop()
        assert self.form is not None
        app, actor, which, at = self.context.app, self.context.actor, self.info.id, self.as_of
        values, chips = self.form.values(), self.chips.chips
        self._ticket = self.context.background(
            lambda: mining.population(app, actor, which, at, values, chips), self._show_population, self._refuse, self
        )

    def _show_population(self, who: dict[str, Any]) -> None:
        assert self.form is not None and self.info is not None
        if not self._day_known:
            self._day_known = True
            self.form.blockSignals(True)
            self.form.fields["as_of"].put(who["as_of"])
            self.form.blockSignals(False)
        number = QLocale().toString
        used, left = who["eligible"], who["excluded"]
        clear(self._who_rows)
        total = used + sum(left.values())
        if not total and self._from_elsewhere:
            self._who_rows.addWidget(label("No customer data of this bank is read.", wrap=True))
            self.run_button.setEnabled(True)
            self.show_content()
            return
        self._who_rows.addWidget(label(f"{number(total)} customers, {number(used)} used.", wrap=True))
        if any(left.values()):
            self._who_rows.addWidget(label("Left out:", "muted"))
        for name, count in left.items():
            if count:
                self._who_rows.addWidget(label(f"{number(count)}   {reason(name)}", wrap=True))
        if not any(left.values()):
            self._who_rows.addWidget(label("Nobody is left out.", "muted"))
        least = self.context.app.plugins.analyses[self.info.id].minimum  # type: ignore[union-attr]
        enough = used >= least
        self.run_button.setEnabled(enough)
        if not enough:
            self._who_rows.addWidget(
                label(f"Too few: this analysis needs {number(least)} or more.", "fault", wrap=True)
            )
        self.show_content()

    @property
    def _from_elsewhere(self) -> bool:
        """Whether the parameters as typed choose no data of customers."""
        assert self.form is not None and self.info is not None
        analysis = self.context.app.plugins.analyses[self.info.id]  # type: ignore[union-attr]
        chosen = [choices[str(value)] for name, value in self.form.values().items()
                  if str(value) in (choices := analysis.needs_by.get(name, {}))]  # fmt: skip
        return bool(chosen) and not any((*analysis.needs, *(need for needs in chosen for need in needs)))

    def _refuse(self, error: Exception) -> None:
        if not isValid(self):
            return  # the tray tells it
        named = isinstance(error, BadInput) and self.form is not None and self.form.show_fault(str(error))
        if not named:
            self.show_error(error)

    def run(self) -> None:
        """Put the run into the tray; the result opens when it is done and this page is still in front."""
        if self.form is None or self.info is None or not self.run_button.isEnabled():
            return
        app, actor, info = self.context.app, self.context.actor, self.info
        values, seed, at = self.form.values(), int(self.form.fields["seed"].value()), self.as_of
        chips = self.chips.chips

        def work(progress: Any) -> Any:
            return mining.run(app, actor, info.id, values, seed=seed, as_of=at, progress=progress,
                              cancel=progress.stopped, population=chips)  # fmt: skip

        self.show_content()
        self.context.notify(f"{info.title} is running; its progress is in the tray.")
        self.context.job(info.title, work, self._done, self._refuse)

    def _done(self, record: Any) -> None:
        self.context.changed(Change("mine", {"run": ALL, "segment": ALL, "segment_membership": ALL}))
        if isValid(self) and self.isVisible():  # the page may be gone: a run takes long enough to change the zoom
            self.context.open_page("result", run=record.uuid)
        else:
            self.context.notify(f"{record.title}: {record.verdict}")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.line)
        self.context.notify("The command was copied.")
