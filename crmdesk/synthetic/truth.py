"""The truth folder: what was planted, apart from the bank, opened only to compare (command line, section 4)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.interaction import CELLS
from crmdesk.synthetic.accounts import PRODUCTS
from crmdesk.synthetic.hazards import holds
from crmdesk.synthetic.spec import BankSpec
from crmdesk.synthetic.table import plain
from crmdesk.synthetic.world import World

RULE_COLUMNS: Final = ("kind", "antecedent", "consequent", "confidence", "base", "lift", "antecedent_keys",
                       "consequent_keys")  # fmt: skip


def write_truth(world: World, folder: Path) -> None:
    """segments, cells, moments, permissions, effects, rules, sequences (CSV) and the spec (JSON) into `folder`."""
    spec = world.spec
    _csv(folder / "segments.csv", ("customer", "segment", "tier"), _segments(world))
    _csv(folder / "cells.csv", ("segment", "channel", "mode", "activity", "share"), _cells(spec))
    _csv(folder / "moments.csv", ("field", "segment", "tier", "mean", "sd", "skew", "excess_kurtosis"), _moments(spec))
    _csv(folder / "permissions.csv", ("segment", "tier", "channel", "rate"), _rates(spec))
    _csv(folder / "effects.csv", ("campaign", "customer", "base", "tau"), _effects(world))
    _csv(folder / "rules.csv", RULE_COLUMNS, _rules(world))
    _csv(folder / "sequences.csv", ("first", "then", "days", "share", "first_key", "then_key"), _sequences(spec))
    (folder / "spec.json").write_text(spec.to_json() + "\n", encoding="utf-8")


def _csv(path: Path, header: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _segments(world: World) -> Iterable[tuple[str, str, str]]:
    """Prospects are left out: they have no behaviour that anyone could find again."""
    numbers = plain(world.tables["customer"].columns["number"])
    people = zip(numbers, world.planted.segment, world.planted.tier, world.life.prospect, strict=True)
    for number, s, t, prospect in people:
        if not prospect:
            segment = world.spec.segments[s]
            yield number, segment.name, segment.tiers[t].name


def _cells(spec: BankSpec) -> Iterable[tuple[Any, ...]]:
    for segment in spec.segments:
        for cell, share in zip(CELLS, segment.profile, strict=True):
            yield segment.name, cell.channel, cell.mode, cell.activity, repr(share)


def _moments(spec: BankSpec) -> Iterable[tuple[Any, ...]]:
    """Money in minor units."""
    for segment in spec.segments:
        for tier in segment.tiers:
            for field, m in tier.money.items():
                yield field, segment.name, tier.name, m.mean, m.sd, m.skew, m.kurtosis


def _rates(spec: BankSpec) -> Iterable[tuple[Any, ...]]:
    """Chance of a yes at the first question."""
    for segment in spec.segments:
        for tier in segment.tiers:
            for channel, rate in tier.says_yes.items():
                yield segment.name, tier.name, channel, rate


def _effects(world: World) -> Iterable[tuple[Any, ...]]:
    numbers = plain(world.tables["customer"].columns["number"])
    codes = plain(world.tables["campaign"].columns["code"])
    done = world.contacts
    for campaign, customer, base, tau in zip(done.campaign, done.customer, done.base, done.tau, strict=True):
        yield codes[campaign - 1], numbers[customer], round(float(base), 6), round(float(tau), 6)


def _rules(world: World) -> Iterable[tuple[Any, ...]]:
    """Planted confidence and base are mean chances at the end: of those with the antecedent, and of all customers."""
    codes = [p.code for p in world.spec.further]
    names = _names(world.spec)
    customer = ~world.life.prospect
    for rule in world.spec.rules:
        chance = world.further.chance[:, codes.index(rule.consequent)]
        with_it = customer & holds(world.further.items, rule.antecedent)
        confidence, base = (float(chance[mine].mean()) if mine.any() else 0.0 for mine in (with_it, customer))
        lift = confidence / base if base else 0.0
        yield (rule.kind, " + ".join(names.get(k, k.replace("=", " ")) for k in rule.antecedent),
               names[rule.consequent], round(confidence, 6), round(base, 6), round(lift, 6),
               json.dumps(rule.antecedent), json.dumps([rule.consequent]))  # fmt: skip


def _sequences(spec: BankSpec) -> Iterable[tuple[Any, ...]]:
    names = _names(spec)
    for one in spec.sequences:
        yield names[one.first], names[one.then], one.days, one.share, one.first, one.then


def _names(spec: BankSpec) -> dict[str, str]:
    """Product names by code."""
    return {code: name for code, name, *_ in PRODUCTS.values()} | {p.code: p.name for p in spec.further}
