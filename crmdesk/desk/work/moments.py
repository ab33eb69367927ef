"""Moments of tasks in words and as snoozes: stored in UTC, shown and chosen in local time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QLocale

if TYPE_CHECKING:
    from crmdesk.services.tasks import Agenda

MORNING, EVENING = time(9, 0), time(18, 0)
_WEEK: Final = 6  # days ahead that a weekday's name alone tells


def locale() -> QLocale:
    """The person's locale; English stands in for the bare C locale."""
    found = QLocale()
    return QLocale(QLocale.Language.English) if found.language() == QLocale.Language.C else found


def day(at: datetime, now: datetime) -> str:
    """The local day beside today: "today", "Tuesday", "24 Nov" or "24 Nov 2027"."""
    local, today = at.astimezone(), now.astimezone()
    apart = (local.date() - today.date()).days
    if -1 <= apart <= 1:
        return ("yesterday", "today", "tomorrow")[apart + 1]
    if 1 < apart <= _WEEK:
        return locale().dayName(local.isoweekday(), QLocale.FormatType.LongFormat)
    pattern = "d MMM" if local.year == today.year else "d MMM yyyy"
    return locale().toString(QDate(local.year, local.month, local.day), pattern)


def moment(at: datetime, now: datetime) -> str:
    """Day and time: "today 10:00", "24 Nov 09:30"."""
    return f"{day(at, now)} {at.astimezone():%H:%M}"


def due(at: datetime, now: datetime) -> str:
    """When a task comes up, with how late it is: "Today 10:00", "28 Oct 10:00, 3 days late"."""
    words = moment(at, now)
    words = words[:1].upper() + words[1:]
    late = (now.astimezone().date() - at.astimezone().date()).days
    return f"{words}, {late} {'day' if late == 1 else 'days'} late" if late > 0 else words


def short(at: datetime, now: datetime) -> str:
    """As `due` in a narrow place, for what comes up today or is late: "10:00", "3 days late"."""
    late = (now.astimezone().date() - at.astimezone().date()).days
    return f"{late} {'day' if late == 1 else 'days'} late" if late > 0 else f"{at.astimezone():%H:%M}"


def start_of_day(now: datetime) -> datetime:
    """The first moment of the local day."""
    return datetime.combine(now.astimezone().date(), time()).astimezone()


def end_of_day(now: datetime) -> datetime:
    """The last moment of the local day."""
    return datetime.combine(now.astimezone().date(), time.max).astimezone()


def soon(now: datetime) -> datetime:
    """When a new task is due unless told otherwise: at the next half hour but one, or tomorrow where work is over."""
    local = now.astimezone() + timedelta(hours=1)
    half = local.replace(minute=30 * (local.minute // 30), second=0, microsecond=0)
    if MORNING <= half.time() <= EVENING and half.date() == now.astimezone().date():
        return half
    first = now.astimezone().date() + timedelta(days=now.astimezone().time() > MORNING)
    return datetime.combine(first, MORNING).astimezone()


def snoozes(now: datetime) -> list[tuple[str, datetime]]:
    """What a task can be put off to: (words, moment)."""
    today = now.astimezone().date()
    tomorrow = datetime.combine(today + timedelta(days=1), MORNING).astimezone()
    monday = datetime.combine(today + timedelta(days=7 - today.weekday()), MORNING).astimezone()
    found = [("For an hour", now + timedelta(hours=1)), ("Until tomorrow 09:00", tomorrow)]
    return found + ([] if monday == tomorrow else [("Until Monday 09:00", monday)])


def agenda_words(agenda: Agenda, now: datetime, late: int = 0) -> str:
    """The head of a list of tasks: "5 tasks are due today, 2 of them late. Next: Tuesday, 3 tasks."."""
    many = f"{agenda.due} tasks are" if agenda.due != 1 else "1 task is"
    tail = "" if not late else " and late" if agenda.due == 1 else f", {late} of them late"
    head = f"{many} due today{tail}." if agenda.due else "Nothing due."
    if agenda.next_at is None:
        return head
    count = "1 task" if agenda.next_count == 1 else f"{agenda.next_count} tasks"
    return f"{head} Next: {day(agenda.next_at, now)}, {count}."
