"""SQL of the standard import profile: what the bank checks, and how staged rows reach its tables."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from crmdesk.domain.customer import fold, full_name
from crmdesk.store import chain
from crmdesk.store.queries.importing import ROWS, Done, Slice, Staging, asking, upsert
from crmdesk.store.queries.permissions import OWN_ACT, VOIDED

ERASED: Final = asking(
    "SELECT s.row, date(max(e.effective_at)) FROM :rows s JOIN customer c ON c.number = s.customer "
    "JOIN permission_event e ON e.customer_id = c.id AND e.status = 'erased' WHERE s.row BETWEEN ? AND ? GROUP BY s.row"
)
LEFT_BEFORE_JOINED: Final = asking(
    "SELECT s.row FROM :rows s LEFT JOIN customer old ON old.number = s.customer WHERE s.row BETWEEN ? AND ? "
    "AND coalesce(s.left_on, old.left_on) < coalesce(s.joined_on, old.joined_on)"
)
CLOSED_BEFORE_OPENED: Final = asking(
    "SELECT s.row FROM :rows s LEFT JOIN account old ON old.number = s.account WHERE s.row BETWEEN ? AND ? "
    "AND coalesce(s.closed_on, old.closed_on) < s.opened_on"
)
# Two holders of one account must agree on what the account is; the first row stays.
ACCOUNT_DIFFERS: Final = asking(
    "SELECT s.row, s.account, min(f.row) FROM :rows s JOIN :rows f ON f.account = s.account AND f.row < s.row "
    "WHERE s.row BETWEEN ? AND ? AND (f.product <> s.product OR f.opened_on <> s.opened_on "
    "OR f.closed_on <> s.closed_on OR f.principal <> s.principal) GROUP BY s.row"
)
NOT_OPEN: Final = asking(
    "SELECT s.row, s.account, s.month FROM :rows s JOIN account a ON a.number = s.account WHERE s.row BETWEEN ? AND ? "
    "AND (s.month < substr(a.opened_on, 1, 7) OR s.month > substr(a.closed_on, 1, 7))"
)
ENDS_BEFORE_STARTS: Final = asking(
    "SELECT s.row FROM :rows s LEFT JOIN campaign old ON old.code = s.campaign WHERE s.row BETWEEN ? AND ? "
    "AND coalesce(s.ends_on, old.ends_on) < s.starts_on"
)
# An objection, in the bank or in this file, at or before the grant, that no later own act of the customer lifted.
# Only the customer's own rows are looked up: scanning the ledger's voids for each slice would take too long.
OBJECTION_STANDS: Final = asking(
    "SELECT s.row, date(max(o.at)) FROM :rows s JOIN customer c ON c.number = s.customer JOIN ("
    "  SELECT customer_id, purpose, channel, effective_at AS at FROM permission_event p WHERE status = 'objected' "
    f"  AND NOT EXISTS ({VOIDED} AND customer_id = p.customer_id AND voids = p.seq) "
    "  UNION ALL SELECT k.id, f.purpose, f.channel, f.at FROM :rows f JOIN customer k ON k.number = f.customer "
    "  WHERE f.status = 'objected'"
    ") o ON o.customer_id = c.id AND o.purpose = s.purpose AND (o.channel IS NULL OR o.channel = s.channel) "
    "AND o.at <= s.at WHERE s.row BETWEEN ? AND ? AND s.status = 'granted' AND NOT EXISTS ("
    f"  SELECT 1 FROM permission_event g WHERE g.customer_id = c.id AND g.purpose = s.purpose AND {OWN_ACT} "
    f"  AND NOT EXISTS ({VOIDED} AND customer_id = g.customer_id AND voids = g.seq) "
    "  AND (g.channel IS NULL OR g.channel = s.channel) AND g.effective_at > o.at AND g.effective_at <= s.at)"
    " GROUP BY s.row"
)


def _filled(names: str, rename: Mapping[str, str] | None = None) -> dict[str, str]:
    """Column -> the file's value, or where the cell is empty the bank's."""
    stage = dict(rename or {})
    return {n: f'coalesce(s."{stage.get(n, n)}", old."{n}")' for n in names.split()}


def customers(staging: Staging, part: Slice) -> Done:
    head = staging.scalar("SELECT min(id) FROM branch")
    # No file of the layout lists branches: a code not seen before opens one.
    staging.run(f"INSERT OR IGNORE INTO branch (code, name) SELECT DISTINCT branch, branch FROM {ROWS} "
                "WHERE row BETWEEN ? AND ? AND branch IS NOT NULL", part)  # fmt: skip
    searched = {n: f"coalesce(nullif(s.{n}, ''), old.{n}, '')" for n in ("city_folded", "email_folded", "phone_digits")}
    values = {
        "number": "s.customer", "kind": "s.kind", "family_name": "s.family_name",
        **_filled("given_name birth_date occupation education income email phone street city postcode country source "
                  "joined_on left_on"),
        "gender": "coalesce(s.gender, old.gender, 'unknown')",
        "branch_id": f"coalesce(b.id, old.branch_id, {int(head)})", "manager_id": "coalesce(m.id, old.manager_id)",
        "relation_wanted": "coalesce(s.relation_wanted, old.relation_wanted, 'unknown')",
        # A file may restrict; lifting a restriction is a person's decision.
        "restricted": "max(coalesce(old.restricted, 0), coalesce(s.restricted, 'no') = 'yes')",
        "custom": "coalesce(s.custom, old.custom)", "version": "coalesce(old.version, 1)",
        "name_folded": "s.name_folded", **searched,
    }  # fmt: skip
    joins = "LEFT JOIN branch b ON b.code = s.branch LEFT JOIN staff m ON m.login = s.manager"
    _add_kept_own_fields(staging, part)
    done = upsert(staging, part, "customer", ("number",), values, joins=joins,
                  quiet=("name_folded", *searched, "version"))  # fmt: skip
    _fold_kept_names(staging, part)
    return done


def _add_kept_own_fields(staging: Staging, part: Slice) -> None:
    """The file's values of own fields join those the customer holds; where none differs the held text stays as it is.

    Compared as values: two texts of one JSON object may differ in spaces and order.
    """
    rows: Sequence[Any] = staging.run(
        f"SELECT s.row, s.custom, c.custom FROM {ROWS} s JOIN customer c ON c.number = s.customer "
        "WHERE s.row BETWEEN ? AND ? AND s.custom IS NOT NULL AND c.custom IS NOT NULL AND c.custom <> 'null'", part
    ).all()  # fmt: skip
    joined = []
    for row, given, held in rows:
        before = json.loads(held)
        after = {**before, **json.loads(given)}
        joined.append((held if after == before else json.dumps(after, ensure_ascii=False), row))
    staging.many(f"UPDATE {ROWS} SET custom = ? WHERE row = ?", joined)


def _fold_kept_names(staging: Staging, part: Slice) -> None:
    """Where the file left the given name empty, the searched name still holds the bank's."""
    rows: Sequence[Any] = staging.run(
        f"SELECT c.id, c.given_name, c.family_name, c.name_folded FROM {ROWS} s "
        "JOIN customer c ON c.number = s.customer WHERE s.row BETWEEN ? AND ? AND s.given_name IS NULL "
        "AND c.given_name IS NOT NULL", part
    ).all()  # fmt: skip
    folded = ((fold(full_name(given, family)), now, key) for key, given, family, now in rows)
    staging.many("UPDATE customer SET name_folded = ? WHERE id = ?",
                 [(name, key) for name, now, key in folded if name != now])  # fmt: skip


def products(staging: Staging, part: Slice) -> Done:
    values = {"code": "s.product", "name": "s.name", "family": "s.family", **_filled("annual_margin"),
              "version": "coalesce(old.version, 1)"}  # fmt: skip
    return upsert(staging, part, "product", ("code",), values, quiet=("version",))


def holdings(staging: Staging, part: Slice) -> Done:
    """A row feeds the account and the holding: new when the holding is, else changed when the account is."""
    source = (
        "(SELECT min(row) AS row, account, product, opened_on, max(closed_on) AS closed_on, "
        f"max(principal) AS principal FROM {ROWS} WHERE row BETWEEN ?2 AND ?3 GROUP BY account)"
    )
    held = f"FROM {ROWS} s JOIN account a ON a.number = s.account JOIN customer c ON c.number = s.customer "
    at = "WHERE s.row BETWEEN ? AND ?"
    changed = staging.scalar(
        f"SELECT count(*) {held} JOIN holding h ON h.account_id = a.id AND h.customer_id = c.id AND h.role = s.role "
        f"JOIN product p ON p.code = s.product {at} AND (a.product_id <> p.id OR a.opened_on <> s.opened_on "
        "OR (s.closed_on IS NOT NULL AND a.closed_on IS NOT s.closed_on) "
        "OR (s.principal IS NOT NULL AND a.principal IS NOT s.principal))", part
    )  # fmt: skip
    values = {"number": "s.account", "product_id": "p.id", "currency": "coalesce(old.currency, 'EUR')",
              "opened_on": "s.opened_on", **_filled("closed_on principal"),
              "version": "coalesce(old.version, 1)"}  # fmt: skip
    upsert(staging, part, "account", ("number",), values, joins="JOIN product p ON p.code = s.product",
           quiet=("version",), source=source)  # fmt: skip
    made = staging.run(
        "INSERT OR IGNORE INTO holding (account_id, customer_id, role, batch_id) "
        f"SELECT a.id, c.id, s.role, ? {held} {at}",
        (staging.batch, *part),
    ).rowcount
    return Done(made, int(changed))


def balances(staging: Staging, part: Slice) -> Done:
    values = {"account_id": "a.id", "month": "s.month", "average": "s.average_balance",
              **_filled("end", {"end": "end_balance"})}  # fmt: skip
    return upsert(staging, part, "balance_month", ("account_id", "month"), values,
                  joins="JOIN account a ON a.number = s.account")  # fmt: skip


def campaigns(staging: Staging, part: Slice) -> Done:
    values = {"code": "s.campaign", "name": "s.name", "starts_on": "s.starts_on", **_filled("ends_on"),
              "purpose": "s.purpose", "channels": "coalesce(s.channels, old.channels, '')",
              "state": "coalesce(old.state, 'closed')", "version": "coalesce(old.version, 1)"}  # fmt: skip
    return upsert(staging, part, "campaign", ("code",), values, quiet=("version",))


def interactions(staging: Staging, part: Slice) -> Done:
    joins = ("JOIN customer c ON c.number = s.customer LEFT JOIN product p ON p.code = s.product "
             "LEFT JOIN campaign g ON g.code = s.campaign")  # fmt: skip
    shared = {"customer_id": "c.id", "occurred_s": "s.occurred_s", "time_known": "s.time_known",
              "catalogue_id": "s.cell"}  # fmt: skip
    named = {"external_id": "s.interaction", **shared, **_filled("amount currency response detail"),
             "initiated_by": "coalesce(s.initiated_by, old.initiated_by, 'customer')",
             "product_id": "coalesce(p.id, old.product_id)", "campaign_id": "coalesce(g.id, old.campaign_id)",
             "version": "coalesce(old.version, 1)"}  # fmt: skip
    keyless = {"content_key": "s.key", **shared, "amount": "s.amount", "currency": "s.currency",
               "response": "s.response", "initiated_by": "coalesce(s.initiated_by, 'customer')", "detail": "s.detail",
               "product_id": "p.id", "campaign_id": "g.id", "version": "1"}  # fmt: skip
    first = upsert(staging, part, "interaction", ("external_id",), named, joins=joins,
                   only="s.interaction IS NOT NULL", quiet=("version",))  # fmt: skip
    added = append_new(staging, part, "interaction", keyless, joins, "s.interaction IS NULL")
    return Done(first.inserted + added, first.updated)


def append_new(
    staging: Staging, part: Slice, table: str, values: Mapping[str, str], joins: str, only: str = "1"
) -> int:
    """Insert the rows whose `content_key` the table does not hold; rows of this kind are never changed."""
    names = ", ".join(f'"{n}"' for n in values)
    return staging.run(
        f"INSERT INTO {table} ({names}, batch_id) SELECT {', '.join(values.values())}, ? FROM {ROWS} s {joins} "
        f"WHERE s.row BETWEEN ? AND ? AND ({only}) ON CONFLICT (content_key) DO NOTHING",
        (staging.batch, *part),
    ).rowcount


def contacts(staging: Staging, part: Slice) -> Done:
    joined = (
        f"FROM {ROWS} s JOIN campaign g ON g.code = s.campaign JOIN customer c ON c.number = s.customer "
        "LEFT JOIN contact old ON old.campaign_id = g.id AND old.customer_id = c.id AND old.channel IS s.channel "
        "AND old.contacted_at IS s.contacted_at WHERE s.row BETWEEN ? AND ?"
    )
    differs = ("old.arm <> s.arm OR (s.responded_at IS NOT NULL AND old.responded_at IS NOT s.responded_at) "
               "OR (s.response IS NOT NULL AND old.response IS NOT s.response)")  # fmt: skip
    rows = staging.run(f"SELECT s.arm, s.responded_at, s.response, old.id {joined} AND ({differs})", part).all()
    updated = staging.many(
        "UPDATE contact SET arm = ?, responded_at = coalesce(?, responded_at), response = coalesce(?, response), "
        "version = version + 1 WHERE id = ?", [tuple(row) for row in rows]
    )  # fmt: skip
    inserted = staging.run(
        "INSERT INTO contact (campaign_id, customer_id, arm, channel, contacted_at, responded_at, response, batch_id, "
        "version) SELECT g.id, c.id, s.arm, s.channel, s.contacted_at, s.responded_at, s.response, "
        f"{staging.batch:d}, 1 {joined} AND old.id IS NULL", part
    ).rowcount  # fmt: skip
    return Done(inserted, updated)


def feedback(staging: Staging, part: Slice) -> Done:
    values = {"content_key": "s.key", "customer_id": "c.id"}
    values |= {n: f's."{n}"' for n in ("at", "instrument", "question", "score", "text", "expected")}
    return Done(append_new(staging, part, "feedback", values, "JOIN customer c ON c.number = s.customer"), 0)


def permissions(staging: Staging, part: Slice) -> Done:
    """Append to the ledger what it does not hold; the event's id comes from the row's content, so twice is once."""
    rows: Sequence[Any] = staging.run(
        "SELECT s.key, c.id, s.purpose, s.channel, s.status, s.legal_basis, s.at, s.expires_on, s.source, g.id, "
        f"s.notice, s.evidence, n.sha256 FROM {ROWS} s JOIN customer c ON c.number = s.customer "
        "LEFT JOIN campaign g ON g.code = s.campaign LEFT JOIN notice n ON n.code = s.notice "
        "WHERE s.row BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM permission_event e WHERE e.event_id = "
        "lower(printf('%s-%s-%s-%s-%s', substr(hex(s.key), 1, 8), substr(hex(s.key), 9, 4), substr(hex(s.key), 13, 4), "
        "substr(hex(s.key), 17, 4), substr(hex(s.key), 21)))) ORDER BY s.row", part
    ).all()  # fmt: skip
    events = [_event(staging, row) for row in rows]
    chain.append(staging.session, staging.audit_key, "permission_event", events)
    proofs = [(event["event_id"], row[11]) for event, row in zip(events, rows, strict=True) if row[11]]
    staging.many("INSERT INTO permission_evidence (event_id, text) VALUES (?, ?)", proofs)
    return Done(len(events), 0)


def _event(staging: Staging, row: Any) -> dict[str, Any]:
    key, customer, purpose, channel, status, basis, at, expires, source, campaign, notice, evidence, known = row
    return {
        "event_id": str(uuid.UUID(bytes=key)), "customer_id": customer, "purpose": purpose, "channel": channel,
        "status": status, "legal_basis": basis, "effective_at": at, "recorded_at": _text(staging.now),
        "expires_on": expires, "source": source, "actor": staging.actor, "campaign_id": campaign,
        "batch_id": staging.batch, "notice": notice, "notice_sha256": known or _sha256(notice),
        "evidence_sha256": _sha256(evidence),
    }  # fmt: skip


def _sha256(text: str | None) -> str | None:
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def _text(at: datetime) -> str:
    return str(chain.canonical(at))
