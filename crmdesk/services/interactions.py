"""What happened with a customer, written down at the desk: legal combinations only, corrected by reversal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from crmdesk.domain import money
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.interaction import INITIATORS, RESPONSES, SYSTEM
from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.subjects import writable
from crmdesk.store import audit
from crmdesk.store.queries import interactions as queries
from crmdesk.store.queries import offers
from crmdesk.store.queries.interactions import LegalCell, OwnAccount

NOTE_AT_MOST: Final = 2_000
TOP_AMOUNT: Final = 10**15  # minor units, as in import files
MEDIA: Final = ("faq", "live_chat")  # how a question was answered online, printed with layout I4
_ANSWERS: Final = "I3"  # the layout that prints a response
_ASKS: Final = "I4"
_EARLY: Final = timedelta(minutes=5)  # clocks of two machines may differ by so much


@dataclass(frozen=True)
class CellChoice:
    """A combination that may be recorded; `sign` "-" out, "+" in, "*" as typed, "" no amount; `used` lately."""

    code: str
    channel: str
    mode: str
    activity: str
    label: str
    sign: str
    layout: str
    used: int


@dataclass(frozen=True)
class Recorded:
    """The id of the new interaction, by which it can be reversed."""

    id: int
    change: Change


@service(Right.ADD_INTERACTION)
def choices(app: App, actor: Actor) -> list[CellChoice]:
    """Every combination that is legal today, those this person recorded most lately first."""
    day = app.store.clock().date()
    with app.store.reader() as raw:
        return [
            CellChoice(c.code, c.channel, c.mode, c.activity, c.label, c.sign, c.layout, c.used)
            for c in queries.legal(raw, actor.login, day)
        ]


@service(Right.ADD_INTERACTION, of="number")
def record(
    app: App, actor: Actor, number: str, code: str, *, occurred_at: datetime | None = None, amount: str = "",
    account: str = "", note: str = "", response: str = "", initiated_by: str = "customer", medium: str = "",
) -> Recorded:  # fmt: skip
    """Write down one interaction of the customer `number`; `occurred_at` aware, None: now by the bank's clock.

    `amount` is typed text in the account's currency (else the bank's), its direction given by the combination;
    `account` a number of one of the customer's accounts. BadInput in words for whatever does not fit together.
    """
    now = app.store.clock()
    with app.store.write() as session:
        raw = offers.raw_of(session)
        cell = _cell(raw, actor, code, now)
        customer = writable(raw, number)
        at = _moment(occurred_at, now)
        held = _account(raw, customer, number, account, at)
        currency = held.currency if held else offers.currency(raw)
        minor = _amount(cell, amount, currency)
        _check_answer(cell, response, initiated_by, medium)
        detail = {"note": _note(note), "medium": medium}
        values = {
            "customer_id": customer, "occurred_s": queries.seconds(at), "recorded_s": queries.seconds(now),
            "time_known": True, "catalogue_id": cell.id, "amount": minor,
            "currency": currency if minor is not None else None, "account_id": held.id if held else None,
            "response": response or None, "initiated_by": initiated_by, "detail": _json(detail), "version": 1,
        }  # fmt: skip
        key = queries.add(session, values)
        audit.record(app.store, session, actor, queries.RECORDED, code, customer_id=customer)
    touched = {"interaction": frozenset({key}), "customer": frozenset({customer})}
    return Recorded(key, Change("record_interaction", touched, app.store.change_no()))


@service(Right.ADD_INTERACTION, of={"interaction_id": "interaction"})
def reverse(app: App, actor: Actor, interaction_id: int, reason: str) -> Change:
    """Take an interaction back, once: it stays with its reversal beside it, and neither counts any more.

    BadInput without a reason, for a second reversal, for a reversal itself and for the bank's own postings.
    """
    words = _note(reason)
    if not words:
        raise BadInput("A reversal needs a reason; write in a few words what was wrong.")
    now = app.store.clock()
    with app.store.write() as session:
        kept = queries.find(session, interaction_id)
        if kept is None:
            raise BadInput(f"There is no interaction {interaction_id}.")
        row = kept.row
        if row["reverses"] is not None:
            raise BadInput("This is a reversal already; record what happened again instead of reversing it.")
        if kept.reversed_by is not None:
            raise BadInput("This was reversed already; it does not count any more.")
        if kept.channel == SYSTEM:
            raise BadInput("The bank posted this itself; it is corrected where the account is kept, not here.")
        same = ("customer_id", "catalogue_id", "currency", "account_id", "product_id", "campaign_id", "initiated_by")
        values = {
            **{name: row[name] for name in same}, "occurred_s": queries.seconds(now),
            "recorded_s": queries.seconds(now), "time_known": True, "version": 1, "reverses": interaction_id,
            "amount": None if row["amount"] is None else -row["amount"], "detail": _json({"note": words}),
        }  # fmt: skip
        key = queries.add(session, values)
        audit.record(app.store, session, actor, "reverse interaction", kept.code, customer_id=row["customer_id"])
    touched = {"interaction": frozenset({interaction_id, key}), "customer": frozenset({int(row["customer_id"])})}
    return Change("reverse_interaction", touched, app.store.change_no())


def _cell(raw: Any, actor: Actor, code: str, now: datetime) -> LegalCell:
    found = next((c for c in queries.legal(raw, actor.login, now.date()) if c.code == code), None)
    if found is None:
        raise BadInput(f"'{code}' is not a combination that can be recorded here; choose one of those listed by "
                       "crmdesk interaction FILE --codes.")  # fmt: skip
    return found


def _moment(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at > now + _EARLY:
        today = f"{now.day} {now:%b} {now.year}"
        raise BadInput(f"{at.day} {at:%b} {at.year} lies after today, {today} in this bank; record what has happened.")
    return min(at, now)


def _account(raw: Any, customer: int, number: str, account: str, at: datetime) -> OwnAccount | None:
    wanted = account.replace(" ", "")
    if not wanted:
        return None
    found = next((a for a in queries.accounts(raw, customer) if a.number.replace(" ", "") == wanted), None)
    if found is None:
        raise BadInput(f"{number} has no account {account}; choose one of the customer's accounts.")
    day = at.date()
    if found.opened_on and day < found.opened_on:
        raise BadInput(f"Account {found.number} was not open on {day.isoformat()}; choose another account or day.")
    if found.closed_on and day > found.closed_on:
        raise BadInput(f"Account {found.number} was closed on {found.closed_on.isoformat()}; choose another.")
    return found


def _amount(cell: LegalCell, typed: str, currency: str) -> int | None:
    """Minor units in the direction of the combination; None where no amount was typed."""
    text = typed.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace("\N{MINUS SIGN}", "-")
    if not text:
        return None
    if not cell.sign:
        raise BadInput(f"{cell.label} takes no amount; leave it empty.")
    whole, comma, part = text.partition(",")
    if comma and "." not in text and len(part) in (1, 2):
        text = f"{whole}.{part}"  # a decimal comma; three digits behind it could be thousands
    try:
        minor = money.parse_minor(text, currency)
    except ValueError:
        raise BadInput(f"'{typed.strip()}' is not an amount in {currency}; write it like 1250.50.") from None
    if abs(minor) > TOP_AMOUNT:
        raise BadInput(f"{typed.strip()} {currency} cannot be; check the amount.")
    if {cell.sign, text[0]} == {"-", "+"}:
        way = "out" if cell.sign == "-" else "in"
        raise BadInput(f"{cell.label} is money going {way}; write the amount without a sign.")
    return -abs(minor) if cell.sign == "-" else minor


def _check_answer(cell: LegalCell, response: str, initiated_by: str, medium: str) -> None:
    if initiated_by not in INITIATORS:
        raise BadInput(f"'{initiated_by}' did not begin this; choose {' or '.join(INITIATORS)}.")
    if response and (response not in RESPONSES or cell.layout != _ANSWERS):
        if cell.layout != _ANSWERS:
            raise BadInput(f"{cell.label} has no response; leave it empty.")
        raise BadInput(f"'{response}' is not a response; choose one of {', '.join(RESPONSES)}.")
    if medium and (cell.layout != _ASKS or cell.channel != "online"):
        raise BadInput(f"{cell.label} has no medium; leave it empty.")
    if medium and medium not in MEDIA:
        raise BadInput(f"'{medium}' is not a medium; choose {' or '.join(MEDIA)}.")


def _note(text: str) -> str:
    """The note without surrounding blanks; lines stay, other control characters are refused."""
    kept = text.strip()
    if len(kept) > NOTE_AT_MOST:
        raise BadInput(f"The note has {len(kept):,} characters, at most {NOTE_AT_MOST:,} can be kept; shorten it.")
    if any(not c.isprintable() and c not in "\n\t" for c in kept):
        raise BadInput("The note holds characters that cannot be shown; type it instead of pasting it.")
    return kept


def _json(detail: dict[str, str]) -> str | None:
    filled = {name: text for name, text in detail.items() if text}
    return json.dumps(filled, ensure_ascii=False, sort_keys=True) if filled else None
