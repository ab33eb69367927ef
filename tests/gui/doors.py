"""A bank with seven people, one of each role, and an eighth who has a one-time password."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gui.window import app_on, settle
from pytestqt.qtbot import QtBot

from crmdesk.desk import start
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.services import sign_in, users
from crmdesk.services.new_user import NewUser
from crmdesk.store.keyfile import Cost

WORD = "seven quiet lamps"  # everybody's password
CHEAP = Cost(64, 1, 1)  # what a guess costs in tests
PEOPLE = {
    Role.ADMIN: ("adem", "Adem Arslan"), Role.DPO: ("dora", "Dora Demir"), Role.TELLER: ("tuna", "Tuna Tekin"),
    Role.RELATIONSHIP_MANAGER: ("rana", "Rana Reis"), Role.ANALYST: ("ela", "Ela Kaya"),
    Role.MARKETING: ("mira", "Mira Kurt"), Role.AUDITOR: ("umut", "Umut Uslu"),
}  # fmt: skip


def new(role: Role, password: str = WORD) -> NewUser:
    login, name = PEOPLE[role]
    return NewUser(login, name, "HO", frozenset({role}), password)


def add_people(path: Path, roles: tuple[Role, ...] = tuple(PEOPLE)) -> str:
    """Give the bank at `path` users; the one-time password of "yeni", who never signed in."""
    app = app_on(path)
    users.second_person(app, single_user("somebody"), new(Role.ADMIN), new(Role.DPO), cost=CHEAP)
    admin = sign_in.join(app, "adem", WORD, cost=CHEAP)
    for role in roles:
        if role not in (Role.ADMIN, Role.DPO):
            made = users.add(app, admin, new(role, ""), cost=CHEAP)
            someone = sign_in.join(app, made.login, made.password, cost=CHEAP)
            sign_in.change_password(app, someone, made.password, WORD, cost=CHEAP)
    once = users.add(app, admin, NewUser("yeni", "Yeni Yurt", "HO", frozenset({Role.ANALYST})), cost=CHEAP)
    app.close()
    return once.password


def join(app: Any, role: Role) -> Actor:
    """That person, signed in."""
    return sign_in.join(app, PEOPLE[role][0], WORD, cost=CHEAP)


def open_as(frame: Frame, qtbot: QtBot, path: Path, role: Role) -> Frame:
    """The window on the bank, with that person at it; without installed plugins, which tests do not need."""
    app = app_on(path)
    actor = join(app, role)
    start.stand(frame, start.Entered(app, actor, PEOPLE[role][1], False, True))
    frame.show_bank()
    settle(qtbot, frame)
    return frame


def knock(frame: Frame, qtbot: QtBot, path: Path) -> None:
    """Open the bank as a click on it does, until its door asks."""
    frame.start._open(path)
    qtbot.waitUntil(lambda: frame.start.door.isVisible(), timeout=30_000)


def type_in(frame: Frame, name: str, word: str) -> None:
    """Name and passphrase, then Enter."""
    frame.start.door.name.setText(name)
    frame.start.door.passphrase.line.setText(word)
    frame.start.door.send()
