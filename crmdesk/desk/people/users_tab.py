"""Administration > Users and roles: who works here and what each may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.people.add_dialog import AddPersonDialog
from crmdesk.desk.people.assign_dialog import AssignDialog
from crmdesk.desk.people.end_dialog import EndDialog, ReopenDialog
from crmdesk.desk.people.one_time import OneTimeDialog
from crmdesk.desk.people.roles_dialog import RolesDialog
from crmdesk.desk.people.second_person import SecondPersonDialog
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import Card, button, label
from crmdesk.desk.work.colleagues import AddColleagueDialog
from crmdesk.domain.rights import Right, Role, may
from crmdesk.services import staff, users
from crmdesk.services.new_user import ROLE_WORDS
from crmdesk.services.users import OneTime, User

if TYPE_CHECKING:
    from crmdesk.domain.change import Change

TITLES: Final = ("Name", "Sign-in name", "Roles", "Branch", "Last here", "State")
WIDTHS: Final = (0, 108, 190, 116, 108, 140)
ALONE: Final = (
    "You work alone in this bank: the account of this computer holds every role, and what needs two people you do by "
    "yourself, noted as single-handed."
)
FOR_GOOD: Final = (
    "A second person turns sign-in on for good: both of you get a name, a password and roles, each sees what the roles "
    "show, and imports, restoring and large exports wait for a second person's word."
)
HALF_A_YEAR: Final = 180  # days
CHOOSE: Final = "Choose somebody in the table first."


def role_words(user: User) -> str:
    return ", ".join(words for role, words in ROLE_WORDS.items() if role in user.roles) or words.NOTHING


def last_words(user: User, now: datetime) -> str:
    """The last sign-in: the hour within half a year, the year before that."""
    at = user.last_sign_in
    if at is None:
        return words.NOTHING
    return f"{at.astimezone():%d %b %H:%M}" if (now - at).days < HALF_A_YEAR else words.on(at.date())


def state_words(user: User, now: datetime) -> str:
    """What keeps somebody out, or that nothing does."""
    if user.ended is not None:
        return f"Left {words.on(user.ended.date())}"
    if user.locked_until is not None and user.locked_until > now:
        return f"Paused until {user.locked_until.astimezone():%H:%M}"
    if not user.can_sign_in:
        return "No password yet"
    return "One-time password" if user.one_time else "Active"


class UsersTab(QWidget):
    """The table of people; every deed is about the chosen one, and off with its reason where it cannot be done."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.context = context
        self._users: list[User] = []
        self._branches: list[tuple[str, str]] = []
        self.table = PlainTable("Users and roles", TITLES, WIDTHS)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._fit())
        self.table.model().modelReset.connect(self._fit)
        self.table.activated.connect(lambda *_: self.roles())
        self.alone = self._alone_card()
        self.deeds = QHBoxLayout()
        self.deeds.setSpacing(8)
        self.add_button = self._deed("Add person...", self.add, "primary", "Somebody new, with roles and a password")
        self.roles_button = self._deed("Change roles...", self.roles, tip="What this person may do (Enter)")
        self.give_button = self._deed(
            "Give customers...", self.give, tip="To look after: those of a branch without one"
        )
        self.reset_button = self._deed("Reset password...", self.reset, tip="A one-time password for this person")
        self.end_button = self._deed("End access...", self.end, tip="This person left, or changes to another bank")
        self.colleague_button = self._deed("Add a colleague...", self.colleague, tip="To hand tasks over to")
        self.deeds.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.alone)
        column.addLayout(self.deeds)
        column.addWidget(self.table, 1)
        column.addStretch(0)  # takes the room while there is no table
        self._fit()

    def _deed(self, text: str, deed: Callable[[], Any], role: str = "", tip: str = "") -> QPushButton:
        made = button(text, deed, role, tip)
        made.setProperty("tip", tip)
        self.deeds.addWidget(made)
        return made

    def _alone_card(self) -> Card:
        card = Card("Single user")
        card.rows.addWidget(label(FOR_GOOD, "muted", wrap=True))
        self.second_button = button("Add a second person...", self.second, "primary", "Turns sign-in on, for good")
        card.rows.addWidget(self.second_button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    # Asking and showing ----------------------------------------------------------------------------------------

    def ask(self) -> tuple[list[User], list[tuple[str, str]]]:
        """In a thread."""
        app, actor = self.context.app, self.context.actor
        return users.users(app, actor), self._ask_branches()

    def _ask_branches(self) -> list[tuple[str, str]]:
        if not may(self.context.actor, Right.MANAGE_USERS):
            return []
        return staff.branches(self.context.app, self.context.actor)

    def show_found(self, found: tuple[list[User], list[tuple[str, str]]]) -> str:
        """Fill the table; the sentence for the top of the page."""
        here = self.chosen()
        self._users, self._branches = found
        now = datetime.now(UTC)
        self.table.show_rows([
            (f"{u.name} (you)" if u.me else u.name, u.login, role_words(u), u.branch or words.NOTHING,
             last_words(u, now), state_words(u, now)) for u in self._users
        ])  # fmt: skip
        logins = [u.login for u in self._users]
        if here is not None and here.login in logins:
            self.table.selectRow(logins.index(here.login))
        single, manages = self.context.actor.single, may(self.context.actor, Right.MANAGE_USERS)
        self.alone.setVisible(single and manages)
        self.table.setVisible(bool(self._users))
        for made in (self.add_button, self.roles_button, self.give_button, self.reset_button, self.end_button):
            made.setVisible(manages and not single)
        self.colleague_button.setVisible(manages and single)
        self._fit()
        return ALONE if single else self._sentence(now)

    def _sentence(self, now: datetime) -> str:
        inside = [u for u in self._users if u.ended is None and u.can_sign_in]
        left = sum(u.ended is not None for u in self._users)
        parts = ["1 person can sign in" if len(inside) == 1 else f"{len(inside)} people can sign in"]
        paused = sum(u.locked_until is not None and u.locked_until > now for u in inside)
        parts += [f"{paused} paused after wrong passwords"] if paused else []
        parts += [f"{left} left"] if left else []
        return f"{'; '.join(parts)}."

    def chosen(self) -> User | None:
        rows = self.table.selectionModel().selectedRows()
        return self._users[rows[0].row()] if rows and rows[0].row() < len(self._users) else None

    def _fit(self) -> None:
        """Deeds follow the choice; what cannot be done says why."""
        user = self.chosen()
        own = "You cannot do that to yourself; another administrator can."
        for made in (self.roles_button, self.reset_button, self.end_button):
            why = CHOOSE if user is None else own if user.me else ""
            if user is not None and user.ended is not None and made is not self.end_button:
                why = f"{user.name} left; let them in again first."
            made.setEnabled(not why)
            made.setToolTip(why or made.property("tip"))
        why = CHOOSE if user is None else ""
        if user is not None and (user.ended is not None or Role.RELATIONSHIP_MANAGER not in user.roles):
            why = f"Customers are given to a relationship manager who works here; {user.name} is none."
        self.give_button.setEnabled(not why)
        self.give_button.setToolTip(why or self.give_button.property("tip"))
        left = user is not None and user.ended is not None
        self.end_button.setText("Let in again..." if left else "End access...")
        self.end_button.setAccessibleName(self.end_button.text())

    # Deeds -----------------------------------------------------------------------------------------------------

    def second(self) -> None:
        SecondPersonDialog(self.context, self.window(), self._branches).open()

    def colleague(self) -> None:
        AddColleagueDialog(self.context, self.window(), lambda _: None).open()

    def add(self) -> None:
        AddPersonDialog(self.context, self.window(), self._branches, self._show_once).open()

    def roles(self) -> None:
        user = self.chosen()
        if user is not None and self.roles_button.isVisible() and self.roles_button.isEnabled():
            RolesDialog(self.context, self.window(), user, self._branches).open()

    def give(self) -> None:
        user = self.chosen()
        if user is not None:
            AssignDialog(self.context, self.window(), user).open()

    def reset(self) -> None:
        user = self.chosen()
        if user is None:
            return
        app, actor, login = self.context.app, self.context.actor, user.login
        self.context.background(lambda: users.reset_password(app, actor, login), self._show_once, owner=self)

    def end(self) -> None:
        user = self.chosen()
        if user is None:
            return
        if user.ended is None:
            EndDialog(self.context, self.window(), user).open()
        else:
            ReopenDialog(self.context, self.window(), user, self._show_once).open()

    def _show_once(self, made: OneTime) -> None:
        change: Change = made.change
        self.context.changed(change)
        name = next((u.name for u in self._users if u.login == made.login), made.login)
        OneTimeDialog(self.window(), name, made.login, made.password).open()
