"""A pytest kit for plugin authors: fixtures `bank`, `run_analysis`, and `check_analysis`; light at import."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmdesk.testing.conformance import check_analysis, run_analysis

__all__ = ["check_analysis", "run_analysis"]


def __getattr__(name: str) -> Any:
    # pytest imports this package in every run, also where nothing of crmdesk is tested.
    if name in __all__:
        from crmdesk.testing import conformance

        return getattr(conformance, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
