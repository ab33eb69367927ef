"""The contribution records: frozen, with dotted ids; pointers `"package.module:name"` resolve on first use."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Final, Protocol, get_args

from crmdesk.contributions.measures import Measure
from crmdesk.contributions.params import Params
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right
from crmdesk.results import Result

_SOURCE: Final = re.compile(r"(feature|result):([a-z][a-z0-9_.]*)/(\w+)")
COLUMN_KINDS: Final = ("text", "number", "date")
Pointer = str
Run = Callable[[Any, Any, Any], Result]
Score = Callable[[Any, Any, Any, Any], Result]
Offer = Callable[[Any, Any, Any, Any], Result]


class Selection(StrEnum):
    """What must be selected before an action can run."""

    NONE = "none"
    ONE = "one"
    SOME = "some"
    RESULT = "result"


@dataclass(frozen=True)
class Features:
    """One row per customer: measures over a table of events or states.

    `over` names an analytics table; `months` keeps only that many months before the as-of day (0 = all).
    `finish(columns, as_of)` may turn the measured columns into the final ones: numpy in, numpy out.
    """

    id: str
    title: str
    over: str
    measures: Mapping[str, Measure]
    key: str = "customer"
    finish: Pointer | Callable[..., dict[str, Any]] | None = None
    months: int = 0
    description: str = ""
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Events:
    """Many rows per customer, as they happened: only the named columns."""

    id: str
    title: str
    over: str
    columns: tuple[str, ...]
    months: int = 0
    description: str = ""


@dataclass(frozen=True)
class Analysis:
    """A mining method: `run(frame, params, progress) -> Result`, pure; `needs` are ids of Features or Events.

    `score(model, frame, params, progress) -> Result`, where there is one, places customers who came later with the
    model that a run stored: as pure as `run`, one row for each customer in its table `members` or `scores`.

    `offer(model, frame, params, progress) -> Result`, where there is one, names what customers may take next: as pure
    as `run`, a table `offers` with the columns `customer, product, p, low, high, rule, why`, any number of rows for a
    customer, `product` a product's code and `p` the chance of a purchase within the model's horizon. Where several
    rules offer a customer the same product, the strongest comes first: it alone counts, unless one rule is asked for.

    `needs_by` adds needs by the value of a parameter: `{"basket": {"products": ("money.holdings",), "table": ()}}`.
    An analysis whose needs are then empty reads no customer data at all, its `optional` neither.
    """

    id: str
    title: str
    summary: str
    needs: tuple[str, ...]
    params: type[Params]
    run: Pointer | Run
    gives: type[Result]
    purpose: str = "profiling"
    target: str | None = None
    optional: tuple[str, ...] = ()
    minimum: int = 1
    score: Pointer | Score | None = None
    offer: Pointer | Offer | None = None
    needs_by: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def required(self, params: Params | None = None) -> tuple[str, ...]:
        """Ids of the needs that these parameters choose; without parameters, those of the defaults."""
        chosen = list(self.needs)
        given = (params or self.params.model_validate({})) if self.needs_by else None
        for name, choices in self.needs_by.items():
            value = getattr(given, name)
            chosen += choices.get(str(getattr(value, "value", value)), ())
        return tuple(dict.fromkeys(chosen))

    def bad_choices(self) -> Iterator[str]:
        """A sentence for each name in `needs_by` that is no choice of the parameters, or whose words are others."""
        for name, choices in self.needs_by.items():
            field_ = self.params.own_fields().get(name)
            kind = None if field_ is None else field_.annotation
            members = kind if isinstance(kind, type) and issubclass(kind, Enum) else get_args(kind)
            words = {str(getattr(member, "value", member)) for member in members}
            if words != set(choices):
                listed = ", ".join(sorted(words)) or "no fixed words"
                yield f"{self.id} needs data by '{name}', whose words are {listed}, not {', '.join(sorted(choices))}."

    @property
    def every_need(self) -> tuple[str, ...]:
        """Ids of all needs that some choice of parameters asks for, the optional ones last."""
        chosen = (need for choices in self.needs_by.values() for needs in choices.values() for need in needs)
        return tuple(dict.fromkeys((*self.needs, *chosen, *self.optional)))


@dataclass(frozen=True)
class View:
    """A picture of a result: `widget(result, context) -> QWidget`."""

    id: str
    title: str
    shows: type[Result]
    widget: Pointer
    analyses: tuple[str, ...] = ()  # empty: every analysis that gives this result
    order: int = 50


@dataclass(frozen=True)
class Action:
    """A menu entry, in the palette too: `run(context, selection, params) -> Change | None`."""

    id: str
    title: str
    menu: str
    run: Pointer | Callable[..., Change | None]
    group: str = "5_more"
    order: int = 50
    shortcut: str = ""
    needs: Selection = Selection.NONE
    may: Right | None = None
    params: type[Params] | None = None
    description: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of a page about one record: `widget(context, number) -> QWidget`, made anew for each customer.

    `page` is "customer"; `may` names the right without which the panel is not shown at all.
    """

    id: str
    title: str
    widget: Pointer
    page: str = "customer"
    order: int = 50
    may: Right | None = None


@dataclass(frozen=True)
class Column:
    """A further column of the customer list, computed for the rows that are shown.

    `source` is "feature:ID/NAME", a column that a Features (the host's or the plugin's own) gives as of today, or
    "result:ANALYSIS/NAME", a column of the table `members` or `scores` in the latest run of the plugin's own analysis.
    It is shown for people who permit mining for that purpose now, to whoever may read results and, where one is named,
    holds the right `may` too; who sees results masked gets bands. `kind` is text, number or date (a number counts
    seconds from 1970), `width` in pixels.
    """

    id: str
    title: str
    source: str
    kind: str = "number"
    width: int = 96
    may: Right | None = None

    def parts(self) -> tuple[str, str, str]:
        """("feature" or "result", id, name of the column); ValueError where the source is written otherwise."""
        found = _SOURCE.fullmatch(self.source)
        if found is None:
            raise ValueError(f"the source '{self.source}' is neither feature:ID/NAME nor result:ANALYSIS/NAME")
        return found[1], found[2], found[3]


class ViewContext(Protocol):
    """What the desk lends a view."""

    palette: Mapping[str, Any]

    def table(self, name: str) -> Any: ...

    def plot(self) -> Any: ...

    def open_customer(self, number: str) -> None: ...

    def offers(self, rule: int | None) -> None:
        """Open the cross-selling list of this run: of one rule by its number, or of all rules shown."""


class PanelContext(Protocol):
    """What the desk lends a panel: the customer as the signed-in person may see them, and ways to ask and to go."""

    palette: Mapping[str, Any]

    def card(self) -> Any:
        """Identity (contact data masked), accounts and balances; ask it inside `background`."""

    def timeline(self) -> Any:
        """What happened with the customer, newest first; ask it inside `background`."""

    def background(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Run `work()` in a thread, then `done(value)` in the window, unless the panel is gone by then."""

    def open_customer(self, number: str) -> None: ...

    def notify(self, text: str) -> None: ...


class ActionContext(Protocol):
    """What the desk lends an action: service calls bound to the signed-in person."""

    services: Any

    def notify(self, text: str) -> None: ...


def resolve(pointer: Pointer | Any) -> Any:
    """The object a pointer names; anything that is no text is returned as it is.

    >>> resolve("math:sqrt")(9.0)
    3.0
    """
    if not isinstance(pointer, str):
        return pointer
    module, _, name = pointer.partition(":")
    if not name:
        raise ValueError(f"'{pointer}' is no pointer; write package.module:name.")
    return getattr(importlib.import_module(module), name)


def one_per_id(records: Sequence[Any]) -> dict[str, Any]:
    """Records by id; raises ValueError naming an id given twice."""
    found: dict[str, Any] = {}
    for record in records:
        if record.id in found:
            raise ValueError(f"the id '{record.id}' is already taken")
        found[record.id] = record
    return found
