"""The pages of the desk, as data: where each one's class is found; it is imported when first opened."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crmdesk.domain.rights import Right

if TYPE_CHECKING:
    from crmdesk.desk.context import DeskContext
    from crmdesk.desk.page import Page


@dataclass(frozen=True)
class PageRecord:
    """`widget` points to a Page class that takes the DeskContext; `rail` pages stand at the left.

    A page that is reached from another (`under`) keeps that one's rail entry lit. Without `may` everyone sees it; with
    several, whoever holds one of them. `on_rail` narrows who has it at the left: the others come to it by a menu.
    """

    name: str
    title: str
    widget: str
    rail: bool = False
    under: str = ""
    may: Right | tuple[Right, ...] | None = None
    on_rail: Right | None = None

    @property
    def rail_may(self) -> Right | tuple[Right, ...] | None:
        return self.on_rail or self.may

    def load(self) -> None:
        """Import the page's module; done in a thread while a bank opens."""
        pkgutil.resolve_name(self.widget)

    def make(self, context: DeskContext) -> Page:
        kind: Callable[[DeskContext], Page] = pkgutil.resolve_name(self.widget)
        return kind(context)


PAGES: Final = (
    PageRecord("home", "Home", "crmdesk.desk.home:HomePage", rail=True),
    PageRecord("customers", "Customers", "crmdesk.desk.customers.list_page:CustomersPage", rail=True,
               may=Right.READ_CUSTOMER),
    PageRecord("customer", "Customer", "crmdesk.desk.customers.customer_page:CustomerPage", under="customers",
               may=Right.READ_CUSTOMER),  # arrive(number="C-004711")
    PageRecord("permissions", "Permissions", "crmdesk.desk.permissions.permissions_page:PermissionsPage", rail=True,
               may=Right.READ_PERMISSIONS),
    PageRecord("tasks", "Tasks", "crmdesk.desk.work.tasks_page:TasksPage", rail=True, may=Right.READ_WORK),
    PageRecord("opportunities", "Opportunities", "crmdesk.desk.work.opportunities_page:OpportunitiesPage", rail=True,
               may=Right.READ_WORK),
    PageRecord("analyses", "Analyses", "crmdesk.desk.mine.analyses_page:AnalysesPage", rail=True,
               may=Right.RUN_ANALYSIS),
    PageRecord("analysis", "Run an analysis", "crmdesk.desk.mine.run_page:RunPage", under="analyses",
               may=Right.RUN_ANALYSIS),  # arrive(analysis="segmentation.two_tier", preset={...})
    PageRecord("runs", "Results", "crmdesk.desk.results.runs_page:RunsPage", rail=True, may=Right.READ_RUNS),
    PageRecord("result", "Result", "crmdesk.desk.results.result_page:ResultPage", under="runs",
               may=Right.READ_RESULTS),  # arrive(run=uuid)
    PageRecord("offers", "Cross-selling list", "crmdesk.desk.offers.offers_page:OffersPage", under="runs",
               may=Right.READ_RESULTS),  # arrive(run=uuid, rule=number)
    PageRecord("backups", "Backups", "crmdesk.desk.backups.backups_page:BackupsPage", may=Right.BACKUP),
    PageRecord("history", "History", "crmdesk.desk.history.page:HistoryPage", may=Right.UNDO),
    PageRecord("fields", "Fields of customers", "crmdesk.desk.fields_page:FieldsPage", may=Right.READ_CUSTOMER),
    PageRecord("help", "Help", "crmdesk.desk.help_page:HelpPage"),  # arrive(topic="guide")
    PageRecord("plugins", "Plugins", "crmdesk.desk.plugins_page:PluginsPage", rail=True,
               may=(Right.MANAGE_PLUGINS, Right.READ_RUNS)),  # who counts with them, who answers for them
    PageRecord("administration", "Administration", "crmdesk.desk.people.administration_page:AdministrationPage",
               rail=True, may=(Right.READ_USERS, Right.APPROVE, Right.IMPORT, Right.EXPORT),
               on_rail=Right.READ_USERS),  # arrive(tab="users")
)  # fmt: skip
BY_NAME: Final = {page.name: page for page in PAGES}
