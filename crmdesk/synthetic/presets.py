"""The invented banks: Gemstone of four segments with three tiers, its sisters in size, and the null bank."""

from __future__ import annotations

from typing import Final

import numpy as np

from crmdesk.domain.errors import BadInput
from crmdesk.domain.interaction import CELLS
from crmdesk.synthetic.shelf import RULES, SEQUENCES, SHELF
from crmdesk.synthetic.spec import FIELDS, BankSpec, MomentSpec, SegmentSpec, TierSpec

CUSTOMERS: Final = {"tiny": 300, "gemstone": 15_000, "large": 200_000, "null": 15_000}
PRESETS: Final = ("empty", *CUSTOMERS)
TIERS: Final = {"low": 0.50, "middle": 0.35, "high": 0.15}

# Weights of each channel's activities, in the order of the catalogue.
_WITHIN: Final[dict[str, dict[str, float]]] = {
    "atm": {"withdrawal": 62, "deposit": 12, "inquiry": 16, "transfer": 6, "maintain": 4},
    "online": {"transfer": 24, "inquiry": 34, "maintain": 6, "bill_payment": 20, "portfolio": 4, "transfer_problem": 2,
               "bank_locations": 1, "products": 3, "atm_online": 1.5, "credit_card": 2, "education": 1.5,
               "promotion": 1},
    "call_centre": {"transfer": 22, "inquiry": 30, "maintain": 12, "transfer_problem": 10, "bank_locations": 3,
                    "products": 8, "atm_online": 7, "credit_card": 8},
    "branch": {"transfer": 14, "inquiry": 12, "maintain": 8, "deposit": 22, "withdrawal": 20, "portfolio": 4,
               "bank_check": 4, "travellers_check": 2, "transaction_question": 5, "general_question": 5,
               "education": 2, "promotion": 2},
}  # fmt: skip
# What a segment does differently: share of each channel, then factors on single cells.
_HABITS: Final[dict[str, tuple[dict[str, float], dict[str, float]]]] = {
    "atm_cash": (
        {"atm": 0.64, "online": 0.10, "call_centre": 0.05, "branch": 0.21},
        {"branch.transaction.withdrawal": 1.6, "branch.transaction.deposit": 1.5, "online.transaction.inquiry": 1.4},
    ),
    "online_self": (
        {"atm": 0.14, "online": 0.74, "call_centre": 0.06, "branch": 0.06},
        {"online.transaction.bill_payment": 1.4, "online.transaction.portfolio": 2.0},
    ),
    "call_support": (
        {"atm": 0.15, "online": 0.17, "call_centre": 0.56, "branch": 0.12},
        {"call_centre.support.transfer_problem": 1.5, "call_centre.support.credit_card": 1.5,
         "online.support.transfer_problem": 2.0, "online.support.credit_card": 2.0, "online.support.products": 1.5},
    ),
    "branch_advice": (
        {"atm": 0.11, "online": 0.10, "call_centre": 0.07, "branch": 0.72},
        {"branch.transaction.portfolio": 3.0, "branch.support.general_question": 2.0,
         "branch.educational.education": 2.5, "branch.transaction.bank_check": 1.6},
    ),
}  # fmt: skip
SHARES: Final = {"atm_cash": 0.30, "online_self": 0.35, "call_support": 0.15, "branch_advice": 0.20}

# field: middle level in minor units, coefficient of variation, skewness, excess kurtosis. All but card spend have
# a support that starts near 0; card spend is a Johnson SU, the rest SB or lognormal.
_SHAPES: Final = {
    "balance": (240_000.0, 0.45, 1.441125, 3.9067),
    "savings": (900_000.0, 0.50, 1.10, 1.80),
    "mortgage": (12_000_000.0, 0.40, 0.60, 0.20),
    "loan": (900_000.0, 0.45, 0.90, 1.20),
    "investments": (2_500_000.0, 0.55, 1.70, 5.10),
    "card_spend": (70_000.0, 0.28, 1.20, 4.00),
}  # fmt: skip
_LEVELS: Final = {  # relative bank: what a segment's middle tier has, as a factor
    "atm_cash": dict(zip(FIELDS, (0.7, 0.6, 0.7, 0.8, 0.5, 0.7), strict=True)),
    "online_self": dict(zip(FIELDS, (1.2, 1.1, 1.2, 1.0, 1.0, 1.3), strict=True)),
    "call_support": dict(zip(FIELDS, (0.9, 0.8, 0.9, 1.2, 0.7, 1.0), strict=True)),
    "branch_advice": dict(zip(FIELDS, (1.4, 1.8, 1.0, 0.8, 1.9, 0.9), strict=True)),
}
# Steps of the tiers low, middle, high for a separation of 1: log units, about one log-sd of the whole bank.
# High tiers owe less and have more; mortgages peak in the middle.
_STEPS: Final = {
    "balance": (-1.0, 0.0, 1.0), "savings": (-1.0, 0.0, 1.0), "mortgage": (-0.5, 0.5, 0.0), "loan": (0.0, 0.5, -0.5),
    "investments": (-1.0, 0.0, 1.0), "card_spend": (-1.0, 0.0, 1.0),
}  # fmt: skip
# Savings and cards are held by nearly all: held by half of a tier they would plant a third level of groups.
_OWNS: Final = {
    "balance": (1.0, 1.0, 1.0), "savings": (0.92, 0.95, 0.98), "mortgage": (0.04, 0.55, 0.35),
    "loan": (0.30, 0.30, 0.05), "investments": (0.02, 0.12, 0.90), "card_spend": (0.95, 0.97, 0.99),
}  # fmt: skip
_YES: Final = {  # chance of a yes at the first question, by the way it was asked
    "atm_cash": {"email": 0.15, "phone": 0.20, "sms": 0.40, "post": 0.25, "in_person": 0.35, "in_app": 0.12},
    "online_self": {"email": 0.55, "phone": 0.12, "sms": 0.30, "post": 0.10, "in_person": 0.30, "in_app": 0.60},
    "call_support": {"email": 0.25, "phone": 0.55, "sms": 0.35, "post": 0.20, "in_person": 0.30, "in_app": 0.20},
    "branch_advice": {"email": 0.10, "phone": 0.25, "sms": 0.15, "post": 0.45, "in_person": 0.65, "in_app": 0.08},
}
# The persona of the two-tier paper: good balance, mortgage, banks online, refuses e-mail, says yes face to face.
PERSONA: Final = ("online_self", "high")
_PERSONA_YES: Final = {"email": 0.04, "phone": 0.15, "sms": 0.10, "post": 0.15, "in_person": 0.80, "in_app": 0.15}
_PERSONA_OWNS_MORTGAGE: Final = 0.85
_ASKED_BY: Final = {
    "atm_cash": {"email": 0.20, "phone": 0.15, "sms": 0.25, "post": 0.10, "in_person": 0.20, "in_app": 0.10},
    "online_self": {"email": 0.30, "phone": 0.08, "sms": 0.10, "post": 0.07, "in_person": 0.20, "in_app": 0.25},
    "call_support": {"email": 0.20, "phone": 0.40, "sms": 0.15, "post": 0.05, "in_person": 0.12, "in_app": 0.08},
    "branch_advice": {"email": 0.15, "phone": 0.15, "sms": 0.08, "post": 0.12, "in_person": 0.45, "in_app": 0.05},
}
_TIER_WILLING: Final = {"low": 0.85, "middle": 1.0, "high": 1.15}


def preset_spec(
    preset: str, customers: int | None = None, *, concentration: float = 25.0, separation: float = 1.0,
    levels: str = "relative",
) -> BankSpec:  # fmt: skip
    """The spec of a preset bank (not of `empty`, which has no customers); BadInput names the known ones."""
    if preset not in CUSTOMERS:
        raise BadInput(f"'{preset}' is not a preset with customers; known: {', '.join(CUSTOMERS)}.")
    if levels not in ("relative", "absolute"):
        raise BadInput(f"Tier levels are relative or absolute, not '{levels}'.")
    if preset == "null":
        segments: tuple[SegmentSpec, ...] = (_the_one_segment(),)
    else:
        segments = tuple(_segment(name, separation, levels) for name in SHARES)
    return BankSpec(
        preset=preset, customers=CUSTOMERS[preset] if customers is None else customers, segments=segments,
        concentration=concentration, separation=separation, levels=levels, uplift=preset != "null",
        further=SHELF, rules=() if preset == "null" else RULES, sequences=() if preset == "null" else SEQUENCES,
        independent=preset == "null",
    )  # fmt: skip


def _profile(name: str) -> tuple[float, ...]:
    channels, factors = _HABITS[name]
    weights = np.array([_WITHIN[c.channel][c.activity] * factors.get(c.code, 1.0) for c in CELLS])
    where = np.array([c.channel for c in CELLS])
    for channel, share in channels.items():
        weights[where == channel] *= share / weights[where == channel].sum()
    return tuple(float(w) for w in weights / weights.sum())


def _money(field: str, factor: float, step: float) -> MomentSpec:
    """A level a factor exp(step) from the middle one; the shape stays, so the coefficient of variation does too."""
    level, cv, skew, kurtosis = _SHAPES[field]
    mean = level * factor * float(np.exp(step))
    return MomentSpec(round(mean, 2), round(cv * mean, 2), skew, kurtosis)


def _tier(segment: str, tier: str, separation: float, levels: str) -> TierSpec:
    at = list(TIERS).index(tier)
    factors = _LEVELS[segment] if levels == "relative" else dict.fromkeys(FIELDS, 1.0)
    owns = {field: _OWNS[field][at] for field in FIELDS}
    yes = {c: round(min(0.95, p * _TIER_WILLING[tier]), 4) for c, p in _YES[segment].items()}
    if (segment, tier) == PERSONA:
        yes, owns = dict(_PERSONA_YES), owns | {"mortgage": _PERSONA_OWNS_MORTGAGE}
    money = {field: _money(field, factors[field], separation * _STEPS[field][at]) for field in FIELDS}
    return TierSpec(tier, TIERS[tier], money, owns, yes)


def _segment(name: str, separation: float, levels: str) -> SegmentSpec:
    tiers = tuple(_tier(name, tier, separation, levels) for tier in TIERS)
    return SegmentSpec(name, SHARES[name], _profile(name), dict(_ASKED_BY[name]), tiers)


def _the_one_segment() -> SegmentSpec:
    """Everybody alike: the mean habits, levels and answers of Gemstone in one segment of one tier."""
    profiles = np.array([_profile(name) for name in SHARES])
    profile = np.array(list(SHARES.values())) @ profiles
    owns = {f: float(np.dot(list(TIERS.values()), _OWNS[f])) for f in FIELDS}
    tier = TierSpec(
        "all", 1.0, {f: _money(f, 1.0, 0.0) for f in FIELDS}, owns | {"balance": 1.0},
        {c: sum(SHARES[s] * _YES[s][c] for s in SHARES) for c in _YES["atm_cash"]},
    )  # fmt: skip
    asked_by = {c: sum(SHARES[s] * _ASKED_BY[s][c] for s in SHARES) for c in _ASKED_BY["atm_cash"]}
    return SegmentSpec("all", 1.0, tuple(float(p) for p in profile / profile.sum()), asked_by, (tier,))
