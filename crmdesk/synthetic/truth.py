"""The truth folder: what was planted, apart from the bank, opened only to compare (command line, section 4)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crmdesk.domain.interaction import CELLS
from crmdesk.synthetic.spec import BankSpec
from crmdesk.synthetic.table import plain
from crmdesk.synthetic.world import World


def write_truth(world: World, folder: Path) -> None:
    """segments, cells, moments, permissions, effects (CSV) and the whole spec (JSON) into `folder`, which exists."""
    spec = world.spec
    _csv(folder / "segments.csv", ("customer", "segment", "tier"), _segments(world))
    _csv(folder / "cells.csv", ("segment", "channel", "mode", "activity", "share"), _cells(spec))
    _csv(folder / "moments.csv", ("field", "segment", "tier", "mean", "sd", "skew", "excess_kurtosis"), _moments(spec))
    _csv(folder / "permissions.csv", ("segment", "tier", "channel", "rate"), _rates(spec))
    _csv(folder / "effects.csv", ("campaign", "customer", "base", "tau"), _effects(world))
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
