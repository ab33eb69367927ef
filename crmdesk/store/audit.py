"""One row of the audit for each write, export, run and unmasked read; same transaction as the deed."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from crmdesk.domain.rights import Actor
from crmdesk.store import chain
from crmdesk.store.bank import Store


def record(store: Store, session: Session, actor: Actor, act: str, object: str = "", **details: Any) -> None:
    """Append one audit row; `details`: customer_id, fields, purpose, reason, run_uuid."""
    row = {"at": datetime.now(UTC), "actor": actor.login, "role": actor.role_words, "act": act, "object": object,
           "fields": "", "purpose": "", "reason": "", **details}  # fmt: skip
    chain.append(session, store.audit_key, "audit_event", [row])
