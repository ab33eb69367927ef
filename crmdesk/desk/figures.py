"""Draw the figures of a stored result without a window: `python -m crmdesk.desk.figures RESULT OUT`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from crmdesk.results import Figure, Result

WIDTH, HEIGHT, SCALE = 960, 560, 2
NO_QT = "The pictures were not drawn: Qt's libraries are missing here; the tables are complete."


def draw_figures(result_file: Path, out_dir: Path) -> list[str]:
    """NAME.png and NAME.svg of every figure, in the light theme; gives the names written, in order."""
    from PySide6.QtWidgets import QApplication

    result = Result.from_bytes(result_file.read_bytes())
    out_dir.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])  # fonts need one
    written = []
    for name, figure in result.figures.items():
        written += [_png(figure, out_dir / f"{name}.png"), _svg(figure, out_dir / f"{name}.svg")]
    del app
    return written


def _png(figure: Figure, path: Path) -> str:
    from PySide6.QtGui import QColor, QImage, QPainter

    from crmdesk.desk.theme import LIGHT

    tall = _height(figure)
    image = QImage(WIDTH * SCALE, tall * SCALE, QImage.Format.Format_ARGB32)
    image.fill(QColor(LIGHT.surface))
    painter = QPainter(image)
    painter.scale(SCALE, SCALE)
    _paint(painter, figure, tall)
    painter.end()
    if not image.save(str(path)):
        raise OSError(f"{path} could not be written; check the folder and the room on its disk.")
    return path.name


def _svg(figure: Figure, path: Path) -> str:
    from PySide6.QtCore import QRect, QSize
    from PySide6.QtGui import QPainter
    from PySide6.QtSvg import QSvgGenerator

    tall = _height(figure)
    paper = QSvgGenerator()
    paper.setFileName(str(path))
    paper.setSize(QSize(WIDTH, tall))
    paper.setViewBox(QRect(0, 0, WIDTH, tall))
    paper.setTitle(figure.title)
    painter = QPainter(paper)
    _paint(painter, figure, tall)
    painter.end()
    return path.name


def _height(figure: Figure) -> int:
    from crmdesk.desk.results.paint import height_of
    from crmdesk.desk.results.picture import picture_of

    return max(HEIGHT if figure.kind in ("lines", "scatter", "mosaic") else 0, height_of(picture_of(figure)) + 32)


def _paint(painter: object, figure: Figure, tall: int) -> None:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QFont

    from crmdesk.desk.results.paint import paint_picture
    from crmdesk.desk.results.picture import picture_of
    from crmdesk.desk.theme import LIGHT

    font = QFont()
    font.setPixelSize(13)
    paint_picture(painter, QRectF(16, 16, WIDTH - 32, tall - 32), picture_of(figure), LIGHT, font)  # type: ignore[arg-type]


def main(argv: list[str]) -> int:
    if len(argv) != 2:
        sys.stderr.write("Write: python -m crmdesk.desk.figures RESULT OUT\n")
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        import PySide6.QtSvg
        import PySide6.QtWidgets  # noqa: F401 - here to tell a missing library from a fault of ours
    except ImportError:
        sys.stderr.write(NO_QT + "\n")
        return 1
    try:
        names = draw_figures(Path(argv[0]), Path(argv[1]))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join(names) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
