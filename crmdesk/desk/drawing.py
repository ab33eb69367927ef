"""Drawing a result's figures in a child process, for exports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def draw_in_child(result_file: Path, out_dir: Path) -> list[str]:
    """NAME.png and NAME.svg for every figure of the stored result; gives warnings, none where all were drawn."""
    command = [sys.executable, "-m", "crmdesk.desk.figures", str(result_file), str(out_dir)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    if done.returncode == 0:
        return []
    lines = done.stderr.strip().splitlines()
    return [lines[-1] if lines else "The pictures could not be drawn; the tables are complete."]
