"""A bulk edit that dies: the bank it works on, the child that is killed, and what must hold afterwards."""

from pathlib import Path
from typing import Any

from small_bank import SmallApp, add, person

from crmdesk.places import beside
from crmdesk.store.bank import create_bank
from crmdesk.store.opening import open_bank
from crmdesk.store.verify import verify

# Arguments: bank, the step of the progress after which it kills itself (0: never), or "wait" to say when it begins.
CHILD = """
import os, signal, sys
from pathlib import Path
from crmdesk.jobs.progress import Silent
from crmdesk.services import bulk
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.store.opening import open_bank
from crmdesk.store.queries import bulk as queries
from small_bank import ACTOR, SmallApp

class Dies(Silent):
    left = int(sys.argv[2])
    def step(self, fraction, text=""):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

queries.PACK = 100
app = SmallApp(open_bank(Path(sys.argv[1])))
print("ready", flush=True)
sys.stdin.readline()
bulk.apply(app, ACTOR, Chosen(CustomerQuery()), "source", "fair", progress=Dies())
print("saved", flush=True)
sys.stdin.readline()  # the log is left as it is: nobody closed the bank
"""


def build(path: Path, number: int) -> None:
    """A bank of so many customers, all without a source."""
    store = create_bank(path)
    with store.write() as session:
        add(session, "customer", [person(i, f"Given{i}", f"Family{i}") for i in range(1, number + 1)])
    store.close()


def copy_of(bank: Path, name: str) -> Path:
    """A fresh copy of a closed bank beside it, with its key."""
    copy = bank.with_name(name)
    for end in ("", "-wal", "-shm"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)
    copy.write_bytes(bank.read_bytes())
    beside(copy, "keys").write_bytes(beside(bank, "keys").read_bytes())
    return copy


def counts(path: Path) -> dict[str, Any]:
    """What a bulk edit writes, counted, after the bank was opened again as a person would."""
    app = SmallApp(open_bank(path))
    with app.store.reader() as raw:
        found = {
            "changed": raw.execute("SELECT count(*) FROM customer WHERE source = 'fair'").fetchone()[0],
            "versions": raw.execute("SELECT count(*) FROM customer WHERE version > 1").fetchone()[0],
            "noted": raw.execute("SELECT count(*) FROM field_change").fetchone()[0],
            "deeds": raw.execute("SELECT count(*) FROM deed").fetchone()[0],
            "audited": raw.execute("SELECT count(*) FROM audit_event WHERE act = 'bulk edit'").fetchone()[0],
            "change_no": raw.execute("SELECT change_no FROM bank_state").fetchone()[0],
        }
    app.store.close()
    return found


def is_whole(path: Path, number: int, before: dict[str, Any]) -> bool:
    """True where all of the edit is there, False where nothing is; AssertionError for anything between."""
    found = counts(path)
    assert verify(path)["ok"]
    if found == before:
        return False
    every = {"changed": number, "versions": number, "noted": number, "deeds": 1, "audited": 1}
    assert found == {**every, "change_no": before["change_no"] + 1}, found
    return True
