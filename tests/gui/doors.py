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


BUSIEST = """SELECT b.code, b.id FROM branch b JOIN customer c ON c.branch_id = b.id
GROUP BY b.id ORDER BY count(*) DESC, b.id LIMIT 1"""
GIVE = (
    "UPDATE customer SET manager_id = (SELECT id FROM staff WHERE login = 'rana') WHERE id IN (SELECT id FROM customer \
WHERE branch_id = {} ORDER BY id LIMIT 20)"
)


def new(role: Role, branch: str, password: str = WORD) -> NewUser:
    login, name = PEOPLE[role]
    return NewUser(login, name, branch, frozenset({role}), password)


def add_people(path: Path, roles: tuple[Role, ...] = tuple(PEOPLE)) -> str:
    """Give the bank at `path` users, all in its busiest branch; a manager among them looks after 20 customers of it.

    Returns the one-time password of "yeni", who never signed in.
    """
    app = app_on(path)
    with app.store.reader() as raw:
        branch, key = raw.execute(BUSIEST).fetchone()
    first = new(Role.ADMIN, branch), new(Role.DPO, branch)
    users.second_person(app, single_user("somebody"), *first, cost=CHEAP)
    admin = sign_in.join(app, "adem", WORD, cost=CHEAP)
    for role in roles:
        if role not in (Role.ADMIN, Role.DPO):
            made = users.add(app, admin, new(role, branch, ""), cost=CHEAP)
            someone = sign_in.join(app, made.login, made.password, cost=CHEAP)
            sign_in.change_password(app, someone, made.password, WORD, cost=CHEAP)
    once = users.add(app, admin, NewUser("yeni", "Yeni Yurt", branch, frozenset({Role.ANALYST})), cost=CHEAP)
    with app.store.write() as session:
        session.connection().exec_driver_sql(GIVE.format(key))
    app.close()
    return once.password


def join(app: Any, role: Role) -> Actor:
    """That person, signed in."""
    return sign_in.join(app, PEOPLE[role][0], WORD, cost=CHEAP)


def open_as(frame: Frame, qtbot: QtBot, path: Path, role: Role) -> Frame:
    """The window on the bank, with that person at it; without installed plugins, which tests do not need."""
    app = app_on(path)
    actor = join(app, role)
    start.stand(frame, start.Entered(app, actor, start.person_words(app, actor), False, True))
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
