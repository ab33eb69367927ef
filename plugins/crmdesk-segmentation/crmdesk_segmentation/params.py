"""What a person may set: numbers of groups (empty: the program chooses) and the method."""

from typing import Literal

from crmdesk.api import Field, Params


class TwoTier(Params):
    k1: int | None = Field(
        None, ge=1, le=20, title="Groups", description="How many groups by use of the channels; empty: choose 2 to 8."
    )
    k2: int | None = Field(
        None, ge=1, le=20, title="Value levels", description="How many levels in each group; empty: choose 2 to 8."
    )
    method: Literal["mixture", "hellinger"] = Field(
        "mixture", title="Method", description="mixture: multinomial mixture; hellinger: k-means on root shares."
    )


class Single(Params):
    k: int | None = Field(
        None, ge=1, le=20, title="Segments", description="How many segments in the one step; empty: choose 2 to 8."
    )
    method: Literal["blocks", "columns", "pca"] = Field(
        "blocks",
        title="Method",
        description="blocks: use and money weigh the same; columns: every column alike; pca: blocks after PCA.",
    )
