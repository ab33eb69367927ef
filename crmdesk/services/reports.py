"""The report of a run: one self-contained page with the answer first, its segments, its pictures and its origin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.mining.record import RunRecord
from crmdesk.places import resource
from crmdesk.results import Figure, Result, Rules, Segments
from crmdesk.services import anchors, pictures
from crmdesk.services import result_masks as masks
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.runs import finished
from crmdesk.services.segments import SegmentBook, channel_word, describe
from crmdesk.store import audit

if TYPE_CHECKING:
    import pandas as pd

MOST_TOLD = 50
STABLE = 0.80  # a smaller bootstrap ARI does not carry a choice of k


@dataclass(frozen=True)
class Picture:
    """One drawn figure; `svg` is markup made by `services.pictures` from escaped text."""

    title: str
    svg: Any
    caption: str = ""


@service(Right.EXPORT)
def write_report(app: App, actor: Actor, uuid: str, path: Path) -> Path:
    """Write the report of a finished run; it names no customer and loads nothing from elsewhere.

    Audited as an export. Raises CrmdeskError where the file cannot be written, or the run has no result.
    """
    record = finished(app, actor, uuid)
    page = render(app, actor, record)
    with app.store.write() as session:
        audit.record(app.store, session, actor, "report", record.analysis, purpose=record.purpose, run_uuid=record.uuid)
        scratch = path.with_name(path.name + ".part")
        try:
            scratch.write_text(page, encoding="utf-8")
            scratch.replace(path)
        except OSError as error:
            raise CrmdeskError(f"{path} could not be written ({error.strerror}); choose another folder.") from None
    return path


@service(Right.READ_RESULTS, Right.READ_CREDIT, any_of=True)
def render(app: App, actor: Actor, record: RunRecord) -> str:
    """The page as text; text of the bank and of plugins is escaped. Refused as `get_run` is."""
    import jinja2

    masks.check_purpose(actor, record)

    result = record.result or Result("")
    book = describe(app, actor, record) if isinstance(result, Segments) and "segments" in result.tables else None
    folder = resource("templates", "report.html").parent
    source = jinja2.FileSystemLoader(folder)
    pages = jinja2.Environment(loader=source, autoescape=True, undefined=jinja2.StrictUndefined)
    return pages.get_template("report.html").render(
        record=record,
        bank=app.path.name,
        everybody=record.eligible + sum(record.excluded.values()),
        clock=app.store.clock().date().isoformat(),
        cards=book.cards if book else (),
        findings=findings(result),
        pictures=drawn(result, book),
        metrics=record.metrics,
        audit_head=anchors.foot(app)[1],
    )


def findings(result: Result | None) -> tuple[list[str], int]:
    """The sentences of what stood up in a run of rules, sequences or changes (at most 50), and how many there are."""
    if not isinstance(result, Rules):
        return [], 0
    told = [table.loc[table["shown"], "text"] for table in result.tables.values() if {"shown", "text"} <= set(table)]
    sentences = [str(text) for column in told for text in column]
    return sentences[:MOST_TOLD], len(sentences)


def drawn(result: Result, book: SegmentBook | None) -> list[Picture]:
    """The stock pictures of segments, then the analysis's own figures that they do not already show."""
    from markupsafe import Markup

    figures: list[tuple[Figure, str]] = []
    if book is not None:
        segments = result.tables["segments"]
        degrees = {card.code: card.degree for card in book.cards}
        figures.append(
            (pictures.mosaic(segments, degrees),
             "Width: share of the group. Height: share of the segment in it. Colour, light to dark in steps of 20 %: "
             "share of the segment that may be contacted now.")
        )  # fmt: skip
        figures.append((usage_figure(book), "Per cent of each segment's interactions by channel and mode."))
        if "k_choice" in result.tables and not any(figure.kind == "lines" for figure in result.figures.values()):
            figures.append(
                (stability_figure(result.tables["k_choice"]),
                 "Agreement of repeated segmentations of resampled customers; below the limit a number is not used.")
            )  # fmt: skip
    shown = {figure.title.lower() for figure, _ in figures}
    figures += [(figure, "") for figure in result.figures.values() if figure.title.lower() not in shown]
    # The SVG is ours and every text in it is escaped, so the template may take it as it is.
    return [Picture(figure.title, Markup(pictures.draw(figure)), caption) for figure, caption in figures]


def usage_figure(book: SegmentBook) -> Figure:
    """Segments down, channel x mode across, the share of interactions as colour."""
    import pandas as pd

    rows = [
        (f"{channel_word(channel)}, {mode}", f"{card.code} {card.name}"[:20], 100 * float(share))
        for card, shares in zip(book.cards, book.usage, strict=True)
        for (channel, mode), share in zip(book.cells, shares, strict=True)
    ]
    data = pd.DataFrame(rows, columns=["cell", "segment", "share"])
    return Figure("heat", "Channels and modes", data, x="cell", y="segment", value="share")


def stability_figure(k_choice: pd.DataFrame) -> Figure:
    """Bootstrap ARI by number of groups, one line per group that was split."""
    data = k_choice.dropna(subset=["k", "boot_ari"])
    pairs = zip(data["tier"], data["parent"], strict=True)
    names = ["tier 1" if str(tier) == "1" else f"in {parent}" for tier, parent in pairs]
    data = data.assign(where=names)[["k", "boot_ari", "where"]]
    return Figure(
        "lines", "Stability by number of groups", data, x="k", y="boot_ari", group="where",
        x_label="number of groups", y_label="bootstrap ARI", marks={"limit": STABLE},
    )  # fmt: skip
