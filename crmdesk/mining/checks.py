"""What comes back from the worker is checked before it is stored: the plugin's code may be anybody's."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from crmdesk.contributions import Analysis
from crmdesk.domain.errors import AnalysisError
from crmdesk.results import Result, Segments

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
ONE_ROW_PER_CUSTOMER = ("members", "scores")
OFFER_COLUMNS = ("customer", "product", "p", "low", "high", "rule", "why")


def read_result(data: bytes, analysis: Analysis, customers: np.ndarray[Any, Any]) -> Result:
    """The worker's bytes as a checked result.

    Raises AnalysisError where it is no result of the declared kind, holds customers it was not given, or one twice,
    or an infinite number. NaN stays: it is stored as NULL.
    """
    result = _parsed(data, analysis)
    if type(result).__name__ != analysis.gives.__name__:
        raise AnalysisError(
            f"{analysis.title} declares {analysis.gives.__name__} but gave back {type(result).__name__}."
        )
    for name in (*result.tables, *result.figures):
        if not NAME.fullmatch(name):
            raise AnalysisError(f"{analysis.title} names a table '{name}'; use small letters, digits, . _ and - only.")
    for name, frame in result.tables.items():
        _check_table(analysis, name, frame, customers)
    if isinstance(result, Segments):
        _check_segments(analysis, result)
    return result


def read_scores(data: bytes, analysis: Analysis, customers: np.ndarray[Any, Any], segments: Collection[str]
                ) -> pd.DataFrame:  # fmt: skip
    """The worker's bytes as the checked table `members` or `scores`: each of `customers` once, sorted by pseudonym.

    Raises AnalysisError as `read_result` does, where somebody is left out, and where a segment is none of the run's.
    """
    tables = _parsed(data, analysis).tables
    name = next((n for n in ONE_ROW_PER_CUSTOMER if n in tables and "customer" in tables[n].columns), None)
    if name is None:
        raise AnalysisError(f"{analysis.title} scored nobody: its answer has no table 'members' or 'scores'.")
    table = tables[name]
    _check_table(analysis, name, table, customers)
    if len(table) != len(customers):
        raise AnalysisError(f"{analysis.title} scored {len(table)} of {len(customers)} customers.")
    if "segment" in table.columns and not set(table["segment"].astype(str)) <= set(segments):
        raise AnalysisError(f"{analysis.title} put a customer into a segment that the run does not list.")
    return table.sort_values("customer", ignore_index=True)


def read_offers(data: bytes, analysis: Analysis, customers: Ints) -> pd.DataFrame:
    """The worker's bytes as the checked table `offers`, the columns of OFFER_COLUMNS alone, by customer and product.

    Raises AnalysisError as `read_result` does, and where a column is missing, a product is no text, a pair of
    customer and product comes twice by one rule, `p` is no chance or lies outside `low` to `high`, or `rule` is no
    whole number.
    """
    import numpy as np
    import pandas as pd

    table = _parsed(data, analysis).tables.get("offers")
    missing = OFFER_COLUMNS if table is None else [name for name in OFFER_COLUMNS if name not in table.columns]
    if table is None or missing:
        raise AnalysisError(f"{analysis.title}: its offers lack {', '.join(missing)}.")
    if table.empty:
        return table[list(OFFER_COLUMNS)]
    _check_table(analysis, "offers", table, customers)
    p, low, high = (pd.to_numeric(table[name], errors="coerce").to_numpy(np.float64) for name in ("p", "low", "high"))
    inside = (low >= 0) & (low <= p) & (p <= high) & (high <= 1)  # false for NaN too
    texts = [pd.api.types.infer_dtype(table[name], skipna=False) == "string" for name in ("product", "why")]
    wrong = {
        "a product or a reason that is no text": not all(texts),
        "a product twice for one customer": table.duplicated(["customer", "product", "rule"]).any(),
        "a chance that does not lie in its interval from 0 to 1": not inside.all(),
        "a rule without a whole number": not pd.api.types.is_integer_dtype(table["rule"].dtype),
    }  # fmt: skip
    for what, found in wrong.items():
        if found:
            raise AnalysisError(f"{analysis.title}: the offers hold {what}.")
    return table[list(OFFER_COLUMNS)].sort_values(["customer", "product"], kind="stable", ignore_index=True)


def _parsed(data: bytes, analysis: Analysis) -> Result:
    try:
        return Result.from_bytes(data)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise AnalysisError(f"{analysis.title} gave back something that is no result ({error}).") from None


def _check_segments(analysis: Analysis, result: Segments) -> None:
    """Each member belongs to one listed segment, and each segment is listed once."""
    if "segments" not in result.tables or "members" not in result.tables:
        return
    listed = result.tables["segments"]["segment"].astype(str)
    strange = set(result.tables["members"]["segment"].astype(str)) - set(listed)
    if listed.duplicated().any() or strange:
        raise AnalysisError(f"{analysis.title}: the tables 'segments' and 'members' do not fit together.")


def _check_table(analysis: Analysis, name: str, frame: Any, customers: np.ndarray[Any, Any]) -> None:
    import numpy as np

    for column in frame.select_dtypes("floating"):
        if np.isinf(frame[column].to_numpy(dtype="float64", na_value=np.nan)).any():
            raise AnalysisError(f"{analysis.title}: the table '{name}' has an infinite number in '{column}'.")
    if "customer" not in frame.columns:
        return
    if not np.issubdtype(frame["customer"].dtype, np.integer) or not np.isin(frame["customer"], customers).all():
        raise AnalysisError(f"{analysis.title}: the table '{name}' has customers that were not in its data.")
    if name in ONE_ROW_PER_CUSTOMER and frame["customer"].duplicated().any():
        raise AnalysisError(f"{analysis.title}: the table '{name}' has a customer twice.")
