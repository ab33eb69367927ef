"""What the command line says: the answer on stdout, progress and the reason of a failure on stderr."""

import getpass
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmdesk.app import App, build_app
from crmdesk.domain.rights import Actor, single_user
from crmdesk.jobs import Cancelled

WIDEST = 48  # longer texts are whole in the JSON document and in the files of --out


@dataclass
class Options:
    """Choices made before the command: set once by the entry point."""

    safe_mode: bool = False


options = Options()


def me() -> Actor:
    """The computer's account: in single-user mode it holds every role."""
    try:
        return single_user(getpass.getuser())
    except (KeyError, OSError):
        return single_user("unknown")


@contextmanager
def opened(file: Path) -> Iterator[App]:
    """The bank at `file`, closed again whatever happens."""
    app = build_app(file, safe_mode=options.safe_mode)
    try:
        yield app
    finally:
        app.close()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def warn(text: str) -> None:
    sys.stderr.write(text + "\n")


def answer(document: Mapping[str, Any], as_json: bool, text: str) -> None:
    """The one answer of a command: its JSON document, or the same for people."""
    say(json.dumps(document, ensure_ascii=False, allow_nan=False, default=str) if as_json else text)


class Bar:
    """Progress on a terminal's stderr, at most ten lines a second; elsewhere silent.

    While it stands, Ctrl-C is a wish that the next step feels, so that it never breaks into the middle of a write;
    what is saved by then stays saved. A second Ctrl-C ends the program.
    """

    def __init__(self) -> None:
        self._shown = 0.0
        self._on = sys.stderr.isatty()
        self._asked = False
        self._before: Any = None

    def stopped(self) -> bool:
        return self._asked

    def _ask(self, *_: object) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def step(self, fraction: float, text: str = "") -> None:
        if self._asked:
            raise Cancelled
        now = time.monotonic()
        if self._on and now - self._shown > 0.1:
            self._shown = now
            sys.stderr.write(f"\r\x1b[K{100 * min(max(fraction, 0), 1):3.0f} %  {text}")
            sys.stderr.flush()

    def __enter__(self) -> "Bar":
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *error: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        if self._on:
            sys.stderr.write("\r\x1b[K")


def grid(columns: Sequence[str], rows: Sequence[Sequence[Any]], most: int = 40) -> str:
    """A plain table: numbers right, text left, no row wider than its words."""
    shown = [[_cell(v) for v in row] for row in rows[:most]]
    widths = [max([len(c), *(len(r[i]) for r in shown)]) for i, c in enumerate(columns)]
    number = [all(isinstance(r[i], int | float) or r[i] is None for r in rows[:most]) for i in range(len(columns))]
    lines = []
    for row in [list(columns), *shown]:
        cells = [v.rjust(w) if n else v.ljust(w) for v, w, n in zip(row, widths, number, strict=True)]
        lines.append("  ".join(cells).rstrip())
    if len(rows) > most:
        lines.append(f"... and {len(rows) - most:,} more")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = " ".join(str(value).split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def debugging() -> bool:
    return os.environ.get("CRMDESK_DEBUG") == "1"
