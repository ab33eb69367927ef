"""What every page is given: the open bank, the person, the theme, and the ways to work, go and tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from crmdesk.desk.background import Background, Done, Failed, Ticket, Work
from crmdesk.desk.hub import Hub
from crmdesk.desk.theme import LIGHT, Theme
from crmdesk.domain.change import Change
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor
from crmdesk.jobs.progress import Progress

if TYPE_CHECKING:
    from crmdesk.services.context import App

JobWork = Callable[[Progress], Any]


class DeskContext(QObject):
    """The desk as a page sees it; `app` is None until a bank is open.

    Pages call `services.<noun>.<verb>(context.app, context.actor, ...)`, always inside `background`.
    """

    opened = Signal(str, object)  # page name, its arguments: the frame shows it
    noticed = Signal(str)
    job_asked = Signal(str, object, object, object, object)  # title, work(progress), done, failed, cancelled
    theme_changed = Signal(object)
    door_asked = Signal()  # the person has changed what the bank asks for: close it, and open it by its door

    def __init__(self, actor: Actor, hub: Hub | None = None, theme: Theme = LIGHT) -> None:
        super().__init__()
        self.actor = actor
        self.hub = hub or Hub()
        self.theme = theme
        self.app: App | None = None
        self.person = actor.login  # the name people know
        self.encrypted = False
        self.asks = False  # whether it took a passphrase to open the bank
        self.goodbye: Callable[[], Any] | None = None  # signs out, in the thread that closes the bank
        self._background = Background()
        self._files = Background(threads=1)  # banks are opened and closed one after the other

    def background(self, fn: Work, done: Done, failed: Failed | None = None, owner: QObject | None = None) -> Ticket:
        """Run `fn()` in a thread; then `done(value)` or `failed(error)` on the GUI thread.

        Without `failed` the sentence of the error is shown as a notice. With `owner` nothing is called once that
        widget is gone. `drop()` on the ticket forgets the answer.
        """
        return self._background(fn, done, failed or self.notice_error, owner)

    def open_file(self, fn: Work, done: Done, failed: Failed) -> None:
        """As `background`, to open a bank: after those still being closed, and never forgotten by `let_go`."""
        self._files(fn, done, failed)

    def job(self, title: str, work: JobWork, done: Done, failed: Failed | None = None,
            cancelled: Callable[[], Any] | None = None, owner: QObject | None = None) -> None:  # fmt: skip
        """Long work in the job tray: `work(progress)` calls `progress.step(fraction, text)` and may be cancelled.

        `cancelled()` is for a page that waits for the answer: no answer comes any more. With `owner`, the page, none of
        the three is called once it is gone; the tray tells the end all the same.
        """

        def there(deed: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *told: deed(*told) if owner is None or isValid(owner) else None

        ended = there(cancelled) if cancelled is not None else None
        self.job_asked.emit(title, work, there(done), there(failed or self.notice_error), ended)

    def open_page(self, name: str, **args: Any) -> None:
        """Go to a page by its name in `desk.pages`; its `arrive(**args)` is called."""
        self.opened.emit(name, args)

    def notify(self, text: str) -> None:
        """A sentence in the status bar; it never takes the focus."""
        self.noticed.emit(text)

    def notice_error(self, error: Exception) -> None:
        self.notify(sentence(error))

    def changed(self, change: Change) -> None:
        """Tell every page what a service call touched."""
        self.hub.tell(change)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.theme_changed.emit(theme)

    def stand(self, actor: Actor, person: str = "", *, encrypted: bool = False, asks: bool = False) -> None:
        """Who is at the desk now, by the name people know, and what the bank asks for."""
        self.actor, self.person = actor, person or actor.login
        self.encrypted, self.asks = encrypted, asks

    def let_go(self, jobs: Iterable[Event], then: Callable[[], Any]) -> None:
        """Close the open bank behind the window, then `then()`; never while a job or a page's call runs on it.

        `jobs` are the ends of the jobs under way; the pages' calls are forgotten here. Without an open bank only the
        waiting is done.
        """
        (app, self.app), (goodbye, self.goodbye) = (self.app, None), (self.goodbye, None)
        under_way = [*self._background.drop_all(), *jobs]

        def work() -> None:
            for over in under_way:
                over.wait()
            if goodbye is not None:
                goodbye()
            if app is not None:
                app.close()  # type: ignore[attr-defined]

        def failed(error: Exception) -> None:
            then()
            self.notice_error(error)

        self._files(work, lambda _: then(), failed)


def sentence(error: BaseException) -> str:
    """What to tell a person: the error's own sentence, or a plain one for a fault of the program."""
    if isinstance(error, CrmdeskError):
        return str(error)
    return "Something here did not work as it should. Try again; if it stays, send the details to your support."
