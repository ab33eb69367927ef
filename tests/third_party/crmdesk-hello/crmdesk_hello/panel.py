"""The panel on a customer's page; the only module here that knows Qt."""

from collections import Counter

from PySide6.QtWidgets import QLabel


def make(context, number):
    """How often this customer used each channel, the commonest first."""
    shown = QLabel("Counting...")
    shown.setWordWrap(True)
    context.background(context.timeline, lambda found: shown.setText(words(found)))
    return shown


def words(timeline):
    """ "12 times: online 8, atm 4"; what was reversed does not count."""
    uses = Counter(event.channel for event in timeline.events if not event.reversed)
    parts = [f"{channel.replace('_', ' ')} {number}" for channel, number in uses.most_common()]
    return f"{sum(uses.values())} times: {', '.join(parts)}" if parts else "Nothing happened with this customer yet."
