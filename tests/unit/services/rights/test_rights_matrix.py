"""Every cell of the rights matrix: each service, for each role, on a customer of one's own, of the branch, of another.

Whether a call is allowed is a table written by hand from the specification; what an allowed call returns is searched
for everything of every customer that this role may not see.
"""

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import crmdesk.services
from crmdesk.domain.errors import CrmdeskError, NeedsSecond, Refused
from crmdesk.services.guard import RULES
from tests.unit.services.rights.rights_bank import LOGIN_OF, PLACES, Desk
from tests.unit.services.rights.rights_expected import ROLES, expected
from tests.unit.services.rights.rights_leaks import leaks
from tests.unit.services.rights.rights_recipes import Ask
from tests.unit.services.rights.rights_recipes_house import RECIPES

MODULES = {
    module.name: importlib.import_module(module.name)
    for module in pkgutil.walk_packages(crmdesk.services.__path__, "crmdesk.services.")
}
EXPECTED = expected()
# What is refused to everybody, by the state of this bank and not by a right.
BEHIND = ("is not encrypted; encrypt it first",)
# The gate itself, and questions that a service which was let in asks of another part of this room.
INSIDE = {
    "guard.enter", "guard.fresh", "large_export.ask", "large_export.check", "proposals.check", "proving.inside",
    "proving.standing", "reach.within", "restoring.agreed", "restoring.check", "sight.opened", "sight.rights_of",
}  # fmt: skip


def service_of(name: str) -> object:
    module, _, function = name.partition("#")[0].partition(".")
    found = next(m for full, m in MODULES.items() if full.endswith(f".{module}") and hasattr(m, function))
    return getattr(found, function)


def call(ask: Ask, name: str) -> tuple[bool, object]:
    """Whether the gate let the call in, and what came back; a call that cannot be done was let in.

    Of a refusal its sentence, without the number that the caller named.
    """
    deed = service_of(name)
    args, kwargs = RECIPES[name](ask)
    first = (ask.actor,) if next(iter(inspect.signature(deed).parameters)) == "actor" else (ask.desk.app, ask.actor)
    try:
        return True, deed(*first, *args, **kwargs)
    except NeedsSecond:
        return True, None
    except Refused as refused:
        named = ask.number if ask.number in str((args, kwargs)) else "\0"
        return any(words in str(refused) for words in BEHIND), str(refused).replace(named, "")
    except CrmdeskError as error:
        return True, str(error)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_cell_of_the_matrix_is_as_specified(name: str, desk: Desk, tmp_path: Path) -> None:
    wrong = []
    for role in ROLES:
        for place in PLACES:
            folder = tmp_path / f"{role.value}-{place}"
            folder.mkdir()
            login = LOGIN_OF[role]
            allowed, answer = call(Ask(desk, login, place, folder), name)
            wanted = place in EXPECTED[name][role]
            if allowed != wanted:
                told = f": {answer}" if not allowed else ""
                wrong.append(f"{login} ({role.value}), {place}: {'allowed' if allowed else 'refused'}{told}")
            wrong += [f"{place}: {leak}" for leak in leaks([answer, folder], role, login, name)]
            if not allowed and desk.app.store.change_no() != desk.change_no:
                wrong.append(f"{login} ({role.value}), {place}: refused, and yet something was written")
            desk.again()
    assert not wrong, f"{name} is not as the specification has it:\n" + "\n".join(wrong)


def test_every_service_with_a_rule_stands_in_the_table_and_has_a_recipe() -> None:
    inside = {name for name, rule in RULES.items() if not rule.door}
    assert inside == {name.partition("#")[0] for name in EXPECTED}, "the table of rights_expected.py is not complete"
    assert set(RECIPES) == set(EXPECTED), "the recipes of rights_recipes.py are not complete"


def test_every_public_service_for_an_actor_has_a_rule() -> None:
    without = set()
    for full, module in MODULES.items():
        for name, deed in inspect.getmembers(module, inspect.isfunction):
            known = f"{full.rpartition('.')[2]}.{name}"
            if name.startswith("_") or deed.__module__ != full or known in RULES:
                continue
            parameters = inspect.signature(deed).parameters
            names, a_file = list(parameters), any("Path" in str(p.annotation) for p in parameters.values())
            if names[:2] == ["app", "actor"] or (names[:1] == ["actor"] and a_file):
                without.add(known)
    assert without <= INSIDE, f"{sorted(without - INSIDE)} have no rule; declare one with guard.service"


def test_the_matrix_has_as_many_cells_as_it_says() -> None:
    assert len(EXPECTED) * len(ROLES) * len(PLACES) >= 3_000
