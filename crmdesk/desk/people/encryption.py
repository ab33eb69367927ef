"""Tools > Encryption."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame


def show_encryption(frame: Frame) -> None:
    """Filled below once the services are there."""
    frame.notice("")
