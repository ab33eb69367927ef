"""Looking a few customers up by the index gives what a walk through the whole table gives."""

from collections.abc import Iterator

import numpy as np
import pytest

from crmdesk.analytics import reading
from crmdesk.analytics.catalogue import HOST_FEATURES
from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.analytics.population import Population, everyone
from crmdesk.app import App, build_app
from crmdesk.contributions import Features
from crmdesk.services import banks


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    file = tmp_path_factory.mktemp("few") / "g.crmdesk"
    banks.create(file, preset="gemstone", customers=400, seed=3)
    with build_app(file) as made:
        yield made


@pytest.mark.parametrize("need", sorted(HOST_FEATURES))
def test_both_ways_are_equal(app: App, monkeypatch: pytest.MonkeyPatch, need: str) -> None:
    with app.store.reader() as raw:
        few = everyone(raw)[5:300:7]
    day = app.store.clock().date()
    found = []
    for long in (10**12, 0):
        monkeypatch.setattr(reading, "LONG", long)
        feature = HOST_FEATURES[need]
        ask = EmbeddedEngine(app.store)
        read = ask.events if hasattr(feature, "columns") else ask.aggregate
        found.append(read(feature, Population(few), day))  # type: ignore[operator]
    walked, looked_up = found
    assert walked.num_rows >= len(few) * (not hasattr(HOST_FEATURES[need], "columns"))
    assert looked_up.column_names == walked.column_names
    for name in walked.column_names:
        assert repr(looked_up.column(name).to_pylist()) == repr(walked.column(name).to_pylist()), name  # NaN is NaN


def test_the_index_is_used(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONG", 0)
    seen: list[str] = []
    real = reading.read_few

    def spy(raw: object, sql: str, window: str, customer: str, customers: np.ndarray, *rest: object) -> object:
        wanted = ", ".join(map(str, customers.tolist()))
        plan = f"EXPLAIN QUERY PLAN SELECT i.id {sql} AND {customer} IN ({wanted})"
        seen.extend(row[3] for row in raw.execute(plan, rest[1]))  # type: ignore[attr-defined]
        return real(raw, sql, window, customer, customers, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "read_few", spy)
    feature = HOST_FEATURES["usage.cells"]
    assert isinstance(feature, Features)
    EmbeddedEngine(app.store).aggregate(feature, Population(np.array([7, 9])), app.store.clock().date())
    assert any("SEARCH i USING INDEX ix_interaction_customer_occurred" in step for step in seen), seen
