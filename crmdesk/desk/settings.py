"""What the window remembers for its user: theme, size, recent banks. The bank's own settings live in the bank."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from crmdesk.places import config_folder

RECENT = 6
IDLE_CHOICES, IDLE = (1, 2, 5, 10, 15, 30), 10  # minutes without a touch before the window locks itself


class WindowSettings:
    """A file `desk.ini` in the user's config folder."""

    def __init__(self) -> None:
        self._file = QSettings(str(config_folder() / "desk.ini"), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """'system', 'light' or 'dark'."""
        return str(self._file.value("theme", "system"))

    @theme.setter
    def theme(self, name: str) -> None:
        self._file.setValue("theme", name)

    @property
    def zoom(self) -> int:
        """Per cent."""
        found = str(self._file.value("zoom", 100))
        return int(found) if found.isdigit() else 100

    @zoom.setter
    def zoom(self, percent: int) -> None:
        self._file.setValue("zoom", percent)

    @property
    def idle_minutes(self) -> int:
        """One of IDLE_CHOICES."""
        found = str(self._file.value("idle_minutes", IDLE))
        return int(found) if found in map(str, IDLE_CHOICES) else IDLE

    @idle_minutes.setter
    def idle_minutes(self, minutes: int) -> None:
        self._file.setValue("idle_minutes", minutes)

    @property
    def geometry(self) -> QByteArray | None:
        found = self._file.value("geometry")
        return found if isinstance(found, QByteArray) else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._file.setValue("geometry", value)

    def recent(self) -> list[Path]:
        """Banks opened lately, newest first; those that are gone are listed too, the start page says so."""
        found = self._file.value("recent", [])
        names = [found] if isinstance(found, str) else list(found or [])  # a list of one comes back as text
        return [Path(name) for name in names if name]

    def remember(self, bank: Path) -> None:
        bank = bank.resolve()
        self._file.setValue("recent", [str(p) for p in [bank, *(p for p in self.recent() if p != bank)]][:RECENT])

    def forget(self, bank: Path) -> None:
        self._file.setValue("recent", [str(p) for p in self.recent() if p != bank])
