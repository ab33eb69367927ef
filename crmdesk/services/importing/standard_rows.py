"""What one record of the standard layout means: the rules between its own columns, and its staged form."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from crmdesk.domain.customer import digits, fold, full_name
from crmdesk.domain.days import shift_months
from crmdesk.domain.interaction import SYSTEM, our_words
from crmdesk.domain.permission import CONSENT, CONSENT_PURPOSES, MARKETING_CHANNELS
from crmdesk.domain.recording import purpose_of
from crmdesk.services.importing.grammar import Fault, code, minor, outside, short
from crmdesk.services.importing.layout import Context, Shaped, content_key, missing

CURRENCY: Final = "EUR"
SCORES: Final = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
_one_channel: Final = code("channels", MARKETING_CHANNELS)

Values = list[Any]
Shape = Callable[[Values], Shaped]


def keyed(columns: int) -> Shape:
    """Rows that go to the stage as they are, known by their first columns."""

    def shape(values: Values) -> Shaped:
        return Shaped(_key(*values[:columns]), tuple(values))

    return shape


def _key(*parts: str | None) -> str:
    return "\x1f".join([part or "" for part in parts])


def customer(own: Sequence[str]) -> Shape:
    """`own` are the codes of the bank's own fields, whose values come last; they are staged as one JSON object."""

    def shape(values: Values) -> Shaped:
        standard = values[: len(values) - len(own)]
        given, family = values[2], values[3]
        searched = (fold(full_name(given, family)), fold(values[12]), fold(values[9]), digits(values[10]))
        filled = {c: v for c, v in zip(own, values[len(standard) :], strict=True) if v is not None}
        custom = json.dumps(filled, ensure_ascii=False, sort_keys=True) if filled else None
        return Shaped(values[0], (*standard, *searched, custom))

    return shape


def holding(values: Values) -> Shaped:
    owner, _, account, role = values[:4]
    return Shaped(_key(account, owner, role), tuple(values))


def channel_list(value: str) -> str | None:
    """Channels by `;`, each one known."""
    return ";".join(filter(None, (_one_channel(part) for part in value.split(";") if part.strip()))) or None


def interaction(context: Context) -> Shape:
    """The catalogue row of channel, mode and activity, and the amount with the direction that row gives it."""

    @lru_cache(maxsize=4096)
    def cell(channel: str, mode: str, activity: str) -> tuple[int, str] | None:
        return context.catalogue.get(our_words(channel, mode, activity))

    def shape(values: Values) -> Shaped:
        (external, who, (at, time_known), channel, mode, activity, written, currency, product, campaign, response, by,
         detail) = values  # fmt: skip
        found = cell(channel, mode, activity)
        if found is None or (channel.lower() == SYSTEM and by != "bank"):
            raise Fault("catalogue", "activity",
                        f"{short(channel)}/{short(mode)}/{short(activity)} is not in the bank's catalogue")  # fmt: skip
        amount = None
        if written is not None:
            currency = currency or CURRENCY
            amount = signed(activity, found[1], written, currency)
        staged = (external, who, at, int(time_known), found[0], amount, currency, product, campaign, response, by,
                  detail and as_json(detail))  # fmt: skip
        return Shaped(external, staged)

    return shape


def signed(activity: str, sign: str, written: str, currency: str) -> int:
    """Minor units in the direction of the catalogue; files give the magnitude, a contrary sign is a fault."""
    amount = minor("amount", written, currency)
    if sign == "*":
        return amount
    if not sign:
        raise Fault("amount", "amount", f"{activity} takes no amount")
    if {sign, written[0]} == {"-", "+"}:
        way = "out" if sign == "-" else "in"
        raise Fault("amount", "amount", f"{activity} is money going {way}; the sign of {written} says otherwise")
    return -abs(amount) if sign == "-" else amount


def as_json(detail: str) -> str:
    """The JSON object as written, or the words as `{"text": ...}`."""
    if detail.startswith("{"):
        try:
            return json.dumps(json.loads(detail), ensure_ascii=False, sort_keys=True)
        except (ValueError, RecursionError):
            pass
    return json.dumps({"text": detail}, ensure_ascii=False)


def permission(context: Context) -> Shape:
    """The ledger's rules that one row can break; a grant without an end gets the purpose's life."""

    def shape(values: Values) -> Shaped:
        who, purpose, channel, status, at, source, basis, expires, evidence, notice, campaign = values
        if purpose not in CONSENT_PURPOSES and channel is not None:
            raise Fault("code", "channel", f"'{channel}' is not a known channel; known: none for {purpose}")
        if status == "granted":
            _check_grant(purpose, channel, basis, evidence, notice)
        elif status == "asked" and channel is None and purpose in CONSENT_PURPOSES:
            raise missing("channel")
        if expires is not None and expires <= at[:10]:
            raise Fault("order", "expires_on", "expires_on is before at")
        key = content_key(values)
        if status == "granted" and expires is None:
            expires = _end(at[:10], context.lives.get(purpose))
        return Shaped(key, (who, purpose, channel, status, at, source, basis, expires, evidence, notice, campaign))

    return shape


def _check_grant(
    purpose: str, channel: str | None, basis: str | None, evidence: str | None, notice: str | None
) -> None:
    if basis is None:
        raise missing("legal_basis")
    if purpose in CONSENT_PURPOSES and channel is None:
        raise Fault("grant_channel", "channel", f"a grant for {purpose} needs one channel")
    if notice is not None and purpose_of(notice) not in ("", purpose):  # other banks have codes of their own
        raise Fault("no_evidence", "notice", f"the notice '{notice}' asks for {purpose_of(notice)}, not for {purpose}")
    proven = notice is not None and (evidence is not None or basis != CONSENT)
    if basis in (CONSENT, "soft_opt_in") and not proven:
        column = "notice" if evidence else "evidence"
        raise Fault("no_evidence", column, "a grant needs evidence and a notice")


@lru_cache(maxsize=8192)
def _end(day: str, months: int | None) -> str | None:
    return None if months is None else shift_months(date.fromisoformat(day), months).isoformat()


def contact(values: Values) -> Shaped:
    campaign, who, arm, channel, contacted, responded, _ = values
    if arm == "control" and contacted is not None:
        raise Fault("control_contacted", "contacted_at", "a control customer has a contact date")
    if arm == "treated" and channel is None:
        raise missing("channel")
    if responded is not None and contacted is not None and responded < contacted:
        raise Fault("order", "responded_at", "responded_at is before contacted_at")
    return Shaped(_key(campaign, who, channel, contacted), tuple(values))


def feedback(values: Values) -> Shaped:
    instrument = values[2]
    low, high = SCORES.get(instrument, (None, None))
    for name, given in (("score", values[4]), ("expected", values[6])):
        if low is not None and given is not None and not low <= given <= high:
            raise outside(name, given, low, high)
    return Shaped(None, tuple(values))
