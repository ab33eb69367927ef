"""The program: alone or with a bank it opens the desk; anything else is a command."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

ENDING = ".crmdesk"
NO_QT = "The window's libraries are missing here ({why}); use the commands instead: crmdesk --help"


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the desk or of the command. The window opens before the command line is loaded."""
    os.umask(0o077)  # a bank, its backups and what is taken out of it belong to the person at the keyboard alone
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        return open_desk(None)
    if len(words) == 1 and words[0].endswith(ENDING):
        if Path(words[0]).is_file():
            return open_desk(Path(words[0]))
        sys.stderr.write(f"{words[0]} does not exist. Create it first: crmdesk bank create {words[0]} --preset empty\n")
        return 1
    return _command(words)


def _command(words: list[str]) -> int:
    """Run a command; a Ctrl-C at any moment, even while modules load, is one sentence and exit code 1."""
    interrupted: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        interrupted.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        from crmdesk.cli import main as command
        from crmdesk.desk.drawing import draw_in_child

        code = command(words, open_desk=open_desk, draw_figures=draw_in_child)
    except KeyboardInterrupt:
        sys.stderr.write("Cancelled before anything began.\n")
        code = 1
    if interrupted:
        # Where the interrupt passed through an import, CPython would end by the signal although it was handled.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def open_desk(path: Path | None) -> int:
    """The window, until it is closed; one sentence and 1 where Qt cannot be loaded."""
    try:
        from crmdesk.desk import start
    except ImportError as error:
        sys.stderr.write(NO_QT.format(why=error) + "\n")
        return 1
    return start.open_desk(path)


if __name__ == "__main__":
    sys.exit(main())
