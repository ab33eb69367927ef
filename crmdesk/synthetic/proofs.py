"""Ledger rows in the bank's words: legal basis, expiry, notice and evidence of each event."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.permission import CONSENT, LEGITIMATE_INTEREST, MARKETING_CHANNELS
from crmdesk.synthetic.campaigns import touchpoint
from crmdesk.synthetic.permissions import ASKED, GRANTED, PURPOSES, STATUSES, Ledger, expiry
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.table import Table, dates, moments_text, nullable

Ints = NDArray[np.int64]
NOTICES: Final = {
    "marketing-1": "We would like to tell you about our products by the way you choose. You may say no at any time.",
    "survey-1": "We would like to ask how satisfied you are by the way you choose. You may say no at any time.",
}
EVIDENCE: Final = {
    "email": "Confirmed by a link in an e-mail.", "phone": "Said yes in a recorded call.",
    "sms": "Answered YES to a text message.", "post": "Signed and returned a letter.",
    "in_person": "Signed a form at the branch.", "in_app": "Ticked the box in the app.",
}  # fmt: skip


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def notice_table() -> Table:
    texts = list(NOTICES.values())
    return Table({"id": [1, 2], "code": list(NOTICES), "version": [1, 1], "language": ["en", "en"], "text": texts,
                  "sha256": [_sha(t) for t in texts]})  # fmt: skip


def in_order(ledger: Ledger) -> tuple[Ledger, Ints]:
    """The ledger as it was written down, and the seq (1..) of each of its former rows."""
    order = np.lexsort((ledger.customer, ledger.purpose, ledger.status, ledger.at))
    seq = np.empty(ledger.size, np.int64)
    seq[order] = np.arange(1, ledger.size + 1)
    return ledger.select(order), seq


def ledger_table(ledger: Ledger, streams: Streams) -> Table:
    """Columns of permission_event without seq and hashes; `ledger` is in order."""
    granted, asked = ledger.status == GRANTED, ledger.status == ASKED
    way = np.array([*MARKETING_CHANNELS, None], object)[ledger.channel]  # -1 picks the last one: no channel
    source = np.array([*map(touchpoint, MARKETING_CHANNELS), "letter"], object)[ledger.channel]
    notices = np.array([*NOTICES, None], object)[ledger.purpose]
    hashes = np.array([*map(_sha, NOTICES.values()), None], object)[ledger.purpose]
    proofs = np.array([_sha(EVIDENCE[c]) for c in MARKETING_CHANNELS] + [None], object)[ledger.channel]
    at, proven = moments_text(ledger.at), granted | asked
    profiling = ledger.purpose == PURPOSES.index("profiling")
    return Table({
        "event_id": _uuids(ledger.size, streams), "customer_id": ledger.customer + 1,
        "purpose": np.array(PURPOSES, object)[ledger.purpose], "channel": way,
        "status": np.array(STATUSES, object)[ledger.status],
        "legal_basis": np.array([None, CONSENT, LEGITIMATE_INTEREST], object)[granted + 2 * profiling],
        "effective_at": at, "recorded_at": at, "expires_on": nullable(dates(expiry(ledger.at)), granted),
        "source": source, "actor": np.where(asked, "bank", "customer").astype(object),
        "campaign_id": nullable(ledger.campaign, ledger.campaign > 0), "notice": nullable(notices, proven),
        "notice_sha256": nullable(hashes, proven), "evidence_sha256": nullable(proofs, granted),
    })  # fmt: skip


def evidence_table(ledger: Ledger, rows: Table) -> Table:
    """The words behind each grant, apart from the chain."""
    granted = np.flatnonzero(ledger.status == GRANTED)
    texts = np.array([EVIDENCE[c] for c in MARKETING_CHANNELS], object)
    ids = rows.columns["event_id"]
    return Table({"event_id": [ids[i] for i in granted.tolist()], "text": texts[ledger.channel[granted]]})


def _uuids(count: int, streams: Streams) -> list[str]:
    """Random UUIDs of the seed (version 4 layout)."""
    raw = np.frombuffer(streams.of("permission_event.id").bytes(16 * count), np.uint8).reshape(count, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    text = raw.tobytes().hex()
    each = (text[i : i + 32] for i in range(0, 32 * count, 32))
    return [f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}" for t in each]
