"""Recovery of planted rules and orders: an analysis runs with its defaults, and only then is the truth opened."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crmdesk.domain.errors import CrmdeskError
from crmdesk.mining.record import RunRecord

if TYPE_CHECKING:
    import pandas as pd

HINT: Final = "--truth names the folder that bank create --truth wrote."
DECOY: Final = "decoy"
ARROW: Final = " → "


@dataclass(frozen=True)
class Plan:
    """What one file of the truth plants: a kind, words, the keys to look for, and the planted confidence and lift."""

    kind: str
    words: str
    keys: tuple[str, ...]  # each a JSON list, as the table has them
    confidence: float | None
    lift: float | None


@dataclass(frozen=True)
class Shape:
    """How one kind of result is compared: its table, the columns that tell rows apart, the truth's file and columns."""

    table: str
    keys: tuple[str, ...]
    file: str
    wanted: tuple[str, ...]
    noun: str


RULES: Final = Shape(
    "rules", ("antecedent_keys", "consequent_keys"), "rules.csv",
    ("kind", "antecedent", "consequent", "confidence", "lift", "antecedent_keys", "consequent_keys"), "rule",
)  # fmt: skip
SEQUENCES: Final = Shape(
    "sequences", ("keys",), "sequences.csv", ("first", "then", "days", "share", "first_key", "then_key"), "sequence"
)
SHAPES: Final = (SEQUENCES, RULES)


def check_truth(truth_dir: Path) -> None:
    """Whether the folder has what is opened after the run; CrmdeskError names what it lacks."""
    for shape in SHAPES:
        if not (truth_dir / shape.file).is_file():
            raise CrmdeskError(f"{truth_dir / shape.file} could not be read; {HINT}")


def document(record: RunRecord, truth_dir: Path, seed: int) -> dict[str, Any]:
    """What `crmdesk recover` answers for rules and sequences: each planted one with the figures of the run.

    Found = shown in the run with the very same items; a planted one that was counted but not shown keeps its
    figures, one that was not even counted has None.
    """
    tables: Mapping[str, pd.DataFrame] = record.result.tables if record.result else {}
    shape = next((s for s in SHAPES if s.table in tables), None)
    if shape is None:
        raise CrmdeskError(f"{record.title} gives neither rules nor sequences; recover has nothing to compare.")
    rows = _rows(tables[shape.table], shape)
    lines = {False: list[dict[str, Any]](), True: list[dict[str, Any]]()}
    for plan in _plans(truth_dir, shape):
        lines[plan.kind == DECOY].append(_line(plan, rows.get(plan.keys)))
    planted, decoys = lines[False], lines[True]
    table = tables[shape.table]
    shown = int(table["shown"].sum())
    standing = int(table["stands"].sum()) if "stands" in table else shown  # more than what fits the list may stand
    found, fooled = (sum(line["found"] for line in side) for side in (planted, decoys))
    return {
        "analysis": record.analysis, "seed": seed, "run": record.uuid, "planted": planted, "decoys": decoys,
        "found": found, "of": len(planted), "decoys_found": fooled, "standing": standing, "shown": shown,
        "verdict": _verdict(shape.noun, planted, decoys, shown, standing),
    }  # fmt: skip


def _rows(table: pd.DataFrame, shape: Shape) -> dict[tuple[str, ...], dict[str, Any]]:
    """Rows by their keys, whatever the order of items within a list and the blanks in its text."""
    found: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    return {tuple(_same(row[column]) for column in shape.keys): row for row in found}


def _same(text: str) -> str:
    """A JSON list in one writing: items of a set sorted, steps of a sequence left in order."""
    values = json.loads(text)
    return json.dumps([sorted(v) for v in values] if values and isinstance(values[0], list) else sorted(values))


def _plans(truth_dir: Path, shape: Shape) -> Iterator[Plan]:
    file = truth_dir / shape.file
    for number, row in enumerate(_read(file, shape.wanted), start=2):
        try:
            yield _plan(row, shape)
        except (TypeError, ValueError):  # a field is missing, or is no number or list
            raise CrmdeskError(f"Row {number} of {file} is no planted {shape.noun}; {HINT}") from None


def _plan(row: dict[str, str], shape: Shape) -> Plan:
    if shape is SEQUENCES:
        keys = _same(json.dumps([[row["first_key"]], [row["then_key"]]]))
        words = f"{row['first']}{ARROW}{row['then']} within {row['days']} days"
        return Plan("sequence", words, (keys,), float(row["share"]), None)
    words = f"{row['antecedent']}{ARROW}{row['consequent']}"
    both = tuple(_same(row[name]) for name in shape.keys)
    return Plan(row["kind"], words, both, float(row["confidence"]), float(row["lift"]))


def _read(file: Path, wanted: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in wanted if name not in (reader.fieldnames or ())]
            if missing:
                raise CrmdeskError(f"{file} has no column '{missing[0]}'; it needs {', '.join(wanted)}.")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise CrmdeskError(f"{file} could not be read; {HINT}") from None


def _line(plan: Plan, row: dict[str, Any] | None) -> dict[str, Any]:
    """One planted rule: found or not, and what the run measured beside what was planted."""
    seen = row or {}
    lift = seen.get("lift")
    if lift is None and seen.get("expected"):
        lift = seen["count"] / seen["expected"]  # of a sequence: against the shuffled order
    measured = {name: _number(seen.get(name)) for name in ("confidence", "low", "high")}
    return {
        "kind": plan.kind, "rule": plan.words, "found": bool(seen.get("shown", False)), **measured,
        "lift": _number(lift), "q": _number(seen.get("q")), "planted_confidence": plan.confidence,
        "planted_lift": plan.lift,
    }  # fmt: skip


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _verdict(
    noun: str, planted: list[dict[str, Any]], decoys: list[dict[str, Any]], shown: int, standing: int
) -> str:  # fmt: skip
    """One sentence: how many of each kind came back, whether anything false did, and how many others there are."""
    many = f"{shown:,} {noun}{'' if shown == 1 else 's'} shown in all"
    if shown < standing:
        many = f"{many}, of {standing:,} that stand up to the tests"
    if not planted:
        return f"No {noun} was planted and none is shown." if not shown else f"No {noun} was planted, but {many}."
    words = []
    for kind in dict.fromkeys(line["kind"] for line in planted):
        mine = [line["found"] for line in planted if line["kind"] == kind]
        name = f"{noun}s" if kind == noun else f"{kind} {noun}s"
        words.append(f"{sum(mine)} of {len(mine)} planted {name}")
    fooled = sum(line["found"] for line in decoys)
    false = f"; {fooled} of {len(decoys)} decoys shown" if decoys else ""
    return f"Found: {' and '.join(words)}{false}; {many}."
