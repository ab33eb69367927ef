"""The receipt: its sections, that it says what the ledger says, and how it is saved."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.domain.recording import Recording
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import notices, permissions, receipts
from crmdesk.services import permission_record as records
from crmdesk.store import chain

ADA, FIRM = "C-000001", "C-000005"
TEXT, MAYBE, LIST = str, (str, type(None)), list
# Sections of ISO/IEC TS 27560, 6.3 and 6.4, with the fields this program fills and their types.
SECTIONS: dict[str, Any] = {
    "receipt_metadata": {"schema_version": TEXT, "receipt_id": TEXT, "timestamp": TEXT, "issued_by": TEXT},
    "record_header": {"schema_version": TEXT, "record_id": TEXT, "pii_principal_id": TEXT},
    "pii_processing": {"privacy_notices": LIST, "language": MAYBE, "purposes": LIST},
    "purpose": {"purpose": TEXT, "purpose_type": TEXT, "lawful_basis": TEXT, "pii_information": LIST,
                "pii_controllers": LIST, "recipients": LIST, "withdrawal_method": TEXT, "privacy_rights": LIST,
                "states": LIST},
    "state": {"channel": MAYBE, "consent_status": TEXT, "permitted": bool, "event_id": MAYBE, "valid_until": MAYBE},
    "event": {"event_id": TEXT, "event_time": TEXT, "recorded_time": TEXT, "event_type": TEXT, "event_state": TEXT,
              "entity_id": TEXT, "channel": MAYBE, "lawful_basis": MAYBE, "valid_until": MAYBE,
              "collection_method": TEXT, "privacy_notice_id": MAYBE, "privacy_notice_sha256": MAYBE,
              "evidence_sha256": MAYBE, "invalidates": MAYBE},
    "notice": {"notice_id": TEXT, "sha256": MAYBE, "language": MAYBE, "text": MAYBE},
}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    notices.add(made, ACTOR, "marketing", "May we write to you about our products?")
    notices.add(made, ACTOR, "profiling", "May we learn from what you buy?")
    yield made
    made.store.close()


def matches(found: dict[str, Any], section: str) -> None:
    """Just these fields, each of its type."""
    wanted = SECTIONS[section]
    assert found.keys() == wanted.keys(), section
    for name, kind in wanted.items():
        assert isinstance(found[name], kind), (section, name)


def check(document: dict[str, Any]) -> None:
    """The whole receipt, section by section."""
    assert document.keys() == {"receipt_metadata", "consent_records", "party_identification"}
    matches(document["receipt_metadata"], "receipt_metadata")
    parties = {p["party_id"]: p["party_role"] for p in document["party_identification"]}
    assert sorted(parties.values()) == ["pii_controller", "pii_principal"]
    for record in document["consent_records"]:
        assert record.keys() == {"record_header", "pii_processing", "events"}
        matches(record["record_header"], "record_header")
        assert parties[record["record_header"]["pii_principal_id"]] == "pii_principal"
        matches(record["pii_processing"], "pii_processing")
        ids = {event["event_id"] for event in record["events"]}
        for purpose in record["pii_processing"]["purposes"]:
            matches(purpose, "purpose")
            assert all(parties[c] == "pii_controller" for c in purpose["pii_controllers"])
            for state in purpose["states"]:
                matches(state, "state")
                assert state["event_id"] is None or state["event_id"] in ids
        for notice in record["pii_processing"]["privacy_notices"]:
            matches(notice, "notice")
        for event in record["events"]:
            matches(event, "event")
            assert uuid.UUID(event["event_id"]) and datetime.fromisoformat(event["event_time"]).tzinfo
            assert event["invalidates"] is None or event["invalidates"] in ids


def purposes(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {p["purpose_type"]: {**p, "events": r["events"], "notices": r["pii_processing"]["privacy_notices"]}
            for r in document["consent_records"] for p in r["pii_processing"]["purposes"]}  # fmt: skip


def test_the_receipt_has_the_sections_and_says_what_the_grid_says(app: SmallApp) -> None:
    document = receipts.receipt(app, ACTOR, ADA)
    check(document)
    assert json.loads(json.dumps(document)) == document
    told = purposes(document)
    assert list(told) == ["marketing", "survey", "sharing"]
    for row in permissions.grid(app, ACTOR, ADA).rows[:3]:
        states = told[row[0].purpose]["states"]
        assert [s["channel"] for s in states] == list(MARKETING_CHANNELS)
        assert [s["permitted"] for s in states] == [c.decision.allowed for c in row]
        assert [s["consent_status"] for s in states] == [c.decision.shown for c in row]
    assert sum(len(p["events"]) for p in told.values()) == 6


def test_every_event_is_there_with_notice_evidence_and_what_it_takes_back(app: SmallApp) -> None:
    grant = Recording("marketing", ("email",), "granted", "form", notice=1, evidence="Signed the form.")
    (granted,) = records.record(app, ACTOR, FIRM, grant).touched["permission_event"]
    records.record(app, ACTOR, FIRM, Recording("profiling", (), "granted", "form", notice=2, evidence="Signed too."))
    records.correct(app, ACTOR, FIRM, int(granted), "It was somebody else.")
    document = receipts.receipt(app, ACTOR, FIRM)
    check(document)
    told = purposes(document)
    first, second = told["marketing"]["events"]
    assert (first["event_type"], first["collection_method"], first["lawful_basis"]) == ("given", "form", "consent")
    assert first["valid_until"] == "2028-10-31" and first["evidence_sha256"]
    assert (second["event_type"], second["invalidates"]) == ("invalidated", first["event_id"])
    (notice,) = told["marketing"]["notices"]
    assert (
        notice["text"] == "May we write to you about our products?"
        and notice["sha256"] == first["privacy_notice_sha256"]
    )
    assert [s["permitted"] for s in told["profiling"]["states"]] == [True]
    text = json.dumps(document)
    assert "Signed" not in text and "somebody else" not in text  # words of evidence stay in the bank


def test_a_record_keeps_its_id_and_a_receipt_does_not(app: SmallApp) -> None:
    first, second = (receipts.receipt(app, ACTOR, ADA) for _ in range(2))
    assert [r["record_header"] for r in first["consent_records"]] == [
        r["record_header"] for r in second["consent_records"]
    ]
    assert first["receipt_metadata"]["receipt_id"] != second["receipt_metadata"]["receipt_id"]


def test_a_restriction_shows_and_an_empty_ledger_has_no_records(app: SmallApp) -> None:
    states = purposes(receipts.receipt(app, ACTOR, "C-000004"))["marketing"]["states"]
    assert {(s["consent_status"], s["permitted"]) for s in states} == {("restricted", False)}
    empty = receipts.receipt(app, ACTOR, FIRM)
    check(empty)
    assert empty["consent_records"] == []


def test_the_file_is_whole_or_not_there(app: SmallApp, tmp_path: Path) -> None:
    file = receipts.save(app, ACTOR, ADA, tmp_path / "receipt.json")
    check(json.loads(file.read_text(encoding="utf-8")))
    folder = tmp_path / "gone"
    with pytest.raises(CrmdeskError, match="could not be written"):
        receipts.save(app, ACTOR, ADA, folder / "receipt.json")
    assert [f.name for f in tmp_path.iterdir() if "receipt" in f.name] == ["receipt.json"]
    with app.store.reader() as raw:
        acts = [a for (a,) in raw.execute("SELECT object FROM audit_event WHERE act = 'make receipt'")]
    assert acts == [ADA, ADA]


def test_who_gets_none(app: SmallApp) -> None:
    with pytest.raises(Refused):
        receipts.receipt(app, Actor("adi", frozenset({Role.ADMIN})), ADA)
    with pytest.raises(BadInput):
        receipts.receipt(app, ACTOR, "C-999999")
    with app.store.write() as session:
        row = small_bank.event(1, "marketing", None, "erased", "2026-10-01")
        chain.append(session, app.store.audit_key, "permission_event", [row])
    with pytest.raises(Refused, match="was erased"):
        receipts.receipt(app, ACTOR, ADA)


def test_the_controller_is_the_bank_by_its_setting_or_its_file(app: SmallApp) -> None:
    def controller() -> str:
        parties = receipts.receipt(app, ACTOR, "C-000001")["party_identification"]
        return str(next(p["party_name"] for p in parties if p["party_role"] == "pii_controller"))

    assert controller() == app.path.stem
    with app.store.write() as session:
        session.connection().exec_driver_sql("INSERT INTO setting (name, value) VALUES ('bank.name', 'Bank of Moda')")
    assert controller() == "Bank of Moda"
