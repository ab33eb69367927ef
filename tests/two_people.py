"""A small bank with users for tests: an administrator, a data protection officer and an analyst, signing in cheaply."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from crmdesk.app import App, build_app
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import sign_in, users
from crmdesk.services.new_user import NewUser
from crmdesk.store.keyfile import Cost, Keys
from tests import small_bank

CHEAP = Cost(8, 1, 1)  # a password costs next to nothing here; the true cost has a test of its own
WORDS = {"ela": "blue horses run", "dora": "green horses walk", "anna": "grey horses sleep"}
ROLES = {"ela": Role.ADMIN, "dora": Role.DPO, "anna": Role.ANALYST}


def person(login: str, **more: object) -> NewUser:
    """Somebody as the dialog of new people gives it."""
    given = {"name": login.title() + " Kaya", "roles": frozenset({ROLES[login]}), "password": WORDS[login], **more}
    return NewUser(login, **given)  # type: ignore[arg-type]


def open_app(path: Path, keys: Keys | None) -> App:
    return build_app(path, keys=keys, safe_mode=True)


def enter(path: Path, login: str, passphrase: str | None = None) -> tuple[App, Actor]:
    return sign_in.enter(path, open_app, login, WORDS[login] if passphrase is None else passphrase, cost=CHEAP)


@contextlib.contextmanager
def inside(path: Path, login: str, passphrase: str | None = None) -> Iterator[tuple[App, Actor]]:
    """The open bank and the person signed in; closed again whatever happens."""
    app, actor = enter(path, login, passphrase)
    with app:
        yield app, actor


def build(path: Path) -> Path:
    """The bank of `small_bank` at `path`, closed, in which ela, dora and anna sign in with WORDS."""
    small_bank.build(path).store.close()
    app, single = sign_in.enter(path, open_app)
    with app:
        users.second_person(app, single, person("ela"), person("dora"), cost=CHEAP)
    app, ela = enter(path, "ela")
    with app:
        given = users.add(app, ela, person("anna"), cost=CHEAP)
    app, anna = enter(path, "anna", given.password)
    with app:
        if given.password != WORDS["anna"]:
            raise AssertionError("the password that was typed is the one-time one")
        sign_in.change_password(app, anna, WORDS["anna"], "grey horses sleep well", cost=CHEAP)
        sign_in.change_password(app, anna, "grey horses sleep well", WORDS["anna"], cost=CHEAP)
    return path
