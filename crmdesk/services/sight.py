"""What of customers a person sees, for services that find, show and hand them out; the store's views are behind it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from crmdesk.domain.bands import band
from crmdesk.domain.errors import Refused
from crmdesk.domain.money import minor_digits
from crmdesk.domain.rights import Actor, Grant, Reach, Right, View, clear, grant
from crmdesk.services.context import App
from crmdesk.services.guard import reaches
from crmdesk.store import Store, audit
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import subjects
from crmdesk.store.queries.sight import EVERYTHING, Sight
from crmdesk.store.scope import bands, opens, scope_of, within
from crmdesk.store.scope_tables import OPENED_BY

# The right behind each field that a list can be filtered by; the others are plain facts of a customer.
OF_FIELD: Final = {
    "marketing": Right.READ_PERMISSIONS, "product": Right.READ_ACCOUNTS, "prospect": Right.READ_ACCOUNTS,
    "active": Right.READ_INTERACTIONS, "segment": Right.READ_RESULTS, "has_task": Right.READ_WORK,
    "city": Right.READ_CONTACT, "country": Right.READ_CONTACT,
}  # fmt: skip
REASON_AT_LEAST: Final = 5  # letters


@lru_cache(maxsize=64)
def sight_of(actor: Actor) -> Sight:
    """How far this person's search for customers goes."""
    scope = scope_of(actor)
    if scope is None:
        return EVERYTHING
    person = grant(actor, Right.READ_CUSTOMER)
    deeds = grant(actor, Right.READ_INTERACTIONS)
    return Sight(
        columns=scope.searched, within=within(actor, Right.READ_CUSTOMER),
        of={name: within(actor, right) for name, right in OF_FIELD.items() if narrower(actor, right)},
        tags={tag: within(actor, right) for tag, right in OPENED_BY.items() if narrower(actor, right)},
        accounts=clear(actor, Right.READ_ACCOUNTS), pseudonym=person is not None and person.view == View.PSEUDONYM,
        bands=bands(actor), months=deeds is None or deeds.view == View.MASKED,
    )  # fmt: skip


def narrower(actor: Actor, right: Right) -> bool:
    """Whether a right reaches fewer customers than this person knows."""
    width = (None, Reach.OWN, Reach.BRANCH, Reach.ALL)
    found, person = grant(actor, right), grant(actor, Right.READ_CUSTOMER)
    return width.index(found and found.reach) < width.index(person and person.reach)


def names(actor: Actor) -> bool:
    """Whether names are seen."""
    return clear(actor, Right.READ_CUSTOMER)


def pseudonymous(actor: Actor) -> bool:
    """Whether a pseudonym stands for number and name."""
    found = grant(actor, Right.READ_CUSTOMER)
    return found is not None and found.view == View.PSEUDONYM


def birth_years(actor: Actor) -> bool:
    """Whether anything of a birth date is seen: the day, the year, or the ten years that it lies in."""
    return clear(actor, Right.READ_CONTACT) or pseudonymous(actor)


def born(actor: Actor, year: int) -> str:
    """A year of birth as told: of a pseudonym the ten years that begin with it."""
    return f"{year} to {year + 9}" if pseudonymous(actor) else str(year)


def tag_seen(actor: Actor, tag: str) -> bool:
    """Whether values of the bank's own fields with this tag are seen."""
    return opens(actor, tag)


def told(raw: Any, actor: Actor, customer: int, tag: str) -> bool:
    """Whether values of a tag are seen of this customer."""
    if not opens(actor, tag):
        return False
    condition = sight_of(actor).tags.get(tag)
    return condition is None or customer in people.reached(raw, [customer], condition)


def money_band(value: int | None, currency: str) -> str:
    """Minor units as their band in words: "1,000 to 2,000 EUR"."""
    return "" if value is None else f"{band(value / 10 ** minor_digits(currency))} {currency}"


def rights_of(number: str, app: App, actor: Actor) -> frozenset[Right]:
    """The rights that reach one customer: what the controls of a page need to know. `number` may be a pseudonym."""
    with app.store.whole.reader() as raw:
        found = subjects.subject(raw, "customer", number)
    return frozenset() if found is None else frozenset(right for right in Right if reaches(actor, right, found))


def opened(
    number: str, reason: str, fields: str, app: App, actor: Actor, right: Right = Right.READ_CUSTOMER
) -> Store | None:
    """The whole bank for who reads one customer in clear with a reason, written into the audit; else None.

    None too where the right needs no reason: then it shows what it shows. Refused for a reason of few letters.
    """
    if not cell(actor, right).reason or not reason.strip():
        return None
    check_reason(reason)
    with app.store.whole.reader() as raw:
        customer = people.id_of(raw, number)
    with app.store.write() as session:
        audit.record(app.store, session, actor, "read in clear", number, customer_id=customer, fields=fields,
                     reason=reason.strip())  # fmt: skip
    return app.store.whole


def check_reason(reason: str) -> None:
    """Refused where nothing that can be read as a reason was given."""
    if sum(letter.isalnum() for letter in reason) < REASON_AT_LEAST:
        raise Refused("This is shown only with a reason, which the audit keeps; say in a few words what it is for.")


def cell(actor: Actor, right: Right) -> Grant:
    """The actor's grant, which the guard has found there."""
    found = grant(actor, right)
    return found if found is not None else Grant(Reach.OWN, View.MASKED)
