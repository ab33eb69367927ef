"""The bank of the rights matrix: built once for a test process, brought back after each call that wrote."""

from collections.abc import Iterator

import pytest

from tests.unit.services.rights.rights_bank import Desk, build


@pytest.fixture(scope="session")
def desk_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("rights")
    pristine = folder / "pristine.crmdesk"
    facts = build(pristine)
    desk = Desk(pristine, folder / "bank.crmdesk", facts)
    yield desk
    desk.app.store.close()


@pytest.fixture
def desk(desk_of_all: Desk) -> Iterator[Desk]:
    """The bank as it was built, whatever a test before wrote."""
    desk_of_all.again()
    yield desk_of_all
