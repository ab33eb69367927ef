"""Pictures are well-formed SVG with the figure's numbers in them."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from crmdesk.results import Figure
from crmdesk.services.pictures import draw, mosaic, step

DATA = pd.DataFrame({"x": ["a<b", "c"], "k": [2, 3], "y": [0.25, 0.75], "g": ["one", "two"], "v": [0.1, np.nan]})
FIGURES = {
    "bars": Figure("bars", "Bars", DATA, "x", "y", group="g"),
    "heat": Figure("heat", "Heat", DATA, "x", "g", value="v"),
    "lines": Figure("lines", "Lines", DATA, "k", "y", group="g", marks={"limit": 0.8}),
    "scatter": Figure("scatter", "Dots", DATA, "k", "y"),
    "mosaic": Figure("mosaic", "Map", DATA, "x", "y", group="g", value="v"),
}


def titles(svg: str) -> list[str]:
    return [e.text or "" for e in ElementTree.fromstring(svg).iter("title")]


@pytest.mark.parametrize("kind", FIGURES)
def test_every_kind_is_well_formed(kind: str) -> None:
    root = ElementTree.fromstring(draw(FIGURES[kind]))
    assert root.get("aria-label") == FIGURES[kind].title
    assert len(list(root.iter())) > 6


@pytest.mark.parametrize("kind", FIGURES)
def test_an_empty_figure_says_so(kind: str) -> None:
    figure = FIGURES[kind]
    empty = Figure(kind, "Empty", DATA.head(0), figure.x, figure.y, figure.group, figure.value)  # type: ignore[arg-type]
    assert "Nothing to draw" in draw(empty)


def test_one_point_and_equal_values_do_not_divide_by_zero() -> None:
    one = DATA.head(1).assign(y=0.0)
    for kind in FIGURES:
        figure = FIGURES[kind]
        ElementTree.fromstring(draw(Figure(kind, "One", one, figure.x, figure.y, figure.group, figure.value)))  # type: ignore[arg-type]


def words(svg: str) -> list[tuple[float, str]]:
    """Where each text stands, and what it says."""
    return [(float(e.get("x", 0)), e.text or "") for e in ElementTree.fromstring(svg).iter("text")]


def test_names_of_bars_are_whole_where_there_is_room_and_say_where_they_are_cut() -> None:
    whole = "as it is Car lease → Contents insurance → Gold"
    data = pd.DataFrame({"x": [whole, "short"], "y": [3.0, 1.0]})
    assert whole in [text for _, text in words(draw(Figure("bars", "Bars", data, "x", "y")))]
    long = draw(Figure("bars", "Bars", data.assign(x=["x" * 200, "short"]), "x", "y"))
    (cut,) = [text for _, text in words(long) if text.startswith("xx")]
    assert cut.endswith("…") and 40 < len(cut) < 60


def test_axes_have_round_numbers_where_values_are_many() -> None:
    data = pd.DataFrame({"x": np.linspace(3.3, 391.7, 40), "y": np.linspace(0, 100, 40)})
    texts = {text for _, text in words(draw(Figure("lines", "Lines", data, "x", "y")))}
    assert {"100", "200", "300", "0", "20", "40", "60", "80"} <= texts and len(texts) < 12
    few = pd.DataFrame({"x": [1, 2, 3], "y": [0.1, 0.2, 0.3]})
    assert {"1", "2", "3"} <= {text for _, text in words(draw(Figure("lines", "Lines", few, "x", "y")))}


def test_steps_cut_at_fifths() -> None:
    assert [step(v, 0, 1) for v in (0.0, 0.19, 0.2, 0.99, 1.0, None)] == [0, 0, 1, 4, 4, None]


def test_the_mosaic_says_size_and_permission_of_each_segment() -> None:
    segments = pd.DataFrame({"segment": ["1.1", "1.2", "2.1"], "tier1": [1, 1, 2],
                             "name": ["ATM high", "ATM low", "Web"], "share": [0.2, 0.3, 0.5],
                             "value_share": [0.1, 0.5, 0.4]})  # fmt: skip
    svg = draw(mosaic(segments, {"1.1": 0.5, "1.2": None, "2.1": 0.95}))
    assert "1.1: ATM high, 20.0%, may contact 50%" in titles(svg)
    assert "1.2: ATM low, 30.0%, may contact unknown" in titles(svg)
    fills = [r.get("class") for r in ElementTree.fromstring(svg).iter("rect")]
    assert fills == ["none", "q2", "q4"], "the segment of higher value stands on top"


def test_the_report_tells_what_stood_up_and_nothing_else() -> None:
    import pandas as pd

    from crmdesk.results import Rules
    from crmdesk.services.reports import findings

    table = pd.DataFrame({"shown": [True, False], "text": ["Of 100 ...", "never"]})
    named = dict.fromkeys(Rules.required["sequences"], 0) | {"shown": table["shown"], "text": table["text"]}
    assert findings(Rules("", tables={"sequences": pd.DataFrame(named)})) == (["Of 100 ..."], 1)
    assert findings(Rules("Nothing.", tables={"items": pd.DataFrame({"item": ["a"]})})) == ([], 0)
