"""The card: ranges of the api, and what a card may say."""

import pytest

from crmdesk.plugin_host.manifest import ManifestError, in_range, parse

CARD = {"id": "x", "title": "X", "version": "1", "api": ">=1.0,<2", "contributions": ["views"]}


@pytest.mark.parametrize(
    ("conditions", "version", "fits"),
    [
        (">=1.0,<2", "1.0", True), (">=1.0,<2", "1", True), (">=1.0,<2", "1.10", True), (">=1.0,<2", "2.0", False),
        (">=1.2", "1.10", True), ("<1.10", "1.9", True), ("==1", "1.0", True), ("!=1.0", "1", False),
        (">1", "1.0.1", True),
    ],
)  # fmt: skip
def test_ranges_compare_numbers_not_text(conditions: str, version: str, fits: bool) -> None:
    assert in_range(conditions, version) is fits


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "Bad-Id"}, "small letters"), ({"id": 5}, "lacks id"), ({"title": " "}, "lacks title"),
        ({"contributions": ["magic"]}, "magic"), ({"contributions": "views"}, "list of texts"),
        ({"wants": {"purposes": ["spying"]}}, "spying"), ({"wants": {"features": ["undotted"]}}, "no dotted id"),
        ({"wants": []}, "table"),
    ],
)  # fmt: skip
def test_a_wrong_card_is_refused_in_one_sentence(change: dict[str, object], words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        parse(CARD | change)


def test_a_right_card_is_read_whole() -> None:
    found = parse(CARD | {"wants": {"features": ["usage.cells"], "purposes": ["profiling"]}})
    assert found.contributions == ("views",)
    assert found.wants.as_dict() == {"features": ["usage.cells"], "columns": [], "purposes": ["profiling"]}
