"""Entry of the command line: exit codes, and one sentence on stderr for whatever went wrong."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from crmdesk import __version__
from crmdesk.cli import bank, colleagues, daily, demo, guard, mine, offers, permission, plugin, user
from crmdesk.cli.output import Options, debugging, options, warn
from crmdesk.domain.errors import BadInput, CrmdeskError, NeedsSecond
from crmdesk.jobs import Cancelled
from crmdesk.services.sign_in import Cost

CANCELLED = "Cancelled; nothing half done was kept."
ASKS = 'Ask for it with --ask "WHY"; '
WAITS = "crmdesk proposals FILE shows what waits."
ANYWHERE = ("--user", "--passphrase-file")
OpenDesk = Callable[[Path | None], int]
Draw = Callable[[Path, Path], list[str]]

program = typer.Typer(
    name="crmdesk",
    help="A desktop CRM for retail banks with data mining built in. Without a command it opens the desk.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)
for part in (demo, bank, guard, user, daily, colleagues, permission, mine, offers, plugin):
    part.register(program)


@program.callback()
def everywhere(
    safe_mode: bool = typer.Option(False, "--safe-mode", help="Load no plugin."),
    user: str = typer.Option("", "--user", metavar="NAME", help="Who signs in to a bank with users."),
    passphrase_file: str = typer.Option(
        "", "--passphrase-file", metavar="PATH", help="Its first line is the passphrase; - is stdin."
    ),
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    options.safe_mode, options.user, options.passphrase_file = safe_mode, user, passphrase_file
    if version:
        typer.echo(f"crmdesk {__version__}")
        raise typer.Exit


def main(
    argv: Sequence[str], *, open_desk: OpenDesk | None = None, draw_figures: Draw | None = None,
    cost: Cost | None = None,
) -> int:  # fmt: skip
    """Run one command; returns the exit code: 0 done, 1 failed or refused, 2 usage. `cost`: of trying a password."""
    # joblib would print a warning where lscpu is odd; the worker sets its own threads anyway.
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", str(os.cpu_count() or 1))
    demo.open_desk, mine.draw_figures = open_desk, draw_figures
    vars(options).update(vars(Options(cost=cost)))
    try:
        found = program(args=_hoisted(argv), prog_name="crmdesk", standalone_mode=False)
        return found if isinstance(found, int) else 0
    except typer.Exit as stop:
        # Typer turns a Ctrl-C that nobody waited for into 130 without a word.
        return _fail(stop, CANCELLED, 1) if stop.exit_code == 130 else int(stop.exit_code)
    except typer.TyperException as error:
        return _fail(error, _usage(error), int(getattr(error, "exit_code", 2)))
    except BadInput as error:
        return _fail(error, str(error), 2)
    except NeedsSecond as error:
        return _fail(error, f"{error} {WAITS if error.waiting else ASKS + WAITS}", 1)
    except CrmdeskError as error:
        return _fail(error, str(error), 1)
    except (Cancelled, KeyboardInterrupt, typer.Abort) as error:
        return _fail(error, CANCELLED, 1)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:
        words = f"crmdesk met a fault of its own ({type(error).__name__}: {error}); nothing half done was kept."
        return _fail(error, words + " Set CRMDESK_DEBUG=1 to see where.", 1)


def _hoisted(argv: Sequence[str]) -> list[str]:
    """The words of the command with --user and --passphrase-file before it: they may stand anywhere."""
    first: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            return [*first, *rest, word, *words]
        if word in ANYWHERE:
            first += [word, *([value] if (value := next(words, None)) is not None else [])]
        elif word.partition("=")[0] in ANYWHERE:
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def _usage(error: typer.TyperException) -> str:
    words = getattr(error, "format_message", lambda: str(error))().strip().rstrip(".")
    words = words.partition(", unable to parse")[0].replace("Input should be a valid", "this should be a valid")
    return f"{words}; crmdesk --help lists the commands." if words else "crmdesk --help lists the commands."


def _fail(error: BaseException, sentence: str, code: int) -> int:
    if debugging():
        traceback.print_exception(error)
    warn(" ".join(sentence.split()))
    return code
