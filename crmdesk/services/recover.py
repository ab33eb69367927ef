"""Recovery of what was planted: an analysis runs without the truth, and only then is the truth opened."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crmdesk.contributions import Analysis
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.jobs import Progress, Silent
from crmdesk.mining.execute import Order, Part, run_analysis
from crmdesk.mining.params import find_analysis
from crmdesk.mining.record import RunRecord
from crmdesk.mining.recovery import Labels, agreement_metrics, best_matches, paired_difference
from crmdesk.results import Metric, Rules
from crmdesk.services import recover_rules
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store.queries import runs as queries

TRUTH_FILE = "segments.csv"
WANTED = ("customer", "segment", "tier")
HINT = "--truth names the folder that bank create --truth wrote."


@dataclass(frozen=True)
class Planted:
    """How many groups were planted: `tiers` maps nothing but counts, no name and no customer leaves the file."""

    segments: int
    tiers: tuple[int, ...]


@dataclass(frozen=True)
class Side:
    """One of the two runs against the truth; labels are of the members that the truth knows, by public number."""

    run: RunRecord
    tier1: dict[str, str]
    segment: dict[str, str]


@service(Right.RUN_ANALYSIS, whole=True)
def recover(
    app: App, actor: Actor, truth_dir: Path, analysis_id: str, seed: int = 7, *,
    progress: Progress | None = None, cancel: Callable[[], bool] = lambda: False, runner: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """The document of `crmdesk recover`: of a segmentation, or of rules and sequences, by what the analysis gives.

    Segmentations run with k chosen and with the planted numbers given; before both runs only the numbers of groups
    are read from the truth. Everything else runs once with its defaults, the truth unopened.
    """
    analysis = find_analysis(app.plugins.analyses, analysis_id)
    watch = progress or Silent()
    if issubclass(analysis.gives, Rules):
        recover_rules.check_truth(truth_dir)
        record = run_analysis(app, actor, Order(analysis_id, {}, seed), progress=watch, cancel=cancel, runner=runner)
        return recover_rules.document(record, truth_dir, seed)
    given = given_params(analysis, planted_numbers(truth_dir))

    def side(raw: dict[str, Any], low: float, high: float) -> Side:
        order = Order(analysis_id, raw, seed)
        record = run_analysis(app, actor, order, progress=Part(watch, low, high, cancel), cancel=cancel, runner=runner)
        return _side(app, record)

    sides = {"chosen": side({}, 0.0, 0.6), "given": side(given, 0.6, 0.95)}
    truth = _read_truth(truth_dir)
    return {
        "analysis": analysis_id,
        "seed": seed,
        **{name: _document(found, truth, seed) for name, found in sides.items()},
        "verdict": _verdict(sides["chosen"], sides["given"], truth, seed),
    }


def planted_numbers(truth_dir: Path) -> Planted:
    """The number of planted segments and of tiers in each; CrmdeskError where the folder is no truth folder."""
    tiers = Counter(segment for segment, _ in {(segment, tier) for segment, tier in _read_truth(truth_dir).values()})
    return Planted(len(tiers), tuple(sorted(tiers.values(), reverse=True)))


def given_params(analysis: Analysis, planted: Planted) -> dict[str, int]:
    """The planted numbers as parameters: `k1` and `k2`, or `k` of a single step for segments times tiers.

    One `k2` holds for all groups; where the planted segments differ in tiers it is the commonest (ties: the larger).
    """
    own = analysis.params.own_fields()
    if "k1" in own and "k2" in own:
        commonest = max(Counter(planted.tiers).items(), key=lambda pair: (pair[1], pair[0]))[0]
        return {"k1": planted.segments, "k2": commonest}
    if "k" in own:
        return {"k": sum(planted.tiers)}
    raise BadInput(f"{analysis.id} takes no number of groups; recover works with analyses that have k1 and k2, or k.")


def _read_truth(truth_dir: Path) -> dict[str, tuple[str, str]]:
    """Segment and tier by public customer number."""
    file = truth_dir / TRUTH_FILE
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in WANTED if name not in (reader.fieldnames or ())]
            if missing:
                raise CrmdeskError(f"{file} has no column '{missing[0]}'; it needs {', '.join(WANTED)}.")
            truth = {row["customer"]: (row["segment"], row["tier"]) for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error):
        raise CrmdeskError(f"{file} could not be read; {HINT}") from None
    if not truth:
        raise CrmdeskError(f"{file} is empty; {HINT}")
    return truth


def _side(app: App, record: RunRecord) -> Side:
    """Members by public number, whatever the actor's right to see numbers: none of them leaves this module."""
    table = record.result.tables.get("members") if record.result else None
    if table is None:
        raise CrmdeskError(f"{record.title} gives no table 'members'; recover compares segmentations only.")
    with app.store.read() as session:
        numbers = queries.customer_numbers(session)
    people = [numbers[int(i)] for i in table["customer"].tolist()]
    return Side(
        record,
        dict(zip(people, map(str, table["tier1"].tolist()), strict=True)),
        dict(zip(people, map(str, table["segment"].tolist()), strict=True)),
    )


def _aligned(side: Side, truth: dict[str, tuple[str, str]]) -> tuple[list[str], Labels, Labels, Labels, Labels]:
    """People known to both, then planted and recovered labels: tier 1 and joint."""
    people = sorted(set(side.segment) & set(truth))
    return (
        people,
        Labels.of([truth[p][0] for p in people]),
        Labels.of(["/".join(truth[p]) for p in people]),
        Labels.of([side.tier1[p] for p in people]),
        Labels.of([side.segment[p] for p in people]),
    )


def _document(side: Side, truth: dict[str, tuple[str, str]], seed: int) -> dict[str, Any]:
    people, planted1, planted, tier1, joint = _aligned(side, truth)
    metrics = agreement_metrics(planted1, tier1, seed, "tier1_") | agreement_metrics(planted, joint, seed)
    groups = Counter(t1 for t1, _ in set(zip(side.tier1.values(), side.segment.values(), strict=True)))
    return {
        "run": side.run.uuid,
        "k1": len(groups),
        "k2": [groups[name] for name in sorted(groups, key=_label_order)],
        "members": len(people),
        "metrics": {name: asdict(metric) for name, metric in metrics.items()},
        "segments": best_matches(planted, joint) if people else [],
    }


def _label_order(label: str) -> tuple[int, str]:
    return (int(label), "") if label.isdigit() else (10**9, label)


def _verdict(chosen: Side, given: Side, truth: dict[str, tuple[str, str]], seed: int) -> str:
    """One sentence: how well, and whether knowing the planted numbers makes a difference."""
    people, _, planted, _, first = _aligned(chosen, truth)
    if not people or set(chosen.segment) != set(given.segment):
        return "Cannot be compared: the two runs have no members in common with the truth."
    second = _aligned(given, truth)[4]
    gap = paired_difference(planted, first, second, seed)
    words = _gap_words(gap)
    if len(planted.names) == 1:
        found = len(first.names)
        return "One group was planted and one was found." if found == 1 else (
            f"One group was planted, but {found} were found with k chosen."
        )  # fmt: skip
    ari = {name: agreement_metrics(planted, labels, seed)["ari"].value for name, labels in
           (("chosen", first), ("given", second))}  # fmt: skip
    return f"Joint ARI {ari['chosen']:.3f} with k chosen and {ari['given']:.3f} with k given: {words}."


def _gap_words(gap: Metric) -> str:
    if gap.value is None or gap.low is None or gap.high is None or gap.low <= 0 <= gap.high:
        return "no difference"
    better = "given" if gap.value > 0 else "chosen"
    low, high = sorted((abs(gap.low), abs(gap.high)))
    return f"k {better} is better by {abs(gap.value):.3f} (95 % interval {low:.3f} to {high:.3f})"
