"""Words of tasks and opportunities."""

from __future__ import annotations

from typing import Final

TASK_STATES: Final = ("open", "done", "dropped")
ORIGINS: Final = ("manual", "campaign", "score", "repermission")
# Identify, details, follow-up, then won or lost: the stages of an opportunity in the stages paper.
STAGES: Final = ("identified", "details", "follow_up", "won", "lost")
OPEN_STAGES: Final = STAGES[:3]
