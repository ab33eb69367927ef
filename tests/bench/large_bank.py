"""A large bank from one seed, by executemany: names that share syllables, accounts, permissions, interactions."""

from __future__ import annotations

import functools
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LARGE = int(os.environ.get("CRMDESK_BENCH_CUSTOMERS", "1500000"))
SEARCHED = ("number", "name_folded", "email_folded", "city_folded", "phone_digits")
RICH = 1000  # each customer whose key is a multiple of this has years of history
BRANCHES = 20
_SYLLABLES = ("ka", "mo", "ri", "ten", "sol", "va", "ber", "lin", "dor", "ys", "fa", "gra", "hu", "pel", "jo", "wen")
_FAMILIES = ("current", "savings", "card", "loan", "mortgage", "insurance")
_PACK = 100_000
_PEOPLE = (
    "INSERT INTO customer (id, number, given_name, family_name, city, name_folded, city_folded, email_folded,"
    " phone_digits, branch_id, joined_on, birth_date, source, custom, kind, gender, relation_wanted, restricted,"
    " version)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,'person','unknown','unknown',0,1)"
)
_EVENTS = (
    "INSERT INTO permission_event (event_id, customer_id, prev_hash, hash, channel, status, legal_basis,"
    " evidence_sha256, notice_sha256, effective_at, recorded_at, purpose, source, actor)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,'marketing','branch','x')"
)
_ACTS = (
    "INSERT INTO interaction (customer_id, occurred_s, catalogue_id, time_known, initiated_by, version)"
    " VALUES (?,?,?,1,'customer',1)"
)


def make_bank(path: Path, customers: int = LARGE) -> Path:
    """Each customer with an account, a permission event and an interaction; the rich ones with much more."""
    from crmdesk.store import schema
    from crmdesk.store.bank import create_bank

    rng = random.Random(11)
    names = ["".join(rng.choices(_SYLLABLES, k=3)).capitalize() for _ in range(3000)]
    cities = ["".join(rng.choices(_SYLLABLES, k=2)).capitalize() for _ in range(150)]
    store = create_bank(path)
    with store.write() as session:
        run = session.connection().exec_driver_sql
        run("DROP TRIGGER customer_search_insert")  # one rebuild at the end is quicker
        run(
            "INSERT INTO branch (id, code, name) VALUES (?,?,?)",
            [(i, f"B{i}", f"B {i}") for i in range(2, BRANCHES + 2)],
        )
        run("INSERT INTO product (id, code, name, family, version) VALUES (?,?,?,?,1)",
            [(i, f"P{i}", f"Product {i}", family) for i, family in enumerate(_FAMILIES, 1)])  # fmt: skip
        for start in range(1, customers + 1, _PACK):
            keys = range(start, min(start + _PACK, customers + 1))
            run(_PEOPLE, [_person(key, rng, names, cities) for key in keys])
            run(_EVENTS, list(_events(keys, rng)))
            run(_ACTS, list(_acts(keys, rng)))
            _accounts(run, keys, rng)
        run("INSERT INTO customer_search(customer_search) VALUES ('rebuild')")
        run(schema.triggers()["customer_search_insert"])
        run("ANALYZE")
    store.close()
    return path


def _person(key: int, rng: random.Random, names: list[str], cities: list[str]) -> tuple[Any, ...]:
    given, family, city = rng.choice(names), rng.choice(names), rng.choice(cities)
    own = f'{{"tier": "{rng.choice(("gold", "silver", "plain"))}"}}' if key % 4 == 0 else None
    return (key, f"C-{key:07d}", given, family, city, f"{given} {family}".lower(), city.lower(),
            f"{given}{key}@mail.example".lower(), f"90{rng.randrange(10**9):09d}", 2 + rng.randrange(BRANCHES),
            f"{rng.randrange(2000, 2026)}-0{rng.randrange(1, 10)}-15", f"{rng.randrange(1940, 2005)}-05-20",
            rng.choice(("web", "branch", None)), own)  # fmt: skip


def _events(keys: range, rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """One answer about e-mail each, one in three a grant; the rich gave many, by several channels."""
    for key in keys:
        for n in range(24 if key % RICH == 0 else 1):
            granted = rng.random() < 0.33
            proof = "e" * 64 if granted else None
            at = f"202{n % 6}-0{1 + n % 9}-01 00:00:00.000000"
            yield (f"e{key}.{n}", key, f"a{key}.{n}", f"b{key}.{n}", ("email", "phone", "sms")[n % 3],
                   "granted" if granted else "refused", "consent" if granted else None, proof, proof, at,
                   at)  # fmt: skip


def _acts(keys: range, rng: random.Random) -> Iterator[tuple[int, int, int]]:
    for key in keys:
        for n in range(400 if key % RICH == 0 else 1):
            yield key, 1_790_000_000 + rng.randrange(10**7) - n * 86_400, 1 + (key + n) % 37


def _accounts(run: Callable[..., Any], keys: range, rng: random.Random) -> None:
    """One account each with the balances of two months; three with thirteen for the rich. Ids follow the customer's."""
    accounts, holdings, months = [], [], []
    for key in keys:
        rich = key % RICH == 0
        for n in range(3 if rich else 1):
            account = key * 4 + n
            number = f"AC{rng.randrange(10**12):012d}{rng.choice('KLMNPQRT')}{rng.randrange(1000):03d}"
            accounts.append((account, number, 1 + (key + n) % len(_FAMILIES)))
            holdings.append((account, key))
            months += [(account, f"2026-{m:02d}" if m > 0 else f"2025-{m + 12:02d}", rng.randrange(10**6))
                       for m in range(10 if rich else -2, -3 if rich else -4, -1)]  # fmt: skip
    run("INSERT INTO account (id, number, product_id, currency, opened_on, version)"
        " VALUES (?,?,?,'EUR','2020-01-01',1)", accounts)  # fmt: skip
    run("INSERT INTO holding (account_id, customer_id, role) VALUES (?,?,'owner')", holdings)
    run("INSERT INTO balance_month (account_id, month, average) VALUES (?,?,?)", months)


@functools.cache
def open_app(path: str) -> Any:
    """The bank as services take it, without plugins; one for a process, as in a window that has been open for long."""
    from small_bank import SmallApp

    from crmdesk.store import open_bank

    return SmallApp(open_bank(Path(path)))
