"""The receipt a customer may take home: one consent record per purpose, by the sections of ISO/IEC TS 27560.

The names of sections and fields are those of the record information structure (section 6.3) and of the receipt's
metadata (section 6.4); what the bank does not know of itself is left out, never made up.
"""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.errors import Refused
from crmdesk.domain.permission import (
    CONSENT,
    CONSENT_PURPOSES,
    LEGITIMATE_INTEREST,
    MARKETING_CHANNELS,
    MINING_PURPOSES,
    PermissionEvent,
    decide,
)
from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.export import writable
from crmdesk.services.guard import service
from crmdesk.store import audit
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import permission_receipt as queries
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries.permission_receipt import ReceiptEvent

SCHEMA: Final = "ISO/IEC TS 27560:2023"
EVENT_TYPES: Final = {
    "asked": "requested", "granted": "given", "refused": "refused", "withdrawn": "withdrawn", "objected": "objected",
    "voided": "invalidated", "erased": "terminated",
}  # fmt: skip
_TITLES: Final = {
    "marketing": "Offers of the bank's products", "survey": "Questions about how satisfied the customer is",
    "sharing": "Passing data on to partners", "profiling": "Analyses for the bank's understanding of its customers",
    "targeting": "Choosing who is offered what",
}  # fmt: skip
_WITHDRAWAL: Final = (
    "Say so in any branch, in a call, or through any channel that the bank answers; it takes effect at once."
)
_RIGHTS: Final = ["access", "rectification", "erasure", "restriction", "portability", "objection", "withdrawal"]


@service(Right.READ_EVIDENCE, of="number")
def receipt(app: App, actor: Actor, number: str) -> dict[str, Any]:
    """The receipt of one customer as plain JSON values; making it is audited. Refused for an erased person.

    Keys: receipt_metadata, consent_records (one for each purpose with an event, each with record_header,
    pii_processing and events), party_identification. Evidence and notices are named by their SHA-256.
    """
    at = app.store.clock()
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
        rows, known = queries.events(raw, customer), ledger.events(raw, [customer])[customer]
        if any(e.status == "erased" for e in known):
            raise Refused(f"{number} was erased: there is nothing left that a receipt could name.")
        bank = queries.bank(raw, app.path.stem)
        blocked = bool(ledger.restricted(raw, [customer]))
        basis = {p: ledger.basis(raw, p) or LEGITIMATE_INTEREST for p in MINING_PURPOSES}
    records = [
        _record(bank, number, purpose, [r for r in rows if r.purpose == purpose], known, at, blocked, basis)
        for purpose in (*CONSENT_PURPOSES, *MINING_PURPOSES) if any(r.purpose == purpose for r in rows)
    ]  # fmt: skip
    with app.store.write() as session:
        audit.record(app.store, session, actor, "make receipt", number, customer_id=customer,
                     fields=f"{len(rows)} events")  # fmt: skip
    return {
        "receipt_metadata": {
            "schema_version": SCHEMA, "receipt_id": str(uuid.uuid4()), "timestamp": _at(at), "issued_by": bank.uuid,
        },
        "consent_records": records,
        "party_identification": _parties(bank, number),
    }  # fmt: skip


@service(Right.READ_EVIDENCE, of="number")
def save(app: App, actor: Actor, number: str, file: Path) -> Path:
    """Write the receipt to a file as JSON, whole or not at all. CrmdeskError where it cannot be written."""
    text = json.dumps(receipt(app, actor, number), indent=2, ensure_ascii=False)
    draft = file.with_name(f".{file.name}.part")
    try:
        with writable(file.parent):
            draft.write_text(text + "\n", encoding="utf-8")
            draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return file


def _record(
    bank: queries.Bank, number: str, purpose: str, rows: list[ReceiptEvent], known: list[PermissionEvent],
    at: datetime, blocked: bool, basis: dict[str, str],
) -> dict[str, Any]:  # fmt: skip
    """One consent record; its id stays the same from receipt to receipt."""
    channels: tuple[str | None, ...] = MARKETING_CHANNELS if purpose in CONSENT_PURPOSES else (None,)
    rule = basis.get(purpose, LEGITIMATE_INTEREST)
    states = []
    for channel in channels:
        found = decide(known, purpose, channel, at, restricted=blocked, basis=rule)
        states.append({
            "channel": channel, "consent_status": found.shown, "permitted": found.allowed,
            "event_id": next((r.event_id for r in rows if r.seq == found.seq), None),
            "valid_until": _day(found.expires_on) if found.state == "granted" else None,
        })  # fmt: skip
    return {
        "record_header": {
            "schema_version": SCHEMA, "record_id": str(uuid.uuid5(uuid.UUID(bank.uuid), f"{number}/{purpose}")),
            "pii_principal_id": number,
        },
        "pii_processing": {
            "privacy_notices": _notices(rows),
            "language": next((r.language for r in reversed(rows) if r.language), None),
            "purposes": [{
                "purpose": _TITLES[purpose], "purpose_type": purpose, "lawful_basis": _basis(purpose, rows, rule),
                "pii_information": [{"pii_type": kind} for kind in _data(purpose)],
                "pii_controllers": [bank.uuid], "recipients": [],
                "withdrawal_method": _WITHDRAWAL, "privacy_rights": _RIGHTS, "states": states,
            }],
        },
        "events": [_event(row, number, rows) for row in rows],
    }  # fmt: skip


def _event(row: ReceiptEvent, number: str, rows: list[ReceiptEvent]) -> dict[str, Any]:
    voided = next((r.event_id for r in rows if r.seq == row.voids), None)
    return {
        "event_id": row.event_id, "event_time": _at(row.at), "recorded_time": _at(row.recorded_at),
        "event_type": EVENT_TYPES[row.status] if row.status != "voided" or row.voids else "disputed",
        "event_state": row.status, "entity_id": number, "channel": row.channel, "lawful_basis": row.legal_basis,
        "valid_until": _day(row.expires_on), "collection_method": row.source, "privacy_notice_id": row.notice,
        "privacy_notice_sha256": row.notice_sha256, "evidence_sha256": row.evidence_sha256, "invalidates": voided,
    }  # fmt: skip


def _notices(rows: list[ReceiptEvent]) -> list[dict[str, Any]]:
    """Each notice that was shown, in the order it was first shown."""
    found = {
        (r.notice, r.notice_sha256): {"notice_id": r.notice, "sha256": r.notice_sha256, "language": r.language,
                                      "text": r.notice_text}
        for r in rows if r.notice
    }  # fmt: skip
    return list(found.values())


def _basis(purpose: str, rows: list[ReceiptEvent], rule: str) -> str:
    """The basis of the latest grant; without one, what the purpose rests on."""
    granted = [r.legal_basis for r in rows if r.status == "granted" and r.legal_basis]
    return granted[-1] if granted else CONSENT if purpose in CONSENT_PURPOSES else rule


def _data(purpose: str) -> tuple[str, ...]:
    """Which kinds of data the purpose uses."""
    contact = ("name", "contact details")
    mined = ("products and balances", "interactions")
    return mined if purpose in MINING_PURPOSES else (*contact, *mined) if purpose == "sharing" else contact


def _parties(bank: queries.Bank, number: str) -> list[dict[str, Any]]:
    return [
        {"party_id": bank.uuid, "party_name": bank.name, "party_role": "pii_controller"},
        {"party_id": number, "party_role": "pii_principal"},
    ]


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
