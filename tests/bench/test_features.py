"""A1 and A2: features of a whole bank from SQLite, against the bare scan and against pandas (scale.md, section 8).

Data: 15,000 customers and 1.3 million interactions of 12 months in a real bank file, from a seed. Features: the 37
cells, channels, first and last act, moments of the amounts, commonest activity. All sides use the bank's own driver.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from harness import Call, Comparison, answer_of, compare

from crmdesk.contributions import Measure

CUSTOMERS, ROWS, SEED = 15_000, 1_300_000, 7
AS_OF = date(2026, 6, 30)
FIVE = ("id", "customer_id", "occurred_s", "catalogue_id", "amount")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Path of the invented bank; gone after the bench."""
    path = tmp_path_factory.mktemp("features") / "bench.bank"
    build(path)
    yield str(path)
    path.unlink()


def build(path: Path) -> None:
    import numpy as np

    from crmdesk.store.bank import create_bank

    rng = np.random.default_rng(SEED)
    stop = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp())
    weight = rng.lognormal(0, 0.9, CUSTOMERS)
    customer = rng.choice(np.arange(1, CUSTOMERS + 1), ROWS, p=weight / weight.sum())
    occurred = np.sort(stop - 1 - rng.integers(0, 364 * 86_400, ROWS))
    cell = rng.integers(1, 38, ROWS)
    amount = rng.lognormal(9, 1.5, ROWS).astype(np.int64).astype(object)
    amount[rng.random(ROWS) < 0.4] = None
    store = create_bank(path, invented_until=AS_OF)
    with store.write() as session:
        run = session.connection().exec_driver_sql
        run(
            "INSERT INTO customer (id, number, kind, family_name, gender, branch_id, relation_wanted, restricted,"
            " version, name_folded, city_folded, email_folded, phone_digits)"
            " VALUES (?, ?, 'person', 'X', 'unknown', 1, 'unknown', 0, 1, 'x', '', '', '')",
            [(n, f"C{n}") for n in range(1, CUSTOMERS + 1)],
        )
        run(
            "INSERT INTO interaction (customer_id, occurred_s, time_known, catalogue_id, amount, initiated_by, version)"
            " VALUES (?, ?, 1, ?, ?, 'customer', 1)",
            list(zip(customer.tolist(), occurred.tolist(), cell.tolist(), amount.tolist(), strict=True)),
        )
    store.close()


def scan(path: str) -> str:
    """Baseline of A1: SQLite adds up five columns; nothing leaves it but six numbers."""
    from crmdesk.store import bank

    raw = bank.connect(Path(path), read_only=True)
    totals = raw.execute(f"SELECT count(*), {', '.join(f'sum({c})' for c in FIVE)} FROM interaction").fetchone()
    raw.close()
    return f"{totals[0]} {totals[5]}"


def features(path: str) -> str:
    """The product, answering as A1's baseline does: rows, and the sum of the amounts."""
    from crmdesk.contributions import I, sum_

    table = _aggregate(path, {**_measures(), "total": sum_(I.amount)})
    return f"{sum(table['n'].to_pylist())} {sum(v or 0 for v in table['total'].to_pylist())}"


def features_hashed(path: str) -> str:
    """The product, answering as A2's baseline does: a hash over every column."""
    return _answer(_aggregate(path, _measures()).to_pandas())


def with_pandas(path: str) -> str:
    """Baseline of A2: read_sql, then groupby, over the same five columns."""
    import pandas as pd

    from crmdesk.store import bank

    raw = bank.connect(Path(path), read_only=True)
    frame = pd.read_sql(f"SELECT {', '.join(FIVE)} FROM interaction", raw)
    catalogue = pd.read_sql("SELECT id AS catalogue_id, channel, activity FROM catalogue", raw)
    raw.close()
    frame = frame.merge(catalogue, on="catalogue_id")
    by = frame.groupby("customer_id")
    cells = frame.groupby(["customer_id", "catalogue_id"]).size().unstack(fill_value=0)
    channels = frame.groupby(["customer_id", "channel"]).size().unstack(fill_value=0)
    found = {f"c{cell:02d}": cells[cell] for cell in range(1, 38)}
    found |= {f"n_{channel}": channels[channel] for channel in channels}
    found |= {"n": by.size(), "first": by.occurred_s.min(), "last": by.occurred_s.max()}
    found |= {"low": by.amount.min(), "high": by.amount.max(), "amt_n": by.amount.count(), "amt_mean": by.amount.mean()}
    away = frame.amount - frame.customer_id.map(found["amt_mean"])
    found |= {f"amt_m{p}": (away**p).groupby(frame.customer_id).sum(min_count=1) for p in (2, 3, 4)}
    counted = frame.groupby(["customer_id", "activity"]).size().reset_index(name="often")
    counted = counted.sort_values(["customer_id", "often", "activity"], ascending=[True, False, True])
    best = counted.drop_duplicates("customer_id").set_index("customer_id")
    found |= {"act": best.activity, "act_n": best.often}
    whole = pd.DataFrame(found).reindex(range(1, CUSTOMERS + 1))
    counts = [name for name in whole if name == "n" or name.startswith(("c", "n_")) or name.endswith("_n")]
    return _answer(whole.fillna(dict.fromkeys(counts, 0)).reset_index(names="customer"))


def _answer(frame):  # type: ignore[no-untyped-def]
    """One hash, whatever widths the columns came in."""
    numbers = {name: frame[name].astype("float64").to_numpy() for name in frame if name != "act"}
    return answer_of({**numbers, "act": frame["act"].astype("object").fillna("").tolist()})


def _measures() -> dict[str, Measure]:
    from crmdesk.analytics.catalogue import HOST_FEATURES
    from crmdesk.contributions import Features, I, max_, min_

    declared = [f for f in (HOST_FEATURES["usage.cells"], HOST_FEATURES["usage.channel"]) if isinstance(f, Features)]
    return {**declared[0].measures, **declared[1].measures, "low": min_(I.amount), "high": max_(I.amount)}


def _aggregate(path: str, measures: dict[str, Measure]):  # type: ignore[no-untyped-def]
    import numpy as np

    from crmdesk.analytics.embedded import EmbeddedEngine
    from crmdesk.analytics.population import Population
    from crmdesk.contributions import Features
    from crmdesk.store import open_bank

    who = Population(np.arange(1, CUSTOMERS + 1))
    declared = Features("bench.all", "All", "interactions", measures, months=12)
    return EmbeddedEngine(open_bank(Path(path))).aggregate(declared, who, AS_OF)


def _imports() -> None:
    """What both sides load before they are timed; a warm program has it already."""
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401

    import crmdesk.analytics.embedded
    import crmdesk.store.bank  # noqa: F401


for _side in (scan, features, features_hashed, with_pandas):
    _side.warm = _imports  # type: ignore[attr-defined]


def test_a1_features_against_the_bare_scan(bank: str) -> None:
    sides = Call("bare scan of 5 columns", scan, {"path": bank}), Call("features", features, {"path": bank})
    compare("A1", *sides, gate=7).check()


def test_a2_features_against_pandas(bank: str) -> None:
    arguments = {"path": bank}
    found: Comparison = compare(
        "A2 CPU", Call("pandas.read_sql + groupby", with_pandas, arguments),
        Call("features", features_hashed, arguments), gate=0.5,
    )  # fmt: skip
    found.check()
    found.gated("A2 memory", "grown", 1 / 6).check()
