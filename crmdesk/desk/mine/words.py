"""Words of the run page: why customers were left out, and the same run as a command."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.filter import Chip

REASONS = {
    "no_permission_for_purpose": "no permission for this purpose", "erased": "erased", "minor": "minors",
    "joined_after_as_of": "joined after this day", "left_before": "left the bank before this day",
    "too_few_interactions": "without interactions",
    "no_products": "without products",
}  # fmt: skip


def reason(name: str) -> str:
    return REASONS.get(name, name.replace("_", " "))


_SIGNS: Final = {"is": "=", "is_not": "!=", "from": ">=", "before": "<", "contains": "~"}


def condition(chip: Chip) -> str:
    """A chip as `--where` takes it: "product=loan,mortgage"."""
    return f"{chip.field}{_SIGNS[chip.op]}{','.join(chip.values)}"


def command(bank: Path, analysis: str, values: Mapping[str, Any], defaults: Mapping[str, Any], seed: int,
            as_of: str | None, population: Sequence[Chip] = ()) -> str:  # fmt: skip
    """The command line that runs the same: only what differs from the defaults is written."""
    file = bank.name if bank.parent == Path.cwd() else str(bank)
    parts = ["crmdesk", "mine", file, analysis]
    for name, value in values.items():
        if _told(value) != _told(defaults.get(name)):
            parts += [f"--{name.replace('_', '-')}", _text(value)]
    parts += ["--seed", str(seed)] + (["--as-of", as_of] if as_of else [])
    for chip in population:
        parts += ["--where", condition(chip)]
    return " ".join(shlex.quote(part) for part in parts)


def _told(value: Any) -> Any:
    """Nothing typed is nothing, however its field says so."""
    return "" if value is None else value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
