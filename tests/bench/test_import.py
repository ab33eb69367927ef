"""F3: the whole import of interactions against csv.reader -> executemany of the same rows into a plain table."""

import csv
import hashlib
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parent))

from harness import Call, compare, once

from crmdesk.domain.interaction import CELLS
from crmdesk.domain.rights import single_user
from crmdesk.services import importing
from crmdesk.store import create_bank
from crmdesk.store.bank import connect

ROWS = 200_000
CUSTOMERS = 5_000
PAGE_CACHE = 64 * 2**20
HEADER = ("interaction", "customer", "occurred_at", "channel", "mode", "activity", "amount", "currency", "product",
          "campaign", "response", "initiated_by", "detail")  # fmt: skip


def make_source(folder: Path, rows: int = ROWS, seed: int = 7) -> Path:
    """A folder of customers and `rows` interactions, one row in a thousand broken."""
    folder.mkdir()
    draw = random.Random(seed)
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("customer", "kind", "family_name"),
                                      *((f"C{i}", "person", f"Name {i}") for i in range(CUSTOMERS))])  # fmt: skip
    began = datetime(2022, 1, 1)
    with (folder / "interactions.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for i in range(rows):
            cell = draw.choice(CELLS)
            at = began + timedelta(seconds=draw.randrange(3 * 365 * 86_400))
            amount = f"{draw.randrange(1, 500_000) / 100:.2f}" if cell.sign else ""
            mode = "nonsense" if i % 1000 == 999 else cell.mode
            writer.writerow((f"X{i}", f"C{draw.randrange(CUSTOMERS)}", f"{at.isoformat()}Z", cell.channel, mode,
                             cell.activity, amount, "EUR" if amount else "", "", "", "", "", ""))  # fmt: skip
    return folder


def _answer(external: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(external)).encode()).hexdigest()


def plain(source: str, folder: str) -> str:
    """csv.reader -> executemany into a bare table of the same file format."""
    bank = Path(folder) / f"plain-{random.SystemRandom().random()}.crmdesk"
    create_bank(bank).close()
    raw = connect(bank)
    names = ", ".join(f'"{n}" TEXT' for n in HEADER)
    with (Path(source) / "interactions.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        raw.execute("BEGIN IMMEDIATE")
        raw.execute(f"CREATE TABLE bare ({names})")
        raw.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * len(HEADER))})", rows)
        raw.execute("COMMIT")
    found = [name for name, mode in raw.execute("SELECT interaction, mode FROM bare") if mode != "nonsense"]
    raw.close()
    return _answer(found)


def whole(source: str, folder: str) -> str:
    """Parse, check, quarantine, stage, load, index, audit."""
    bank = Path(folder) / f"whole-{random.SystemRandom().random()}.crmdesk"
    store = create_bank(bank)
    app = SimpleNamespace(store=store, path=bank, plugins=None, engine=None, runner=None)
    importing.run(app, single_user("bench"), Path(source))
    with store.reader() as raw:
        found = [name for (name,) in raw.execute("SELECT external_id FROM interaction")]
    store.close()
    return _answer(found)


def test_f3_whole_import(tmp_path: Path) -> None:
    arguments = {"source": str(make_source(tmp_path / "source")), "folder": str(tmp_path)}
    compare(
        f"F3, {ROWS:,} interactions", Call("csv.reader -> executemany", plain, arguments),
        Call("whole import", whole, arguments), gate=15,
    ).check()  # fmt: skip


def test_memory_does_not_grow_with_rows(tmp_path: Path) -> None:
    """Beyond the fixed page cache, four times the rows take no more memory."""
    sizes = []
    for rows in (ROWS, ROWS * 4):
        source = make_source(tmp_path / f"source-{rows}", rows)
        sizes.append(once(Call("import", grown, {"source": str(source), "folder": str(tmp_path)})).grown)
    print(
        f"\nImport memory grown: {ROWS:,} rows {sizes[0] / 2**20:.0f} MB, {ROWS * 4:,} rows {sizes[1] / 2**20:.0f} MB"
    )
    assert sizes[1] <= PAGE_CACHE + 32 * 2**20


def grown(source: str, folder: str) -> None:
    """The import alone: its memory is what is asked."""
    bank = Path(folder) / f"grown-{random.SystemRandom().random()}.crmdesk"
    store = create_bank(bank)
    app = SimpleNamespace(store=store, path=bank, plugins=None, engine=None, runner=None)
    importing.run(app, single_user("bench"), Path(source))
    store.close()
