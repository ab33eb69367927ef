"""Administration > Second person: what waits for somebody else's word, and what became of earlier proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import Card, button, label
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.services import proposals
from crmdesk.services.proposals import ProposalRow

TITLES: Final = ("What", "By", "State")
WIDTHS: Final = (0, 100, 160)
STATES: Final = {"open": "Waits for an answer", "approved": "Approved, not done yet", "refused": "Refused",
                 "withdrawn": "Taken back", "used": "Approved and done"}  # fmt: skip
NONE: Final = (
    "Nothing waits for a second person. Imports, restores and exports of more than 1,000 rows will stand here, with "
    "their reason, until somebody else approves them."
)


class SecondTab(QWidget):
    """The proposals, those that wait first; beside them everything that is known about the chosen one."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.context = context
        self._rows: list[ProposalRow] = []
        self.table = PlainTable("Proposals", TITLES, WIDTHS)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._fit())
        self.card = Card("What is asked")
        self.text = label("", wrap=True)
        self.card.rows.addWidget(self.text)
        self.approve_button = button("Approve...", lambda: self._decide(True), "primary", "It can then be done, once")
        self.refuse_button = button("Refuse...", lambda: self._decide(False), tip="With a reason")
        self.withdraw_button = button("Take back", self._withdraw, tip="Your own proposal, as long as it is not done")
        deeds = QHBoxLayout()
        deeds.setSpacing(8)
        for one in (self.approve_button, self.refuse_button, self.withdraw_button):
            deeds.addWidget(one)
        deeds.addStretch(1)
        self.card.rows.addLayout(deeds)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        side = QWidget()
        inner = QVBoxLayout(side)
        inner.setContentsMargins(8, 0, 0, 0)
        inner.addWidget(self.card)
        inner.addStretch(1)
        split.addWidget(self.table)
        split.addWidget(side)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self.split = split
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.addWidget(split, 1)
        column.addStretch(0)

    def ask(self) -> list[ProposalRow]:
        """In a thread."""
        app, actor = self.context.app, self.context.actor
        return [*proposals.open_ones(app, actor), *proposals.past(app, actor)]

    def show_found(self, found: list[ProposalRow]) -> str:
        """Fill the table; the sentence for the top of the page."""
        here = one.id if (one := self.chosen()) else None
        self._rows = found
        self.split.setVisible(bool(found))
        self.table.show_rows([
            (p.title, p.made_by, STATES.get(p.state, p.state)) for p in found
        ])  # fmt: skip
        if found:
            self.table.selectRow(next((i for i, p in enumerate(found) if p.id == here), 0))
        self._fit()
        mine = sum(p.state == "open" and p.may_decide for p in found)
        waits = sum(p.state == "open" for p in found)
        if not found:
            return NONE
        if mine:
            return "1 proposal waits for your word." if mine == 1 else f"{mine} proposals wait for your word."
        return f"{waits} wait for somebody else's word." if waits else "Nothing waits for a second person now."

    def chosen(self) -> ProposalRow | None:
        row = self.table.currentIndex().row()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _fit(self) -> None:
        one = self.chosen()
        self.card.setVisible(one is not None)
        if one is None:
            return
        self.text.setText(told(one))
        for made in (self.approve_button, self.refuse_button):
            made.setVisible(one.state == "open" and one.may_decide)
        self.withdraw_button.setVisible(one.mine and one.state in ("open", "approved"))

    def _decide(self, approve: bool) -> None:
        one = self.chosen()
        if one is not None and one.may_decide:
            DecideDialog(self.context, self, one, approve).open()

    def _withdraw(self) -> None:
        one, app, actor = self.chosen(), self.context.app, self.context.actor
        if one is None:
            return

        def done(change: Change) -> None:
            self.context.changed(change)
            self.context.notify("The proposal is taken back.")

        self.context.background(lambda: proposals.withdraw(app, actor, one.id), done, None, self)


def told(one: ProposalRow) -> str:
    """Everything that was written down about a proposal, line by line."""
    lines = [one.title, f"Asked by {one.made_by} on {one.made_at.astimezone():%d %b %Y, %H:%M}", f"Why: {one.reason}"]
    lines += [f"{title}: {value}" for title, value in one.details.items()]
    lines.append(f"State: {STATES.get(one.state, one.state)}")
    if one.decided_by and one.decided_at:
        lines.append(f"Decided by {one.decided_by} on {one.decided_at.astimezone():%d %b %Y, %H:%M}")
    lines += [f"Answer: {one.answer}"] if one.answer else []
    lines += (
        [f"Valid until {one.expires.astimezone():%d %b %Y, %H:%M}"] if one.expires and one.state == "approved" else []
    )
    if one.state == "open" and not one.may_decide:
        lines.append("You cannot decide this: another person with the right must.")
    return "\n".join(lines)


class DecideDialog(FormDialog):
    """Approve or refuse; a refusal says why."""

    def __init__(self, context: DeskContext, parent: QWidget, one: ProposalRow, approve: bool) -> None:
        verb = "Approve" if approve else "Refuse"
        answer = (
            f"{one.made_by} may then do exactly this, once: {one.title}. Anything else needs another proposal."
            if approve else f"{one.made_by} will read why not."
        )  # fmt: skip
        super().__init__(context, parent, f"{verb} proposal {one.id}", verb, answer)
        self._one, self._approve = one, approve
        self.words = QPlainTextEdit()
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(px(80))
        self.fields.addWidget(buddy("&Answer (may be empty)" if approve else "&Why not", self.words))
        self.fields.addWidget(self.words)
        self.resize(px(460), self.sizeHint().height())

    def work(self) -> Callable[[], Any]:
        app, actor, key, text = self.context.app, self.context.actor, self._one.id, self.words.toPlainText()
        return lambda: proposals.decide(app, actor, key, self._approve, text)

    def done_words(self, saved: Any) -> str:
        return f"Proposal {self._one.id} is {'approved' if self._approve else 'refused'}."
