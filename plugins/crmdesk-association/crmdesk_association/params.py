"""What a person may set in each of the three analyses."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator

from crmdesk.api import Field, Params
from crmdesk_association.transactions import ATTRIBUTES

MORE: dict[str, Any] = {"advanced": True}
OWNED: dict[str, Any] = {"basket": ["products", "visits", "days"]}
TRAITS: dict[str, Any] = {"kind": "choices", "choices": list(ATTRIBUTES), "when": OWNED}


class Mining(Params):
    """What baskets are made of and how far down is looked: the same in rules and change."""

    basket: Literal["products", "visits", "days", "table"] = Field(
        "products",
        title="Baskets",
        description="products: what a customer holds; visits: what is done on one day in one channel; days: on one "
        "day; table: baskets from a CSV file.",
    )
    table: str | None = Field(
        None,
        title="Table file",
        description="For baskets from a table: a CSV file with the columns transaction and item, or one basket a line.",
        json_schema_extra={"kind": "file", "when": {"basket": ["table"]}},
    )
    items: Literal["product", "family"] = Field(
        "product",
        title="Items",
        description="product: each product is an item; family: products of a kind are one.",
        json_schema_extra=MORE,
    )
    attributes: str = Field(
        "age_band, occupation, education, channel, segment, stage",
        title="Attributes",
        description="What customers are like, on the if side of rules only; tick none to leave it out.",
        json_schema_extra=TRAITS,
    )
    drop_above: float = Field(
        0.9,
        gt=0,
        le=1,
        title="Drop above",
        description="An item that more than this share holds says nothing.",
        json_schema_extra=MORE,
    )
    min_support: float = Field(
        0.01, gt=0, le=1, title="Least support", description="Share of baskets that must hold a whole rule."
    )
    min_confidence: float = Field(
        0.1, ge=0, le=1, title="Least confidence", description="Share of baskets with the if side that hold the rest."
    )
    max_length: int = Field(
        4,
        ge=2,
        le=20,
        title="Longest rule",
        description="Most items in a rule, both sides together.",
        json_schema_extra=MORE,
    )
    single_consequent: bool = Field(
        True,
        title="One item after the arrow",
        description="Rules that foretell one item; off: any split of a set.",
        json_schema_extra=MORE,
    )
    fdr: float = Field(
        0.05,
        gt=0,
        lt=1,
        title="False discoveries",
        description="Expected share of false ones among what is shown.",
        json_schema_extra=MORE,
    )
    min_improvement: float = Field(
        0.02, ge=0, lt=1, title="Least improvement",
        description="How much confidence a rule must add to its best shorter rule, as a share.",
        json_schema_extra=MORE,
    )  # fmt: skip
    top: int = Field(
        50,
        ge=1,
        le=1000,
        title="Show at most",
        description="Most that are shown, the strongest first; all are exported.",
        json_schema_extra=MORE,
    )
    max_sets: int = Field(
        1_000_000, ge=1_000, le=5_000_000, title="Most itemsets",
        description="More sets than this are refused with the advice which support would fit.",
        json_schema_extra=MORE,
    )  # fmt: skip

    @field_validator("table", "table_before", mode="before", check_fields=False)
    @classmethod
    def _whole_path(cls, value: Any) -> Any:
        """A file is named from where the person stands, so its whole path is kept: the worker stands elsewhere."""
        if not isinstance(value, str) or not value.strip():
            return None
        try:
            return str(Path(value).expanduser().resolve())
        except RuntimeError:
            raise ValueError("nobody here has that home folder") from None


class RulesParams(Mining):
    top: int = Field(
        50,
        ge=1,
        le=1000,
        title="Show at most",
        description="Most rules shown, the largest leverage first; these alone make offers, all are exported.",
        json_schema_extra=MORE,
    )
    engine: Literal["bitset", "fpgrowth", "apriori"] = Field(
        "bitset",
        title="Method",
        description="bitset: the fast one; fpgrowth and apriori: mlxtend's, for comparison.",
        json_schema_extra=MORE,
    )
    keep: Literal["frequent", "closed", "maximal"] = Field(
        "frequent", title="Itemsets kept",
        description="frequent: all; closed: none with an equally frequent superset; maximal: no frequent superset.",
        json_schema_extra=MORE,
    )  # fmt: skip
    horizon_days: int = Field(
        180, ge=30, le=730, title="Horizon in days",
        description="Recommendations are judged by what is bought within so many days.",
        json_schema_extra=MORE,
    )  # fmt: skip


class SequenceParams(Params):
    events: Literal["products", "acts"] = Field(
        "products", title="Events", description="products: what customers open; acts: what they do, day by day."
    )
    items: Literal["product", "family"] = Field(
        "product",
        title="Items",
        description="product: each product is an item; family: products of a kind are one.",
        json_schema_extra=MORE,
    )
    drop_above: float = Field(
        0.9,
        gt=0,
        le=1,
        title="Drop above",
        description="An item that more than this share have says nothing.",
        json_schema_extra=MORE,
    )
    min_support: float = Field(
        0.01, gt=0, le=1, title="Least support", description="Share of customers who must show the whole sequence."
    )
    max_length: int = Field(
        3, ge=2, le=6, title="Longest sequence", description="Most items in a sequence.", json_schema_extra=MORE
    )
    min_gap_days: int = Field(
        1,
        ge=0,
        le=3_650,
        title="Least gap in days",
        description="Least days from one step to the next.",
        json_schema_extra=MORE,
    )
    max_gap_days: int = Field(
        365, ge=1, le=36_500, title="Most gap in days", description="Most days from one step to the next."
    )
    max_span_days: int = Field(
        730,
        ge=1,
        le=36_500,
        title="Most days in all",
        description="Most days from the first step to the last.",
        json_schema_extra=MORE,
    )
    together_days: int = Field(
        0,
        ge=0,
        le=31,
        title="Together within days",
        description="Events so close count as one step.",
        json_schema_extra=MORE,
    )
    shuffles: int = Field(
        200,
        ge=20,
        le=5_000,
        title="Shuffles",
        description="How often the order within customers is shuffled.",
        json_schema_extra=MORE,
    )
    fdr: float = Field(
        0.05,
        gt=0,
        lt=1,
        title="False discoveries",
        description="Expected share of false ones among what is shown.",
        json_schema_extra=MORE,
    )
    top: int = Field(
        50,
        ge=1,
        le=1000,
        title="Show at most",
        description="Most sequences shown, those furthest beyond chance first; all are exported.",
        json_schema_extra=MORE,
    )
    max_patterns: int = Field(
        100_000, ge=100, le=1_000_000, title="Most sequences",
        description="More than this are refused with the advice which support would fit.",
        json_schema_extra=MORE,
    )  # fmt: skip


class ChangeParams(Mining):
    table_before: str | None = Field(
        None,
        title="Table before",
        description="For baskets from a table: the file of the earlier baskets.",
        json_schema_extra={"kind": "file", "when": {"basket": ["table"]}},
    )
    months: int = Field(
        12, ge=1, le=120, title="Months between",
        description="The earlier snapshot lies so many months back; visits and days: the length of both periods.",
        json_schema_extra={"when": OWNED},
    )  # fmt: skip
    attributes: str = Field(
        "", title="Attributes",
        description="As in rules; empty by default, because what customers are like changes little.",
        json_schema_extra=TRAITS,
    )  # fmt: skip
    similar: float = Field(
        0.5, gt=0, lt=1, title="Alike from",
        description="Sides of two rules that share this much of their items count as alike.",
        json_schema_extra=MORE,
    )  # fmt: skip
