"""Baskets hold what was held, done or written, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from crmdesk_association.baskets import attributes, baskets, holdings, table_file
from crmdesk_association.itemsets import bits
from crmdesk_association.params import ChangeParams, RulesParams
from holders import DAY, END, acts, holders

from crmdesk.api import AnalysisError

LAST = date(2000, 1, 1)


def params(**given: object) -> RulesParams:
    return RulesParams(as_of="2000-01-01", **given)


def at(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def held(found: baskets.Found) -> dict[int, set[str]]:
    """Keys of each basket, by owner."""
    matrix = bits.unpack(found.baskets.bits, found.baskets.n)
    keys = np.array([item.key for item in found.baskets.items], dtype=object)
    return {int(owner): set(keys[row]) for owner, row in zip(found.baskets.owners, matrix, strict=True)}


def opened(rows: list[tuple[int, str, int, float]]) -> pd.DataFrame:
    """customer, product, opened, closed."""
    frame = pd.DataFrame(rows, columns=["customer", "product", "opened_s", "closed_s"]).set_index("customer")
    return frame.assign(family="other", role="owner", product_name=frame["product"].str.lower())


def test_products_of_a_day_are_those_opened_by_its_end_and_not_closed_by_then() -> None:
    day = date(1999, 6, 1)
    frame = opened([
        (1, "A", at(day), np.nan), (1, "B", at(day + timedelta(days=1)), np.nan),
        (2, "A", at(day) - 9 * DAY, at(day)), (2, "B", at(day) - 9 * DAY, at(day + timedelta(days=1))),
        (3, "A", at(day) - 9 * DAY, at(day) - DAY),
    ])  # fmt: skip
    found = baskets.make(frame, params(attributes="", drop_above=1, min_support=0.001), day=day, fewest=0)
    assert held(found) == {1: {"A"}, 2: {"B"}}
    assert holdings.held_at(frame, day).tolist() == [True, False, False, True, False]


def test_only_what_somebody_owns_counts_and_twice_is_once() -> None:
    frame = opened([(1, "A", 0, np.nan), (1, "A", DAY, np.nan), (1, "B", 0, np.nan), (2, "B", 0, np.nan)])
    frame["role"] = ["owner", "owner", "authorised", "owner"]
    found = baskets.make(frame, params(attributes="", drop_above=1), fewest=0)
    assert held(found) == {1: {"A"}, 2: {"B"}}
    assert found.items.set_index("item")["count"].to_dict() == {"A": 1, "B": 1}


def test_every_basket_agrees_with_a_plain_reading_of_the_frame() -> None:
    frame = holders(500)
    found = baskets.make(frame, params(attributes="", drop_above=1, min_support=0.001))
    own = frame[(frame["role"] == "owner") & (frame["opened_s"] < END + DAY) & frame["closed_s"].isna()]
    assert held(found) == own.groupby(level=0)["product"].agg(set).to_dict()
    assert found.baskets.owners.tolist() == sorted(set(own.index))


def test_families_are_items_with_a_name() -> None:
    found = baskets.make(holders(500), params(items="family", attributes=""))
    assert {"Mortgage", "Insurance", "Card"} <= {item.label for item in found.baskets.items}


def test_what_nearly_everybody_holds_is_dropped_by_name_and_what_few_hold_only_listed() -> None:
    found = baskets.make(holders(1_000), params(attributes="", min_support=0.12))
    assert not {"CUR", "STU"} & {item.key for item in found.baskets.items}
    (note,) = found.baskets.notes
    assert note.startswith("Left out, because more than 90 % of customers have it: Current account (9")
    listed = found.items.set_index("item")
    assert listed.loc["CUR", "reason"] == "held by nearly everybody" and not listed.loc["CUR", "used"]
    assert listed.loc["STU", "reason"] == "below the least support"
    assert listed["count"].is_monotonic_decreasing


def test_what_nearly_everybody_holds_is_one_note_the_commonest_first() -> None:
    found = baskets.make(holders(1_000), params(attributes="", drop_above=0.02))
    (note,) = found.baskets.notes
    assert note.endswith(" and 2 more.")
    named = [float(part.split("(")[1].split(" %")[0]) for part in note.split(": ")[1].split(", ")]
    assert len(named) == 6 and named == sorted(named, reverse=True)


@pytest.mark.parametrize("given", [{"table": "b.csv"}, {"table": "b.csv", "basket": "visits"}])
def test_a_file_that_nobody_would_read_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(AnalysisError, match=rf"baskets are {given.get('basket', 'products')}: set basket to table"):
        baskets.make(holders(300), params(**given))
    with pytest.raises(AnalysisError, match="baskets are products: set basket to table"):
        baskets.make(holders(300), ChangeParams(table_before="b.csv"))


def test_attributes_have_one_value_a_customer_and_companies_have_none_of_a_person() -> None:
    frame = holders(800)
    found = baskets.make(frame, params(attributes="age_band, gender, channel, occupation", min_support=0.001))
    card = frame[~frame.index.duplicated()]
    for owner, keys in held(found).items():
        row = card.loc[owner]
        for name in ("age_band", "gender", "occupation"):
            own = [key for key in keys if key.startswith(f"{name}=")]
            known = row["kind"] == "person" and row[name] != "unknown"
            assert own == ([f"{name}={row[name]}"] if known else [])
        shares = row[[f"share_{c}" for c in ("atm", "online", "call_centre", "branch")]].astype(float)
        own = [key for key in keys if key.startswith("channel=")]
        assert own == ([] if shares.isna().all() else [f"channel={shares.idxmax()[6:]}"])
    labels = {item.key: item.label for item in found.baskets.items}
    assert labels["age_band=25-34"] == "age 25-34" and labels["channel=online"] == "mostly online"
    assert not any(item.kind == "product" for item in found.baskets.items if item.attribute)


def test_gender_comes_only_where_it_is_asked_for() -> None:
    found = baskets.make(holders(500), params())
    assert not any(item.attribute == "gender" for item in found.baskets.items)


def test_a_missing_attribute_is_noted_only_where_a_person_asked() -> None:
    frame = holders(500)
    assert not any("segment" in note for note in baskets.make(frame, params()).baskets.notes)
    notes = baskets.make(frame, params(attributes="segment")).baskets.notes
    assert "Nothing is known about segment in this bank: left out." in notes


def test_an_unknown_attribute_is_refused_with_the_known_ones() -> None:
    with pytest.raises(AnalysisError, match="no attribute 'shoe'; choose among age_band, gender"):
        baskets.make(holders(300), params(attributes="channel, shoe"))


def test_visits_are_one_day_in_one_channel_and_days_join_the_channels() -> None:
    frame = acts()
    own = frame[frame["channel"] != "system"]
    day = own["occurred_s"] // DAY
    for basket, by in (("visits", [own.index, day, own["channel"]]), ("days", [own.index, day])):
        found = baskets.make(frame, params(basket=basket, attributes="", min_support=0.001))
        groups = (own["channel"] + "." + own["mode"] + "." + own["activity"]).groupby(by).agg(set)
        assert found.baskets.n == len(groups)
        counted = pd.Series([key for keys in groups for key in keys]).value_counts().to_dict()
        assert found.items.set_index("item")["count"].to_dict() == counted
    assert not found.items["item"].str.contains("interest").any()
    assert "Online, transfer" in set(found.items["label"])


def test_what_is_made_of_acts_describes_visits_only_where_asked() -> None:
    """Who banks mostly online has mostly online visits: true by construction, so no rule unless a person wants it."""
    columns = {"age_band": "18-24", "segment": "Online, low", "share_online": 0.9, "share_atm": 0.1}
    frame = acts().assign(**columns)
    for given, names in (({}, {"age_band"}), ({"attributes": "channel, segment"}, {"channel", "segment"})):
        found = baskets.make(frame, RulesParams(basket="days", drop_above=1.0, **given), fewest=0)
        kinds = found.items.loc[found.items["kind"] == "attribute", "item"]
        assert {key.partition("=")[0] for key in kinds} == names
        assert any("made of the acts" in note for note in found.baskets.notes) == (not given)


def test_owners_of_visits_carry_their_attributes_to_each_visit() -> None:
    frame = acts().join(pd.DataFrame({"age_band": ["18-24", "65+"]}, index=pd.Index([1, 2], name="customer")))
    found = baskets.make(frame, params(basket="days", attributes="age_band", min_support=0.0001))
    matrix = bits.unpack(found.baskets.bits, found.baskets.n)
    place = [item.key for item in found.baskets.items].index("age_band=65+")
    assert set(found.baskets.owners[matrix[:, place]]) == {2}
    assert matrix[:, place].sum() == (found.baskets.owners == 2).sum() > 1


def test_a_period_of_acts_begins_after_its_first_day() -> None:
    frame, since = acts(), date(1999, 10, 1)
    found = baskets.make(frame, params(basket="days", attributes=""), since=since, fewest=0)
    inside = frame[(frame["occurred_s"] >= at(since) + DAY) & (frame["channel"] != "system")]
    assert found.baskets.n == len(set(zip(inside.index, inside["occurred_s"] // DAY, strict=True)))


def test_the_same_items_can_be_kept_on_another_day() -> None:
    frame = holders(500)
    now = baskets.make(frame, params())
    then = baskets.make(frame, params(), day=date(1999, 1, 1), among=now.baskets.items)
    assert then.baskets.items == now.baskets.items and then.baskets.n < now.baskets.n + 1
    assert then.items.set_index("item")["count"].sum() == bits.counts(then.baskets.bits).sum()


def test_two_columns_and_one_basket_a_line_say_the_same(tmp_path: Path) -> None:
    pairs, lines, blanks = (tmp_path / name for name in ("pairs.csv", "lines.csv", "baskets.dat"))
    pairs.write_text('item,transaction\nbread,t9\n"milk, fresh",t9\nbread,t9\nbread,t1\n')
    lines.write_text('bread,"milk, fresh",bread\n\nbread\n')
    blanks.write_text("bread milk\nbread \n")
    for path in (pairs, lines):
        found = table_file.read(str(path))
        assert (found.n, found.names) == (2, ["bread", "milk, fresh"])
        assert set(zip(found.basket.tolist(), found.item.tolist(), strict=True)) == {(0, 0), (0, 1), (1, 0)}
        assert len(found.sha256) == 64
    assert table_file.read(str(blanks)).names == ["bread", "milk"]


TABLES = {
    "basket and product": ("basket_id,product\n", "basket_id, product;"),
    "other words": ("Transaction;Items\n", "Transaction, Items;"),
    "five columns": ("customer,name,branch,kind,joined\n", "customer, name, branch, kind and more;"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_table_with_other_columns_is_no_list_of_baskets(case: str, tmp_path: Path) -> None:
    header, named = TABLES[case]
    mark, width = (";" if ";" in header else ","), len(header.split(";" if ";" in header else ","))
    rows = [mark.join([f"t{i // 3}", ("bread", "milk", "branch")[i % 3], "x", "", "2001"][:width]) for i in range(900)]
    path = tmp_path / "sold.csv"
    path.write_text(header + "\n".join(rows))
    with pytest.raises(AnalysisError, match=f"sold.csv looks like a table with the columns {named} rename") as told:
        table_file.read(str(path))
    assert "to transaction and item" in str(told.value)


@pytest.mark.parametrize(
    "lines",
    [["bread,butter", "bread,milk", "tea,butter"], ["1 2 3", "4 5 6", "1 2 9"], ["bread,butter,", "tea,milk,jam"],
     ["bread,butter", "tea,milk,jam"], ["bread,butter"], ["bread", "milk"], ["a,b", "b,a", "c,d"]],
)  # fmt: skip
def test_baskets_of_one_size_are_still_baskets(lines: list[str], tmp_path: Path) -> None:
    path = tmp_path / "baskets.csv"
    path.write_text("\n".join(lines))
    assert table_file.read(str(path)).n == len(lines)


def test_groceries_and_retail_lines_are_read_as_published(real_data: Path) -> None:
    groceries = table_file.read(str(real_data / "itemsets" / "groceries.csv"))
    assert (groceries.n, len(groceries.names)) == (9_835, 169)
    mushroom = table_file.read(str(real_data / "itemsets" / "mushroom.dat"))
    assert (mushroom.n, len(mushroom.names)) == (8_124, 119)


def test_an_attribute_of_very_many_values_is_left_out() -> None:
    owners = pd.DataFrame({"occupation": [f"job {i}" for i in range(1_000)]})
    items, rows, _, (note,) = attributes.find(owners, ("occupation",), asked=False)
    assert not items and not rows.size and "1,000 different values" in note
