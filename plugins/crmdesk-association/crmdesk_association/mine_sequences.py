"""`association.sequences`: in which order customers take products or act, how long it takes, which is no accident."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from crmdesk.api import Metric, Progress, Rules, statistics
from crmdesk_association.itemsets.miner import threshold
from crmdesk_association.params import SequenceParams
from crmdesk_association.sequences import sequence_words as words
from crmdesk_association.sequences import waiting
from crmdesk_association.sequences.histories import Histories, read
from crmdesk_association.sequences.order_test import Judgement, judge
from crmdesk_association.sequences.prefixspan import Limits, Pattern, Sequence
from crmdesk_association.sequences.searched import searched
from crmdesk_association.sequences.sequence_budget import mine
from crmdesk_association.sequences.sequence_figures import figures

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "sequence", "steps", "length", "customers", "customers_with_all", "customers_before", "count", "support",
    "confidence", "low", "high", "expected", "excess", "median_days", "q25_days", "q75_days", "p", "q", "part_q",
    "stands", "shown", "text", "keys",
)  # fmt: skip


def run(frame: pd.DataFrame, params: SequenceParams, progress: Progress) -> Rules:
    """Sequences of two steps and more with their waiting times and a test of their order; `shown` is what stands.

    AnalysisError with a sentence where the data is too little or the least support gives too many sequences.
    """
    progress.step(0.0, "Reading the histories")
    histories = read(frame, params, lambda: progress.step(0.0, "Reading the histories"))
    limits = Limits(params.min_gap_days, params.max_gap_days, params.max_span_days)
    progress.step(0.05, "Looking for sequences")
    least = threshold(params.min_support, histories.n)
    found = mine(
        histories, least, limits, longest=params.max_length,
        most=params.max_patterns, step=lambda done: progress.step(0.05 + 0.35 * done, "Looking for sequences"),
    )  # fmt: skip
    ordered = [sequence for sequence in found if len(sequence.steps) > 1]
    tests = searched(histories, found, least, params.max_length)
    judged = judge(
        histories, [sequence.steps for sequence in ordered], limits, shuffles=params.shuffles, seed=params.seed,
        fdr=params.fdr, tests=tests, step=lambda done: progress.step(0.4 + 0.5 * done, "Shuffling the order"),
    )  # fmt: skip
    progress.step(0.92, "Writing it down")
    table, patterns = _table(histories, found, ordered, judged, params)
    shown = {int(n): patterns[int(n) - 1] for n in table.loc[table["shown"], "sequence"]}
    tables = {
        "sequences": table,
        "waiting": waiting.histogram(waiting.search_of(histories, limits), shown, limits),
        "items": _items(histories, found),
    }
    drawn = figures(table, tables["waiting"], params.max_gap_days)
    return Rules(
        _verdict(table), _metrics(histories, table, judged, tests), tables, drawn,
        tuple(_warnings(histories, table, judged)),
    )  # fmt: skip


def _table(histories: Histories, found: list[Sequence], ordered: list[Sequence], judged: Judgement,
           params: SequenceParams) -> tuple[pd.DataFrame, list[Pattern]]:  # fmt: skip
    """The table `sequences` and the patterns of its rows: shown, tested, others, each by customers beyond chance.

    customers: all; customers_with_all: those who have what every step asks for, in whatever order (`expected` is of
    them); customers_before: those who show all steps but the last, in order; count: those who show the whole;
    confidence = count / customers_before, with its Wilson interval.
    """
    import pandas as pd

    counts = np.array([sequence.count for sequence in ordered], dtype=np.int64)
    known = {sequence.steps: sequence.count for sequence in found}
    before = np.array([known[sequence.steps[:-1]] for sequence in ordered], dtype=np.int64)
    excess = counts - judged.expected
    stands, shown = judged.shown, judged.shown.copy()
    ranking = np.lexsort((np.arange(len(counts)), -excess, np.isnan(judged.p), ~shown))
    shown[ranking[params.top :]] = False
    low, high = statistics.wilson(counts, before)
    columns: dict[str, object] = {
        "length": [sequence.length for sequence in ordered], "customers": histories.n,
        "customers_with_all": with_all(histories, [sequence.steps for sequence in ordered]),
        "customers_before": before, "count": counts,
        "support": counts / max(histories.n, 1), "confidence": counts / np.maximum(before, 1), "low": low, "high": high,
        "expected": judged.expected, "excess": excess, "p": judged.p, "q": judged.q, "part_q": judged.part_q,
        "stands": stands, "shown": shown,
    }  # fmt: skip
    table = pd.DataFrame(columns, index=range(len(ordered)))
    days = np.array([sequence.days for sequence in ordered], dtype=np.float64).reshape(-1, 3)
    table["q25_days"], table["median_days"], table["q75_days"] = days.T
    labels = histories.labels
    table["steps"] = [words.steps_text(sequence.steps, labels) for sequence in ordered]
    table["text"] = [
        words.sentence(sequence.steps, labels, *row, params)
        for sequence, row in zip(ordered, zip(low.tolist(), high.tolist(), days[:, 1].tolist(), counts.tolist(),
                                              judged.expected.tolist(), strict=True), strict=True)
    ]  # fmt: skip
    table["keys"] = [json.dumps([[histories.items[i].key for i in step] for step in s.steps]) for s in ordered]
    table = table.iloc[ranking].reset_index(drop=True)
    table["sequence"] = np.arange(1, len(table) + 1)
    return table[list(COLUMNS)], [ordered[i].steps for i in ranking.tolist()]


def with_all(histories: Histories, patterns: list[Pattern]) -> list[int]:
    """Customers who have what every step of a sequence asks for, whenever and in whatever order, for each pattern."""
    search = waiting.search_of(histories, Limits())
    held: dict[tuple[int, ...], np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
    for items in {items for steps in patterns for items in steps}:
        held[items] = np.zeros(histories.n, dtype=bool)
        held[items][search.owner[search.holds(items)]] = True
    return [int(np.logical_and.reduce([held[items] for items in steps]).sum()) for steps in patterns]


def _items(histories: Histories, found: list[Sequence]) -> pd.DataFrame:
    """The table `items`: what there is, who has it, and why it was left out where it was."""
    import pandas as pd

    frequent = {sequence.steps[0][0] for sequence in found if sequence.length == 1}
    rows = [
        (item.key, item.label, item.kind, int(count), int(count) / histories.n, place in frequent,
         "" if place in frequent else "too few customers have it")
        for place, (item, count) in enumerate(zip(histories.items, histories.holders.tolist(), strict=True))
    ]  # fmt: skip
    rows += [(item.key, item.label, item.kind, count, count / histories.n, False, "nearly everybody has it")
             for item, count in histories.dropped]  # fmt: skip
    return pd.DataFrame(rows, columns=["item", "label", "kind", "count", "share", "used", "reason"])


def _metrics(histories: Histories, table: pd.DataFrame, judged: Judgement, tests: int) -> dict[str, Metric]:
    return {
        "customers": Metric(histories.n),
        "items": Metric(len(histories.items)),
        "sequences": Metric(len(table)),
        "sequences_searched": Metric(max(tests, len(table))),
        "sequences_tested": Metric(int(table["p"].notna().sum())),
        "sequences_standing": Metric(int(table["stands"].sum())),
        "sequences_shown": Metric(int(table["shown"].sum())),
        "tested_customers": Metric(judged.tested_customers),
    }


def _verdict(table: pd.DataFrame) -> str:
    standing, shown = int(table["stands"].sum()), int(table["shown"].sum())
    best = str(table["steps"].iloc[0]) if shown else ""
    return words.verdict(len(table), int(table["p"].notna().sum()), standing, shown, best)


def _warnings(histories: Histories, table: pd.DataFrame, judged: Judgement) -> list[str]:
    found = list(histories.notes)
    if judged.tested_customers < histories.n:
        tested = int(table["p"].notna().sum())
        found.append(words.sampled(tested, len(table), judged.tested_customers, histories.n))
    return found
