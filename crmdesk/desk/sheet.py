"""The style sheet over Fusion: flat tabs and buttons, cards, bands, and a focus ring of 2 px."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QApplication

from crmdesk.desk.zoom import px
from crmdesk.places import resource

if TYPE_CHECKING:
    from crmdesk.desk.theme import Theme

# Widgets choose a look by the dynamic property `role`: card, band, primary, quiet, rail, answer, muted, title ...
_SHEET = """
QMainWindow, QDialog {{ background: {window}; }}
QWidget[role="page"], QScrollArea[role="page"], QWidget[role="scroll"] {{ background: {window}; border: 0; }}
QLabel {{ background: transparent; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="answer"] {{ color: {text}; font-size: {answer_pt}pt; }}
QLabel[role="title"] {{ color: {text}; font-size: {title_pt}pt; font-weight: 600; }}
QLabel[role="heading"] {{ color: {text}; font-weight: 600; }}
QLabel[role="fault"] {{ color: {error_ink}; }}
QLabel[role="tag"] {{ color: {asked_ink}; background: {asked_fill}; border-radius: 4px; padding: 2px 8px; }}
QLabel[role="tag"][state="granted"] {{ color: {granted_ink}; background: {granted_fill}; }}
QLabel[role="tag"][state="none"] {{ color: {none_ink}; background: {none_fill}; }}
QLabel[role="tag"][state="refused"] {{ color: {error_ink}; background: {error_fill}; }}
QLabel[role="code"] {{ font-family: "DejaVu Sans Mono", monospace; color: {text}; background: {hover};
  border-radius: 4px; padding: 6px 8px; }}
QFrame[role="card"] {{ background: {surface}; border: 1px solid {line}; border-radius: 6px; }}
QFrame[role="card"]:focus {{ border: 2px solid {accent}; }}
QFrame[role="rule"] {{ background: {line}; border: 0; max-height: 1px; min-height: 1px; }}
QFrame[role="band"] {{ border: 0; border-radius: 6px; }}
QFrame[role="band"][kind="error"] {{ background: {error_fill}; }}
QFrame[role="band"][kind="error"] QLabel {{ color: {error_ink}; }}
QFrame[role="band"][kind="stale"] {{ background: {asked_fill}; }}
QFrame[role="band"][kind="stale"] QLabel {{ color: {asked_ink}; }}
QFrame[role="band"][kind="note"] {{ background: {granted_fill}; }}
QFrame[role="band"][kind="note"] QLabel {{ color: {granted_ink}; }}
QFrame[role="skeleton"] {{ background: {hover}; border: 0; border-radius: 6px; }}
QPushButton {{ background: {surface}; color: {text}; border: 1px solid {border}; border-radius: 6px;
  padding: 4px 13px; min-height: 20px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:pressed, QPushButton:checked {{ background: {granted_fill}; color: {granted_ink}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 3px 12px; }}
QPushButton:disabled {{ color: {border}; border-color: {line}; background: transparent; }}
QPushButton[role="primary"] {{ background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; }}
QPushButton[role="primary"]:hover {{ background: {granted_ink}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {text}; }}
QPushButton[role="primary"]:disabled {{ background: {line}; color: {muted}; border-color: {line}; }}
QPushButton[role="quiet"] {{ background: transparent; border-color: transparent; color: {accent}; padding: 4px 7px; }}
QPushButton[role="quiet"]:hover {{ background: {hover}; }}
QPushButton[role="quiet"]:focus {{ border: 2px solid {accent}; padding: 3px 6px; }}
QPushButton[role="quiet"]:disabled {{ color: {border}; }}
QPushButton[role="rail"] {{ background: transparent; border: 2px solid transparent; border-radius: 6px;
  text-align: left; padding: 6px 10px; min-height: 22px; }}
QPushButton[role="rail"]:hover {{ background: {hover}; }}
QPushButton[role="rail"]:checked {{ background: {granted_fill}; color: {granted_ink}; font-weight: 600; }}
QPushButton[role="rail"]:focus {{ border: 2px solid {accent}; }}
QPushButton[role="rail"]:disabled {{ color: {border}; }}
QPushButton[role="row"] {{ background: transparent; border: 2px solid transparent; border-radius: 6px;
  text-align: left; padding: 6px 10px; }}
QPushButton[role="row"]:hover {{ background: {hover}; }}
QPushButton[role="row"]:focus {{ border: 2px solid {accent}; }}
QFrame[role="rail"] {{ background: {surface}; border: 0; border-right: 1px solid {line}; }}
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateTimeEdit, QPlainTextEdit, QTextBrowser {{ background: {surface};
  color: {text}; border: 1px solid {border}; border-radius: 6px; padding: 4px 7px; min-height: 20px;
  selection-background-color: {accent}; selection-color: {on_accent}; }}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QDateTimeEdit:focus, QPlainTextEdit:focus,
QTextBrowser:focus {{ border: 2px solid {accent}; padding: 3px 6px; }}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled, QDateTimeEdit:disabled {{
  color: {border}; border-color: {line}; background: {window}; }}
QSpinBox::up-button, QDoubleSpinBox::up-button, QDateTimeEdit::up-button {{ subcontrol-origin: border;
  subcontrol-position: top right; width: 20px; border: 0; }}
QSpinBox::down-button, QDoubleSpinBox::down-button, QDateTimeEdit::down-button {{ subcontrol-origin: border;
  subcontrol-position: bottom right; width: 20px; border: 0; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow, QDateTimeEdit::up-arrow {{ image: url({up}); width: 10px; height: 8px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow, QDateTimeEdit::down-arrow, QComboBox::down-arrow {{
  image: url({down}); width: 10px; height: 8px; }}
QComboBox::drop-down, QDateTimeEdit::drop-down {{ border: 0; width: 22px; }}
QAbstractSpinBox QLineEdit {{ border: 0; padding: 0; margin: 0 5px; background: transparent; }}
QComboBox QAbstractItemView {{ background: {surface}; color: {text}; border: 1px solid {border};
  selection-background-color: {granted_fill}; selection-color: {granted_ink}; outline: 0; }}
QCheckBox, QRadioButton {{ spacing: 8px; padding: 3px; border: 2px solid transparent; border-radius: 6px; }}
QCheckBox:focus, QRadioButton:focus {{ border: 2px solid {accent}; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {border}; border-radius: 3px;
  background: {surface}; }}
QCheckBox::indicator:checked {{ background: {accent}; border-color: {accent}; image: url({check}); }}
QRadioButton::indicator {{ width: {ring}px; height: {ring}px; border: 1px solid {border}; border-radius: {round}px;
  background: {surface}; }}
QRadioButton::indicator:checked {{ width: {dot}px; height: {dot}px; border: {thick}px solid {accent}; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {line}; }}
QTabBar {{ qproperty-drawBase: 0; background: transparent; }}
QTabBar::tab {{ background: transparent; color: {muted}; border: 0; border-bottom: 2px solid transparent;
  padding: 7px 14px; margin-right: 2px; }}
QTabBar::tab:hover {{ color: {text}; background: {hover}; }}
QTabBar::tab:selected {{ color: {text}; border-bottom: 2px solid {accent}; font-weight: 600; }}
QTabBar::tab:focus {{ border: 2px solid {accent}; border-radius: 4px; }}
QTableView, QTreeView, QListView {{ background: {surface}; alternate-background-color: {surface}; color: {text};
  border: 1px solid {line}; border-radius: 6px; gridline-color: {line}; outline: 0;
  selection-background-color: {granted_fill}; selection-color: {text}; }}
QTableView:focus, QTreeView:focus, QListView:focus {{ border: 2px solid {accent}; }}
QTableView::item, QTreeView::item, QListView::item {{ padding: 0 8px; }}
QListView::indicator {{ width: 14px; height: 14px; border: 1px solid {border}; border-radius: 3px;
  background: {surface}; }}
QListView::indicator:checked {{ background: {accent}; border-color: {accent}; image: url({check}); }}
QHeaderView {{ background: {surface}; border: 0; }}
QHeaderView::section {{ background: {surface}; color: {muted}; border: 0; border-bottom: 1px solid {line};
  padding: 5px 8px; font-weight: 600; }}
QTableCornerButton::section {{ background: {surface}; border: 0; border-bottom: 1px solid {line}; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {border}; border-radius: 4px; margin: 2px; min-height: 28px; min-width: 28px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QProgressBar {{ background: {line}; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QProgressBar[role="thin"] {{ max-height: 3px; min-height: 3px; border-radius: 0; background: transparent; }}
QMenuBar {{ background: {surface}; color: {text}; border-bottom: 1px solid {line}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {hover}; }}
QMenu {{ background: {surface}; color: {text}; border: 1px solid {border}; padding: 4px; }}
QMenu::item {{ padding: 5px 28px 5px 14px; border-radius: 4px; }}
QMenu::item:selected {{ background: {granted_fill}; color: {granted_ink}; }}
QMenu::item:disabled {{ color: {border}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QStatusBar {{ background: {surface}; color: {muted}; border-top: 1px solid {line}; }}
QStatusBar::item {{ border: 0; }}
QStatusBar QLabel {{ padding: 0 8px; }}
QToolTip {{ background: {surface}; color: {text}; border: 1px solid {border}; padding: 4px 6px; }}
QSplitter::handle {{ background: {window}; }}
"""
# What is aimed at grows with the zoom; paddings stay, for the focus ring takes its px from them.
_SIDES: Final = re.compile(r"((?:width|height|radius): )(\d+)px")


def style_sheet(theme: Theme, points: float | None = None) -> str:
    """The application's style sheet in `theme`; sizes grow from the system font's points."""
    base = points or QApplication.font().pointSizeF()
    colours = {name: getattr(theme, name) for name in
               ("window", "surface", "text", "muted", "border", "line", "accent", "on_accent", "hover")}  # fmt: skip
    inks = {f"{name}_{part}": getattr(getattr(theme, name), part)
            for name in ("granted", "asked", "none", "error") for part in ("ink", "fill")}  # fmt: skip
    icons = {way: resource("icons", f"{way}-{theme.name}.svg").as_posix() for way in ("up", "down", "check")}
    # A radius beyond half of a side is none: a ring is measured with its border.
    radio = {"ring": px(12), "round": px(12) // 2 + 1, "thick": px(4), "dot": px(12) + 2 - 2 * px(4)}
    sized = _SIDES.sub(lambda found: f"{found[1]}{px(int(found[2]))}px", _SHEET)
    points_of = {"title_pt": round(base * 1.4, 1), "answer_pt": round(base * 1.1, 1)}
    return sized.format(**colours, **inks, **icons, **radio, **points_of)
