"""A second, naive reading of the permission ledger, written from the rules in words and sharing no code with them.

Each question is answered by a walk through the days of one customer, one fact after the other: slow and plain.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

Row = dict[str, Any]  # the columns of permission_event that the rules speak of
CHANNELS = ("email", "phone", "sms", "post", "in_person", "in_app")
CONSENT_PURPOSES = {"marketing", "survey", "sharing"}


def written(rows: list[Row], known_at: datetime | None) -> list[Row]:
    """What was on paper at `known_at`, without the lines that a later one on the same paper struck out."""
    paper = [r for r in rows if known_at is None or not r["recorded_at"] > known_at]
    struck = [r["voids"] for r in paper if r["status"] == "voided" and r["voids"]]
    return [r for r in paper if r["status"] != "voided" and r["seq"] not in struck]


def answer(rows: list[Row], purpose: str, channel: str | None, at: datetime, known_at: datetime | None = None) -> str:
    """The state, told by living through the events in the order in which they took effect."""
    paper = [r for r in written(rows, known_at) if not r["effective_at"] > at]
    if any(r["status"] == "erased" for r in paper):
        return "erased"
    about = [r for r in paper if r["purpose"] == purpose and (r["channel"] is None or r["channel"] == channel)]
    said, ends, closed = "none", None, False  # what holds, until when, and whether an objection stands in the way
    for row in sorted(about, key=_when):
        own = row["status"] == "granted" and row["proof"] and row["source"] != "import" and not row["batch"]
        if row["status"] == "objected":
            said, ends, closed = "objected", None, True
        elif row["status"] == "asked":
            said = "pending" if said == "none" else said
        elif closed and not own:
            continue  # an objection yields only to the customer's own later yes
        else:
            said, ends, closed = row["status"], row["expires_on"], False
    return "expired" if said == "granted" and ends is not None and _day(at) > ends else said


def _when(row: Row) -> tuple[datetime, int, int]:
    """Of two things said at once, the stricter was said last."""
    return (
        row["effective_at"],
        ["asked", "granted", "refused", "withdrawn", "objected"].index(row["status"]),
        row["seq"],
    )


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def may(rows: list[Row], purpose: str, channel: str | None, at: datetime, *, restricted: bool = False,
        by_consent: bool = False, known_at: datetime | None = None) -> bool:  # fmt: skip
    """Yes or no, by the table of purposes."""
    said = answer(rows, purpose, channel, at, known_at)
    if said == "erased":
        return False
    if purpose == "service":
        return True
    if restricted:
        return False
    if purpose == "credit":
        return True
    if purpose in CONSENT_PURPOSES:
        return said == "granted"
    if said != "granted" and (by_consent or said not in ("none", "pending")):
        return False
    if purpose == "profiling":
        return True
    profiled = answer(rows, "profiling", None, at, known_at) in ("none", "pending", "granted")
    objected = any(answer(rows, "marketing", c, at, known_at) == "objected" for c in (None, *CHANNELS))
    return profiled and not objected


def has_a_valid_grant(rows: list[Row], purpose: str, channel: str | None, at: datetime) -> bool:
    """A grant with notice and evidence (or a soft opt-in with its notice) in force, by looking for one."""
    return any(
        r["status"] == "granted" and r["purpose"] == purpose and r["channel"] in (None, channel)
        and r["effective_at"] <= at and (r["expires_on"] is None or _day(at) <= r["expires_on"])
        and r["notice_sha256"] and (r["proof"] or r["legal_basis"] == "legitimate_interest")
        for r in written(rows, None)
    )  # fmt: skip
