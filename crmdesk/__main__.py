"""The program: alone or with a bank it opens the desk; anything else is a command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ENDING = ".crmdesk"
NO_QT = "The window's libraries are missing here (Qt says: {why}); python3 run.py names the line that installs them."


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the desk or of the command. The window opens before the command line is loaded."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        return open_desk(None)
    if len(words) == 1 and words[0].endswith(ENDING) and Path(words[0]).is_file():
        return open_desk(Path(words[0]))
    from crmdesk.cli.main import main as command

    return command(words, open_desk=open_desk, draw_figures=draw_figures)


def open_desk(path: Path | None) -> int:
    """The window, until it is closed; one sentence and 1 where Qt cannot be loaded."""
    try:
        from crmdesk.desk import start
    except ImportError as error:
        sys.stderr.write(NO_QT.format(why=error) + "\n")
        return 1
    return start.open_desk(path)


def draw_figures(result_file: Path, out_dir: Path) -> list[str]:
    """Draw every figure of a result in a child process, so that this one never loads Qt; gives the file names.

    Raises RuntimeError with the child's sentence where it could not draw.
    """
    command = [sys.executable, "-m", "crmdesk.desk.figures", str(result_file), str(out_dir)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise RuntimeError(lines[-1] if lines else "The pictures could not be drawn.")
    return done.stdout.split()


if __name__ == "__main__":
    sys.exit(main())
