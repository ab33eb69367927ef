"""500 customers who refused, withdrew, objected or let their permission lapse are in no list, export, frame or score.

A marker stands in their names. They all said yes once, are as active as the rest, and hold what the rest hold.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.contributions import Analysis, Events
from crmdesk.domain.errors import Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.domain.recording import Recording
from crmdesk.results import Model, Result, Rules, Segments
from crmdesk.services import customer_export, customers, mining, offers, permission_bank, permissions, scoring
from crmdesk.services import permission_record as records
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.store import chain
from crmdesk.store.bank import create_bank
from tests.small_bank import ACTOR, UNTIL, add, event, interaction, person
from tests.unit.services.mining_bank import ANALYSES, FewPlugins, SmallApp, Split, split

MARK = "Zzqxworth"
KINDS = ("refused", "withdrawn", "objected", "lapsed")
PLANTED = range(1, 501)
WILLING = range(501, 561)
LATE = range(551, 561)  # willing until after the run
CUSTOMERS = (*PLANTED, *WILLING)
SEEN: list[set[int]] = []  # the pseudonyms of every frame a plugin was handed


def spy(frame: pd.DataFrame, params: Split, progress: Any) -> Segments:
    SEEN.append(set(frame.index))
    return replace(split(frame, params, progress), model=Model("json", b"[3]"))


def place(model: Model, frame: pd.DataFrame, params: Split, progress: Any) -> Segments:
    SEEN.append(set(frame.index))
    found = split(frame, params, progress)
    return Segments("Placed.", tables={"members": found.tables["members"].assign(segment="1.1", tier1=1, tier2=1)})


def learn(frame: pd.DataFrame, params: Split, progress: Any) -> Rules:
    SEEN.append(set(frame.index))
    return Rules("One rule.", model=Model("json", json.dumps({"INS": 0.2}).encode()))


def offer(model: Model, frame: pd.DataFrame, params: Split, progress: Any) -> Result:
    SEEN.append(set(frame.index))
    rows = [(int(c), "INS", 0.2, 0.1, 0.3, 1, "=holds CUR") for c in sorted(set(frame.index))]
    columns = ["customer", "product", "p", "low", "high", "rule", "why"]
    return Rules("Offered.", tables={"offers": pd.DataFrame(rows, columns=columns)})


HELD = Events("demo.held", "Held", over="holdings", columns=("opened_s", "closed_s", "product"))
SPY = Analysis("demo.spy", "Spy", "Sees.", ("usage.cells",), Split, spy, Segments, score=place)
TARGET = replace(SPY, id="demo.target", purpose="targeting")
NEXT = Analysis("demo.next", "Next", "Offers.", ("demo.held",), Split, learn, Rules, offer=offer)


def said_no(customer: int) -> list[dict[str, Any]]:
    """How this customer ended the yes of January: on all channels, or on each of them; and for mining."""
    kind = KINDS[customer % 4]
    if kind == "lapsed":
        return []
    ways: tuple[str | None, ...] = (None,) if customer % 8 < 4 or kind == "objected" else MARKETING_CHANNELS
    told = [event(customer, "marketing", way, kind, "2026-06-01") for way in ways]
    return [*told, event(customer, "profiling", None, kind, "2026-06-01")]


def said_yes(customer: int) -> list[dict[str, Any]]:
    lapses = date(2026, 10, 30) if customer in PLANTED and KINDS[customer % 4] == "lapsed" else date(2028, 1, 1)
    told = [event(customer, "marketing", c, "granted", "2026-01-01", expires_on=lapses) for c in MARKETING_CHANNELS]
    return [*told, event(customer, "profiling", None, "granted", "2026-01-01", expires_on=lapses)]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallApp]:
    store = create_bank(tmp_path_factory.mktemp("refusers") / "b.crmdesk", invented_until=UNTIL)
    visits = [interaction(c, f"2026-0{1 + n}-11T10:00", 1 if c % 2 else 6, -1000) for c in CUSTOMERS for n in range(6)]
    with store.write() as session:
        add(session, "customer", [
            person(c, "Ada", MARK if c in PLANTED else f"Lind{c}", city="Moda", email=f"a{c}@mail.example",
                   birth_date="1980-01-01") for c in CUSTOMERS
        ])  # fmt: skip
        add(session, "interaction", visits)
        add(session, "product", [
            {"id": i, "code": code, "name": code, "family": "other", "annual_margin": 1000, "version": 1}
            for i, code in ((1, "CUR"), (2, "INS"))
        ])  # fmt: skip
        add(session, "account", [{"id": c, "number": str(c), "product_id": 1, "currency": "EUR", "version": 1,
                                  "opened_on": "2020-01-01"} for c in CUSTOMERS])  # fmt: skip
        add(session, "holding", [{"account_id": c, "customer_id": c, "role": "owner"} for c in CUSTOMERS])
        told = [row for c in CUSTOMERS for row in said_yes(c)] + [row for c in PLANTED for row in said_no(c)]
        chain.append(session, store.audit_key, "permission_event", told)
    plugins = FewPlugins({**ANALYSES, **{a.id: a for a in (SPY, TARGET, NEXT)}}, {HELD.id: HELD})
    made = SmallApp(store, EmbeddedEngine(store), plugins)
    yield made
    store.close()


@pytest.fixture(scope="module")
def later(app: SmallApp) -> dict[str, Any]:
    """Runs and an open list made with everybody who was willing; then ten of them withdraw."""
    runs = {name: mining.run(app, ACTOR, name, {}).uuid for name in (SPY.id, TARGET.id, NEXT.id)}
    open_list = offers.candidates(app, ACTOR, runs[NEXT.id], channel="email")
    kept = offers.keep(app, ACTOR, open_list)
    records.withdraw_many(app, ACTOR, Chosen(CustomerQuery(), tuple(LATE)), "marketing")
    for c in LATE:
        records.record(app, ACTOR, f"C-{c:06d}", Recording("profiling", (), "objected"))
    return {**runs, "list": open_list, "kept": kept}


def test_the_planted_are_500_of_each_kind(app: SmallApp) -> None:
    grid = permission_bank.overview(app, ACTOR).rows["marketing", "email"]
    assert {k: grid[k] for k in ("refused", "objected", "expired")} == dict.fromkeys(
        ("refused", "objected", "expired"), 125
    )


@pytest.mark.parametrize("channel", MARKETING_CHANNELS)
def test_no_marketing_list_holds_them(app: SmallApp, later: Any, channel: str) -> None:
    listed = customers.find(app, ACTOR, CustomerQuery(filters=(Chip("marketing", "is", (channel,)),)))
    assert set(listed.tolist()) == set(WILLING) - set(LATE)
    shown = customers.rows(app, ACTOR, list(PLANTED)[:256])
    assert not any(decision.allowed for row in shown for _, decision in row.permissions)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("channel", ["email", "post"])
def test_no_marketing_export_holds_them(app: SmallApp, later: Any, tmp_path: Path, channel: str, ending: str) -> None:
    everybody = Chosen(CustomerQuery())
    done = customer_export.write(app, ACTOR, everybody, ("number", "name"), tmp_path / f"out{ending}",
                                 purpose="marketing", channel=channel)  # fmt: skip
    assert (done.rows, sum(done.left_out.values())) == (len(WILLING) - len(LATE), 510)
    assert MARK not in _text(done.file) and "Lind501" in _text(done.file) and "Lind551" not in _text(done.file)
    picked = Chosen(CustomerQuery(), tuple(PLANTED))  # chosen by hand, they are left out as well
    assert customer_export.plan(app, ACTOR, picked, ("name",), "marketing", channel).rows == 0


def _text(file: Path) -> str:
    """The words of a table, whatever its kind."""
    if file.suffix == ".csv":
        return file.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(file) as book:
        return " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def test_no_frame_handed_to_a_plugin_holds_them(app: SmallApp, later: Any) -> None:
    assert len(SEEN) >= 4  # three runs and the offers
    assert all(seen and not seen & set(PLANTED) for seen in SEEN)


def test_no_result_or_its_export_holds_them(app: SmallApp, later: Any, tmp_path: Path) -> None:
    for name in (SPY.id, TARGET.id):
        members = mining.get_run(app, ACTOR, later[name]).tables["members"]
        assert len(members) == len(WILLING) - len(LATE)
        done = mining.export(app, ACTOR, later[name], tmp_path / name)
        text = "".join(file.read_text(encoding="utf-8") for file in done.files)
        assert MARK not in text and not any(f"C-{c:06d}" in text for c in (*PLANTED, *LATE))


def test_nobody_of_them_is_scored(app: SmallApp, later: Any) -> None:
    numbers = [f"C-{c:06d}" for c in (501, 502)]
    assert len(scoring.score(app, ACTOR, later[SPY.id], numbers).rows) == 2
    everybody = scoring.score(app, ACTOR, later[SPY.id])
    assert not everybody.rows and everybody.excluded["no_permission_for_purpose"] == 500
    for customer in (*list(PLANTED)[:8], *list(LATE)[:2]):
        with pytest.raises(Refused, match="no permission"):
            scoring.score(app, ACTOR, later[SPY.id], [f"C-{customer:06d}"])


def test_no_offers_list_holds_them_and_open_ones_drop_who_withdrew(app: SmallApp, later: Any, tmp_path: Path) -> None:
    assert {row.customer for row in later["list"].rows} == set(WILLING)
    standing = {row.customer for row in offers.standing(app, ACTOR, later["list"]).rows}
    assert standing == set(WILLING) - set(LATE)
    done = offers.export_csv(app, ACTOR, later["list"], tmp_path / "offers.csv")
    assert done.left_out == len(LATE) and MARK not in (tmp_path / "offers.csv").read_text(encoding="utf-8")
    again = offers.candidates(app, ACTOR, later[NEXT.id], channel="email")
    assert {row.customer for row in again.rows} == set(WILLING) - set(LATE)
    (hidden,) = offers.of_customer(app, ACTOR, "C-000551")
    assert hidden.hidden and hidden.product is None


def test_each_of_them_is_told_why(app: SmallApp, later: Any) -> None:
    words = {KINDS[c % 4]: permissions.contactable(app, ACTOR, f"C-{c:06d}") for c in (4, 5, 6, 7)}
    assert {kind: ("expired" if kind == "lapsed" else kind) in sentence for kind, sentence in words.items()} == (
        dict.fromkeys(KINDS, True)
    )
