"""How customers, money, channels and purposes are put into words on the pages of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QDate, QLocale

from crmdesk.desk.theme import WORDS
from crmdesk.domain.money import minor_digits
from crmdesk.domain.permission import Decision
from crmdesk.domain.recording import UNSTATED

CHANNELS: Final = {"email": "E-mail", "phone": "Phone", "sms": "SMS", "post": "Post", "in_person": "Branch",
                   "in_app": "App"}  # fmt: skip
BY: Final = {"email": "by e-mail", "phone": "by phone", "sms": "by SMS", "post": "by post",
             "in_person": "in the branch", "in_app": "in the app"}  # fmt: skip
LETTERS: Final = {"email": "E", "phone": "P", "sms": "S", "post": "L", "in_person": "B", "in_app": "A"}
PURPOSES: Final = {"marketing": "Offers", "survey": "Research", "sharing": "Partners", "profiling": "Profiling",
                   "targeting": "Targeting"}  # fmt: skip
LANES: Final = {"atm": "ATM", "online": "Online", "call_centre": "Call centre", "branch": "Branch", "post": "Post",
                "system": "By the bank"}  # fmt: skip
MODES: Final = {"transaction": "Transaction", "support": "Support", "educational": "Educational",
                "promotional": "Promotional", "posting": "Posting"}  # fmt: skip
FAMILIES: Final = {"current": "Current account", "savings": "Savings", "card": "Card", "loan": "Loan",
                   "mortgage": "Mortgage", "insurance": "Insurance", "investment": "Investment",
                   "other": "Other"}  # fmt: skip
NOTHING: Final = "–"


def _locale() -> QLocale:
    """The person's locale; the bare C locale groups no digits, so English stands in for it."""
    locale = QLocale()
    return QLocale(QLocale.Language.English) if locale.language() == QLocale.Language.C else locale


def money(minor: int | None, currency: str) -> str:
    """Rounded to whole units for reading: "EUR 12,400"."""
    if minor is None:
        return NOTHING
    whole = round(minor / 10 ** minor_digits(currency))
    return f"{currency} {_locale().toString(whole)}".replace("-", "\N{MINUS SIGN}")


def exact(minor: int | None, currency: str) -> str:
    """To the last minor unit, for tooltips and tables."""
    if minor is None:
        return NOTHING
    places = minor_digits(currency)
    return f"{currency} {_locale().toString(minor / 10**places, 'f', places)}".replace("-", "\N{MINUS SIGN}")


def on(day: date | None) -> str:
    """A day with its month in letters: "12 Mar 2026"."""
    return _locale().toString(QDate(day.year, day.month, day.day), "d MMM yyyy") if day else NOTHING


def iso(day: str) -> str:
    """An ISO day as `on` writes it."""
    return on(date.fromisoformat(day[:10]))


def way(source: str) -> str:
    """How a customer answered: "in_person" is "in person", and what nobody stated is said to be so."""
    return "not said how" if source == UNSTATED else source.replace("_", " ")


def count(number: int) -> str:
    return _locale().toString(number)


def listed(parts: Sequence[str]) -> str:
    """Words in a row: "by e-mail, by phone and by post"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def month(text: str) -> str:
    """YYYY-MM as "Mar 2026"."""
    year, number = text.split("-")
    return _locale().toString(QDate(int(year), int(number), 1), "MMM yyyy")


def state(decision: Decision) -> str:
    """The word for a decision; a mining purpose may be used without the customer having said anything."""
    if decision.allowed:
        return "Yes"
    return "No" if decision.shown == "granted" else WORDS.get(decision.shown, "No")


def look(decision: Decision) -> str:
    """The permission state whose glyph and colour a decision wears."""
    if decision.allowed:
        return "granted"
    return "refused" if decision.shown == "granted" else decision.shown
