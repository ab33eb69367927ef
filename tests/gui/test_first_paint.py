"""Before the first frame only the standard library, PySide6 and pluggy are loaded; and None stays alive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("pydantic", "sklearn", "pandas", "mlxtend", "pyqtgraph", "duckdb", "sqlmodel", "sqlalchemy", "numpy", "scipy",
         "pyarrow", "typer", "alembic", "jinja2", "psutil", "platformdirs", "crmdesk.store", "crmdesk.services",
         "crmdesk.cli", "crmdesk.contributions")  # fmt: skip
CODE = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import crmdesk.desk.frame as frame

def look(self):
    self.painted.connect(lambda: (sys.stdout.write(json.dumps(sorted(sys.modules))), QApplication.exit(0)))

first = frame.Frame.__init__
def init(self, *args):
    first(self, *args)
    look(self)
frame.Frame.__init__ = init
from crmdesk.__main__ import main
sys.exit(main([]))
"""
ALIVE = """
from PySide6.QtWidgets import QApplication, QLabel
import crmdesk.desk
app = QApplication([])
label = QLabel()
for _ in range(100_000):
    label.setText("x")
    label.isVisible()
"""


def child(code: str, config: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "CRMDESK_CONFIG": str(config)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environment)


def test_nothing_heavy_is_loaded_at_first_paint(tmp_path: Path) -> None:
    done = child(CODE, tmp_path)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert "PySide6.QtWidgets" in loaded and "crmdesk.desk.frame" in loaded
    assert not loaded & set(HEAVY)


def test_many_calls_into_qt_do_not_end_the_process(tmp_path: Path) -> None:
    done = child(ALIVE, tmp_path)
    assert done.returncode == 0, done.stderr[-500:]


def test_without_a_screen_the_desk_says_so(tmp_path: Path) -> None:
    gone = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {k: v for k, v in os.environ.items() if k not in gone} | {"CRMDESK_CONFIG": str(tmp_path)}
    if not sys.platform.startswith("linux"):
        return
    done = subprocess.run(
        [sys.executable, "-m", "crmdesk"], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "no screen" in done.stderr


def test_a_missing_bank_is_one_sentence(tmp_path: Path) -> None:
    done = child(
        f"import sys; from crmdesk.__main__ import main; sys.exit(main([{str(tmp_path / 'x.crmdesk')!r}]))", tmp_path
    )
    assert done.returncode == 1 and "does not exist" in done.stderr and not done.stdout
