"""The seven roles as boxes: what each may do, and which two nobody may hold together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px
from crmdesk.domain.rights import APART, Role
from crmdesk.services.new_user import ROLE_WORDS

TOLD: Final = {
    Role.TELLER: "serves customers of the branch, one at a time",
    Role.RELATIONSHIP_MANAGER: "looks after the customers assigned to this person",
    Role.ANALYST: "runs analyses; sees pseudonyms, no names",
    Role.MARKETING: "makes campaigns and lists; sees bands, no names",
    Role.DPO: "guards permissions and privacy, and approves what needs two people",
    Role.ADMIN: "imports, backs up, adds people; sees no customers",
    Role.AUDITOR: "reads and verifies what was done; changes nothing",
}


class RoleBoxes(QWidget):
    """`roles()` are those ticked; a box that would make a forbidden pair is off and says why."""

    changed = Signal()

    def __init__(self, roles: Iterable[Role] = (), who: str = "") -> None:
        super().__init__()
        held = frozenset(roles)
        self.boxes: dict[Role, QCheckBox] = {}
        self.why = label("", "muted", wrap=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        for row, role in enumerate(ROLE_WORDS):
            box = QCheckBox(ROLE_WORDS[role].capitalize())
            box.setAccessibleName(f"{who}{': ' if who else ''}{ROLE_WORDS[role]}")
            box.setAccessibleDescription(TOLD[role])
            box.setChecked(role in held)
            box.toggled.connect(self._fit)
            self.boxes[role] = box
            grid.addWidget(box, row, 0)
            grid.addWidget(label(TOLD[role], "muted", wrap=True), row, 1)
        grid.addWidget(self.why, len(ROLE_WORDS), 0, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(1, px(280))
        self.setFocusProxy(self.boxes[Role.TELLER])
        self._fit()

    def roles(self) -> frozenset[Role]:
        return frozenset(role for role, box in self.boxes.items() if box.isChecked())

    def _fit(self, *_: object) -> None:
        held = self.roles()
        reasons = []
        for role, box in self.boxes.items():
            rival = next((o for pair in APART if role in pair for o in pair - {role} if o in held), None)
            why = f"Nobody is both {ROLE_WORDS[rival]} and {ROLE_WORDS[role]}." if rival and role not in held else ""
            box.setEnabled(not why)
            box.setToolTip(why or TOLD[role])
            reasons += [why] if why else []
        self.why.setText(" ".join(reasons))
        self.why.setVisible(bool(reasons))
        self.changed.emit()
