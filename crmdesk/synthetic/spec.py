"""What an invented bank is: segments and tiers, presets of every money field, habits and answers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal

from crmdesk.domain.errors import BadInput
from crmdesk.domain.interaction import CELLS
from crmdesk.domain.permission import MARKETING_CHANNELS

VERSION: Final = 2  # grows with any change that gives other rows for the same preset and seed
# The products that carry amounts: field -> code.
CODES: Final = {"balance": "CUR", "savings": "SAV", "mortgage": "MOR", "loan": "LOA", "investments": "INV",
                "card_spend": "CRD"}  # fmt: skip
FIELDS: Final = ("balance", "savings", "mortgage", "loan", "investments", "card_spend")


@dataclass(frozen=True)
class MomentSpec:
    """Preset moments of one field in minor units; `kurtosis` is excess (Pearson minus 3)."""

    mean: float
    sd: float
    skew: float
    kurtosis: float


@dataclass(frozen=True)
class TierSpec:
    """A value tier of one segment: money presets, share of owners, chance of a yes by channel when asked first."""

    name: str
    share: float
    money: dict[str, MomentSpec]
    owns: dict[str, float]
    says_yes: dict[str, float]


@dataclass(frozen=True)
class SegmentSpec:
    """People with one way of using the bank: `profile` is the mean share of each of the 37 cells."""

    name: str
    share: float
    profile: tuple[float, ...]
    asked_by: dict[str, float]
    tiers: tuple[TierSpec, ...]


@dataclass(frozen=True)
class ProductSpec:
    """A product without balances: `base` is the chance to hold it at the end where no rule adds to it."""

    code: str
    name: str
    family: str
    margin: int  # a year, in minor units
    base: float


@dataclass(frozen=True)
class RuleSpec:
    """Who holds or is all of `antecedent` holds `consequent` with a chance higher by `adds`; a decoy adds nothing.

    Item keys: a product's code, or `column=value` of the customer table (`occupation=student`).
    """

    kind: Literal["association", "attribute", "decoy"]
    antecedent: tuple[str, ...]
    consequent: str
    adds: float


@dataclass(frozen=True)
class SequenceSpec:
    """Of those who opened `first`, `share` open `then` after it within `days`, most of them early."""

    first: str
    then: str
    days: int
    share: float


@dataclass(frozen=True)
class BankSpec:
    """A whole bank: yearly volumes lognormal(ln `volume`, `spread`), shares Dirichlet(`concentration` x profile).

    In an `independent` bank no product says anything about another: neither by who holds it nor by its first day.
    """

    preset: str
    customers: int
    segments: tuple[SegmentSpec, ...]
    until: date = date(2026, 6, 30)
    months: int = 12
    volume: float = 60.0
    spread: float = 0.9
    burst: float = 6.0  # shape of the negative binomial months: smaller is burstier
    concentration: float = 25.0
    rho: float = 0.35
    separation: float = 1.0
    levels: str = "relative"
    never_asked: float = 0.30
    control: float = 0.15
    uplift: bool = True
    further: tuple[ProductSpec, ...] = ()
    rules: tuple[RuleSpec, ...] = ()
    sequences: tuple[SequenceSpec, ...] = ()
    independent: bool = False

    def __post_init__(self) -> None:
        if self.customers < 1:
            raise BadInput(f"A bank of {self.customers} customers cannot be made; ask for 1 or more.")
        for segment in self.segments:
            if len(segment.profile) != len(CELLS) or abs(sum(segment.profile) - 1) > 1e-9:
                raise BadInput(f"The profile of segment {segment.name} needs {len(CELLS)} shares that sum to 1.")
            _sums_to_one(f"tiers of {segment.name}", [t.share for t in segment.tiers])
            for tier in segment.tiers:
                _complete(f"{segment.name}/{tier.name}", tier)
        _sums_to_one("segments", [s.share for s in self.segments])
        _in_order(self)

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"until": self.until.isoformat(), "version": VERSION}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> BankSpec:
        """The spec that `to_json` wrote; BadInput where it is not one. One of version 1 has no further products."""
        try:
            raw = json.loads(text)
            raw.pop("version", None)  # tells which law made the bank; the fields say the rest
            raw["until"] = date.fromisoformat(raw["until"])
            raw["segments"] = tuple(_segment(s) for s in raw["segments"])
            raw["further"] = tuple(ProductSpec(**p) for p in raw.get("further", ()))
            raw["rules"] = tuple(_rule(r) for r in raw.get("rules", ()))
            raw["sequences"] = tuple(SequenceSpec(**s) for s in raw.get("sequences", ()))
            return cls(**raw)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"This is not the description of a bank: {error}; compare it with a written one.") from None


def _segment(raw: dict[str, Any]) -> SegmentSpec:
    tiers = tuple(
        TierSpec(**{**tier, "money": {f: MomentSpec(**m) for f, m in tier["money"].items()}}) for tier in raw["tiers"]
    )
    return SegmentSpec(**{**raw, "profile": tuple(raw["profile"]), "tiers": tiers})


def _rule(raw: dict[str, Any]) -> RuleSpec:
    return RuleSpec(**{**raw, "antecedent": tuple(raw["antecedent"])})


def _in_order(spec: BankSpec) -> None:
    """Products are drawn one after the other, so what a chance depends on must come before it.

    An order in time begins with a further product: the days of the others are drawn elsewhere.
    """
    places = dict.fromkeys(CODES.values(), -1) | {p.code: i for i, p in enumerate(spec.further)}
    if len(places) < len(CODES) + len(spec.further):
        raise BadInput("Two products of the bank have the same code; give each its own.")
    steps = [(r.antecedent, r.consequent, r.adds, -1) for r in spec.rules]
    steps += [((s.first,), s.then, s.share, 0) for s in spec.sequences]
    for before, after, chance, least in steps:
        drawn = [key for key in before if "=" not in key or least == 0]  # what customers are, they are before
        known = places.get(after, -1) >= 0
        known &= all(least <= places.get(key, len(places)) < places.get(after, -1) for key in drawn)
        if not known or not 0 <= chance <= 1:
            raise BadInput(f"{' + '.join(before)} cannot lead to {after}: list them before it, with a share of 0 to 1.")


def _sums_to_one(what: str, shares: list[float]) -> None:
    if not shares or abs(sum(shares) - 1) > 1e-9 or min(shares) <= 0:
        raise BadInput(f"The shares of the {what} must be positive and sum to 1; they are {shares}.")


def _complete(where: str, tier: TierSpec) -> None:
    for names, known, what in ((tier.money, FIELDS, "money"), (tier.owns, FIELDS, "owns"),
                               (tier.says_yes, MARKETING_CHANNELS, "says_yes")):  # fmt: skip
        if set(names) != set(known):
            raise BadInput(f"'{what}' of {where} needs exactly: {', '.join(known)}.")
