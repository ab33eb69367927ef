"""Commands of mining: analyses, mine, recover, runs, rerun, score."""

import contextlib
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from crmdesk.cli.bank import File, Json
from crmdesk.cli.output import Bar, answer, grid, me, opened, options, warn
from crmdesk.cli.where import SavedName, Where, population
from crmdesk.domain.errors import BadInput
from crmdesk.jobs.runner import InlineRunner
from crmdesk.plugin_host import Host
from crmdesk.services import mining, recover, scoring
from crmdesk.services import rerun as again
from crmdesk.services import runs as history
from crmdesk.services.export import export
from crmdesk.services.reports import findings

# Handed over by the entry point: draws figures in a child process, so that `mine` itself never loads Qt.
draw_figures: Callable[[Path, Path], list[str]] | None = None
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Same seed, same result.")]
TOLD = 10  # sentences of what stood up, in the terminal
EXTRA = {"allow_extra_args": True, "ignore_unknown_options": True}


def analyses(json: Json = False) -> None:
    """What can be mined, with parameters and needed features."""
    found = [info.document() for info in mining.analyses(Host.load(safe_mode=options.safe_mode))]
    blocks = []
    for info in found:
        lines = [f"{info['id']}  {info['title']}: {info['summary']}"]
        for p in info["params"]:
            default = "empty" if p["default"] in (None, "") else p["default"]
            some = f" Some of: {', '.join(p['choices'])}." if p.get("kind") == "choices" else ""
            lines.append(
                f"    --{p['name'].replace('_', '-')}  ({p['type']}, default {default})  {p['description'] or ''}{some}"
            )
        blocks.append("\n".join(lines))
    answer({"analyses": found}, json, "\n".join(blocks) or "No plugin offers an analysis; see: crmdesk plugin list")


def raw_params(words: Sequence[str]) -> dict[str, str]:
    """`--at-least 3 --flag=x` as {"at_least": "3", "flag": "x"}; a flag without a value is "true"."""
    found: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--") or len(word) < 3:
            raise BadInput(f"'{word}' is not a parameter; write --NAME VALUE (crmdesk analyses lists the names).")
        name, has_value, value = word[2:].partition("=")
        if not has_value:
            takes_next = rest and not (rest[0].startswith("--") and len(rest[0]) > 2)
            value = rest.pop(0) if takes_next else "true"
        key = name.replace("-", "_")
        if key in found:
            raise BadInput(f"--{name} is given twice; give it once.")
        found[key] = value
    return found


def mine(
    context: typer.Context,
    file: File,
    analysis: Annotated[str, typer.Argument(metavar="ANALYSIS", help="An id that `crmdesk analyses` lists.")],
    seed: Seed = 7,
    as_of: Annotated[str | None, typer.Option(help="Last day of the data (ISO date).")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for tables (CSV) and pictures (PNG, SVG).")] = None,
    where: Where = None,
    saved: SavedName = None,
    inline: Annotated[bool, typer.Option("--inline", help="Run in this process, for plugin authors.")] = False,
    json: Json = False,
) -> None:
    """Run one analysis and record it; its own parameters follow as --NAME VALUE."""
    params = raw_params(context.args)
    if out is not None:
        _check_folder(out)  # now, not when an hour of mining is over
    with opened(file) as app, Bar() as bar:
        runner = InlineRunner() if inline else None
        people = population(app, where, saved)
        # A plugin under its author's debugger may print; stdout stays the answer's.
        with contextlib.redirect_stdout(sys.stderr):
            record = mining.run(app, me(), analysis, params, seed=seed, as_of=as_of, progress=bar,
                                cancel=bar.stopped, runner=runner, population=people)  # fmt: skip
        written = export(app, me(), record.uuid, out, draw_figures) if out is not None else None
    document = mining.mine_document(record)
    document["warnings"] += written.warnings if written else ()
    for warning in document["warnings"]:
        warn(f"Note: {warning}")
    answer(document, json, _mined(document, findings(record.result)))
    if out is not None and not json:
        warn(f"Tables and pictures are in {out}.")


def _check_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out} is a file; --out needs a folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise BadInput(f"{out} cannot be written ({error.strerror}); name another folder.") from None


def _mined(document: dict[str, Any], found: tuple[list[str], int]) -> str:
    population = document["population"]
    left_out = ", ".join(f"{n:,} {reason.replace('_', ' ')}" for reason, n in population["excluded"].items() if n)
    used = f"Used {population['eligible']:,} customers; left out: {left_out or 'nobody'}."
    day = f"Data to {document['as_of']}, "
    if not population["eligible"] and not left_out:  # baskets from a file
        used, day = "No data of the bank's customers was used.", ""
    lines = [document["verdict"], used, f"{day}seed {document['seed']}, run {document['run']}."]
    for name, m in document["metrics"].items():
        if m["value"] is not None:
            between = f" ({m['low']:.3f} to {m['high']:.3f})" if m["low"] is not None and m["high"] is not None else ""
            # A whole number without an interval is a count.
            value = f"{m['value']:,.0f}" if not between and m["value"].is_integer() else f"{m['value']:.3f}"
            lines.append(f"  {name.replace('_', ' ')}: {value}{between}")
    sentences, all_found = found
    if sentences:
        lines += ["\nWhat stood up:", *(f"{place:3}. {text}" for place, text in enumerate(sentences[:TOLD], start=1))]
        if all_found > TOLD:
            lines.append(f"     and {all_found - TOLD:,} more: --out writes them all, the desk shows them.")
    for name, table in document["tables"].items():
        told = {"shown", "text"} <= set(table["columns"])  # its sentences stand above
        lines += [f"\n{name} ({table['rows']:,} rows)", *([] if told else [grid(table["columns"], table["head"])])]
    return "\n".join(lines)


def recover_(
    file: File,
    analysis: Annotated[str, typer.Argument(metavar="ANALYSIS")],
    truth: Annotated[Path, typer.Option(help="The truth folder that `bank create --truth` wrote.")],
    seed: Seed = 7,
    json: Json = False,
) -> None:
    """Find what was planted: segments with k chosen and with k given, rules and sequences with the defaults."""
    with opened(file) as app, Bar() as bar:
        document = recover.recover(app, me(), truth, analysis, seed=seed, progress=bar, cancel=bar.stopped)
    answer(document, json, "\n".join([document["verdict"], *_recovered(document)]))


def _recovered(document: dict[str, Any]) -> list[str]:
    """What is said below the verdict: two sides of a segmentation, or one line for each planted rule."""
    if "planted" in document:
        columns = ["kind", "rule", "found", "planted_confidence", "confidence", "low", "high", "lift", "q"]
        found = [
            {**line, "found": "yes" if line["found"] else "no"} for line in document["planted"] + document["decoys"]
        ]
        return ["", grid(columns, [[line[c] for c in columns] for line in found], most=100)] if found else []
    columns = ["planted", "n", "recovered", "precision", "recall", "f1"]
    sides = []
    for side in ("chosen", "given"):
        found = document[side]
        figures = ", ".join(f"{k} {v['value']:.3f}" for k, v in found["metrics"].items() if v["value"] is not None)
        sides += [f"\nk {side}: {found['k1']} groups, {sum(found['k2'])} segments. {figures}",
                  grid(columns, [[s[c] for c in columns] for s in found["segments"]])]  # fmt: skip
    return sides


def runs(file: File, json: Json = False) -> None:
    """The run history, newest first."""
    with opened(file) as app:
        document = {"runs": [record.line() for record in history.runs(app, me())]}
    columns = ["run", "analysis", "began_at", "by", "as_of", "outcome", "verdict"]
    rows = [[r[c] for c in columns] for r in document["runs"]]
    answer(document, json, grid(columns, rows, most=200) if rows else "No analysis has been run in this bank yet.")


def rerun(file: File, run: Annotated[str, typer.Argument(metavar="RUN")], json: Json = False) -> None:
    """The same run again: the same bytes, or an explained difference."""
    with opened(file) as app, Bar() as bar:
        document = again.rerun(app, me(), run, progress=bar, cancel=bar.stopped).document()
    words = "The same result, byte for byte." if document["same"] else "The result differs."
    answer(document, json, "\n".join([words, *document["differences"], f"Run {document['run']} of {document['of']}."]))


def score(
    file: File,
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run of the history that stored a model.")],
    customer: Annotated[list[str] | None, typer.Option(help="A customer number; may be repeated.")] = None,
    json: Json = False,
) -> None:
    """Place customers who came after a run with its model; without --customer everybody new and permitted."""
    with opened(file) as app, Bar() as bar:
        report = scoring.score(app, me(), run, customer or None, progress=bar, cancel=bar.stopped)
    left_out = ", ".join(f"{n:,} {reason.replace('_', ' ')}" for reason, n in report.excluded.items())
    lines = [f"Customers scored: {len(report.rows):,}; left out: {left_out or 'nobody'}.",
             f"Data to {report.as_of}, model of run {report.run}; the scores are not stored."]  # fmt: skip
    if report.rows:
        lines += ["", grid(list(report.rows[0]), [list(row.values()) for row in report.rows])]
    answer(report.document(), json, "\n".join(lines))


def register(program: typer.Typer) -> None:
    program.command("analyses")(analyses)
    program.command("mine", context_settings=EXTRA)(mine)
    program.command("recover")(recover_)
    program.command("runs")(runs)
    program.command("rerun")(rerun)
    program.command("score")(score)
