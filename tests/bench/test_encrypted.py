"""What encryption costs: a scan, the features of an analysis, recording by hand, an import, opening; encrypted / plain.

Both sides are the same bank of 15,000 customers, one of them encrypted. The passphrase itself is asked for once a
session and takes its third of a second on purpose: it is printed, not compared.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from harness import Call, answer_of, compare

sys.path.insert(0, str(Path(__file__).parents[1]))

CUSTOMERS = int(os.environ.get("CRMDESK_BENCH_CUSTOMERS", "15000"))
WORDS = "correct horse battery"
RECORDED, OPENED = 300, 40


def keys_of(path: str):  # type: ignore[no-untyped-def]  # importing the store is not what is measured
    from crmdesk.store import keyfile

    bank = Path(path)
    return keyfile.unlock(bank, "", WORDS) if keyfile.is_encrypted(bank) else keyfile.load(bank)


def scan(path: str) -> str:
    """Every row of the largest table, by an aggregate inside the library: nothing but reading."""
    with STORE[0].reader() as raw:
        row = raw.execute("SELECT count(*), sum(amount), max(occurred_s), count(detail) FROM interaction NOT INDEXED")
        return str(row.fetchone())


def features(path: str) -> str:
    """What an analysis of all customers reads."""
    import numpy as np

    from crmdesk.analytics.catalogue import HOST_FEATURES
    from crmdesk.analytics.embedded import EmbeddedEngine
    from crmdesk.analytics.population import Population
    from crmdesk.contributions import Features

    cells = HOST_FEATURES["usage.cells"]
    assert isinstance(cells, Features)
    who = Population(np.arange(1, CUSTOMERS + 1))
    with STORE[0].reader() as raw:
        (last,) = raw.execute("SELECT date(max(occurred_s), 'unixepoch') FROM interaction").fetchone()
    found = EmbeddedEngine(STORE[0]).aggregate(cells, who, date.fromisoformat(last))
    return answer_of({name: found[name].to_numpy() for name in found.column_names})


def record(path: str) -> None:
    """So many interactions written down by hand, each a unit of work with its audit row."""
    from small_bank import ACTOR, SmallApp

    from crmdesk.services import interactions

    app = SmallApp(STORE[0])
    code = next(c.code for c in interactions.choices(app, ACTOR) if not c.sign and c.layout == "I1")
    with app.store.reader() as raw:
        numbers = [
            n for (n,) in raw.execute("SELECT number FROM customer ORDER BY id * 7919 % 15013 LIMIT ?", (RECORDED,))
        ]
    for number in numbers:
        interactions.record(app, ACTOR, number, code, note="asked about the card")


def insert(path: str) -> None:
    """20,000 rows in one unit of work."""
    with STORE[0].write() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO interaction (customer_id, occurred_s, catalogue_id, time_known, initiated_by, version, detail)"
            " VALUES (?, ?, 1, 1, 'customer', 1, 'asked about the card')",
            [(1 + n * 7919 % CUSTOMERS, 1_700_000_000 + n) for n in range(20_000)],
        )


def openings(path: str) -> None:
    from crmdesk.store import open_bank

    for _ in range(OPENED):
        open_bank(Path(path), STORE[0].keys).close()


STORE: list = []  # type: ignore[type-arg]


def _open() -> None:
    """Outside what is measured: the imports, the passphrase, the first connection."""
    import json

    from crmdesk.store import open_bank

    path = json.loads(sys.argv[2])["path"]
    STORE.append(open_bank(Path(path), keys_of(path)))
    with STORE[0].reader() as raw:
        raw.execute("SELECT count(*) FROM bank_state").fetchone()


for function in (scan, features, record, insert, openings):
    function.warm = _open  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    from small_bank import ACTOR, SmallApp

    from crmdesk.places import beside
    from crmdesk.services import banks, encryption
    from crmdesk.store import open_bank

    folder = tmp_path_factory.mktemp("encrypted")
    plain, sealed = folder / "plain.crmdesk", folder / "sealed.crmdesk"
    banks.create(plain, preset="gemstone", customers=CUSTOMERS, seed=7)
    shutil.copy(plain, sealed)
    shutil.copy(beside(plain, "keys"), beside(sealed, "keys"))
    began = time.perf_counter()
    encryption.encrypt(SmallApp(open_bank(sealed)), ACTOR, WORDS)  # type: ignore[arg-type]
    took, size = time.perf_counter() - began, plain.stat().st_size / 1e6
    began = time.perf_counter()
    keys_of(str(sealed))
    print(f"\nencrypting {size:,.0f} MB: {took:.1f} s; the passphrase: {1e3 * (time.perf_counter() - began):.0f} ms")
    yield plain, sealed


# The bare scan and the bare insert have no gate: nothing but decrypting is in them, page after page, which no work of a
# person or of an analysis is. Pages of 8 KB make the scan cheaper by a tenth and recording by hand dearer by a third.
GATES = {"features": 1.5, "record": 1.1, "openings": 2.0, "scan": None, "insert": None}


@pytest.mark.parametrize("what", GATES)
def test_encryption_costs_little(pair: tuple[Path, Path], what: str) -> None:
    plain, sealed = (
        Call(name, globals()[what], {"path": str(path)})
        for name, path in zip(("plain", "encrypted"), pair, strict=True)
    )
    compare(f"S1 {what}", plain, sealed, gate=GATES[what]).check()
