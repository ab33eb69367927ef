"""The result of a run as one reader may see it: whose rows, under which numbers, and how exactly."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from crmdesk.domain.bands import band
from crmdesk.domain.errors import Refused
from crmdesk.domain.rights import Actor, Right, View, grant, reads_scores, require
from crmdesk.mining.record import RunRecord
from crmdesk.results import Result

if TYPE_CHECKING:
    import pandas as pd

PERSON: Final = "customer"  # the column that makes a table one about persons
SHARED: Final = 10  # a word about a person is told where so many persons share it
CODES: Final = 20  # whole numbers with more values than this are amounts, not codes
_REASONS: Final = frozenset({"why", "reason", "reasons", "text", "note", "contributions"})


def right_of(purpose: str) -> Right:
    """The right that opens results made for a purpose: scores for credit have their own."""
    return Right.READ_CREDIT if purpose == "credit" else Right.READ_RESULTS


def check_purpose(actor: Actor, record: RunRecord) -> None:
    """Refused where results made for the run's purpose are not for this person."""
    require(actor, right_of(record.purpose))
    if not reads_scores(actor, record.purpose):
        raise Refused(f"Run {record.uuid} was made for credit; who sells sees no result of it, by whatever way.")


def masked(actor: Actor, purpose: str) -> bool:
    """Whether results about single persons are told in bands, without reasons."""
    found = grant(actor, right_of(purpose))
    return found is not None and found.view == View.MASKED


def is_reason(name: str) -> bool:
    """Whether a column says why somebody was found, in words about that person."""
    return name in _REASONS


def persons(result: Result) -> dict[str, pd.DataFrame]:
    """The tables with a row for each person."""
    return {name: table for name, table in result.tables.items() if PERSON in table.columns}


def narrowed(result: Result, customers: Collection[int]) -> Result:
    """The result with the rows and figures of these persons alone, each in the order it had."""
    tables = {name: of_these(table, customers) for name, table in persons(result).items()}
    figures = {
        name: replace(figure, data=of_these(figure.data, customers)) if PERSON in figure.data.columns else figure
        for name, figure in result.figures.items()
    }
    return replace(result, tables={**result.tables, **tables}, figures=figures)


def of_these(table: pd.DataFrame, customers: Collection[int]) -> pd.DataFrame:
    """The rows of these persons."""
    return table[table[PERSON].isin(list(customers))].reset_index(drop=True)


def in_bands(result: Result) -> Result:
    """The result with numbers about single persons as bands, no reasons, and no figure of single persons."""
    tables = {name: _banded(table) for name, table in persons(result).items()}
    figures = {name: figure for name, figure in result.figures.items() if PERSON not in figure.data.columns}
    return replace(result, tables={**result.tables, **tables}, figures=figures)


def _banded(table: pd.DataFrame) -> pd.DataFrame:
    kept = [name for name in table.columns if not is_reason(str(name))]
    return table[kept].assign(**{str(name): _cells(table[name]) for name in kept if name != PERSON})


def _cells(values: pd.Series[Any]) -> Any:
    import pandas as pd

    kind = values.dtype
    if pd.api.types.is_bool_dtype(kind):
        return values
    if pd.api.types.is_float_dtype(kind) or (pd.api.types.is_integer_dtype(kind) and values.nunique() > CODES):
        return [band(value) for value in values.tolist()]
    return shared_words(values)


def shared_words(values: pd.Series[Any], least: int = SHARED) -> Any:
    """The values with "" for those that fewer than `least` rows share."""
    counts = values.value_counts()
    common = set(counts[counts >= least].index)
    return values.astype(object).where(values.isin(list(common)), "") if len(common) < len(counts) else values


def grouped(table: pd.DataFrame, least: int = SHARED) -> pd.DataFrame:
    """A table about persons for a file under pseudonyms: a word that fewer than `least` of them share is left out."""
    import pandas as pd

    # A category, a day or a text of Arrow's is a word too; amounts are what is analysed.
    words = [name for name in table.columns if name != PERSON and not pd.api.types.is_numeric_dtype(table[name].dtype)]
    return table.assign(**{str(name): shared_words(table[name], least) for name in words})
