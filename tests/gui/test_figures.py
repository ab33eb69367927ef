"""Figures drawn by a child process: a PNG and an SVG for each, and no Qt in the parent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from gui import sample

from crmdesk.desk.drawing import draw_in_child

KINDS = ("bars", "heat", "lines", "scatter", "mosaic")


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A result with one figure of each kind."""
    import pandas as pd

    from crmdesk.results import Figure, Table

    data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [0.2, 0.5, 0.3], "g": ["a", "b", "c"], "v": [0.1, None, 0.9]})
    figures = {kind: Figure(kind, f"A picture of {kind}", data, "x", "y", "g", "v") for kind in KINDS}  # type: ignore[arg-type]
    file = tmp_path / "result.bin"
    file.write_bytes(Table("Drawn.", {}, {"t": data}, figures).to_bytes())
    return file


def test_every_figure_becomes_png_and_svg(stored: Path, tmp_path: Path) -> None:
    assert draw_in_child(stored, tmp_path / "out") == []
    for kind in KINDS:
        assert (tmp_path / "out" / f"{kind}.png").read_bytes().startswith(b"\x89PNG")
        assert f"A picture of {kind}" in (tmp_path / "out" / f"{kind}.svg").read_text()


def test_a_file_that_is_no_result_is_one_warning(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.bin"
    wrong.write_bytes(b"no result")
    assert draw_in_child(wrong, tmp_path / "out") == ["these bytes are no crmdesk result"]


def test_asking_for_figures_loads_no_qt() -> None:
    code = "import sys, crmdesk.desk.drawing; sys.exit(any(m.startswith('PySide6') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_sample_is_a_segmentation() -> None:
    assert sample.segments(range(8)).tables["segments"]["n"].tolist() == [2, 2, 2, 2]
