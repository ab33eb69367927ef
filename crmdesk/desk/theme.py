"""The themes as data: light and dark colours by role, the colours of permissions, and contrast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

GRID: Final = 8
ROW: Final = 28
RADIUS: Final = 6
# One glyph per permission state: never colour alone.
GLYPHS: Final = {
    "granted": "✓", "pending": "?", "asked": "?", "none": "·", "expired": "◔",
    "refused": "✕", "withdrawn": "✕", "objected": "⊘", "erased": "–", "restricted": "‖",
}  # fmt: skip
WORDS: Final = {
    "granted": "Yes", "pending": "Asked", "asked": "Asked", "none": "Not asked", "expired": "Expired",
    "refused": "No", "withdrawn": "Withdrawn", "objected": "Objected", "erased": "Erased", "restricted": "Restricted",
}  # fmt: skip


@dataclass(frozen=True)
class Ink:
    """Ink on its fill; each pair reads at 4.7:1 or better."""

    ink: str
    fill: str


@dataclass(frozen=True)
class Theme:
    """One look: hex colours by role (desk spec, section 5). `series`, `ramp` and `lift` are for pictures."""

    name: str
    window: str
    surface: str
    text: str
    muted: str
    border: str
    line: str
    accent: str
    on_accent: str
    hover: str
    granted: Ink
    asked: Ink
    none: Ink
    refused: Ink
    objected: Ink
    series: tuple[str, ...]
    ramp: tuple[str, ...]
    lift: tuple[str, ...]

    @property
    def dark(self) -> bool:
        return self.name == "dark"

    @property
    def warning(self) -> Ink:
        return self.asked

    @property
    def error(self) -> Ink:
        return self.refused

    def permission(self, state: str) -> Ink:
        """Ink and fill of a permission state; an unknown state looks like 'none'."""
        by_state = {"granted": self.granted, "pending": self.asked, "asked": self.asked, "refused": self.refused,
                    "withdrawn": self.refused, "objected": self.objected}  # fmt: skip
        return by_state.get(state, self.none)


def _split(text: str) -> tuple[str, ...]:
    return tuple(f"#{part}" for part in text.split())


LIGHT: Final = Theme(
    "light", "#F6F7F9", "#FFFFFF", "#1B1F24", "#57606A", "#868E98", "#DCE0E5", "#0A5BC4", "#FFFFFF", "#EDF1F6",
    Ink("#004C9E", "#DCEBFA"), Ink("#836103", "#FBF1D3"), Ink("#5E6772", "#ECEEF1"), Ink("#7A2E0E", "#F9E1D6"),
    Ink("#A316B5", "#F4E0F6"), _split("08315F D8741F 1B8A68 C653C9 5A4500 8490A0"),
    _split("F1E3C6 C9D7C4 8FBFC9 4A93BE 0B5C94"), _split("9A3B06 DE8A3F F7D9B5 F2F3F4 BFDCEE 5AA2CF 0B5C94"),
)  # fmt: skip
DARK: Final = Theme(
    "dark", "#15181C", "#1E2227", "#E8EAED", "#A4ACB6", "#717A85", "#343A41", "#6CB0FF", "#10151B", "#2A3038",
    Ink("#86C5F7", "#12344D"), Ink("#F2CF6B", "#3F3413"), Ink("#9AA1A8", "#2B3036"), Ink("#FF6A47", "#4A2216"),
    Ink("#D66BF0", "#41204A"), _split("A9D3F8 E0823A 2FD9A0 D95BD0 F7E08A 727C8C"),
    _split("4A3B1D 3B5244 2F6B78 3C8FBD 86CCF5"), _split("FFB27A B4551E 5E341B 2A2F36 1E4A66 3C8FBD A5DBFA"),
)  # fmt: skip
THEMES: Final = {"light": LIGHT, "dark": DARK}


def system_theme(app: QApplication) -> Theme:
    """The theme the system asks for; light where it does not say."""
    hints = app.styleHints()  # kept in a variable: the chained call lost its object
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def title_font(font: QFont) -> QFont:
    """The page title's font: 1.4 times the system font, half bold."""
    title = QFont(font)
    title.setPointSizeF(font.pointSizeF() * 1.4)
    title.setWeight(QFont.Weight.DemiBold)
    return title
