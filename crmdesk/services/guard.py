"""The one gate before every service call: who asks, with which right, about whose row.

`service(...)` declares the rule of a function `f(app, actor, ...)`. The call then gets an app whose store shows only
what the actor may see (`store.scope`), and the actor as the store knows the person now. The test of the matrix walks
RULES; a public function of this room that takes an actor and is not in it fails the build.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from crmdesk.domain.errors import Refused
from crmdesk.domain.rights import HATS, Actor, Grant, Reach, Right, grant, may, require
from crmdesk.services.context import App
from crmdesk.store import Store
from crmdesk.store.connection import plain_words
from crmdesk.store.queries import subjects
from crmdesk.store.scope import scope_of

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """What a call needs: all of `rights` (or one, `any_of`), reaching the rows that the parameters `of` name."""

    name: str
    rights: tuple[Right, ...]
    any_of: bool
    of: Mapping[str, str]  # parameter -> kind of row (subjects.KINDS)
    whole: bool  # the call works on the bank itself, not on what the actor may see of it
    door: bool = False  # the call itself proves who is there: it is made before there is a session


RULES: Final[dict[str, Rule]] = {}


@dataclass(frozen=True)
class Guarded:
    """The app behind the gate: its store shows what `actor`, as the bank knows the person now, may see."""

    base: Any
    store: Store
    actor: Actor

    @property
    def plugins(self) -> Any:
        return self.base.plugins

    @property
    def engine(self) -> Any:
        return self.base.engine

    @property
    def runner(self) -> Any:
        return self.base.runner

    @property
    def path(self) -> Path:
        return self.base.path  # type: ignore[no-any-return]


def service(
    *rights: Right, any_of: bool = False, of: str | Mapping[str, str] = "", whole: bool = False
) -> Callable[[F], F]:
    """Declare what a service needs. `of`: "number", or each parameter that names a row and the row's kind.

    Such a parameter may hold one key, several, or None for none. With `whole` the store is not narrowed.
    """
    assert rights, "a service without a right would be open to everybody; name Right.SIGNED_IN where that is meant"

    def declare(deed: F) -> F:
        rows = {of: "customer"} if isinstance(of, str) and of else dict(of or {})
        name = f"{deed.__module__.rpartition('.')[2]}.{deed.__name__}"
        rule = RULES[name] = Rule(name, rights, any_of, rows, whole)
        places = {p: i for i, p in enumerate(inspect.signature(deed).parameters)}
        assert set(rows) <= set(places), f"{name} has no parameter {sorted(set(rows) - set(places))}"

        @functools.wraps(deed)
        def call(app: Any, actor: Actor, *args: Any, **kwargs: Any) -> Any:
            named = [
                (kind, args[at] if (at := places[parameter] - 2) < len(args) else kwargs.get(parameter))
                for parameter, kind in rows.items()
            ]
            inside = enter(app, actor, rule, named)
            actor = inside.actor if isinstance(inside, Guarded) else actor
            with plain_words(getattr(inside, "path", Path())):  # a full or failing disk is told in a sentence
                return deed(inside, actor, *args, **kwargs)

        return cast(F, call)

    return declare


def file_service(*rights: Right) -> Callable[[F], F]:
    """As `service`, for `f(actor, ...)` on a closed file: there is no store to ask, the actor's roles decide."""

    def declare(deed: F) -> F:
        name = f"{deed.__module__.rpartition('.')[2]}.{deed.__name__}"
        RULES[name] = Rule(name, rights, False, {}, True)

        @functools.wraps(deed)
        def call(actor: Actor, *args: Any, **kwargs: Any) -> Any:
            require(actor, *rights)
            with plain_words(next((one for one in args if isinstance(one, Path)), Path())):
                return deed(actor, *args, **kwargs)

        return cast(F, call)

    return declare


def door_service(deed: F) -> F:
    """For the deeds of signing in and out: each proves by itself who is there, so none asks for a session."""
    name = f"{deed.__module__.rpartition('.')[2]}.{deed.__name__}"
    RULES[name] = Rule(name, (Right.SIGNED_IN,), False, {}, True, door=True)
    return deed


def enter(app: Any, actor: Actor, rule: Rule, named: Sequence[tuple[str, Any]] = ()) -> Any:
    """The guarded app of a call that may be made on the rows `named` (kind, key); Refused, in a sentence, if not.

    Who has several roles acts in the first of them that may do it, and sees what that role sees.
    """
    base = app.base if isinstance(app, Guarded) else app
    if not hasattr(base, "store"):  # a plugin host without a bank: there are no rows
        _require(actor, rule)
        return base
    known = isinstance(app, Guarded) and app.actor is actor
    actor = _hat(base, actor if known else fresh(base, actor), rule, named)
    store = base.store if rule.whole else base.store.scoped(scope_of(actor))
    return app if known and app.store is store and app.actor is actor else Guarded(base, store, actor)


def _hat(app: App, actor: Actor, rule: Rule, named: Sequence[tuple[str, Any]]) -> Actor:
    if len(actor.held) > 1:
        _require(replace(actor, roles=actor.held), rule)
        hats = [replace(actor, roles=frozenset({role})) for role in HATS if role in actor.held]
        fit = [hat for hat in hats if _may(hat, rule)] or [replace(actor, roles=actor.held)]
    else:
        _require(actor, rule)
        fit = [actor]
    refusals = []
    for hat in fit:
        try:
            for kind, key in named:
                _check_rows(app, hat, rule, kind, key)
            return hat
        except Refused as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _may(actor: Actor, rule: Rule) -> bool:
    return (any if rule.any_of else all)(may(actor, right) for right in rule.rights)


def fresh(app: App, actor: Actor) -> Actor:
    """The actor with the roles, branch and row of staff that the store has now; Refused where not signed in."""
    with app.store.whole.reader() as raw:
        now = subjects.standing(raw, actor.login)
    if now.single:
        return actor
    if not actor.session or app.store.sessions.get(actor.session) != actor.login:
        raise Refused("This bank has users; sign in with your name and password first.")
    if now.staff is None or now.ended:
        raise Refused(f"{actor.login} does not work here any more; an administrator can change that.")
    whole = app.store.whole
    if now.one_time or whole.proved.setdefault(actor.session, now.password_at) != now.password_at:
        whole.sessions.pop(actor.session, None)  # what opened this session, in another window perhaps, opens no more
        raise Refused("Your password was changed since you signed in; sign in again with the new one.")
    return replace(
        actor, roles=now.roles, held=now.roles, single=False, staff=now.staff, branch=now.branch, everywhere=False
    )


def _require(actor: Actor, rule: Rule) -> None:
    if rule.any_of and _may(actor, rule):
        return
    require(actor, *(rule.rights[:1] if rule.any_of else rule.rights))


def _check_rows(app: Any, actor: Actor, rule: Rule, kind: str, key: Any) -> None:
    if key is None or actor.everywhere:
        return
    keys = tuple(key) if isinstance(key, list | tuple | set | frozenset | Mapping) else (key,)
    cells = [cell for right in rule.rights if (cell := grant(actor, right)) is not None]
    with app.store.whole.reader() as raw:
        for one in keys:
            found = subjects.subject(raw, kind, one)
            if found is None:
                continue  # the service says in its own words that there is none
            for cell in cells:
                check_reach(actor, cell, found)


def check_reach(actor: Actor, cell: Grant, found: subjects.Subject) -> None:
    """Pass where the row lies within reach; Refused, with who can help, where not."""
    mine = actor.staff is not None and actor.staff in (found.manager, found.owner)
    if cell.reach == Reach.ALL or (cell.reach == Reach.OWN and mine):
        return
    who = found.named or "This"
    if cell.reach == Reach.BRANCH:
        if mine or (actor.branch is not None and actor.branch == found.branch):
            return
        raise Refused(f"{who} belongs to another branch; a colleague there can help.")
    if found.manager is None and found.owner is None and found.branch is not None:
        raise Refused(f"{found.named or 'This customer'} has no relationship manager yet; an administrator gives "
                      "customers to one (Administration > Users and roles).")  # fmt: skip
    raise Refused(f"{who} is looked after by a colleague; ask that colleague, or the manager of the branch.")


def reaches(actor: Actor, right: Right, found: subjects.Subject) -> bool:
    """Whether the actor holds the right for this row: what lists leave out, and controls show as disabled."""
    cell = grant(actor, right)
    if cell is None:
        return False
    try:
        check_reach(actor, cell, found)
    except Refused:
        return False
    return True
