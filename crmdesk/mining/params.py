"""What was typed becomes the analysis's parameters, or one clear sentence for each that is wrong."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from crmdesk.contributions import Analysis, Params
from crmdesk.domain.errors import BadInput

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def find_analysis(analyses: Mapping[str, Analysis], analysis_id: str) -> Analysis:
    """The analysis with this id; BadInput names the known ones, the nearest first."""
    if analysis_id in analyses:
        return analyses[analysis_id]
    known = sorted(analyses, key=lambda i: -difflib.SequenceMatcher(None, i, analysis_id).ratio())
    if not known:
        raise BadInput(f"There is no analysis '{analysis_id}': no plugin that offers one is loaded.")
    raise BadInput(f"There is no analysis '{analysis_id}'; known: {', '.join(known)}.")


def parse_day(text: str | None, clock: datetime) -> date | None:
    """The as-of day as typed; None where none was given. BadInput on anything but an ISO day up to today."""
    if text is None or not str(text).strip():
        return None
    try:
        day = date.fromisoformat(str(text).strip())
    except ValueError:
        raise BadInput(f"as-of '{text}' is not a day; write it as YYYY-MM-DD, for example 2026-06-30.") from None
    latest = max(clock, datetime.now(UTC)).date()
    if day > latest:
        raise BadInput(f"as-of {day.isoformat()} is in the future; the latest possible day is {latest.isoformat()}.")
    return day


def validate(analysis: Analysis, raw: Mapping[str, Any], seed: int, as_of: date) -> Params:
    """The typed parameters with defaults filled in; texts are read as numbers where the field is one.

    An empty text means "not given". Raises BadInput with one sentence for each wrong parameter.
    """
    from pydantic import ValidationError

    own = analysis.params.own_fields()
    given = {name.replace("-", "_"): value for name, value in raw.items() if value is not None and value != ""}
    wrong = [f"{analysis.id} has no parameter '{name}'; it takes: {_known(own)}." for name in given if name not in own]
    wrong += [f"{name} must be a finite number." for name, value in given.items() if _endless(value)]
    if wrong:
        raise BadInput(" ".join(wrong))
    try:
        return analysis.params.model_validate({**given, "seed": seed, "as_of": as_of.isoformat()})
    except ValidationError as error:
        raise BadInput(" ".join(_sentence(detail) for detail in error.errors())) from None


def _known(own: Mapping[str, Any]) -> str:
    return ", ".join(own) or "none"


def _endless(value: Any) -> bool:
    try:
        return not math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _sentence(detail: ErrorDetails) -> str:
    """One complaint of pydantic in the words of the form."""
    name = str(detail["loc"][0]) if detail["loc"] else "the parameters"
    limits = detail.get("ctx", {})
    value = detail.get("input")
    rules = {
        "greater_than_equal": f"must be at least {limits.get('ge')}",
        "greater_than": f"must be more than {limits.get('gt')}",
        "less_than_equal": f"must be at most {limits.get('le')}",
        "less_than": f"must be less than {limits.get('lt')}",
        "int_parsing": "must be a whole number",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_parsing": "must be a number",
        "float_type": "must be a number",
        "bool_parsing": "must be yes or no",
        "bool_type": "must be yes or no",
        "literal_error": f"must be one of {limits.get('expected')}",
        "enum": f"must be one of {limits.get('expected')}",
        "missing": "is needed",
    }
    rule = rules.get(str(detail["type"]), f"cannot be used ({str(detail['msg']).rstrip('.')})")
    if detail["type"] == "missing":
        return f"{name} {rule}."
    return f"{name} {rule}, not '{value}'."
