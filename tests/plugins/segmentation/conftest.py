"""Planted frames, made once."""

import pytest
from planted import Planted, planted

from crmdesk.api import Segments
from crmdesk.jobs import Silent
from crmdesk_segmentation import two_tier
from crmdesk_segmentation.params import TwoTier


@pytest.fixture(scope="session")
def small() -> Planted:
    """3,000 customers, four segments with three tiers each."""
    return planted(3000, 5, spread=0.3)


@pytest.fixture(scope="session")
def found(small: Planted) -> Segments:
    """Two-tier segments of `small`, numbers of groups chosen."""
    return two_tier.run(small.frame, TwoTier(), Silent())
