"""The small bank with markers in every table: each text about customer n holds the word "mark" and n."""

import json
from pathlib import Path
from typing import Any

import small_bank
from small_bank import SmallApp, add

_AT = "2026-10-01 00:00:00.000000"


def build(path: Path) -> SmallApp:
    """Rita (staff 1, branch 1) looks after customers 1 and 4, the latter of branch 2; Otto after the others."""
    app = small_bank.build(path)
    with app.store.write() as session:
        add(
            session,
            "staff",
            [
                {"id": 1, "login": "rita", "name": "Rita", "branch_id": 1, "password_hash": "secret"},
                {"id": 2, "login": "otto", "name": "Otto", "branch_id": 1, "password_hash": None},
            ],
        )
        raw = session.connection()
        raw.exec_driver_sql("UPDATE customer SET manager_id = CASE WHEN id IN (1, 4) THEN 1 ELSE 2 END")
        raw.exec_driver_sql("UPDATE customer SET birth_date = '1984-07-0' || id, gender = 'female', income = 7000 + id,"
                            " occupation = 'workmark' || id, street = 'roadmark' || id")  # fmt: skip
        own = {c: f"{c}mark" for c in ("shoe", "nick", "debt", "illness")}
        raw.exec_driver_sql("UPDATE customer SET custom = ?", (json.dumps(own),))
        tags = {"shoe": "plain", "nick": "contact", "debt": "finance", "illness": "protected"}
        add(session, "custom_field", [{"code": c, "title": c, "kind": "text", "tag": t, "position": 0, "version": 1}
                                      for c, t in tags.items()])  # fmt: skip
        for n in (1, 2, 4):
            _around(session, n)
        _money(session)
        _deeds(session)
    return app


def _around(session: Any, n: int) -> None:
    add(session, "life_event", [{"customer_id": n, "kind": "death", "\"on\"": "2026-01-01", "source": "told",
                                 "note": f"lifemark{n}", "version": 1}])  # fmt: skip
    add(session, "feedback", [{"customer_id": n, "at": _AT, "instrument": "csat", "score": 2,
                               "text": f"feedmark{n}"}])  # fmt: skip
    add(session, "document", [{"customer_id": n, "name": f"docmark{n}.pdf", "kind": "other", "media_type": "x",
                               "content": f"bytesmark{n}".encode(), "size": 3, "sha256": f"{n}" * 64, "added_at": _AT,
                               "added_by": "x"}])  # fmt: skip
    add(session, "household", [{"id": n, "name": f"homemark{n}", "version": 1}])
    add(session, "household_member", [{"household_id": n, "customer_id": n, "role": "head", "from_on": "2020-01-01",
                                       "version": 1}])  # fmt: skip
    add(session, "interest", [{"customer_id": n, "family": "loan", "at": _AT, "source": "told", "version": 1}])
    add(session, "task", [{"customer_id": n, "owner_id": 2, "title": f"taskmark{n}", "due_at": _AT, "state": "open",
                           "origin": "manual", "made_at": _AT, "made_by": "x", "version": 1}])  # fmt: skip
    add(session, "privacy_request", [{"customer_id": n, "kind": "access", "received_on": "2026-09-01",
                                      "due_on": "2026-10-01", "note": f"askmark{n}", "made_by": "x", "made_at": _AT,
                                      "state": "open", "version": 1}])  # fmt: skip
    raw = session.connection()
    raw.exec_driver_sql("UPDATE interaction SET detail = 'saidmark' || customer_id")
    (event,) = raw.exec_driver_sql("SELECT min(event_id) FROM permission_event WHERE customer_id = ?", (n,)).first()
    add(session, "permission_evidence", [{"event_id": event, "text": f"proofmark{n}"}])


def _money(session: Any) -> None:
    add(session, "account", [{"id": 10 + n, "number": f"B{n}", "product_id": 1, "currency": "EUR",
                              "opened_on": "2021-01-01", "version": 1} for n in (3, 4, 5)])  # fmt: skip
    add(session, "holding", [{"account_id": 10 + n, "customer_id": n, "role": "owner"} for n in (3, 4, 5)])
    add(session, "balance_month", [{"account_id": 10 + n, "month": "2026-10", "average": held}
                                   for n, held in ((3, 987_654), (4, 0), (5, 100))])  # fmt: skip


def _deeds(session: Any) -> None:
    add(
        session,
        "deed",
        [
            {"id": 1, "at": _AT, "actor": "otto", "act": "edit customer", "title": "Edit deedmark1"},
            {"id": 2, "at": _AT, "actor": "otto", "act": "edit customer", "title": "Edit deedmark2"},
            {"id": 3, "at": _AT, "actor": "rita", "act": "edit task", "title": "Edit ownmark"},
        ],
    )
    whole = json.dumps({"family_name": "wasmark", "birth_date": "1984-07-01", "gender": "female"})
    add(session, "field_change", [
        {"deed_id": 1, "table_name": "customer", "row_id": 1, "customer_id": 1, "field": "*", "before": None,
         "after": whole, "version": 1},
        {"deed_id": 2, "table_name": "customer", "row_id": 2, "customer_id": 2, "field": "street",
         "before": '"oldmark2"', "after": None, "version": 1},
        {"deed_id": 1, "table_name": "customer", "row_id": 1, "customer_id": 1, "field": "birth_date",
         "before": '"1984-07-01"', "after": None, "version": 2},
        {"deed_id": 3, "table_name": "task", "row_id": 9, "customer_id": None, "field": "title",
         "before": '"mymark"', "after": None, "version": 2},
    ])  # fmt: skip
    query = json.dumps({"text": "namemark", "filters": [], "sort": "name", "descending": False})
    add(
        session,
        "saved_search",
        [
            {"name": n, "owner": o, "shared": s, "query": query, "made_at": _AT, "version": 1}
            for n, o, s in (("Mine", "rita", 0), ("Ours", "otto", 1), ("His", "otto", 0))
        ],
    )
    add(session, "import_batch", [{"id": 1, "profile": "p", "source": "s", "by": "x", "at": _AT}])
    add(session, "quarantine", [{"batch_id": 1, "file": "f", "row": 2, "\"column\"": "email", "code": "type",
                                 "reason": "'rawmark' is not an email", "raw": "rawmark"}])  # fmt: skip
    add(
        session,
        "proposal",
        [
            {
                "kind": "export",
                "title": "proposedmark",
                "subject": "h",
                "details": "{}",
                "reason": "",
                "made_by": "otto",
                "made_at": _AT,
                "state": "open",
                "version": 1,
            }
        ],
    )
