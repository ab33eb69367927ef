"""The only door for plugins: everything a plugin may import, and nothing else.

>>> from crmdesk.api import Analysis, Field, Params, Table, hookimpl
"""

from __future__ import annotations

from typing import Any

import pluggy

from crmdesk.contributions import (
    Action,
    ActionContext,
    Analysis,
    Column,
    Events,
    Features,
    Field,
    I,
    Panel,
    PanelContext,
    Params,
    Row,
    Selection,
    View,
    ViewContext,
    count,
    count_if,
    max_,
    min_,
    moments,
    sum_,
    top,
)
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.contrast import ink_on
from crmdesk.domain.errors import AnalysisError
from crmdesk.domain.interaction import CELLS, CHANNELS, MODES, Cell
from crmdesk.domain.permission import MARKETING_CHANNELS, PURPOSES
from crmdesk.domain.rights import Right
from crmdesk.domain.rounding import outward, so_many, span
from crmdesk.jobs import Cancelled, Progress
from crmdesk.results import (
    Anomalies,
    Figure,
    Metric,
    Model,
    Result,
    Rules,
    Scores,
    Segments,
    Stages,
    Table,
    Trend,
)

API_VERSION = "1.0"
hookimpl = pluggy.HookimplMarker("crmdesk")

__all__ = [
    "ALL", "API_VERSION", "CELLS", "CHANNELS", "MARKETING_CHANNELS", "MODES", "PURPOSES", "Action", "ActionContext",
    "Analysis", "AnalysisError", "Anomalies", "Cancelled", "Cell", "Change", "Column", "Events", "Features", "Field",
    "Figure", "I", "Metric", "Model", "Panel", "PanelContext", "Params", "Progress", "Result", "Right", "Row",
    "Rules", "Scores", "Segments", "Selection", "Stages", "Table", "Trend", "View", "ViewContext", "count",
    "count_if", "hookimpl", "ink_on", "max_", "min_", "moments", "outward", "so_many", "span", "statistics", "sum_",  # noqa: F822 - `statistics` is found by __getattr__
    "top",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # Numerics come with SciPy (0.5 s): loaded when a miner first asks, never at a plugin's load.
    if name == "statistics":
        from crmdesk.domain import statistics

        return statistics
    raise AttributeError(f"crmdesk.api has no '{name}'")
