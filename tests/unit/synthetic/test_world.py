"""The invented bank has what was planted, and nothing in it depends on what was not asked for."""

from dataclasses import replace

import numpy as np
import pytest

from crmdesk.domain.errors import BadInput
from crmdesk.domain.interaction import CELLS
from crmdesk.synthetic.moment_table import moment_table
from crmdesk.synthetic.presets import preset_spec
from crmdesk.synthetic.spec import FIELDS, BankSpec
from crmdesk.synthetic.table import content_hash
from crmdesk.synthetic.times import HOURS, WEEKDAYS
from crmdesk.synthetic.world import World, generate


def column(world: World, table: str, name: str) -> np.ndarray:
    return np.asarray(world.tables[table].columns[name])


def acts(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer 0.., cell 0..36 and seconds of what customers did themselves."""
    own = column(world, "interaction", "initiated_by") == "customer"
    names = ("customer_id", "catalogue_id", "occurred_s")
    customer, cell, at = (column(world, "interaction", n)[own].astype(np.int64) for n in names)
    return customer - 1, cell - 1, at


def divergence(a: np.ndarray, b: np.ndarray) -> float:
    """Jensen-Shannon, base 2."""
    a, b = a / a.sum(), b / b.sum()
    m = (a + b) / 2

    def kl(p: np.ndarray) -> float:
        return float(np.sum(p[p > 0] * np.log2(p[p > 0] / m[p > 0])))

    return (kl(a) + kl(b)) / 2


def test_every_preset_moment_is_inside_its_band(world: World) -> None:
    rows = moment_table(world)
    assert {r.field for r in rows} == set(FIELDS)
    assert len(rows) > 60
    # 4 sd of 200 repeats over 260 correlated figures: heavy tails leave the odd fourth moment outside.
    outside = [(r.field, r.segment, r.tier, r.inside) for r in rows if not all(r.inside)]
    assert len(outside) <= 2, outside
    assert all(r.inside[0] for r in rows)


def test_the_moment_table_finds_a_wrong_mean(world: World) -> None:
    wrong = replace(world, amounts={f: v * 1.5 for f, v in world.amounts.items()})
    rows = [r for r in moment_table(wrong) if r.n > 200]
    assert rows
    assert not any(r.flat()["inside"] for r in rows)


def test_cells_follow_the_segment_profile(world: World) -> None:
    from scipy.stats import chisquare

    customer, cell, _ = acts(world)
    shuffled = np.random.default_rng(5).permutation(len(customer))
    # One act a customer: many acts of one person share that person's habits and are no independent draws.
    who, first = np.unique(customer[shuffled], return_index=True)
    chosen = cell[shuffled][first]
    for s, segment in enumerate(world.spec.segments):
        mine = chosen[world.planted.segment[who] == s]
        expected = np.array(segment.profile) * len(mine)
        order = np.argsort(expected)
        bins = np.minimum(np.cumsum(expected[order]) // 8, 25).astype(int)
        seen = np.bincount(mine, minlength=len(CELLS))[order]
        used = np.unique(bins)
        p = chisquare(np.bincount(bins, seen)[used], np.bincount(bins, expected[order])[used]).pvalue
        assert p > 0.001, segment.name


def test_all_37_cells_occur_and_other_rows_are_the_banks_own(world: World) -> None:
    _, cell, _ = acts(world)
    assert set(cell.tolist()) == set(range(37))
    by_bank = column(world, "interaction", "initiated_by") == "bank"
    assert 0 < by_bank.sum() < 0.05 * len(by_bank)
    assert (column(world, "interaction", "catalogue_id")[by_bank] > 900).all()


def test_hours_and_weekdays_follow_each_channel(world: World) -> None:
    _, cell, at = acts(world)
    channels = np.array([c.channel for c in CELLS])[cell]
    for name in HOURS:
        mine = at[channels == name]
        assert divergence(np.bincount(mine % 86_400 // 3600, minlength=24), np.array(HOURS[name])) < 0.02
        assert divergence(np.bincount((mine // 86_400 + 3) % 7, minlength=7), np.array(WEEKDAYS[name])) < 0.02
    branch = at[channels == "branch"]
    assert ((branch // 86_400 + 3) % 7 < 5).all()
    assert set((branch % 86_400 // 3600).tolist()) <= set(range(9, 17))


def test_payday_draws_people_to_the_machines(world: World) -> None:
    _, cell, at = acts(world)
    days = at.astype("datetime64[s]").astype("datetime64[D]")
    of_month = (days - days.astype("datetime64[M]")).astype(int) + 1
    payday = (of_month >= 25) | (of_month <= 3)
    atm = np.array([c.channel == "atm" for c in CELLS])[cell]
    assert payday[atm].mean() > payday[~atm].mean() + 0.05


def test_the_twelve_months_are_full_and_end_on_the_last_day(world: World) -> None:
    _, _, at = acts(world)
    months = np.bincount((at.astype("datetime64[s]").astype("datetime64[M]").astype(int)) - (2025 - 1970) * 12 - 6)
    assert len(months) == 12
    assert months.min() > 0.7 * months.mean()
    assert str(at.max().astype("datetime64[s]").astype("datetime64[D]")) == world.spec.until.isoformat()
    assert 70 < len(at) / world.spec.customers < 110


def test_nobody_acts_before_joining_or_after_leaving(world: World) -> None:
    customer, _, at = acts(world)
    day = at // 86_400
    assert (day >= world.life.joined[customer]).all()
    assert (day <= world.life.last[customer]).all()
    assert not world.life.prospect[customer].any()


def test_tiers_are_planted_within_segments_by_their_shares(world: World) -> None:
    planted = world.planted
    for s, segment in enumerate(world.spec.segments):
        mine = planted.segment == s
        assert mine.mean() == pytest.approx(segment.share, abs=0.04)
        shares = np.bincount(planted.tier[mine], minlength=3) / mine.sum()
        assert shares == pytest.approx([t.share for t in segment.tiers], abs=0.06)


def test_owners_are_as_many_as_preset_and_others_have_no_row(world: World) -> None:
    savings = np.asarray(world.tables["account"].columns["product_id"]) == FIELDS.index("savings") + 1
    assert savings.sum() == (~np.isnan(world.amounts["savings"])).sum()
    for s, segment in enumerate(world.spec.segments):
        for t, tier in enumerate(segment.tiers):
            mine = (world.planted.segment == s) & (world.planted.tier == t) & ~world.life.prospect
            for field, share in tier.owns.items():
                held = (~np.isnan(world.amounts[field][mine])).mean()
                assert held == pytest.approx(share, abs=5 * np.sqrt(0.25 / mine.sum()))


def test_the_last_month_carries_the_amounts(world: World) -> None:
    table = world.tables["balance_month"].columns
    last = np.asarray(table["month"]) == "2026-06"
    average = np.asarray(table["average"])[last]
    account = np.asarray(table["account_id"])[last] - 1
    field = np.asarray(world.tables["account"].columns["product_id"])[account] - 1
    customer = np.asarray(world.tables["holding"].columns["customer_id"])[account] - 1
    wanted = np.column_stack([world.amounts[f] for f in FIELDS])[customer, field]
    assert len(average) > world.spec.customers
    assert (average == wanted).all()


def test_money_fields_are_correlated_within_a_tier(null_world: World) -> None:
    from scipy.stats import spearmanr

    both = ~np.isnan(null_world.amounts["balance"]) & ~np.isnan(null_world.amounts["card_spend"])
    found = spearmanr(null_world.amounts["balance"][both], null_world.amounts["card_spend"][both]).statistic
    assert 0.22 < found < 0.42


def test_same_seed_same_hash_other_seed_another() -> None:
    spec = preset_spec("tiny", 120)
    assert generate(spec, 3).content_hash() == generate(spec, 3).content_hash()
    assert generate(spec, 3).content_hash() != generate(spec, 4).content_hash()


def hashes(spec: BankSpec, *tables: str) -> list[str]:
    made = generate(spec, 5).tables
    return [content_hash({t: made[t]}) for t in tables]


def test_a_change_in_one_table_moves_no_other() -> None:
    spec = preset_spec("tiny", 150)
    apart = ("customer", "account", "holding", "balance_month", "campaign", "notice")
    plain = hashes(spec, *apart, "interaction", "permission_event")
    shy = hashes(replace(spec, never_asked=0.6), *apart, "interaction", "permission_event")
    assert shy[:-1] == plain[:-1]
    assert shy[-1] != plain[-1]
    busy = hashes(replace(spec, volume=90.0), *apart, "permission_event", "interaction")
    assert busy[:-1] == [*plain[:-2], plain[-1]]
    assert busy[-1] != plain[-2]


def test_the_null_bank_is_one_group(null_world: World) -> None:
    assert set(null_world.planted.segment.tolist()) == {0}
    assert set(null_world.planted.tier.tolist()) == {0}
    assert not null_world.contacts.tau.any()
    assert len(null_world.spec.segments) == 1
    assert len(null_world.spec.segments[0].tiers) == 1


def test_effects_are_planted_elsewhere(world: World) -> None:
    assert world.contacts.tau.std() > 0.01


def test_a_spec_survives_json_and_a_broken_one_is_refused() -> None:
    spec = preset_spec("gemstone", 50, concentration=8, separation=0.6, levels="absolute")
    assert BankSpec.from_json(spec.to_json()) == spec
    with pytest.raises(BadInput, match="description of a bank"):
        BankSpec.from_json('{"preset": "x"}')
    with pytest.raises(BadInput, match="sum to 1"):
        replace(spec, segments=spec.segments[:2])
    with pytest.raises(BadInput, match="1 or more"):
        replace(spec, customers=0)
    with pytest.raises(BadInput, match="not a preset"):
        preset_spec("empty")
