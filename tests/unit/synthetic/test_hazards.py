"""The further products: what is planted is there, what is not is not, and no earlier row of the bank has moved."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crmdesk.domain.errors import BadInput
from crmdesk.synthetic.accounts import PRODUCTS
from crmdesk.synthetic.hazards import SOLD_SINCE, holds
from crmdesk.synthetic.presets import preset_spec
from crmdesk.synthetic.shelf import RULES, SEQUENCES, SHELF
from crmdesk.synthetic.spec import FIELDS, BankSpec, ProductSpec, RuleSpec, SequenceSpec
from crmdesk.synthetic.table import plain
from crmdesk.synthetic.times import epoch_day
from crmdesk.synthetic.truth import write_truth
from crmdesk.synthetic.world import Holders, World, generate, holders

CODES = [p.code for p in SHELF]


@pytest.fixture(scope="module")
def planted() -> Holders:
    """All of Gemstone's customers: rules show in counts, not in single people."""
    return holders(preset_spec("gemstone"), 5)


@pytest.fixture(scope="module")
def alone() -> Holders:
    return holders(preset_spec("null"), 5)


def days(bank: Holders, n: int) -> np.ndarray:
    """First day of each further product by customer; NaN = not held (n x products)."""
    found = np.full((n, len(SHELF)), np.nan)
    found[bank.further.customer, bank.further.place] = bank.further.opened
    return found


def held(bank: Holders) -> np.ndarray:
    """Who of the customers holds what: products with amounts, then the further ones (n x products)."""
    customer = ~bank.life.prospect
    found = np.zeros((len(customer), len(FIELDS) + len(SHELF)), bool)
    found[bank.held.customer, bank.held.field] = True
    found[bank.further.customer, len(FIELDS) + bank.further.place] = True
    return found[customer]


def bare(spec: BankSpec) -> BankSpec:
    return replace(spec, further=(), rules=(), sequences=())


def test_every_earlier_row_stays_as_it_is(world: World) -> None:
    without = generate(bare(world.spec), world.seed)
    assert without.tables.keys() == world.tables.keys()
    for name, table in without.tables.items():
        for column, values in table.columns.items():
            assert plain(world.tables[name].columns[column])[: table.rows] == plain(values), (name, column)
        more = world.tables[name].rows - table.rows
        assert (more > 0) == (name in ("product", "account", "holding"))


def test_the_further_products_carry_no_money(world: World) -> None:
    account = world.tables["account"].columns
    ours = np.asarray(account["product_id"]) > len(PRODUCTS)
    assert ours.sum() > world.spec.customers
    assert set(np.asarray(account["principal"])[ours]) == {None}
    ids = np.asarray(account["id"])[ours]
    assert not set(ids) & set(plain(world.tables["balance_month"].columns["account_id"]))
    assert not {p.family for p in SHELF} & {"loan", "mortgage"}


def test_nobody_holds_before_joining_or_after_leaving_and_prospects_hold_nothing(planted: Holders) -> None:
    more, life = planted.further, planted.life
    assert (more.opened >= life.joined[more.customer]).all()
    assert (more.opened <= life.last[more.customer]).all()
    assert not life.prospect[more.customer].any()
    until = epoch_day(preset_spec("gemstone").until)
    stay = ~life.left[more.customer]
    assert (more.opened[stay] >= until - SOLD_SINCE).all()
    account = planted.tables["account"].columns
    customer = np.asarray(planted.tables["holding"].columns["customer_id"]) - 1
    closed = np.array([day is not None for day in plain(account["closed_on"])])  # type: ignore[arg-type]
    assert (closed == life.left[customer]).all()


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{'+'.join(r.antecedent)}-{r.consequent}")
def test_each_rule_has_its_planted_confidence(planted: Holders, rule: RuleSpec) -> None:
    place, customer = CODES.index(rule.consequent), ~planted.life.prospect
    with_it = holds(planted.further.items, rule.antecedent) & customer
    chance, has = planted.further.chance[:, place], planted.further.items[rule.consequent]
    wanted, n = float(chance[with_it].mean()), int(with_it.sum())
    assert n > 400
    assert has[with_it].mean() == pytest.approx(wanted, abs=4 * np.sqrt(0.25 / n))
    lift = wanted / float(chance[customer].mean())
    if rule.kind == "association":
        assert 1.5 < lift < 2.4
    elif rule.kind == "attribute":
        assert lift > 3


def test_the_decoys_say_nothing(planted: Holders) -> None:
    decoys = [r for r in RULES if r.kind == "decoy"]
    assert len(decoys) == 2
    popular, longer = decoys
    items, customer = planted.further.items, ~planted.life.prospect
    chance = planted.further.chance[:, CODES.index(popular.consequent)][customer]
    assert chance.min() == chance.max() >= 0.65
    shorter = next(r for r in RULES if r.consequent == longer.consequent and r.kind == "association")
    assert set(shorter.antecedent) < set(longer.antecedent)
    chance = planted.further.chance[:, CODES.index(longer.consequent)]
    wide, narrow = (chance[holds(items, r.antecedent) & customer].mean() for r in (shorter, longer))
    assert narrow == pytest.approx(wide, abs=1e-12)


def test_the_two_item_rule_adds_to_both_its_parts(planted: Holders) -> None:
    rule = next(r for r in RULES if len(r.antecedent) == 2 and r.kind == "association")
    items, has = planted.further.items, planted.further.items[rule.consequent]
    both = has[holds(items, rule.antecedent)].mean()
    assert all(both > has[items[part]].mean() + 0.05 for part in rule.antecedent)


@pytest.mark.parametrize("first, then", [("LIF", "PEN"), ("GLD", "TRV")])
def test_pairs_without_an_order_come_in_either(planted: Holders, first: str, then: str) -> None:
    opened = days(planted, len(planted.life.joined))
    gap = opened[:, CODES.index(then)] - opened[:, CODES.index(first)]
    gap = gap[np.isfinite(gap) & (gap != 0)]
    assert (gap > 0).mean() == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / len(gap)))


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda s: f"{s.first}-{s.then}")
def test_what_follows_follows_early_within_its_days(planted: Holders, sequence: SequenceSpec) -> None:
    opened = days(planted, len(planted.life.joined))
    first, then = (opened[:, CODES.index(c)] for c in (sequence.first, sequence.then))
    # Only who had all the days it may take: the end of the data cuts the others off.
    until = epoch_day(preset_spec("gemstone").until)
    known = np.isfinite(first) & (first + sequence.days <= until) & ~planted.life.left
    gap = (then - first)[known]
    within = (gap >= 1) & (gap <= sequence.days)
    band = 4 * np.sqrt(0.25 / known.sum())
    assert sequence.share - band < within.mean() < sequence.share + 0.05 + band  # some would have come anyway
    assert np.median(gap[within]) < 0.4 * sequence.days
    before = (gap <= -1) & (gap >= -sequence.days)
    assert before.sum() < 0.2 * within.sum()


def test_in_the_null_bank_no_product_says_anything_about_another(alone: Holders) -> None:
    assert not preset_spec("null").rules and not preset_spec("null").sequences
    grid = held(alone).astype(float)
    grid = grid[:, grid.std(axis=0) > 0]
    r = np.corrcoef(grid, rowvar=False)
    z = np.abs(r[np.triu_indices(len(r), 1)]) * np.sqrt(len(grid))
    assert len(z) > 150
    assert z.max() < 4.2
    assert (z > 1.96).mean() < 0.12


def test_in_the_null_bank_no_product_comes_first(alone: Holders) -> None:
    """All products beside the current account are opened by one law, those with amounts too."""
    n = len(alone.life.joined)
    old = np.full((n, len(FIELDS)), np.nan)
    old[alone.held.customer, alone.held.field] = alone.held.opened
    opened = np.column_stack([old[:, 1:], days(alone, n)])
    z = []
    for a in range(opened.shape[1]):
        for b in range(a):
            gap = opened[:, a] - opened[:, b]
            gap = gap[np.isfinite(gap) & (gap != 0)]
            z.append(abs((gap > 0).mean() - 0.5) * 2 * np.sqrt(len(gap)))
    assert max(z) < 4.2


def test_holding_does_not_depend_on_how_long_one_is_a_customer(planted: Holders) -> None:
    """Who came within the data holds what everybody holds (but for what had no time yet to follow)."""
    until = epoch_day(preset_spec("gemstone").until)
    new = (planted.life.joined > until - 365) & ~planted.life.prospect & ~planted.life.left
    old = ~new & ~planted.life.prospect
    assert new.sum() > 300
    for product in ("TXT", "EST", "LIF", "GLD", "CLS", "TRM", "BOX"):
        has = planted.further.items[product]
        assert has[new].mean() == pytest.approx(has[old].mean(), abs=4 * np.sqrt(0.25 / new.sum()))


def test_the_holders_are_those_of_the_whole_bank(world: World) -> None:
    part = holders(world.spec, world.seed)
    for name, table in part.tables.items():
        for column, values in table.columns.items():
            assert plain(values) == plain(world.tables[name].columns[column])


def test_one_more_product_changes_no_other() -> None:
    spec = preset_spec("tiny")
    more = replace(spec, further=(*spec.further, ProductSpec("SAF", "Savings club", "other", 100, 0.5)))
    first, second = (holders(s, 3).further for s in (spec, more))
    old = second.place < len(SHELF)
    assert (second.place == len(SHELF)).any()
    assert (first.customer == second.customer[old]).all() and (first.opened == second.opened[old]).all()


def test_the_truth_names_rules_and_sequences(world: World, tmp_path: Path) -> None:
    write_truth(world, tmp_path)
    with (tmp_path / "rules.csv").open(encoding="utf-8", newline="") as stream:
        rules = list(csv.DictReader(stream))
    assert [r["kind"] for r in rules] == ["association"] * 4 + ["attribute"] + ["decoy"] * 2
    first = rules[0]
    assert (first["antecedent"], first["consequent"]) == ("Home mortgage", "Contents insurance")
    assert (json.loads(first["antecedent_keys"]), json.loads(first["consequent_keys"])) == (["MOR"], ["HOM"])
    assert all(float(r["lift"]) == pytest.approx(float(r["confidence"]) / float(r["base"]), abs=1e-4) for r in rules)
    assert [r["antecedent"] for r in rules if r["kind"] == "attribute"] == ["occupation student"]
    assert float(rules[5]["lift"]) == 1.0
    with (tmp_path / "sequences.csv").open(encoding="utf-8", newline="") as stream:
        sequences = list(csv.DictReader(stream))
    assert [(s["first"], s["then"], int(s["days"])) for s in sequences] == [
        ("Car lease", "Car insurance", 60), ("Term deposit", "Brokerage account", 120),
        ("Brokerage account", "Securities loan", 180),
    ]  # fmt: skip
    assert BankSpec.from_json((tmp_path / "spec.json").read_text(encoding="utf-8")) == world.spec


def test_a_null_truth_plants_nothing(null_world: World, tmp_path: Path) -> None:
    write_truth(null_world, tmp_path)
    for name in ("rules.csv", "sequences.csv"):
        assert len((tmp_path / name).read_text(encoding="utf-8").splitlines()) == 1


def test_a_spec_of_the_first_version_still_makes_its_bank() -> None:
    spec = preset_spec("tiny", 60)
    old = {k: v for k, v in json.loads(spec.to_json()).items()
           if k not in ("further", "rules", "sequences", "independent")}  # fmt: skip
    read = BankSpec.from_json(json.dumps(old))
    assert read == bare(spec)
    assert holders(read, 3).tables["product"].rows == len(PRODUCTS)


@pytest.mark.parametrize(
    "change",
    [{"rules": (RuleSpec("association", ("PEN",), "LIF", 0.2),)}, {"rules": (RuleSpec("decoy", ("XXX",), "LIF", 0.2),)},
     {"rules": (RuleSpec("association", ("LIF",), "PEN", 1.2),)}, {"sequences": (SequenceSpec("CAR", "CLS", 60, 0.5),)},
     {"further": (*SHELF, SHELF[0])}, {"rules": (RuleSpec("association", ("LIF",), "MOR", 0.2),)},
     {"rules": (RuleSpec("attribute", ("occupation=student",), "MOR", 0.2),)},
     {"sequences": (SequenceSpec("MOR", "HOM", 60, 0.5),)}],
)  # fmt: skip
def test_what_cannot_be_drawn_in_order_is_refused(change: dict[str, tuple[object, ...]]) -> None:
    with pytest.raises(BadInput, match=r"before it|same code"):
        replace(preset_spec("tiny"), **change)  # type: ignore[arg-type]
