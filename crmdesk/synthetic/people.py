"""Invented customers: names, addresses, ages, and the days between which each was a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.customer import ADULT_YEARS, digits, fold
from crmdesk.synthetic import names
from crmdesk.synthetic.behaviour import Planted
from crmdesk.synthetic.spec import BankSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.table import Table, dates, nullable
from crmdesk.synthetic.times import epoch_day, month_starts

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
# Small groups that every list and analysis must cope with.
PROSPECTS: Final = 0.01
NEW: Final = 0.03
LEFT: Final = 0.01
MINORS: Final = 0.01
COMPANIES: Final = 0.02
RESTRICTED: Final = 0.002
CUSTOMERS_A_BRANCH: Final = 1_500


@dataclass(frozen=True)
class People:
    """Facts that other tables need (n each): epoch days joined and last seen, and the small groups."""

    joined: Ints
    last: Ints
    prospect: Flags
    left: Flags
    minor: Flags
    company: Flags
    restricted: Flags

    @property
    def addressable(self) -> Flags:
        """Adults and companies that may be asked and contacted at all."""
        return ~(self.minor | self.restricted | self.left)


def people(spec: BankSpec, streams: Streams) -> People:
    rng = streams.of("customer.life")
    n, until = spec.customers, epoch_day(spec.until)
    first = int(month_starts(spec.until, spec.months)[0])
    group = rng.random((5, n))
    prospect = group[0] < PROSPECTS
    new = (group[1] < NEW) & ~prospect
    left = (group[2] < LEFT) & ~prospect & ~new
    minor = (group[3] < MINORS) & ~prospect
    company = (group[4] < COMPANIES) & ~prospect & ~minor
    joined = first - 1_200 - rng.integers(0, 20 * 365, n)  # older than the ledger's first year
    joined = np.where(minor, first - rng.integers(10, 900, n), joined)
    joined = np.where(new, rng.integers(first + 1, until - 20, n), joined)
    last = np.where(left, rng.integers(first + 60, until - 10, n), until)
    restricted = rng.random(n) < RESTRICTED
    return People(joined, last, prospect, left, minor, company, restricted)


def branches(spec: BankSpec) -> Table:
    """Branches beside the head office, which every bank has as row 1."""
    count = max(3, round(spec.customers / CUSTOMERS_A_BRANCH))
    at = np.arange(count)
    cities = [names.CITIES[i % len(names.CITIES)][0] for i in at]
    return Table({
        "id": at + 2, "code": [f"G{i + 1:03d}" for i in at],
        "name": [f"{city} {i // len(names.CITIES) + 1}" for i, city in zip(at.tolist(), cities, strict=True)],
        "city": cities, "region": [("North", "South")[i % 2] for i in at],
    })  # fmt: skip


def customers(spec: BankSpec, planted: Planted, life: People, streams: Streams) -> Table:
    """The customer table, sorted by id 1..n."""
    rng = streams.of("customer")
    n = spec.customers
    female = rng.random(n) < 0.51
    given = np.where(female, rng.choice(names.FEMALE, n), rng.choice(names.MALE, n)).astype(object)
    family = rng.choice(names.FAMILY_FIRST, n).astype(object) + rng.choice(names.FAMILY_LAST, n).astype(object)
    trade = rng.choice(names.COMPANY, n).astype(object)
    family = np.where(life.company, family + " " + trade, family)
    given = nullable(given, ~life.company)
    gender = np.where(life.company | (rng.random(n) < 0.02), "unknown", np.where(female, "female", "male"))
    ids = np.arange(1, n + 1)
    city = rng.integers(0, len(names.CITIES), n)
    branch = 2 + rng.integers(0, branches(spec).rows, n)
    email = _emails(given, family, ids, rng.random(n) < 0.9)
    phone = nullable(np.array([f"+999 20 {d:07d}" for d in rng.integers(10**6, 10**7, n)]), rng.random(n) < 0.95)
    cities = np.array([c for c, _ in names.CITIES], object)[city]
    return Table({
        "id": ids, "number": [f"G{i:06d}" for i in ids], "kind": np.where(life.company, "company", "person"),
        "given_name": given, "family_name": family, "birth_date": _births(spec, planted, life, rng), "gender": gender,
        "occupation": nullable(rng.choice(names.OCCUPATIONS, n), (rng.random(n) < 0.93) & ~life.company & ~life.minor),
        "education": nullable(rng.choice(names.EDUCATION, n, p=(0.1, 0.35, 0.3, 0.25)),
                              (rng.random(n) < 0.9) & ~life.company & ~life.minor),
        "income": nullable(np.round(np.exp(rng.normal(12.4, 0.45, n))).astype(np.int64), ~life.minor & ~life.company),
        "email": email, "phone": phone,
        "street": [f"{s} {h}" for s, h in zip(rng.choice(names.STREETS, n), rng.integers(1, 140, n), strict=True)],
        "city": cities, "postcode": np.array([p for _, p in names.CITIES], object)[city],
        "country": np.full(n, names.COUNTRY, object), "branch_id": branch, "source": rng.choice(names.SOURCES, n),
        "joined_on": nullable(dates(life.joined), ~life.prospect), "left_on": nullable(dates(life.last), life.left),
        "relation_wanted": rng.choice(("brand", "bank", "none", "unknown"), n, p=(0.1, 0.2, 0.1, 0.6)),
        "restricted": life.restricted.astype(np.int64), "version": np.ones(n, np.int64),
        "name_folded": [fold(f"{g} {f}" if g else f) for g, f in zip(given, family, strict=True)],
        "city_folded": np.array([fold(c) for c, _ in names.CITIES], object)[city],
        "email_folded": [fold(e) for e in email], "phone_digits": [digits(p) for p in phone],
    })  # fmt: skip


def _births(spec: BankSpec, planted: Planted, life: People, rng: np.random.Generator) -> NDArray[np.object_]:
    """Ages 19-90, drawn alike in every segment: no protected field gives the truth away."""
    until = epoch_day(spec.until)
    age = np.clip(rng.normal(47, 16, spec.customers), ADULT_YEARS + 1, 90)
    age = np.where(life.minor, rng.uniform(8, ADULT_YEARS - 1, spec.customers), age)
    born = np.minimum(until - np.round(age * 365.25).astype(np.int64), life.joined)
    return nullable(dates(born), ~life.company)


def _emails(given: NDArray[np.object_], family: NDArray[np.object_], ids: Ints, known: Flags) -> NDArray[np.object_]:
    texts = [
        f"{fold(g or 'office')}.{fold(f).replace(' ', '-')}{i}@example.org"
        for g, f, i in zip(given, family, ids.tolist(), strict=True)
    ]
    return nullable(np.array(texts), known)
