"""Small invented banks, made once for all tests of this folder."""

import pytest

from crmdesk.synthetic.presets import preset_spec
from crmdesk.synthetic.world import World, generate


@pytest.fixture(scope="session")
def world() -> World:
    """Gemstone with 3,000 customers."""
    return generate(preset_spec("gemstone", 3_000), 11)


@pytest.fixture(scope="session")
def null_world() -> World:
    return generate(preset_spec("null", 2_000), 11)
