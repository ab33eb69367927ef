"""`crmdesk demo`: a bank of invented customers, segmented, reported and opened."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from crmdesk.cli.output import Bar, me, opened, say, warn
from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import demo_file
from crmdesk.services import banks, mining, reports, segments
from crmdesk.store import open_bank

ANALYSIS = "segmentation.two_tier"
open_desk: Callable[[Path | None], int] | None = None


def demo(
    customers: Annotated[int, typer.Option(min=400, help="Number of invented customers.")] = 15000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bank.")] = 7,
    file: Annotated[Path | None, typer.Option(help="Where the demonstration bank lies.")] = None,
    no_window: Annotated[bool, typer.Option("--no-window", help="Do not open the desk.")] = False,
) -> None:
    """Make the Gemstone bank, segment it, write a report and open the desk on it."""
    path = file or demo_file()
    if file is None:
        _make_folder(path.parent)
    if path.exists():
        _same_demo(path, customers, seed)
        say(f"Using the demonstration bank {path} again.")
    else:
        with Bar() as bar:
            banks.create(path, preset="gemstone", customers=customers, seed=seed, progress=bar, actor=me())
        say(f"Made {path}: {customers:,} invented customers.")
    report = path.with_name("report.html")
    with opened(path) as app, Bar() as bar:
        record = mining.run(app, me(), ANALYSIS, {}, seed=seed, progress=bar, cancel=bar.stopped)
        for warning in record.warnings:
            warn(f"Note: {warning}")
        say(record.verdict)
        for card in segments.describe(app, me(), record).cards:
            say(f"  {card.sentence()}")
        reports.write_report(app, me(), record.uuid, report)
    say(f"Report with pictures: {report}")
    if not no_window and open_desk is not None:
        raise typer.Exit(open_desk(path))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        words = f"The folder {folder} could not be made ({error.strerror}); name the bank's place with --file."
        raise CrmdeskError(words) from None


def _same_demo(path: Path, customers: int, seed: int) -> None:
    """Its own bank of the same size and seed is used again; anything else at the path is refused."""
    store = open_bank(path)
    state = store.state()
    store.close()
    if (state.preset, state.customers, state.seed) != ("gemstone", customers, seed):
        raise CrmdeskError(
            f"{path} is another bank than this demonstration ({customers:,} customers, seed {seed}); "
            "name a new one with --file."
        )


def register(program: typer.Typer) -> None:
    program.command("demo")(demo)
