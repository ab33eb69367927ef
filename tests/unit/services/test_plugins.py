"""Listing plugins gives the documents of the command line; turning one on or off needs the right."""

from pathlib import Path

import pytest
from workshop import Workshop
from workshop import workshop as workshop

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.plugin_host import Host
from crmdesk.services import plugins

KEYS = ["id", "title", "version", "distribution", "state", "reason", "contributions", "wants"]
ADMIN = Actor("ada", frozenset({Role.ADMIN}))
TELLER = Actor("tim", frozenset({Role.TELLER}))


@pytest.fixture
def host(workshop: Workshop, tmp_path: Path) -> Host:
    workshop.add("bravo")
    workshop.add("alpha", "raise RuntimeError('no luck')")
    return Host.load(config=tmp_path, entries=workshop.entries())


def test_the_list_is_sorted_and_has_exactly_the_promised_keys(host: Host) -> None:
    listed = plugins.list_plugins(host)
    assert [list(p) for p in listed] == [KEYS, KEYS]
    assert [(p["id"], p["state"]) for p in listed] == [("alpha", "quarantined"), ("bravo", "ready")]
    assert listed[1]["wants"] == {"features": ["usage.cells"], "columns": [], "purposes": ["profiling"]}


def test_on_and_off_need_the_right(host: Host) -> None:
    with pytest.raises(Refused, match="tim may not manage plugins"):
        plugins.disable(host, TELLER, "bravo")
    assert host.analyses
    assert plugins.disable(host, ADMIN, "bravo")["state"] == "disabled"
    assert not host.analyses
    with pytest.raises(Refused):
        plugins.enable(host, TELLER, "bravo")
    assert plugins.enable(host, single_user("me"), "bravo")["state"] == "ready"


def test_an_unknown_plugin_is_bad_input(host: Host) -> None:
    with pytest.raises(BadInput, match="no plugin 'charlie'"):
        plugins.enable(host, ADMIN, "charlie")
