"""Pictures of a segmentation, drawn from the tables every Segments result has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmdesk.desk.results.picture import Picture, columns_of, number, once

if TYPE_CHECKING:
    import pandas as pd

Tables = Mapping[str, "pd.DataFrame"]
OVERVIEW = ("segments", "permissions")  # the tables that `overview` draws from
TOP = 5
LIMIT = 0.8  # below this agreement of bootstraps, groups are not told apart reliably
CHANNELS = {"email": "E-mail", "phone": "Phone", "sms": "SMS", "post": "Post", "in_person": "In person",
            "in_app": "In app"}  # fmt: skip
PURPOSES = {"marketing": "offers", "survey": "surveys"}


def segment_names(tables: Tables) -> dict[str, str]:
    """Segment code -> name, in the order of the table."""
    if "segments" not in tables:
        return {}
    columns = columns_of(tables["segments"])
    return {str(code): str(name) for code, name in zip(columns["segment"], columns["name"], strict=True)}


def in_one_piece(tables: Tables) -> bool:
    """Whether a segmentation found nothing to tell apart: one segment for everybody."""
    return "segments" in tables and len(tables["segments"]) == 1


def group_names(tables: Tables) -> dict[str, str]:
    """Code of a first-tier group -> its name: the plugin's column `group`, or what its segments' names begin with."""
    if "segments" not in tables:
        return {}
    columns = columns_of(tables["segments"])
    named = columns.get("group") or [str(name).partition(",")[0] for name in columns["name"]]
    return {str(code): str(name) for code, name in zip(columns["tier1"], named, strict=True)}


def words(name: Any) -> str:
    return str(name).replace(".", ", ").replace("_", " ")


def profile(tables: Tables) -> list[Picture]:
    """Per segment the five fields that differ most from the rest, in standard deviations."""
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
                        y_label="difference from the rest, in standard deviations")
            )  # fmt: skip
    return pictures


def _field(columns: Mapping[str, list[Any]], i: int) -> str:
    lift = number(columns["lift"][i])
    return words(columns["field"][i]) + (f"  ×{lift:.1f}" if lift is not None else "")


def stability(tables: Tables) -> list[Picture]:
    """Agreement against the number of groups, one line per decision, with the limit and what was chosen."""
    columns, names = columns_of(tables["k_choice"]), group_names(tables)
    lines = [
        "Groups by use" if _one(columns["tier"][i]) else f"Levels in {names.get(str(parent), str(parent))}"
        for i, parent in enumerate(columns["parent"])
    ]
    chosen = {
        line: f"{line}: {int(columns['k'][i])} chosen"
        for i, line in enumerate(lines) if _true(columns["chosen"][i]) and number(columns["k"][i]) is not None
    }  # fmt: skip
    title = "Agreement of repeated fits"
    data = {"k": columns["k"], "boot_ari": columns["boot_ari"], "line": [chosen.get(line, line) for line in lines]}
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
    alike = all(_true(g) for g in given)  # then it is said once, in the title
    rows = [words(m) + (" (same number of segments)" if _true(g) and not alike else "")
            for m, g in zip(columns["method"], given, strict=True)]  # fmt: skip
    title = "Agreement of single-step methods with the staged segments" + (", as many segments" if alike else "")
    data = {"method": rows, "ari": columns["ari"], "low": columns["low"], "high": columns["high"]}
    return [Picture("bars", title, data, "method", "ari",
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
        rows.sort(key=lambda i: list(CHANNELS).index(ch) if (ch := str(columns["channel"][i])) in CHANNELS else 99)
        data: dict[str, list[Any]] = {
            "channel": [CHANNELS.get(str(columns["channel"][i]), words(columns["channel"][i] or "all")) for i in rows],
            "segment": [names.get(str(columns["segment"][i]), str(columns["segment"][i])) for i in rows],
            "share": [_share(columns, i, sizes) for i in rows],
        }
        pictures.append(
            Picture("heat", f"May be contacted about {PURPOSES.get(purpose, words(purpose))}: share of the segment",
                    data, "channel", "segment", value="share", percent=True)
        )  # fmt: skip
    return pictures


def _share(columns: Mapping[str, list[Any]], i: int, sizes: Mapping[str, float | None]) -> float | None:
    """Contactable now over the segment's size; the grant rate where the size is unknown."""
    able, size = number(columns["contactable"][i]), sizes.get(str(columns["segment"][i]))
    if able is not None and size:
        return able / size if able > 1 or size == 1 else able
    return number(columns["rate"][i])


def overview(tables: Tables) -> Picture | None:
    """The segments as one mosaic, coloured by whom we may send offers; None where there are not two."""
    if "segments" not in tables or len(tables["segments"]) < 2:
        return None
    columns, groups = columns_of(tables["segments"]), group_names(tables)
    reach, channel = _best_reach(tables)
    worth = [_worth(columns, i) for i in range(len(columns["segment"]))]
    rows = sorted(range(len(worth)), key=lambda i: (str(columns["tier1"][i]), -worth[i]))  # the highest value on top
    names = [str(columns["name"][i]) for i in rows]
    data: dict[str, list[Any]] = {
        "group": [groups.get(str(columns["tier1"][i]), "") for i in rows],
        "level": [name.partition(", ")[2] or name for name in names],
        "share": [columns["share"][i] for i in rows],
        "reach": [reach.get(str(columns["segment"][i])) for i in rows],
    }
    size = "Segments by their share of customers"
    if not reach:
        return Picture("mosaic", size, data, "group", "share", "level", "share")
    title = f"{size}; colour and number: may be sent offers by {channel.lower()}"
    return Picture("mosaic", title.replace("by in ", "in "), data, "group", "share", "level", "reach")


def _worth(columns: Mapping[str, list[Any]], i: int) -> float:
    share, value = number(columns["share"][i]), number(columns["value_share"][i])
    return value / share if share and value is not None else 0.0


def _best_reach(tables: Tables) -> tuple[dict[str, float | None], str]:
    """For offers: each segment's share by the channel that reaches any one segment most, and that channel's word."""
    if "permissions" not in tables:
        return {}, ""
    (offers,) = [p for p in permissions(tables) if "about offers" in p.title] or [None]
    if offers is None:
        return {}, ""
    names = {name: code for code, name in segment_names(tables).items()}
    rows = list(zip(offers.get("channel"), offers.get("segment"), offers.get("share"), strict=True))
    best = max(rows, key=lambda row: row[2] or 0.0)[0]
    return {names.get(name, name): share for channel, name, share in rows if channel == best}, str(best)
