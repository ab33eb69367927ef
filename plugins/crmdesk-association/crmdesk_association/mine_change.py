"""Change: rules of an earlier and of a later snapshot compared, each in both, told only where it is no accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.api import Figure, Metric, Progress, Rules
from crmdesk_association.change import change_table, change_words
from crmdesk_association.change.single import items_table, told
from crmdesk_association.change.snapshots import Snapshots, pair, take
from crmdesk_association.change.tested import Tested, judge
from crmdesk_association.params import ChangeParams

if TYPE_CHECKING:
    import pandas as pd

DRAWN = 20  # bars that a picture has room for
MOST_ITEMS = 5  # single items in a note


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
    tested = judge(snapshots, params, lambda f: progress.step(0.2 + 0.7 * f, "Comparing rules"))
    writing = "Writing down what changed"
    changes = change_table.table(tested, snapshots, params, when, lambda f: progress.step(0.9 + 0.1 * f, writing))
    shown = changes[changes["shown"]]
    kinds = {kind: int((shown["kind"] == kind).sum()) for kind in change_words.KINDS}
    tables = {"changes": changes, "items": items_table(before, after, params, tested)}
    if before.source is not None and after.source is not None:
        tables["source"] = _sources(before.source, after.source)
    progress.step(1.0, "Done")
    follows = int((changes["passed"] & ~changes["shown"]).sum())
    return Rules(
        change_words.verdict(len(shown), follows, tested.tests, kinds, told(tables["items"]), when),
        metrics=_metrics(snapshots, tested, tables, kinds),
        tables=tables,
        figures={"changes": picture(shown)} if len(shown) else {},
        warnings=_warnings(snapshots, params, tables),
    )


def picture(shown: pd.DataFrame) -> Figure:
    """A bar for each of the strongest changes: how many points more or fewer; no two lie on each other."""
    top = shown.head(DRAWN)
    twice = top["rule"].duplicated(keep=False) & top["measure"].eq("support")
    data = top.assign(rule=top["rule"].where(~twice, top["rule"] + " together"), points=100 * top["difference"])
    columns = ["change", "rule", "measure", "before", "after", "points", "low", "high"]
    return Figure("bars", "What changed, in points", data[columns].reset_index(drop=True), x="rule", y="points",
                  y_label="points more (or fewer)")  # fmt: skip


def _metrics(
    snapshots: Snapshots, tested: Tested, tables: dict[str, pd.DataFrame], kinds: dict[str, int]
) -> dict[str, Metric]:  # fmt: skip
    """`tests`: rules and sets compared; `rules`: those of them listed; `items_changed`: of `items`, by themselves."""
    numbers = {
        "baskets_before": snapshots.before.n, "baskets_after": snapshots.after.n, "in_both": snapshots.shared,
        "items": len(snapshots.items), "items_changed": int(tables["items"]["changed"].sum()),
        "rules": int((tables["changes"]["measure"] == "confidence").sum()), "tests": tested.tests,
        "changes_shown": sum(kinds.values()), **{f"{kind}_shown": number for kind, number in kinds.items()},
    }  # fmt: skip
    return {name: Metric(float(number)) for name, number in numbers.items()}


def _warnings(snapshots: Snapshots, params: ChangeParams, tables: dict[str, pd.DataFrame]) -> tuple[str, ...]:
    notes: dict[str, None] = {}
    if params.basket == "table":
        notes["The two files are taken as baskets of different people: nothing in them says who is who."] = None
    elif snapshots.shared == 0:
        notes["No customer is in both snapshots: they are compared as two groups of different people."] = None
    else:
        notes["Customers who left the bank since are in neither snapshot."] = None
    changes, single = tables["changes"], told(tables["items"])
    if changes["shown"].any() and single:
        notes[f"What single items did by themselves, the most first: {'; '.join(single[:MOST_ITEMS])}."] = None
    own = changes["passed"] & (changes["q_own"] < params.fdr)
    follows = int((changes["passed"] & ~(own & changes["explained_by"].eq(""))).sum())
    against = int((changes["passed"] & ~own & _apart(changes)).sum())
    if follows:
        less = f"; {against:,} of them grew or fell less than their parts" if against else ""
        notes[f"{follows:,} differences beyond chance are not shown: nothing proves that they are more than what a "
              f"shorter rule or the single items did{less}."] = None  # fmt: skip
    more = int((own & changes["explained_by"].eq("") & ~changes["shown"]).sum())
    if more:
        notes[f"{more:,} more changes stand up than the {params.top} shown."] = None
    left_out = dict.fromkeys((*snapshots.before.notes, *snapshots.after.notes))
    return (*notes, *left_out)


def _apart(changes: pd.DataFrame) -> pd.Series[bool]:
    """Rows whose lift went the other way than their share."""
    return (changes["lift_after"] - changes["lift_before"]) * changes["difference"] < 0


def _sources(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    both = pd.concat([before, after], ignore_index=True)
    both.insert(0, "snapshot", ["before", "after"])
    return both
