"""Planted frames, made once."""

from collections.abc import Iterator

import pytest
from crmdesk_segmentation import two_tier
from crmdesk_segmentation.params import TwoTier
from planted import Planted, planted
from threadpoolctl import threadpool_limits

from crmdesk.api import Segments
from crmdesk.jobs import Silent


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """As in the worker: many small fits on several threads spend their time waiting for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def small() -> Planted:
    """3,000 customers, four segments with three tiers each."""
    return planted(3000, 5, spread=0.3)


@pytest.fixture(scope="session")
def found(small: Planted) -> Segments:
    """Two-tier segments of `small`, numbers of groups chosen."""
    return two_tier.run(small.frame, TwoTier(), Silent())
