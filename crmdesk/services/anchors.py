"""The audit's head as an anchor to keep elsewhere, and the anchors beside the bank against its rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import anchors as kept
from crmdesk.store.anchors import Anchor, Head

__all__ = ["Anchor", "Head", "anchors", "foot", "head"]


@service(Right.VERIFY, whole=True)
def anchors(app: App, actor: Actor, files: Sequence[Path] = ()) -> list[Anchor]:
    """Those in `files` (manifests, or texts with a printed head), then every one beside the bank, newest first.

    BadInput for a file that holds no head.
    """
    with app.store.reader() as raw:
        return kept.compared(raw, app.path, files)


@service(Right.VERIFY, whole=True)
def head(app: App, actor: Actor) -> Head:
    """Where the audit stands now: what to print, or to write down elsewhere."""
    with app.store.reader() as raw:
        return kept.head(raw)


def foot(app: App) -> tuple[str, str]:
    """Title and text of the audit head under an export: a hash, of which `verify --anchor` reads no more than that."""
    with app.store.whole.reader() as raw:
        return "Audit head", kept.head(raw).words
