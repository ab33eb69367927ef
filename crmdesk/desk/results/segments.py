"""Pictures of a segmentation, drawn from the tables every Segments result has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmdesk.desk.results.picture import Picture, columns_of, number, once

if TYPE_CHECKING:
    import pandas as pd

Tables = Mapping[str, "pd.DataFrame"]
TOP = 5
LIMIT = 0.8  # below this agreement of bootstraps, groups are not told apart reliably
CHANNELS = {"email": "E-mail", "phone": "Phone", "sms": "SMS", "post": "Post", "in_person": "In person",
            "in_app": "In app"}  # fmt: skip


def segment_names(tables: Tables) -> dict[str, str]:
    """Segment code -> name, in the order of the table."""
    if "segments" not in tables:
        return {}
    columns = columns_of(tables["segments"])
    return {str(code): str(name) for code, name in zip(columns["segment"], columns["name"], strict=True)}


def words(name: Any) -> str:
    return str(name).replace(".", ", ").replace("_", " ")


def profile(tables: Tables) -> list[Picture]:
    """Per segment the five fields that differ most from the bank, in standard deviations."""
    columns, names = columns_of(tables["profile"]), segment_names(tables)
    pictures = []
    for code in once(str(c) for c in columns["segment"]):
        rows = [i for i, c in enumerate(columns["segment"]) if str(c) == code and number(columns["d"][i]) is not None]
        rows.sort(key=lambda i: -abs(columns["d"][i]))
        fields = [_field(columns, i) for i in rows[:TOP]]
        values = [float(columns["d"][i]) for i in rows[:TOP]]
        if rows:
            pictures.append(
                Picture("bars", names.get(code, code), {"field": fields, "d": values}, "field", "d",
                        y_label="difference from the bank, in standard deviations")
            )  # fmt: skip
    return pictures


def _field(columns: Mapping[str, list[Any]], i: int) -> str:
    lift = number(columns["lift"][i])
    return words(columns["field"][i]) + (f"  ×{lift:.1f}" if lift is not None else "")


def stability(tables: Tables) -> list[Picture]:
    """Agreement against the number of groups, one line per decision, with the limit and what was chosen."""
    columns, names = columns_of(tables["k_choice"]), segment_names(tables)
    lines = [
        "Groups by use" if _one(columns["tier"][i]) else f"Levels in {names.get(str(parent), str(parent))}"
        for i, parent in enumerate(columns["parent"])
    ]
    chosen = [
        f"{line}: {int(columns['k'][i])} chosen"
        for i, line in enumerate(lines) if _true(columns["chosen"][i]) and number(columns["k"][i]) is not None
    ]  # fmt: skip
    title = "Agreement of repeated fits" + (f" ({'; '.join(chosen[:3])})" if chosen else "")
    data = {"k": columns["k"], "boot_ari": columns["boot_ari"], "line": lines}
    known = [i for i, v in enumerate(data["boot_ari"]) if number(v) is not None]
    kept = {name: [values[i] for i in known] for name, values in data.items()}
    return [Picture("lines", title, kept, "k", "boot_ari", "line", x_label="number of groups",
                    y_label="agreement (1 = always the same)", marks={"limit": LIMIT})]  # fmt: skip


def _one(tier: Any) -> bool:
    return str(tier).removesuffix(".0") in ("1", "tier1")


def _true(value: Any) -> bool:
    return value is not None and value == value and bool(value)


def comparison(tables: Tables) -> list[Picture]:
    """Each method's agreement with its interval."""
    columns = columns_of(tables["comparison"])
    given = columns["given_k"]
    rows = [words(m) + (" (same number of segments)" if _true(g) else "")
            for m, g in zip(columns["method"], given, strict=True)]  # fmt: skip
    data = {"method": rows, "ari": columns["ari"], "low": columns["low"], "high": columns["high"]}
    return [Picture("bars", "Agreement of single-step methods with the staged segments", data, "method", "ari",
                    low="low", high="high", y_label="adjusted Rand index")]  # fmt: skip


def permissions(tables: Tables) -> list[Picture]:
    """Per purpose: the share of each segment we may contact now, by channel."""
    columns, names = columns_of(tables["permissions"]), segment_names(tables)
    sizes = {}
    if "segments" in tables:
        found = columns_of(tables["segments"])
        sizes = {str(code): number(n) for code, n in zip(found["segment"], found["n"], strict=True)}
    pictures = []
    for purpose in once(str(p) for p in columns["purpose"]):
        rows = [i for i, p in enumerate(columns["purpose"]) if str(p) == purpose]
        data: dict[str, list[Any]] = {
            "channel": [CHANNELS.get(str(columns["channel"][i]), words(columns["channel"][i] or "all")) for i in rows],
            "segment": [names.get(str(columns["segment"][i]), str(columns["segment"][i])) for i in rows],
            "share": [_share(columns, i, sizes) for i in rows],
        }
        pictures.append(
            Picture("heat", f"May be contacted about {words(purpose)}: share of the segment", data, "channel",
                    "segment", value="share", percent=True)
        )  # fmt: skip
    return pictures


def _share(columns: Mapping[str, list[Any]], i: int, sizes: Mapping[str, float | None]) -> float | None:
    """Contactable now over the segment's size; the grant rate where the size is unknown."""
    able, size = number(columns["contactable"][i]), sizes.get(str(columns["segment"][i]))
    if able is not None and size:
        return able / size if able > 1 or size == 1 else able
    return number(columns["rate"][i])
