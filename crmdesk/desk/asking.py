"""Where a deed needs a second person: a way to ask for exactly that deed, from the place where it was wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import Deed, label
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import BadInput, NeedsSecond

ASK = "Ask a second person..."
SEE = "See what waits"
RULE = (
    "The data-protection officer reads this and decides. Once it is approved you can do exactly this, once, within "
    "seven days."
)
Ask = Callable[[str], int]  # the reason; returns the number of the proposal


class AskDialog(FormDialog):
    """What would be proposed, and why; `asked()` once it is."""

    def __init__(
        self, context: DeskContext, parent: QWidget, title: str, ask: Ask, asked: Callable[[], Any] | None = None
    ) -> None:
        super().__init__(context, parent, "Ask a second person", "Ask for approval", RULE)
        self._ask, self._asked = ask, asked
        self.setMinimumWidth(px(460))
        self.what = label(title, "heading", wrap=True)
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(px(80))
        self.fields.addWidget(self.what)
        self.fields.addWidget(buddy("&Why it is needed", self.reason, "The second person reads it; so does the audit"))
        self.fields.addWidget(self.reason)
        self.reason.setFocus()

    def work(self) -> Callable[[], Any]:
        ask, reason = self._ask, self.reason.toPlainText().strip()
        if not reason:
            self.reason.setFocus()
            raise BadInput("Say why it is needed; the second person reads it.")
        return lambda: ask(reason)

    def saved(self, value: Any) -> None:
        super().saved(value)
        if self._asked is not None:
            self._asked()

    def done_words(self, saved: Any) -> str:
        return f"Asked as proposal {saved}; the answer stands under Tools > Acts of two people."


def way_on(
    context: DeskContext, parent: QWidget, missing: NeedsSecond, ask: Ask, asked: Callable[[], Any] | None = None
) -> Deed:
    """What can be done about it: ask, or look at what was asked already."""
    if missing.waiting:
        return SEE, lambda: context.open_page("administration", tab="second")
    return ASK, lambda: AskDialog(context, parent, missing.title, ask, asked).open()


def told_on_page(page: Page, ask: Ask) -> Callable[[Exception], None]:
    """What a page does with the error of a deed that may need a second person: the band has the way on."""

    def failed(error: Exception) -> None:
        if isinstance(error, NeedsSecond):
            page.show_stale(sentence(error), *way_on(page.context, page, error, ask, page.show_content))
        else:
            page.show_error(error)

    return failed
