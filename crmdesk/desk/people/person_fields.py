"""The fields of one person: name, sign-in name, branch and roles, and a password where it is typed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from crmdesk.desk.form_dialog import buddy
from crmdesk.desk.people.role_boxes import RoleBoxes
from crmdesk.desk.sign_in.new_password import NewPair
from crmdesk.desk.widgets import label
from crmdesk.services.new_user import LONGEST, NewUser


class PersonFields(QWidget):
    """`person()` is what stands there now; `who` names the fields to screen readers where there are two people."""

    def __init__(self, branches: Sequence[tuple[str, str]], *, password: bool, who: str = "") -> None:
        super().__init__()
        self.named, self.login, self.branch = QLineEdit(), QLineEdit(), QComboBox()
        self.branch.addItem("No branch", "")
        for code, name in branches:
            self.branch.addItem(name, code)
        for field in (self.named, self.login):
            field.setMaxLength(LONGEST)
        self.pair: NewPair | None = None
        rows = QFormLayout()
        rows.setVerticalSpacing(8)
        ahead = f"{who}: " if who else ""
        for title, field, hint in (("&Name", self.named, "As lists and tasks show it"),
                                   ("&Sign-in name", self.login, "Typed at the door, without blanks: e.kaya"),
                                   ("&Branch", self.branch, "Tellers and managers see its customers")):  # fmt: skip
            rows.addRow(buddy(title, field, hint), field)
            field.setAccessibleName(ahead + field.accessibleName())
        if password:
            self.pair = NewPair(rows.addRow)
        self.roles = RoleBoxes(who=who)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(rows)
        column.addWidget(label("Roles", "heading"))
        column.addWidget(self.roles)
        column.addStretch(1)
        self.setFocusProxy(self.named)

    def person(self) -> NewUser:
        """BadInput where the passwords are not alike."""
        password = self.pair.text() if self.pair is not None else ""
        return NewUser(self.login.text(), self.named.text(), str(self.branch.currentData() or ""),
                       self.roles.roles(), password)  # fmt: skip

    def to_fault(self, fields: Mapping[str, str]) -> None:
        """The focus into the first field that cannot be saved."""
        places: dict[str, QWidget] = {"login": self.login, "name": self.named, "branch": self.branch,
                                      "roles": self.roles}  # fmt: skip
        if self.pair is not None:
            places["password"] = self.pair.new
        for field in fields:
            if field in places:
                places[field].setFocus()
                return
