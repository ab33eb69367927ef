"""A bank at work with words that must not lie on the disk: each step is said, and begun when the other side says so.

python -m laboratory.canary_work FOLDER SOURCE PASSPHRASE SEED           all steps once; "" = a plain bank
python -m laboratory.canary_work FOLDER SOURCE PASSPHRASE SEED ACTION    one action again and again, until killed
"""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from laboratory import canaries

from crmdesk.app import App, build_app
from crmdesk.domain.errors import AnalysisError, CrmdeskError
from crmdesk.domain.recording import Recording
from crmdesk.domain.rights import Actor
from crmdesk.services import (
    autobackup,
    backup,
    banks,
    customers,
    documents,
    importing,
    interactions,
    mining,
    permission_record,
    sign_in,
    tasks,
)  # fmt: skip
from crmdesk.store.keyfile import Cost

CHEAP = Cost(64, 1, 1)
STEPS = ("create", "import", "work", "read", "backup", "mine", "crash", "close")


def say(word: str) -> None:
    print(word, flush=True)
    if not sys.stdin.readline():
        sys.exit(0)


class Work:
    """One bank and what is done to it."""

    def __init__(self, folder: Path, source: Path, passphrase: str, seed: int) -> None:
        self.folder, self.source, self.passphrase, self.seed = folder, source, passphrase, seed
        self.bank = folder / "bank" / "b.crmdesk"
        self.app: App
        self.me: Actor

    def open(self) -> None:
        def build(path: Path, keys: Any) -> App:
            return build_app(path, keys=keys)

        self.app, self.me = sign_in.enter(self.bank, build, "", self.passphrase, cost=CHEAP)

    def create(self) -> None:
        banks.create(self.bank, preset="tiny", customers=60, passphrase=self.passphrase, cost=CHEAP)
        self.open()

    def import_(self) -> None:
        importing.run(self.app, self.me, self.source / "first")

    def import_again(self) -> None:
        for folder in sorted(self.source.glob("again*")):
            importing.run(self.app, self.me, folder)

    def work(self) -> None:
        now = self.app.store.clock()
        cell = next(c.code for c in interactions.choices(self.app, self.me) if not c.sign and c.layout == "I1")
        told = zip(canaries.words(self.seed, "task", canaries.HANDS),
                   canaries.words(self.seed, "note", canaries.HANDS), strict=True)  # fmt: skip
        for n, (task, note) in enumerate(told):
            tasks.add(self.app, self.me, task, now, number=f"K{n}", note=task)
            interactions.record(self.app, self.me, f"K{n}", cell, note=note)
            permission_record.record(self.app, self.me, f"K{n}", Recording("marketing", ("email",), "withdrawn"))
        form = self.source / f"{canaries.words(self.seed, 'task', 1)[0]}.txt"
        form.write_text("\n".join(canaries.words(self.seed, "note", canaries.HANDS)), encoding="utf-8")
        documents.add(self.app, self.me, "K1", form)

    def read(self) -> None:
        for word in canaries.words(self.seed, "customer", 10):
            query = customers.CustomerQuery(text=word)
            customers.find(self.app, self.me, query)
        with self.app.store.reader() as raw:  # a sort of everything, wider than any cache
            raw.execute(
                "SELECT * FROM interaction i JOIN customer c ON c.id = i.customer_id ORDER BY c.street"
            ).fetchall()

    def backup(self) -> None:
        autobackup.make(self.app, self.me, always=True)

    def backup_again(self) -> None:
        target = self.folder / "kept" / f"{time.time_ns()}.crmdesk"
        target.parent.mkdir(exist_ok=True)
        backup.backup(self.app, self.me, target)

    def mine(self) -> None:
        with contextlib.suppress(AnalysisError):
            mining.run(self.app, self.me, "association.rules", {"min_support": 0.2})

    def crash(self) -> None:
        """A fault of the program in the middle of a write, and its traceback in a log as a person would keep it."""
        (self.folder / "logs").mkdir(exist_ok=True)
        logging.basicConfig(filename=self.folder / "logs" / "crash.log", level=logging.DEBUG)
        word = canaries.words(self.seed, "customer", 1)[0]
        try:
            with self.app.store.write() as session:
                sql = "INSERT INTO customer (number, family_name, kind) VALUES (?, ?, 'ghost')"
                session.connection().exec_driver_sql(sql, ("K0", word))
        except Exception:
            logging.exception("the write failed")
        with contextlib.suppress(CrmdeskError):
            tasks.add(self.app, self.me, word, self.app.store.clock(), number=f"no such {word}")

    def close(self) -> None:
        sign_in.leave(self.app, self.me)
        self.app.close()


def main(folder: str, source: str, passphrase: str, seed: str, action: str = "") -> None:
    work = Work(Path(folder), Path(source), passphrase, int(seed))
    if action:
        work.open()
        deed: Callable[[], None] = getattr(work, action)
        say("ready")
        while True:
            deed()
    for step in STEPS if passphrase else (step for step in STEPS if step != "mine"):
        say(step)
        getattr(work, {"import": "import_"}.get(step, step))()
    say("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
