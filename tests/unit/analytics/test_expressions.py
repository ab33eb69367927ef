"""Random expressions, compiled and evaluated row by row: NULL is false in a predicate and spreads elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from plain import value

from crmdesk.analytics.expressions import Compiler, Words
from crmdesk.analytics.tables import INTERACTIONS
from crmdesk.contributions.measures import Column_, Expr, I, Literal_, Operation

CHANNELS = ("atm", "branch", "call_centre", "online")
ROWS = [
    {"customer": 0, "amount": amount, "hour": hour, "channel": channel, "response": response}
    for amount in (None, -2, 0, 3) for hour in (None, 0, 9) for channel in CHANNELS[:3]
    for response in (None, "accepted")
]  # fmt: skip
WORDS = {
    "channel": Words(CHANNELS, np.arange(4)), "response": Words(("accepted", "declined"), np.arange(2)),
}  # fmt: skip


def column(name: str) -> tuple[Any, Any]:
    held = [row[name] for row in ROWS]
    if name in WORDS:
        held = [None if v is None else WORDS[name].words.index(v) for v in held]
    known = np.array([v is not None for v in held])
    return np.array([0 if v is None else v for v in held]), None if known.all() else known


BATCH = {name: column(name) for name in ROWS[0]}
numbers = st.recursive(
    st.one_of(
        st.sampled_from([Column_("amount"), Column_("hour")]),
        st.sampled_from([-1, 0, 2, 3.5, None]).map(Literal_),
    ),
    lambda inner: st.tuples(st.sampled_from(["+", "-", "*"]), inner, inner).map(lambda t: Operation(t[0], t[1:])),
    max_leaves=4,
)
compared = st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), numbers, numbers).map(
    lambda t: Operation(t[0], t[1:])
)
worded = st.one_of(
    st.sampled_from(CHANNELS).map(lambda w: I.channel == w), st.sampled_from(CHANNELS).map(lambda w: I.channel != w),
    st.sampled_from(["accepted", "declined"]).map(lambda w: I.response == w),
    st.lists(st.sampled_from([*CHANNELS, None]), max_size=3).map(lambda ws: I.channel.isin(*ws)),
    st.lists(st.sampled_from([0, 3, None]), max_size=3).map(lambda vs: I.amount.isin(*vs)),
    st.sampled_from(["amount", "hour", "channel", "response"]).map(lambda n: Column_(n).is_null()),
)  # fmt: skip
conditions = st.recursive(
    compared | worded,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), inner, inner).map(lambda t: Operation(t[0], t[1:])),
        inner.map(lambda e: ~e), inner.map(lambda e: e.is_null()),
    ),
    max_leaves=6,
)  # fmt: skip


@given(conditions)
def test_a_condition_is_true_where_sql_says_true(expr: Expr) -> None:
    mask = Compiler(INTERACTIONS, WORDS).predicate(expr)(BATCH)
    assert mask.tolist() == [value(expr, row) is True for row in ROWS]


@given(numbers)
def test_a_number_is_null_where_sql_says_null(expr: Expr) -> None:
    bound = Compiler(INTERACTIONS, WORDS).bind(expr)
    values, known = bound.run(BATCH)
    values = np.broadcast_to(values, len(ROWS))
    known = np.ones(len(ROWS), bool) if known is None else np.broadcast_to(known, len(ROWS))
    assert [v.item() if k else None for v, k in zip(values, known, strict=True)] == [value(expr, row) for row in ROWS]
