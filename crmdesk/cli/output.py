"""What the command line says: the answer on stdout, progress and the reason of a failure on stderr."""

import getpass
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmdesk.app import App, build_app
from crmdesk.domain.errors import CrmdeskError, Refused, SignInNeeded
from crmdesk.domain.rights import Actor, single_user
from crmdesk.jobs import Cancelled
from crmdesk.services import sign_in
from crmdesk.services.sign_in import Cost, Keys

WIDEST = 48  # longer texts are whole in the JSON document and in the files of --out


@dataclass
class Options:
    """Choices made before the command: set anew by the entry point for each."""

    safe_mode: bool = False
    user: str = ""
    passphrase_file: str = ""  # "-" is stdin
    cost: Cost | None = None  # what a password costs to try; tests with many sign-ins say less
    actor: Actor | None = None  # who signed in to the bank that is open
    given: str = ""  # by which passphrase
    typed: str | None = None  # stdin can be read once only


options = Options()


def me() -> Actor:
    """Who gives the command: the person signed in, or the computer's account in a bank without users."""
    return options.actor or single_user(sign_in.computer_account())


def built(path: Path, keys: Keys | None) -> App:
    return build_app(path, keys=keys, safe_mode=options.safe_mode)


@contextmanager
def opened(file: Path, *, unready: bool = False) -> Iterator[App]:
    """The bank at `file` with its person signed in, closed again whatever happens.

    `unready`: also for somebody who still has a one-time password.
    """

    with _asked(file):
        given = _passphrase(file)
        app, actor = sign_in.enter(file, built, options.user, given, cost=options.cost)
    options.actor, options.given = actor, given
    try:
        if not unready and sign_in.must_change(app, actor):
            words = f"This is a one-time password; choose your own one first: crmdesk user {file} password"
            raise Refused(words + f" --user {actor.login}")
        yield app
    finally:
        options.actor, options.given = None, ""
        with suppress(CrmdeskError):  # a bank that was encrypted meanwhile lets nobody sign out
            sign_in.leave(app, actor)
        app.close()


def closed(file: Path) -> tuple[Keys | None, Actor]:
    """Who works on the file of a bank that is not opened, and the keys of an encrypted one."""
    with _asked(file):
        return sign_in.at_file(file, options.user, _passphrase(file), cost=options.cost)


def _passphrase(file: Path) -> str:
    """What opens the bank: the first line of --passphrase-file, or typed; "" where nothing is asked or can be."""
    if not sign_in.door(file).asks:
        return ""
    if options.passphrase_file:
        return first_line(options.passphrase_file)
    if (options.user or not sign_in.door(file).users) and sys.stdin.isatty():
        return getpass.getpass("Passphrase: ", stream=sys.stderr)
    return ""


def first_line(place: str) -> str:
    """The first line of a file, or of stdin for "-"; CrmdeskError where it is empty or cannot be read."""
    try:
        if place != "-":
            with Path(place).open(encoding="utf-8") as stream:
                found = stream.readline()
        else:
            options.typed = sys.stdin.readline() if options.typed is None else options.typed
            found = options.typed
    except (OSError, UnicodeDecodeError):
        raise CrmdeskError(f"The passphrase file {place} could not be read; check its name and its rights.") from None
    if not found.rstrip("\r\n"):
        raise CrmdeskError("The first line of the passphrase file is empty; it holds the passphrase.")
    return found.rstrip("\r\n")


def recovery_key() -> str:
    """The printed recovery key: the first line of --passphrase-file, or typed on a terminal."""
    if options.passphrase_file:
        return first_line(options.passphrase_file)
    if not sys.stdin.isatty():
        raise CrmdeskError("The recovery key is asked on a terminal; without one give --passphrase-file PATH.")
    return getpass.getpass("Recovery key: ", stream=sys.stderr)


def chosen_passphrase(place: str, what: str) -> str:
    """A new passphrase: the first line of a file, or typed twice on a terminal."""
    if place:
        return first_line(place)
    if not sys.stdin.isatty():
        raise CrmdeskError(f"{what} is asked on a terminal; without one give a file whose first line it is.")
    typed = getpass.getpass(f"{what}: ", stream=sys.stderr)
    if getpass.getpass("Once more: ", stream=sys.stderr) != typed:
        raise CrmdeskError("The two differ; nothing was changed. Try again.")
    return typed


@contextmanager
def _asked(file: Path) -> Iterator[None]:
    """Say to a command how a bank is told who is there."""
    try:
        yield
    except SignInNeeded as error:
        name = "--user NAME and " if error.door.users else ""
        has = "has users" if error.door.users else "is encrypted"
        raise Refused(f"{file} {has}; give {name}--passphrase-file PATH (- for stdin).") from None


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
