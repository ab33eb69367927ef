"""Two-tier segmentation: groups by use of the channels, value levels within, permission as colour."""

from collections.abc import Iterable

from crmdesk.api import Analysis, Segments, View, hookimpl
from crmdesk_segmentation.params import Single, TwoTier

NEEDS = ("usage.cells", "usage.channel", "money.current", "permission.states")


@hookimpl
def crmdesk_analyses() -> Iterable[Analysis]:
    yield Analysis(
        "segmentation.two_tier",
        "Two-tier segments",
        summary="Groups customers by how they use the bank, then splits each group by money; both only where stable.",
        needs=NEEDS,
        params=TwoTier,
        run="crmdesk_segmentation.two_tier:run",
        score="crmdesk_segmentation.score:run",
        gives=Segments,
        purpose="profiling",
        minimum=300,
    )
    yield Analysis(
        "segmentation.single",
        "Segments in one step",
        summary="Clusters use and money together in a single step, to compare with the two-tier segments.",
        needs=NEEDS,
        params=Single,
        run="crmdesk_segmentation.single:run",
        gives=Segments,
        purpose="profiling",
        minimum=300,
    )


@hookimpl
def crmdesk_views() -> Iterable[View]:
    yield View("segmentation.map", "Map", shows=Segments, widget="crmdesk_segmentation.view:make", order=10)
