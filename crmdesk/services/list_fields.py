"""What customers can be filtered by and which columns their list can show: the host's, the bank's own, plugins'."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from crmdesk.domain.customer import KINDS, PRODUCT_FAMILIES, RELATIONS
from crmdesk.domain.errors import Refused
from crmdesk.domain.filter import KIND_OF, OWN, OWN_KINDS, Chip, is_own
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.domain.rights import Actor, Right, clear, may
from crmdesk.services import plugin_columns, sight
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import filters

Pairs = tuple[tuple[str, str], ...]
TITLES: Final = {
    "kind": "Kind", "branch": "Branch", "manager": "Manager", "segment": "Segment", "marketing": "May be contacted by",
    "product": "Has", "city": "City", "country": "Country", "source": "Source", "relation_wanted": "Relation wanted",
    "prospect": "Prospect", "has_task": "Has an open task", "restricted": "Restricted", "born": "Born",
    "joined": "Joined", "active": "Last active",
}  # fmt: skip
_WORDS: Final = {"email": "E-mail", "phone": "Phone", "sms": "SMS", "post": "Post", "in_person": "Branch",
                 "in_app": "App", "current": "Current account"}  # fmt: skip
YES_NO: Final[Pairs] = (("yes", "Yes"), ("no", "No"))
NOBODY: Final = ("", "Nothing written")
# Facts that say where somebody lives: whoever may not read them may not find people by them either.
PLACES: Final = frozenset({"city", "country"})
_TRAITS: Final = frozenset({"occupation", "education"})
CLEAR_TAGS: Final = frozenset({"id", "contact", "protected", "text"})
_OWN_COLUMNS: Final = {"whole": "number", "number": "number", "date": "date"}


@dataclass(frozen=True)
class FilterField:
    """One field of the filter; `kind` is choice, date, number, text or yes_no, `choices` are (value, label)."""

    name: str
    title: str
    kind: str
    choices: Pairs = ()
    own: bool = False


@dataclass(frozen=True)
class ListColumn:
    """One column that the list can show; `kind` is text, number, money or date, `plugin` the title of who gives it.

    `key` is what `rows` takes for a further column, and what a sortable one is sorted by; `width` is in pixels.
    `personal` ones say who somebody is.
    """

    key: str
    title: str
    kind: str = "text"
    width: int = 112
    plugin: str = ""
    sortable: bool = False
    personal: bool = False


# What `CustomerRow` holds anyway, in the order of the list; and what `rows` adds when asked.
STANDARD: Final = (
    ListColumn("name", "Name", "text", 208, sortable=True, personal=True),
    ListColumn("number", "Number", "text", 96, sortable=True, personal=True),
    ListColumn("city", "City", "text", 112, sortable=True, personal=True),
    ListColumn("segment", "Segment", "text", 144, sortable=True),
    ListColumn("value", "Holds", "money", 104, sortable=True),
    ListColumn("permissions", "May contact", "text", 168),
    ListColumn("active", "Last active", "date", 104, sortable=True),
)
FURTHER: Final = (
    ListColumn("kind", "Kind", "text", 88),
    ListColumn("branch", "Branch", "text", 128),
    ListColumn("manager", "Manager", "text", 128),
    ListColumn("joined", "Joined", "date", 104, sortable=True),
    ListColumn("left", "Left", "date", 104),
    ListColumn("born", "Born", "text", 72, personal=True),
    ListColumn("country", "Country", "text", 96, personal=True),
    ListColumn("occupation", "Occupation", "text", 144),
    ListColumn("education", "Education", "text", 128),
    ListColumn("source", "Source", "text", 112),
    ListColumn("relation_wanted", "Relation wanted", "text", 128),
    ListColumn("restricted", "Restricted", "text", 88),
    ListColumn("tasks", "Open tasks", "number", 88),
)


@service(Right.READ_CUSTOMER)
def fields(app: App, actor: Actor) -> list[FilterField]:
    """Every field this person may filter by, with the values to choose from; the bank's own fields come last."""
    with app.store.reader() as raw:
        choices, own = _choices(people.choices(raw), people.further_choices(raw)), filters.own_fields(raw)
    found = [FilterField(name, TITLES[name], kind, choices.get(name, YES_NO if kind == "yes_no" else ()))
             for name, kind in KIND_OF.items() if _known(actor, name)]  # fmt: skip
    return found + [
        FilterField(f"{OWN}{f.code}", f.title, OWN_KINDS[f.kind], _own_choices(f), own=True)
        for f in own.values() if sight.tag_seen(actor, f.tag)
    ]  # fmt: skip


def _known(actor: Actor, name: str) -> bool:
    """Whether a fact of customers, a field of the filter or a column, is seen by this person at all."""
    if name in PLACES:
        return clear(actor, Right.READ_CONTACT)
    if name == "born":
        return sight.birth_years(actor)
    if name in _TRAITS:
        return sight.tag_seen(actor, "behaviour")
    right = Right.READ_WORK if name == "tasks" else sight.OF_FIELD.get(name)
    return right is None or may(actor, right)


@service(Right.READ_CUSTOMER)
def columns(app: App, actor: Actor) -> list[ListColumn]:
    """Every column this person's list can show: those of each list first, then further ones, own fields, plugins'."""
    with app.store.reader() as raw:
        own = filters.own_fields(raw)
    return [
        *STANDARD,
        *(column for column in FURTHER if _known(actor, column.key)),
        *(ListColumn(f"{OWN}{f.code}", f.title, _OWN_COLUMNS.get(f.kind, "text"), 128, personal=f.tag in CLEAR_TAGS)
          for f in own.values() if sight.tag_seen(actor, f.tag)),
        *(ListColumn(c.id, c.title, c.kind, c.width, plugin=app.plugins.plugin_of(c.id).title)
          for c in plugin_columns.offered(app, actor).values()),
    ]  # fmt: skip


def check_filter(raw: Any, actor: Actor, chips: Iterable[Chip]) -> None:
    """Refused where a chip finds people by what this person may not read."""
    asked = tuple(chips)
    own = filters.own_fields(raw) if any(is_own(chip.field) for chip in asked) else {}
    for chip in asked:
        if not _asked(actor, chip, own):
            code = chip.field[len(OWN) :] if is_own(chip.field) else ""
            title = own[code].title if code else TITLES.get(chip.field, chip.field)
            what = "contact data" if code or chip.field in (*PLACES, "born") else "this of customers"
            raise Refused(f"{actor.login} may not read {what}, so not filter by {title}; drop this filter.")


def _asked(actor: Actor, chip: Chip, own: Mapping[str, filters.OwnField]) -> bool:
    """Whether this person may find people by what a chip asks; a field that there is not is the filter's own fault."""
    if not is_own(chip.field):
        return _known(actor, chip.field)
    code = chip.field[len(OWN) :]
    return code not in own or sight.tag_seen(actor, own[code].tag)


def told(raw: Any, actor: Actor, chips: Iterable[Chip]) -> tuple[Chip, ...]:
    """Those of a stored filter that tell this person nothing new of whom it found: no hidden field, no birthday."""
    asked = tuple(chips)
    own = filters.own_fields(raw) if any(is_own(chip.field) for chip in asked) else {}
    return tuple(chip for chip in asked if _asked(actor, chip, own) and as_born(actor, chip) == chip)


def as_born(actor: Actor, chip: Chip) -> Chip:
    """A chip on birth dates as it finds people for who knows their years, or ten years of them, alone.

    Whoever is seen under the first day of a span is found by the first day of the next.
    """
    if chip.field != "born" or clear(actor, Right.READ_PROTECTED):
        return chip
    day, span = date.fromisoformat(chip.values[0]), 10 if sight.pseudonymous(actor) else 1
    first = day.year - day.year % span
    if day != date(max(first, 1), 1, 1):
        first = min(first + span, date.max.year)
    return replace(chip, values=(date(max(first, 1), 1, 1).isoformat(),))


def _choices(of_bank: dict[str, list[tuple[str, str]]], written: dict[str, list[tuple[str, str]]]) -> dict[str, Pairs]:
    """(value, label) of every field that has values to choose from."""
    fixed = {"kind": KINDS, "product": PRODUCT_FAMILIES, "marketing": MARKETING_CHANNELS, "relation_wanted": RELATIONS}
    found = {name: tuple((value, label(value)) for value in values) for name, values in fixed.items()}
    found |= {name: tuple(pairs) for name, pairs in of_bank.items()}
    return found | {name: (*pairs, NOBODY) for name, pairs in written.items()}


def label(value: str) -> str:
    """A fixed word of the program as people read it.

    >>> label("in_person"), label("savings")
    ('Branch', 'Savings')
    """
    return _WORDS.get(value, value.replace("_", " ").capitalize())


def _own_choices(field: filters.OwnField) -> Pairs:
    if field.kind == "yes_no":
        return YES_NO
    return (*((value, value) for value in field.choices), NOBODY) if field.kind == "choice" else ()
