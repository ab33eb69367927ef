"""A first plugin: how often customers use each channel, for the whole bank, in the list and on a customer's page."""

from crmdesk.api import Analysis, AnalysisError, Column, Field, Panel, Params, Table, hookimpl


class CountParams(Params):
    at_least: int = Field(1, ge=1, le=100, title="At least", description="Leave out channels used less often.")


def count(frame, params, progress):
    """One row per channel with its number of interactions, the busiest first."""
    if frame.empty:
        raise AnalysisError("There is no interaction to count; import some first.")
    progress.step(0.5, "Counting")
    uses = frame["channel"].astype(str).value_counts().rename_axis("channel").sort_index()
    kept = uses[uses >= params.at_least].sort_values(ascending=False, kind="stable")
    return Table.of(kept, verdict=f"{len(kept)} of {len(uses)} channels are used at least {params.at_least} times.")


@hookimpl
def crmdesk_analyses():
    yield Analysis(
        "hello.count",
        "Count interactions",
        summary="How often each channel is used.",
        needs=("usage.interactions",),
        params=CountParams,
        run=count,
        gives=Table,
        purpose="profiling",
    )


@hookimpl
def crmdesk_columns():
    yield Column("hello.withdrawals", "ATM withdrawals", "feature:usage.cells/c01", width=128)


@hookimpl
def crmdesk_panels():
    yield Panel("hello.channels", "Channels", "crmdesk_hello.panel:make")
