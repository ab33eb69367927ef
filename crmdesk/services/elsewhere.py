"""What somebody else changed in the open bank: another window, or a command that runs beside the desk."""

from crmdesk.domain.change import Change
from crmdesk.services.context import App
from crmdesk.store.queries import elsewhere as queries
from crmdesk.store.queries.elsewhere import Pulse

__all__ = ["Pulse", "pulse", "since"]


def pulse(app: App) -> Pulse:
    """Where the bank stands now. Counts and keys alone, so no right is asked."""
    with app.store.reader() as raw:
        return queries.pulse(raw)


def since(app: App, before: Pulse) -> tuple[Pulse, Change]:
    """Where the bank stands now, and what was changed since `before`: nothing where only reads were audited.

    Cheap enough to be asked several times a second: one row is read while nothing changes.
    """
    with app.store.reader() as raw:
        if queries.change_no(raw) == before.change_no:
            return before, Change("elsewhere", {}, before.change_no)
        now = queries.pulse(raw)
        return now, Change("elsewhere", queries.touched(raw, before, now), now.change_no)
