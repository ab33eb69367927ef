"""Change: rules of an earlier and of a later snapshot compared, each in both, told only where it is no accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.api import Figure, Metric, Progress, Rules, statistics
from crmdesk_association.change import change_table, change_words
from crmdesk_association.change.change_table import Tested
from crmdesk_association.change.change_words import Periods
from crmdesk_association.change.snapshots import Snapshots, items_table, pair, take
from crmdesk_association.params import ChangeParams

if TYPE_CHECKING:
    import pandas as pd

DRAWN = 12  # lines that a picture can still tell apart


def run(frame: pd.DataFrame, params: ChangeParams, progress: Progress) -> Rules:
    """What changed between two snapshots of the same kind of baskets.

    products: what customers hold on the as-of day and `months` before it. visits and days: the last `months` months
    against as many before them. table: the files `table_before` and `table`, whose baskets are other people's.
    Tables `changes` and `items`, for files `source` too. Raises AnalysisError below 200 baskets in a snapshot.
    """
    progress.step(0.0, "Building both snapshots")
    before, after = take(frame, params)
    when = change_words.periods(params)
    snapshots = pair(before.baskets, after.baskets, strangers=params.basket == "table")
    progress.step(0.2, "Comparing rules")
    tested = change_table.judge(snapshots, params, lambda f: progress.step(0.2 + 0.7 * f, "Comparing rules"))
    writing = "Writing down what changed"
    changes = change_table.table(tested, snapshots, params, when, lambda f: progress.step(0.9 + 0.1 * f, writing))
    shown = changes[changes["shown"]]
    kinds = {kind: int((shown["kind"] == kind).sum()) for kind in change_words.KINDS}
    rules = int((changes["measure"] == "confidence").sum())
    tables = {"changes": changes, "items": items_table(before, after, params)}
    if before.source is not None and after.source is not None:
        tables["source"] = _sources(before.source, after.source)
    progress.step(1.0, "Done")
    return Rules(
        change_words.verdict(len(shown), int(changes["passed"].sum()), rules, tested.tests, kinds, when),
        metrics=_metrics(snapshots, tested, rules, kinds),
        tables=tables,
        figures={"changes": picture(shown, params, when)} if len(shown) else {},
        warnings=_warnings(snapshots, params, changes),
    )


def picture(shown: pd.DataFrame, params: ChangeParams, when: Periods) -> Figure:
    """A line from before to after for each of the strongest changes, with Wilson's interval at both ends."""
    import pandas as pd

    top = shown.head(DRAWN)
    named = pd.DataFrame({"change": top["change"], "rule": top["rule"] + " (" + top["measure"] + ")"})
    rows = []
    for word, place in (("before", -float(params.months)), ("after", 0.0)):
        low, high = statistics.wilson(top[f"count_{word}"], top[f"baskets_{word}"])
        rows.append(named.assign(months=place, share=100 * top[word], low=100 * low, high=100 * high))
    data = pd.concat(rows).sort_values(["change", "months"], kind="stable", ignore_index=True)
    return Figure("lines", "Before and after", data, x="months", y="share", group="rule", low="low", high="high",
                  x_label=f"months ({when.before}, {when.after})", y_label="share in %")  # fmt: skip


def _metrics(snapshots: Snapshots, tested: Tested, rules: int, kinds: dict[str, int]) -> dict[str, Metric]:
    numbers = {
        "baskets_before": snapshots.before.n, "baskets_after": snapshots.after.n, "in_both": snapshots.shared,
        "items": len(snapshots.items), "rules": rules, "tests": tested.tests,
        "changes_shown": sum(kinds.values()), **{f"{kind}_shown": number for kind, number in kinds.items()},
    }  # fmt: skip
    return {name: Metric(float(number)) for name, number in numbers.items()}


def _warnings(snapshots: Snapshots, params: ChangeParams, changes: pd.DataFrame) -> tuple[str, ...]:
    notes = dict.fromkeys((*snapshots.before.notes, *snapshots.after.notes))
    if params.basket == "table":
        notes["The two files are taken as baskets of different people: nothing in them says who is who."] = None
    elif snapshots.shared == 0:
        notes["No customer is in both snapshots: they are compared as two groups of different people."] = None
    else:
        notes["Customers who left the bank since are in neither snapshot."] = None
    follows = changes["passed"] & changes["explained_by"].ne("")
    more = int((changes["passed"] & ~follows & ~changes["shown"]).sum())
    if follows.any():
        notes[f"{int(follows.sum()):,} changes pass their test but only follow from a shorter rule or from what is "
              "held altogether; they are in the table, not shown."] = None  # fmt: skip
    if more:
        notes[f"{more:,} more changes stand up than the {params.top} shown."] = None
    return tuple(notes)


def _sources(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    both = pd.concat([before, after], ignore_index=True)
    both.insert(0, "snapshot", ["before", "after"])
    return both
