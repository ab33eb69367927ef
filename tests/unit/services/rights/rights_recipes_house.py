"""How the matrix calls the services of the house: backups, fields, users, proposals, the audit; and all recipes."""

from datetime import date
from typing import Final

from crmdesk.domain.rights import Role
from crmdesk.services.audit_log import AuditFilter
from crmdesk.services.importing import OfferedField
from crmdesk.services.proposals import subject
from crmdesk.services.users import NewUser
from tests.unit.services.rights import rights_recipes as others
from tests.unit.services.rights.rights_bank import mark
from tests.unit.services.rights.rights_recipes import NOTHING, NUMBER, Recipe, given

_TAKEN: Final = NewUser("tina", "Tina", "HO", (Role.TELLER,), "a long and quiet sentence")
HOUSE: Final[dict[str, Recipe]] = {
    "autobackup.changed": NOTHING,
    "autobackup.check": lambda a: given(a.folder / "nowhere.crmdesk"),
    "autobackup.copies": NOTHING,
    "autobackup.make": NOTHING,
    "autobackup.restorable": lambda a: given(a.folder / "nowhere.crmdesk"),
    "backup.backup": lambda a: given(a.folder / "copy.crmdesk"),
    "backup.restore": lambda a: given(a.folder / "nowhere.crmdesk", a.folder / "there.crmdesk"),
    "backup.to_carry_over": lambda a: given(a.folder / "nowhere.crmdesk"),
    "backup.verify": lambda a: given(a.desk.pristine),
    "custom_fields.add": lambda a: given(code="shoe", title="Shoe size", kind="whole"),
    "custom_fields.add_offered": lambda a: given([OfferedField("Shoe", "shoe", "Shoe", "text", (), 3)]),
    "custom_fields.change": lambda a: given("nick", 1, title="Called"),
    "custom_fields.fields": NOTHING,
    "custom_fields.move": lambda a: given("nick", 1),
    "custom_fields.retire": lambda a: given("nick"),
    "history.deeds": NOTHING,
    "history.next_redo": NOTHING,
    "history.next_undo": NOTHING,
    "history.redo": NOTHING,
    "history.undo": NOTHING,
    "offered.offered": lambda a: given(a.folder / "nowhere"),
    "plugin_columns.cells": lambda a: given([a.id], ["demo.column"]),
    "plugin_columns.offered": NOTHING,
    "plugins.disable": lambda a: given("no-such-plugin"),
    "plugins.enable": lambda a: given("no-such-plugin"),
    "run.ask": lambda a: given(a.folder / "nowhere", reason="monthly"),
    "run.run": lambda a: given(a.folder / "nowhere"),
    "staff.add": lambda a: given("nora", "Nora"),
    "staff.branches": NOTHING,
    "staff.people": NOTHING,
}
WATCH: Final[dict[str, Recipe]] = {
    "anchors.anchors": NOTHING,
    "anchors.head": NOTHING,
    "audit_log.check": NOTHING,
    "audit_log.choices": NOTHING,
    "audit_log.events": NOTHING,
    "audit_log.export": lambda a: given(AuditFilter(), a.folder / "audit.csv"),
    "audit_log.note_search": lambda a: given(mark("family", a.id), 1),
    "audit_log.own": NOTHING,
    "privacy_requests.add": lambda a: given(a.number, "access", date(2026, 10, 30)),
    "privacy_requests.close": lambda a: given(a.key("request"), 1, "done", "sent by post"),
    "privacy_requests.ended": NOTHING,
    "privacy_requests.extend": lambda a: given(a.key("request"), 1, "many files"),
    "privacy_requests.history": lambda a: given(a.key("request")),
    "privacy_requests.of_customer": NUMBER,
    "privacy_requests.open_ones": NOTHING,
    "retention.due": lambda a: given("quarantine"),
    "retention.policies": NOTHING,
    "retention.run": NOTHING,
    "retention.set_months": lambda a: given("quarantine", 5),
}
# Each fails after the gate: a login that is taken or that nobody has, so that no password is ever worked out.
USERS: Final[dict[str, Recipe]] = {
    "assigning.assign": lambda a: given("nobody", "B2"),
    "assigning.waiting": NOTHING,
    "users.add": lambda a: given(_TAKEN),
    "users.change_roles": lambda a: given("nobody", [Role.TELLER]),
    "users.end": lambda a: given("nobody"),
    "users.move": lambda a: given("nobody", "B2"),
    "users.reopen": lambda a: given("nobody", [Role.TELLER]),
    "users.reset_password": lambda a: given("nobody"),
    "users.second_person": lambda a: given(_TAKEN, _TAKEN),
    "users.users": NOTHING,
}
PROPOSALS: Final[dict[str, Recipe]] = {
    "proposals.decide": lambda a: given(999, True),
    "proposals.open_ones": NOTHING,
    "proposals.past": NOTHING,
    "proposals.propose": lambda a: given("import", "An import", subject("import", file="a"), {"file": "a"}, "monthly"),
    "proposals.withdraw": lambda a: given(999),
    "restoring.ask": lambda a: given(a.folder / "nowhere.crmdesk", "the disk broke"),
}
# Each fails after the gate: too short a passphrase, a bank that is not encrypted.
KEYS: Final[dict[str, Recipe]] = {
    "encryption.change_passphrase": lambda a: given("old", "short"),
    "encryption.encrypt": lambda a: given("short"),
    "encryption.new_recovery_key": NOTHING,
    "encryption.remove_plain_copies": NOTHING,
    "encryption.status": NOTHING,
}
RECIPES: Final[dict[str, Recipe]] = {
    **others.CUSTOMERS, **others.PERMISSIONS, **others.WORK, **others.MINING, **others.OFFERS, **others.OUT, **HOUSE,
    **WATCH, **USERS, **PROPOSALS, **KEYS,
}  # fmt: skip
