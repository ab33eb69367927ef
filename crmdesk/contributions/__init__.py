"""What plugins and the host declare: records that are data, with nothing run at declaration."""

from crmdesk.contributions.measures import (
    Expr,
    I,
    Measure,
    Row,
    count,
    count_if,
    max_,
    min_,
    moments,
    sum_,
    top,
)
from crmdesk.contributions.params import Field, Params
from crmdesk.contributions.records import (
    Action,
    ActionContext,
    Analysis,
    Column,
    Events,
    Features,
    Panel,
    PanelContext,
    Selection,
    View,
    ViewContext,
    resolve,
)

__all__ = [
    "Action", "ActionContext", "Analysis", "Column", "Events", "Expr", "Features", "Field", "I", "Measure", "Panel",
    "PanelContext", "Params", "Row", "Selection", "View", "ViewContext", "count", "count_if", "max_", "min_",
    "moments", "resolve", "sum_", "top",
]  # fmt: skip
