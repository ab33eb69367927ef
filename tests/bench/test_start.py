"""E1: crmdesk's first painted window against a bare PySide6 window, each in a fresh process."""

from __future__ import annotations

import sys
from pathlib import Path

from harness import Command, compare

GATE = 1.5
BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, QApplication.quit)

app = QApplication([])
window = Window()
window.resize(1280, 800)
window.show()
app.exec()
"""
DESK = """
import crmdesk.__main__ as program
from PySide6.QtWidgets import QApplication
from crmdesk.desk import frame

first = frame.Frame.__init__
def init(self, *args):
    first(self, *args)
    self.painted.connect(QApplication.quit)
frame.Frame.__init__ = init
raise SystemExit(program.main([]))
"""


def test_first_painted_window(tmp_path: Path) -> None:
    environment = {"QT_QPA_PLATFORM": "offscreen", "CRMDESK_CONFIG": str(tmp_path)}
    bare = Command("bare PySide6 window", [sys.executable, "-c", BARE], environment=environment)
    desk = Command("crmdesk, first frame", [sys.executable, "-c", DESK], environment=environment)
    compare("E1 first painted window", bare, desk, gate=GATE, measure="wall", runs=5).check()
