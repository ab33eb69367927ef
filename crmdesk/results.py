"""What mining gives back: frozen values that cross processes as JSON and Arrow bytes, never as pickle."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

if TYPE_CHECKING:
    import pandas as pd

MAGIC = b"CRMR1\n"


@dataclass(frozen=True)
class Metric:
    """A figure with its 95 % interval; what cannot be computed is None, never NaN."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None:
                number = float(number)
                object.__setattr__(self, name, number if math.isfinite(number) else None)


@dataclass(frozen=True)
class Figure:
    """A picture as data: a tidy table and which of its columns are the axes. The desk draws it.

    kind: bars (x category, y number, group), heat (x, y categories, value), lines (x, y numbers, group, low, high),
    scatter (x, y numbers, group), mosaic (columns x, tiles group, y share, value).
    """

    kind: Literal["bars", "heat", "lines", "scatter", "mosaic"]
    title: str
    data: pd.DataFrame
    x: str
    y: str
    group: str | None = None
    value: str | None = None
    low: str | None = None
    high: str | None = None
    x_label: str = ""
    y_label: str = ""
    marks: Mapping[str, float] = field(default_factory=dict)  # named lines, e.g. {"limit": 0.8}


@dataclass(frozen=True)
class Model:
    """A fitted model as plain bytes: JSON, npz or skops."""

    kind: Literal["json", "npz", "skops"]
    data: bytes


@dataclass(frozen=True)
class Result:
    """Base of all results: a verdict sentence, metrics, tables, figures, warnings and a model.

    Tables are DataFrames; a table with one row per customer has an int64 column `customer` (the pseudonym).
    Subclasses name the columns that stock views rely on in `required`; more tables and columns are welcome.
    """

    verdict: str
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    model: Model | None = None
    required: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __post_init__(self) -> None:
        for name, columns in self.required.items():
            if name in self.tables:
                missing = [c for c in columns if c not in self.tables[name].columns]
                if missing:
                    raise ValueError(f"{type(self).__name__}: table '{name}' lacks {', '.join(missing)}")

    def to_bytes(self) -> bytes:
        """Everything as one byte string: a JSON head, then the tables, figures and model it counts."""
        parts: list[bytes] = []
        head: dict[str, Any] = {
            "type": type(self).__name__,
            "verdict": self.verdict,
            "metrics": {k: [m.value, m.low, m.high] for k, m in self.metrics.items()},
            "warnings": list(self.warnings),
            "tables": [], "figures": [], "model": None,
        }  # fmt: skip
        for name, frame in self.tables.items():
            parts.append(table_to_bytes(frame))
            head["tables"].append([name, len(parts[-1])])
        for name, figure in self.figures.items():
            parts.append(table_to_bytes(figure.data))
            rest = {k: v for k, v in vars(figure).items() if k != "data"}
            rest["marks"] = dict(figure.marks)
            head["figures"].append([name, len(parts[-1]), rest])
        if self.model is not None:
            parts.append(self.model.data)
            head["model"] = [self.model.kind, len(parts[-1])]
        front = json.dumps(head, allow_nan=False).encode()
        return b"".join([MAGIC, len(front).to_bytes(8, "little"), front, *parts])

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The result that `to_bytes` wrote; ValueError where the bytes are something else."""
        if not data.startswith(MAGIC):
            raise ValueError("these bytes are no crmdesk result")
        stream = io.BytesIO(data[len(MAGIC) :])
        head = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
        tables = {name: table_from_bytes(stream.read(size)) for name, size in head["tables"]}
        figures = {name: Figure(data=table_from_bytes(stream.read(size)), **rest)
                   for name, size, rest in head["figures"]}  # fmt: skip
        model = Model(head["model"][0], stream.read(head["model"][1])) if head["model"] else None
        metrics = {k: Metric(*v) for k, v in head["metrics"].items()}
        kind = TYPES.get(head["type"], Table)
        return kind(head["verdict"], metrics, tables, figures, tuple(head["warnings"]), model)  # type: ignore[return-value]


@dataclass(frozen=True)
class Segments(Result):
    required: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "segments": ("segment", "tier1", "tier2", "name", "n", "share", "value_share", "stability"),
        "members": ("customer", "tier1", "tier2", "segment", "strength", "runner_up", "distance_pct", "provisional"),
        "profile": ("segment", "field", "mean", "lift", "d", "owners", "q"),
        "permissions": ("segment", "channel", "purpose", "asked", "granted", "refused", "withdrawn", "objected",
                        "never_asked", "age_days", "rate", "low", "high", "contactable"),
        "k_choice": ("tier", "parent", "k", "boot_ari", "min_jaccard", "silhouette", "null_p", "chosen"),
        "comparison": ("method", "given_k", "ari", "ami", "v", "tier1_ari", "low", "high"),
    }  # fmt: skip


@dataclass(frozen=True)
class Scores(Result):
    required: ClassVar[Mapping[str, tuple[str, ...]]] = {"scores": ("customer", "score")}


@dataclass(frozen=True)
class Rules(Result):
    """Rules, sequences or changes between two snapshots; `shown` marks what stood up to its tests."""

    required: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "rules": ("rule", "antecedent", "consequent", "antecedent_count", "consequent_count", "count", "support",
                  "confidence", "low", "high", "lift", "leverage", "p", "q", "improvement", "shown", "text"),
        "itemsets": ("itemset", "length", "count", "support"),
        "offers": ("customer", "product", "p", "low", "high", "rule", "why"),
        "sequences": ("sequence", "steps", "count", "support", "median_days", "p", "q", "shown", "text"),
        "changes": ("change", "kind", "rule", "before", "after", "p", "q", "shown", "text"),
    }  # fmt: skip


@dataclass(frozen=True)
class Stages(Result):
    required: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "stages": ("customer", "kind", "stage", "since", "reason", "rule")
    }


@dataclass(frozen=True)
class Anomalies(Result):
    required: ClassVar[Mapping[str, tuple[str, ...]]] = {"alerts": ("customer", "field", "value", "score")}


@dataclass(frozen=True)
class Trend(Result):
    """A series with its change points."""


@dataclass(frozen=True)
class Table(Result):
    """Any table at all."""

    @classmethod
    def of(cls, data: Any, verdict: str = "", name: str = "table") -> Table:
        """A result of one table from a DataFrame or a Series (its index becomes a column)."""
        import pandas as pd

        frame = data.rename("value").reset_index() if isinstance(data, pd.Series) else pd.DataFrame(data)
        if frame.index.name:
            frame = frame.reset_index()
        return cls(verdict or f"{len(frame)} rows.", tables={name: frame})


TYPES: dict[str, type[Result]] = {t.__name__: t for t in (Segments, Scores, Rules, Stages, Anomalies, Trend, Table)}


def table_to_bytes(frame: pd.DataFrame) -> bytes:
    """A table as an Arrow stream: same values, same bytes (no pandas metadata, no compression)."""
    import pyarrow as pa

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue()


def table_from_bytes(data: bytes) -> pd.DataFrame:
    import pyarrow as pa

    with pa.ipc.open_stream(data) as reader:
        frame: pd.DataFrame = reader.read_all().to_pandas()
    return frame
