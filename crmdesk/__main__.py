"""The program: alone or with a bank it opens the desk; anything else is a command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ENDING = ".crmdesk"
NO_QT = "The window's libraries are missing here ({why}); use the commands instead: crmdesk --help"


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the desk or of the command. The window opens before the command line is loaded."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        return open_desk(None)
    if len(words) == 1 and words[0].endswith(ENDING):
        if Path(words[0]).is_file():
            return open_desk(Path(words[0]))
        sys.stderr.write(f"{words[0]} does not exist. Create it first: crmdesk bank create {words[0]} --preset empty\n")
        return 1
    from crmdesk.cli import main as command
    from crmdesk.desk.drawing import draw_in_child

    return command(words, open_desk=open_desk, draw_figures=draw_in_child)


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
