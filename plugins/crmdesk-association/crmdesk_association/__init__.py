"""Association: what goes together, what follows, what changed; each told only where it stands up to a test."""

from collections.abc import Iterable

from crmdesk.api import Analysis, Events, Features, Row, Rules, View, hookimpl, top
from crmdesk_association.params import ChangeParams, RulesParams, SequenceParams

ABOUT_OWNERS = ("person.card", "association.gender", "usage.channel", "segment.current", "lifecycle.stage")
BASKETS = {
    "products": ("association.holdings",),
    "visits": ("association.acts",),
    "days": ("association.acts",),
    "table": (),
}


@hookimpl
def crmdesk_features() -> Iterable[Features | Events]:
    yield Events(
        "association.holdings", "Products opened and closed", over="holdings",
        columns=("opened_s", "closed_s", "product", "product_name", "family", "role"),
        description="Each product a customer opened, and when it was closed.",
    )  # fmt: skip
    yield Events(
        "association.acts", "Acts", over="interactions", columns=("occurred_s", "channel", "mode", "activity"),
        description="What customers did, one row each, without amounts.",
    )  # fmt: skip
    yield Features(
        "association.gender", "Gender", over="customers", measures=top("gender", Row().gender),
        description="Protected: used in rules only where a person asks for it.",
    )  # fmt: skip


@hookimpl
def crmdesk_analyses() -> Iterable[Analysis]:
    yield Analysis(
        "association.rules", "What goes together",
        summary="Which products and behaviours go together, and what to offer next; only what stands up to a test.",
        needs=(), needs_by={"basket": BASKETS}, optional=ABOUT_OWNERS, params=RulesParams,
        run="crmdesk_association.mine_rules:run", offer="crmdesk_association.offers.offers:run", gives=Rules,
        purpose="profiling", minimum=200,
    )  # fmt: skip
    yield Analysis(
        "association.sequences", "What follows what",
        summary="In which order customers take products or act, how long it takes, and which orders are no accident.",
        needs=(), needs_by={"events": {"products": ("association.holdings",), "acts": ("association.acts",)}},
        params=SequenceParams, run="crmdesk_association.mine_sequences:run", gives=Rules,
        purpose="profiling", minimum=200,
    )  # fmt: skip
    yield Analysis(
        "association.change", "What changed",
        summary="Which rules grew, faded, appeared or turned since an earlier day; only what is no accident.",
        needs=(), needs_by={"basket": BASKETS}, optional=ABOUT_OWNERS, params=ChangeParams,
        run="crmdesk_association.mine_change:run", gives=Rules, purpose="profiling", minimum=200,
    )  # fmt: skip


@hookimpl
def crmdesk_views() -> Iterable[View]:
    yield View("association.rules_view", "Rules", shows=Rules, widget="crmdesk_association.view:rules",
               analyses=("association.rules",), order=10)  # fmt: skip
    yield View("association.map_view", "Map", shows=Rules, widget="crmdesk_association.view:scatter",
               analyses=("association.rules",), order=20)  # fmt: skip
    yield View("association.network_view", "Network", shows=Rules, widget="crmdesk_association.view:network",
               analyses=("association.rules",), order=30)  # fmt: skip
    yield View("association.matrix_view", "Matrix", shows=Rules, widget="crmdesk_association.view:matrix",
               analyses=("association.rules",), order=40)  # fmt: skip
    yield View("association.next_view", "Next product", shows=Rules, widget="crmdesk_association.view:next_product",
               analyses=("association.rules",), order=50)  # fmt: skip
    yield View("association.timeline_view", "Timeline", shows=Rules, widget="crmdesk_association.view:timeline",
               analyses=("association.sequences",), order=10)  # fmt: skip
    yield View("association.slopes_view", "Before and after", shows=Rules, widget="crmdesk_association.view:slopes",
               analyses=("association.change",), order=10)  # fmt: skip
