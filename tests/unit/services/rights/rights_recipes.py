"""How the matrix calls each service: by its name, the arguments of a call about a customer of some place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.recording import Recording
from crmdesk.domain.rights import Actor
from crmdesk.mining import ledger
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.services.list_fields import ListColumn
from tests.unit.services.rights.rights_bank import PEOPLE, PLACES, REASON, Desk, mark

Args = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Ask:
    """Who asks about whose customer; `folder` takes what a call writes."""

    desk: Desk
    login: str
    place: str
    folder: Path

    @property
    def actor(self) -> Actor:
        return self.desk.actor(self.login)

    @property
    def id(self) -> int:
        return PLACES.index(self.place) + 1

    @property
    def number(self) -> str:
        """As this person knows the customer."""
        return f"P-{self.id}" if self.login == "anna" else mark("number", self.id)

    @property
    def next(self) -> str:
        """A second customer of the same place."""
        return f"P-{self.id + 6}" if self.login == "anna" else mark("number", self.id + 6)

    @property
    def due(self) -> Any:
        return self.desk.app.store.clock() + timedelta(days=1)

    @property
    def chosen(self) -> Chosen:
        """The customer; for the analyst, who exports no group of less than ten, everybody."""
        return Chosen(CustomerQuery(sort="number"), tuple(range(1, PEOPLE + 1)) if self.login == "anna" else (self.id,))

    @property
    def work(self) -> int:
        """One's own task or opportunity; that of a colleague; that of another branch."""
        owner = {"own": self.login, "branch": "ruth", "other": "rolf"}[self.place]
        return self.key(f"work:{owner}")

    def key(self, kind: str) -> int:
        return self.desk.facts.keys[kind][self.place]

    def record(self, run: str) -> Any:
        return ledger.load(self.desk.app.store, run, {})

    def file(self, name: str, text: str = "hello") -> Path:
        """A file that is there."""
        made = self.folder / name
        made.write_text(text, encoding="utf-8")
        return made


Recipe = Callable[[Ask], Args]


def given(*args: Any, **kwargs: Any) -> Args:
    return args, kwargs


def _person(word: str) -> dict[str, str]:
    return {"kind": "person", "number": "C-990001", "family_name": word, "branch": "HO", "joined_on": "2026-10-01"}


NOTHING: Recipe = lambda a: given()  # noqa: E731
NUMBER: Recipe = lambda a: given(a.number)  # noqa: E731
WORDS: Final = ("number", "name")

CUSTOMERS: Final[dict[str, Recipe]] = {
    "bulk.apply": lambda a: given(a.chosen, "source", "fair"),
    "bulk.fields": NOTHING,
    "bulk.preview": lambda a: given(a.chosen, "source", "fair"),
    "column_values.cells": lambda a: given([a.id], ["branch", "manager", "born", "email", "custom.nick"]),
    "customer_card.get": NUMBER,
    "customer_card.note_opened": NUMBER,
    "customer_card.reveal": lambda a: given(a.number, "phone", REASON),
    "customer_card.segment": NUMBER,
    "customer_card.timeline": NUMBER,
    "customer_edit.check": lambda a: given({"city": "Moda"}, a.number),
    "customer_edit.create": lambda a: given(_person("Newcomer")),
    "customer_edit.draft": NUMBER,
    "customer_edit.edit": lambda a: given(a.number, 1, {"occupation": "clerk"}),
    "customer_edit.similar": lambda a: given(_person(mark("family", a.id))),
    "customers.choices": NOTHING,
    "customers.count": NOTHING,
    "customers.count_chosen": lambda a: given(a.chosen),
    "customers.find": lambda a: given(CustomerQuery(text=mark("family", a.id))),
    "customers.search_rule": NOTHING,
    "customers.rows": lambda a: given([a.id]),
    "documents.add": lambda a: given(a.number, a.file("letter.txt")),
    "documents.content": lambda a: given(a.key("document"), REASON),
    "documents.of_customer": NUMBER,
    "filter_words.describe": lambda a: given(CustomerQuery()),
    "history.of_customer": NUMBER,
    "households.join_household": lambda a: given(a.number, with_number=a.next),
    "households.leave_household": NUMBER,
    "households.rename_household": lambda a: given(a.key("household"), 1, "The Smiths"),
    "interactions.choices": NOTHING,
    "interactions.record": lambda a: given(a.number, "branch.support.general_question"),
    "interactions.reverse": lambda a: given(a.key("interaction"), "typed twice"),
    "list_fields.columns": NOTHING,
    "list_fields.fields": NOTHING,
    "near_names.near_names": lambda a: given(mark("family", a.id)[:-1] + "y"),
    "own_values.of_customer": NUMBER,
    "saved.delete": lambda a: given(a.desk.list_of(a.login)),
    "saved.lists": NOTHING,
    "saved.rename": lambda a: given(a.desk.list_of(a.login), "Another"),
    "saved.save": lambda a: given("New list", CustomerQuery()),
    "surroundings.add_interest": lambda a: given(a.number, "savings"),
    "surroundings.add_life_event": lambda a: given(a.number, "move", date(2026, 1, 1)),
    "surroundings.end_relation": lambda a: given(a.key("relation")),
    "surroundings.of_customer": NUMBER,
    "surroundings.relate": lambda a: given(a.number, a.next, "employer"),
    "surroundings.remove_interest": lambda a: given(a.key("interest")),
    "surroundings.remove_life_event": lambda a: given(a.key("life_event")),
    "withdrawn.leaving": lambda a: given(CustomerQuery(), [a.id]),
}
PERMISSIONS: Final[dict[str, Recipe]] = {
    "notices.add": lambda a: given("survey-1", "May we ask how it was?"),
    "notices.current": NOTHING,
    "notices.every": NOTHING,
    "permission_bank.changed_since": NOTHING,
    "permission_bank.objections": NOTHING,
    "permission_bank.overview": NOTHING,
    "permission_bank.queue": NOTHING,
    "permission_bank.repermission": NOTHING,
    "permission_bulk.withdraw_many": lambda a: given(a.chosen, "marketing"),
    "permission_correct.confirm": lambda a: given(a.number, a.key("waiting")),
    "permission_correct.correct": lambda a: given(a.number, a.key("grant"), "typed by mistake"),
    "permission_correct.pending": NUMBER,
    "permission_correct.restrict": lambda a: given(a.number, True),
    "permission_record.objection": NUMBER,
    "permission_record.preview": lambda a: given(a.number, Recording("marketing", ("email",), "withdrawn")),
    "permission_record.record": lambda a: given(a.number, Recording(
        "survey", ("phone",), "granted", "branch", None, "she said yes at the counter")),
    "permission_record.record#objected": lambda a: given(a.number, Recording("marketing", (), "objected")),
    "permission_record.withdraw": NUMBER,
    "permissions.contactable": NUMBER,
    "permissions.evidence": lambda a: given(a.number, a.key("grant")),
    "permissions.grid": NUMBER,
    "receipts.receipt": NUMBER,
    "receipts.save": lambda a: given(a.number, a.folder / "receipt.json"),
}  # fmt: skip
WORK: Final[dict[str, Recipe]] = {
    "ask_again.make_tasks": lambda a: given({a.number: "ends soon"}, a.due),
    "ask_again.plan": lambda a: given([a.number]),
    "opportunities.add": lambda a: given(a.number, "A loan"),
    "opportunities.board": lambda a: given(mine=False),
    "opportunities.currency": NOTHING,
    "opportunities.edit": lambda a: given(a.work, 1, next_step="call"),
    "opportunities.move": lambda a: given(a.work, 1, "offered"),
    "opportunities.moves": lambda a: given(a.work),
    "opportunities.of_customer": NUMBER,
    "opportunities.products": NOTHING,
    "tasks.add": lambda a: given("Call back", a.due, number=a.number),
    "tasks.agenda": lambda a: given(a.due, mine=False),
    "tasks.done": lambda a: given(a.work),
    "tasks.drop": lambda a: given(a.work),
    "tasks.due": lambda a: given(mine=False),
    "tasks.edit": lambda a: given(a.work, 1, note="soon"),
    "tasks.hand_over": lambda a: given([a.work], "ruth"),
    "tasks.of_customer": NUMBER,
    "tasks.reminders": NOTHING,
    "tasks.reopen": lambda a: given(a.work),
    "tasks.snooze": lambda a: given(a.work, a.due),
}
# Asked for at the gate alone: what follows would take long, or need a second person.
MINING: Final[dict[str, Recipe]] = {
    "mining.population": lambda a: given("no.such_analysis"),
    "mining.run": lambda a: given("no.such_analysis", {}),
    "recover.recover": lambda a: given(a.folder / "nowhere", "no.such_analysis"),
    "rerun.rerun": lambda a: given("no-such-run"),
    "runs.finished": lambda a: given(a.desk.facts.segments_run),
    "runs.get_run": lambda a: given(a.desk.facts.segments_run),
    "runs.runs": NOTHING,
    "runs.with_numbers": lambda a: given(a.record(a.desk.facts.segments_run)),
    "scoring.score": lambda a: given("no-such-run", [a.number]),
    "segments.describe": lambda a: given(a.record(a.desk.facts.segments_run)),
    "reports.render": lambda a: given(a.record(a.desk.facts.segments_run)),
}
OFFERS: Final[dict[str, Recipe]] = {
    "offer_actions.decide": lambda a: given(a.key("action"), "accepted"),
    "offer_actions.of_customer": NUMBER,
    "offer_export.ask": lambda a: given(a.desk.facts.offers, "a letter to all"),
    "offer_export.export_csv": lambda a: given(a.desk.facts.offers, a.folder / "offers.csv"),
    "offers.candidates": lambda a: given(a.desk.facts.offers_run, channel="email"),
    "offers.keep": lambda a: given(a.desk.facts.offers),
    "offers.newest_run": NOTHING,
    "offers.standing": lambda a: given(a.desk.facts.offers),
}
OUT: Final[dict[str, Recipe]] = {
    "customer_export.ask": lambda a: given(a.chosen, WORDS, "marketing", "email", reason="a letter to all"),
    "customer_export.address_columns": lambda a: given("email"),
    "customer_export.first_rows": lambda a: given(a.chosen, WORDS, purpose="marketing", channel="email", limit=9,
                                                  kept=False),
    "customer_export.plan": lambda a: given(a.chosen, WORDS, "marketing", "email"),
    "customer_export.write": lambda a: given(a.chosen, WORDS, a.folder / "list.csv", purpose="marketing",
                                             channel="email"),
    "export.ask": lambda a: given(a.desk.facts.segments_run, "for the board"),
    "export.export": lambda a: given(a.desk.facts.segments_run, a.folder / "run"),
    "export_rows.cells": lambda a: given([a.id], [ListColumn("number", "Number"), ListColumn("name", "Name")]),
    "export_rows.export_columns": NOTHING,
    "prints.customer": lambda a: given(a.number, kept=False),
    "prints.customer_list": lambda a: given(a.chosen, WORDS, "marketing", "email", kept=False),
    "prints.result": lambda a: given(a.desk.facts.segments_run, kept=False),
    "reports.write_report": lambda a: given(a.desk.facts.segments_run, a.folder / "report.html"),
}  # fmt: skip
