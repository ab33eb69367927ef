"""Builders for import tests: a bank, its app, source files, and what the bank then holds."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmdesk.domain.rights import single_user
from crmdesk.services import importing
from crmdesk.services.importing import ImportReport
from crmdesk.store import Store, create_bank

ACTOR = single_user("tester")
CUSTOMERS = "customer,kind,given_name,family_name\nC1,person,Ana,Capek\nC2,company,,Mill Ltd\n"
HEADS = {
    "products": "product,name,family,annual_margin",
    "holdings": "customer,product,account,role,opened_on,closed_on,principal",
    "balances": "account,month,average_balance,end_balance",
    "interactions": "interaction,customer,occurred_at,channel,mode,activity,amount,currency,product,campaign,response,"
    "initiated_by,detail",
    "permissions": "customer,purpose,channel,status,at,source,legal_basis,expires_on,evidence,notice,campaign",
    "campaigns": "campaign,name,starts_on,ends_on,purpose,channels",
    "contacts": "campaign,customer,arm,channel,contacted_at,responded_at,response",
    "feedback": "customer,at,instrument,question,score,text,expected",
}


@dataclass(frozen=True)
class FileApp:
    """What the import needs of the composition root."""

    store: Store
    plugins: Any = None
    engine: Any = None
    runner: Any = None

    @property
    def path(self) -> Path:
        return self.store.path

    def run(self, source: Path, **options: Any) -> ImportReport:
        return importing.run(self, ACTOR, source, **options)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.store.reader() as raw:
            return list(raw.execute(sql).fetchall())

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every table with all its rows."""
        names = [n for (n,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: self.rows(f'SELECT * FROM "{name}"') for name in names if "search" not in name}


def empty_app(folder: Path) -> FileApp:
    return FileApp(create_bank(folder / "bank.crmdesk"))


def write_source(folder: Path, customers: str = CUSTOMERS, **files: Sequence[str]) -> Path:
    """A source folder; `files`: name -> lines under the layout's own header."""
    folder.mkdir(exist_ok=True)
    (folder / "customers.csv").write_text(customers, encoding="utf-8")
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join((HEADS[name], *lines)) + "\n", encoding="utf-8")
    return folder


def quarantined(report: ImportReport) -> list[dict[str, str]]:
    if report.quarantine_file is None:
        return []
    with report.quarantine_file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def balanced(report: ImportReport) -> bool:
    """rows_in = inserted + updated + unchanged + quarantined in each file, none negative."""
    return all(
        n["rows_in"] == n["inserted"] + n["updated"] + n["unchanged"] + n["quarantined"] and min(n.values()) >= 0
        for n in report.files.values()
    )
