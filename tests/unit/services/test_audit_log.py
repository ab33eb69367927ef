"""The audit: pages and filters, own acts, searches by hash, the check of both chains with its anchors, the export."""

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2
from unit.services.signed_in import sign_in

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.rights import Role
from crmdesk.jobs import Cancelled
from crmdesk.services import anchors, audit_log, autobackup, backup, customer_card
from crmdesk.services.audit_log import AuditFilter
from crmdesk.store import Store, audit, chain
from crmdesk.store.anchors import Head, parse
from crmdesk.store.verify import verify
from tests.small_bank import ACTOR, UNTIL, SmallApp, add, build

DUE = datetime(2026, 11, 5, 9, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = build(tmp_path / "b.crmdesk")
    yield made
    made.store.close()


def noted(app: SmallApp, act: str = "read", **details: Any) -> None:
    """One more row of the audit."""
    with app.store.write() as session:
        audit.record(app.store, session, ACTOR, act, **details)


def behind_its_back(app: SmallApp, *statements: str) -> None:
    """What somebody does to the closed file with a tool of his own; the safeguards are put back."""
    raw = dbapi2.connect(str(app.path), isolation_level=None)
    kept = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in kept:
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    for _, sql in kept:
        raw.execute(sql)
    raw.close()


def acts(page: audit_log.AuditPage) -> list[str]:
    return [row.act for row in page.rows]


def test_pages_go_back_in_time_until_the_first_row(app: SmallApp) -> None:
    for number in range(7):
        noted(app, f"act {number}")
    first = audit_log.events(app, ACTOR, limit=3)
    assert [row.seq for row in first.rows] == [7, 6, 5] and first.more
    second = audit_log.events(app, ACTOR, before=5, limit=3)
    assert [row.seq for row in second.rows] == [4, 3, 2] and second.more
    last = audit_log.events(app, ACTOR, before=2, limit=3)
    assert [row.seq for row in last.rows] == [1] and not last.more
    assert not audit_log.events(app, ACTOR, limit=7).more


def test_each_filter_leaves_only_its_rows(app: SmallApp) -> None:
    customer_card.note_opened(app, ACTOR, "C-000001")
    customer_card.note_opened(app, ACTOR, "C-000002")
    noted(app, "add task", customer_id=1)
    noted(app, "export", run_uuid="run-1")
    found = audit_log.events(app, ACTOR, AuditFilter(number="C-000001"))
    assert acts(found) == ["add task", "read customer"] and {row.number for row in found.rows} == {"C-000001"}
    assert acts(audit_log.events(app, ACTOR, AuditFilter(act="read customer"))) == ["read customer"] * 2
    assert acts(audit_log.events(app, ACTOR, AuditFilter(run="run-1"))) == ["export"]
    assert acts(audit_log.events(app, ACTOR, AuditFilter(actor="nobody"))) == []
    assert acts(audit_log.events(app, ACTOR, AuditFilter(number="C-999999"))) == []
    both = AuditFilter(act="read customer", number="C-000002")
    assert [row.object for row in audit_log.events(app, ACTOR, both).rows] == ["C-000002"]
    assert audit_log.choices(app, ACTOR) == audit_log.Choices(("ela",), ("add task", "export", "read customer"))


def test_days_include_both_ends(app: SmallApp) -> None:
    moments = [datetime(2026, 10, day, hour, tzinfo=UTC) for day, hour in ((9, 23), (10, 0), (11, 23), (12, 0))]
    row = {"actor": "ela", "role": "x", "act": "read", "object": "", "fields": "", "purpose": "", "reason": ""}
    with app.store.write() as session:
        chain.append(session, app.store.audit_key, "audit_event", [{**row, "at": at} for at in moments])

    def seqs(**days: date) -> list[int]:
        return [row.seq for row in audit_log.events(app, ACTOR, AuditFilter(**days)).rows]

    assert seqs(since=date(2026, 10, 10), until=date(2026, 10, 11)) == [3, 2]
    assert seqs(since=date(2026, 10, 12)) == [4]
    assert seqs(until=date(2026, 10, 9)) == [1]


def test_everybody_reads_the_own_acts_and_only_those(app: SmallApp) -> None:
    noted(app)
    manager = sign_in(app, "mert", Role.RELATIONSHIP_MANAGER)
    with app.store.write() as session:
        audit.record(app.store, session, manager, "read customer", "C-000001", customer_id=1)
    mine = audit_log.own(app, manager)
    assert acts(mine) == ["read customer"] and {row.actor for row in mine.rows} == {"mert"}
    assert acts(audit_log.own(app, manager, AuditFilter(actor="ela"))) == ["read customer"]
    with pytest.raises(Refused, match="read the audit"):
        audit_log.events(app, manager)


def test_own_acts_name_nobody_out_of_sight_and_an_analyst_sees_pseudonyms(app: SmallApp) -> None:
    teller, analyst = sign_in(app, "tove", Role.TELLER, branch=2), sign_in(app, "anna", Role.ANALYST)
    with app.store.write() as session:
        for who in (teller, analyst):
            audit.record(app.store, session, who, "read customer", "C-000001", customer_id=1)
    (away,) = audit_log.own(app, teller).rows
    assert (away.number, away.object) == ("", "")
    (hidden,) = audit_log.own(app, analyst).rows
    assert (hidden.number, hidden.object) == ("P-1", "P-1")


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_the_audit_and_who_checks_it(app: SmallApp, role: Role) -> None:
    person = sign_in(app, "pat", role)
    reads, checks = role in (Role.DPO, Role.AUDITOR), role in (Role.DPO, Role.AUDITOR, Role.ADMIN)
    for may, call in ((reads, audit_log.events), (reads, audit_log.choices), (checks, audit_log.check)):
        if may:
            call(app, person)
        else:
            with pytest.raises(Refused):
                call(app, person)


def test_a_search_is_found_by_its_word_and_keeps_no_word(app: SmallApp) -> None:
    audit_log.note_search(app, ACTOR, "  Ada  Yılmaz ", 1)
    audit_log.note_search(app, ACTOR, "Okçün")
    audit_log.note_search(app, ACTOR, "   ")
    found = audit_log.events(app, ACTOR, AuditFilter(act=audit_log.SEARCH))
    assert len(found.rows) == 2 and found.rows[1].reason == "1 found"
    assert [row.seq for row in audit_log.events(app, ACTOR, AuditFilter(searched="YILMAZ")).rows] == [1]
    with pytest.raises(BadInput, match="one word"):
        audit_log.events(app, ACTOR, AuditFilter(searched="ada yilmaz"))
    texts = " ".join(row.object for row in found.rows)
    assert not any(word in texts.lower() for word in ("ada", "okcun", "okçün"))
    plain = hashlib.sha256(b"yilmaz").hexdigest()[:12]
    assert plain not in texts  # without the bank's key nobody can try names


def test_a_whole_bank_is_told_whole_with_all_its_rows(app: SmallApp) -> None:
    noted(app)
    steps: list[float] = []

    class Watch:
        def step(self, fraction: float, text: str = "") -> None:
            steps.append(fraction)

    found = audit_log.check(app, ACTOR, Watch())
    with app.store.reader() as raw:
        assert found.head == anchors.head(app, ACTOR).hash
        ledger = raw.execute("SELECT count(*) FROM permission_event").fetchone()[0]
    assert found.ok and found.first_bad is None and found.rows == ledger + 1
    assert steps == sorted(steps) and steps[-1] == 1.0


@pytest.mark.parametrize(("seconds", "told"), [(-61, [3]), (-59, []), (1, [])])
def test_a_clock_that_was_set_back_is_told_and_is_no_fault(app: SmallApp, seconds: int, told: list[int]) -> None:
    row = {"actor": "ela", "role": "x", "act": "read", "object": "", "fields": "", "purpose": "", "reason": ""}
    moments = (DUE, DUE + timedelta(hours=1), DUE + timedelta(hours=1, seconds=seconds))
    with app.store.write() as session:
        chain.append(session, app.store.audit_key, "audit_event", [{**row, "at": at} for at in moments])
    found = audit_log.check(app, ACTOR)
    assert found.ok and [seq for seq, _ in found.set_back] == told
    assert [at for _, at in found.set_back] == [moments[2]] * len(told)


def test_a_check_can_be_stopped(app: SmallApp) -> None:
    class Stop:
        def step(self, fraction: float, text: str = "") -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        audit_log.check(app, ACTOR, Stop())


@pytest.mark.parametrize(("attack", "table", "row", "why"), [
    ("UPDATE audit_event SET actor = 'you' WHERE seq = 2", "audit_event", 2, "changed"),
    ("DELETE FROM audit_event WHERE seq = 1", "audit_event", 1, "missing"),
    ("UPDATE audit_event SET seq = CASE seq WHEN 2 THEN 93 ELSE seq END", "audit_event", 2, "missing"),
    ("UPDATE permission_event SET channel = NULL WHERE seq = 3", "permission_event", 3, "changed"),
    ("UPDATE permission_event SET prev_hash = 'x' WHERE seq = 4", "permission_event", 4, "does not follow"),
])  # fmt: skip
def test_the_first_bad_row_is_named(app: SmallApp, attack: str, table: str, row: int, why: str) -> None:
    for number in range(3):
        noted(app, f"act {number}")
    app.store.close()
    behind_its_back(app, attack)
    again = SmallApp(Store(app.path))
    found = audit_log.check(again, ACTOR)
    assert not found.ok and found.first_bad is not None
    assert found.first_bad[:2] == (table, row) and why in found.first_bad[2]
    again.store.close()


def test_a_changed_evidence_and_a_changed_notice_are_named_with_their_event(app: SmallApp) -> None:
    words, notice = "signed in the branch", "You may say no at any time."
    with app.store.write() as session:
        (seq,) = session.connection().exec_driver_sql("SELECT max(seq) FROM permission_event").fetchone()
        add(session, "notice", [{"code": "n-1", "version": 1, "language": "en", "text": notice,
                                 "sha256": hashlib.sha256(notice.encode()).hexdigest()}])  # fmt: skip
        given = {"event_id": "e-1", "customer_id": 1, "purpose": "survey", "channel": "email", "status": "granted",
                 "legal_basis": "consent", "effective_at": DUE, "recorded_at": DUE, "source": "branch", "actor": "ela",
                 "notice": "n-1", "notice_sha256": hashlib.sha256(notice.encode()).hexdigest(),
                 "evidence_sha256": hashlib.sha256(words.encode()).hexdigest()}  # fmt: skip
        chain.append(session, app.store.audit_key, "permission_event", [given])
        add(session, "permission_evidence", [{"event_id": "e-1", "text": words}])
    assert audit_log.check(app, ACTOR).ok
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE permission_evidence SET text = 'signed elsewhere'")
    assert audit_log.check(app, ACTOR).first_bad == (
        "permission_event", seq + 1, "the evidence was changed after it was recorded"
    )  # fmt: skip
    told = [problem for problem in verify(app.path)["problems"] if problem["check"] == "evidence"]
    assert [problem["row"] for problem in told] == [seq + 1]
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE permission_evidence SET text = ?", (words,))
        session.connection().exec_driver_sql("UPDATE notice SET text = 'You may not.'")
    bad = audit_log.check(app, ACTOR).first_bad
    assert bad is not None and bad[1] == seq + 1 and "notice" in bad[2]


def test_a_cut_tail_shows_against_the_anchor_of_a_backup_and_not_without(app: SmallApp, tmp_path: Path) -> None:
    for number in range(3):
        noted(app, f"act {number}")
    made = autobackup.make(app, ACTOR).made
    assert made is not None
    kept = tmp_path / "elsewhere.txt"
    kept.write_text(f"Printed on Monday: {anchors.head(app, ACTOR).words}\n")
    assert all(one.ok for one in audit_log.check(app, ACTOR, anchor_files=[kept]).anchors)
    app.store.close()
    behind_its_back(app, "DELETE FROM audit_event WHERE seq > 2")
    again = SmallApp(Store(app.path))
    found = audit_log.check(again, ACTOR, anchor_files=[kept])
    assert found.first_bad is None and not found.ok  # the rows that are left hold; only what was kept tells
    assert [one.ok for one in found.anchors] == [False, False] and "gone" in found.anchors[0].why
    assert found.anchors[0].where == str(kept) and found.anchors[1].seq == 3
    told = verify(app.path, anchor=kept)
    assert not told["ok"] and not told["checks"]["anchors"] and told["last_anchor"] is None
    assert told["checks"]["audit_chain"]
    shutil.rmtree(tmp_path / "b.crmdesk.backups")
    assert audit_log.check(again, ACTOR).ok and verify(app.path)["ok"]
    again.store.close()


def test_a_cut_tail_of_the_ledger_shows_against_the_same_anchors(app: SmallApp, tmp_path: Path) -> None:
    autobackup.make(app, ACTOR)
    kept = tmp_path / "elsewhere.txt"
    kept.write_text(anchors.head(app, ACTOR).words)
    app.store.close()
    behind_its_back(app, "DELETE FROM permission_event WHERE seq = (SELECT max(seq) FROM permission_event)")
    again = SmallApp(Store(app.path))
    found = audit_log.check(again, ACTOR, anchor_files=[kept])
    assert found.first_bad is None and not found.ok
    assert [one.why for one in found.anchors] == [
        "rows of the ledger are gone or were written anew since it was kept"
    ] * 2
    again.store.close()


def test_a_tail_written_anew_shows_against_the_anchor(app: SmallApp) -> None:
    """Even whoever has the key cannot give other rows the hash that was kept."""
    for number in range(3):
        noted(app, f"act {number}")
    autobackup.make(app, ACTOR)
    app.store.close()
    behind_its_back(app, "DELETE FROM audit_event WHERE seq > 2")
    again = SmallApp(Store(app.path))
    for number in range(4):
        noted(again, f"other {number}")
    found = audit_log.check(again, ACTOR)
    assert found.first_bad is None and [one.ok for one in found.anchors] == [False] and not found.ok
    again.store.close()


def test_a_restore_explains_the_anchors_that_it_set_the_bank_back_behind(app: SmallApp, tmp_path: Path) -> None:
    noted(app, "before")
    first = autobackup.make(app, ACTOR).made
    assert first is not None
    aside = tmp_path / "first.crmdesk"
    for ending in ("", ".keys", ".manifest.json"):
        shutil.copy2(f"{first.file}{ending}", f"{aside}{ending}")
    for number in range(3):
        noted(app, f"after {number}")
    later = tmp_path / "b.crmdesk.backups" / "later.crmdesk"
    backup.backup(app, ACTOR, later)
    app.store.close()
    backup.restore(ACTOR, aside, app.path)
    again = SmallApp(Store(app.path))
    found = {Path(one.where).name: one for one in audit_log.check(again, ACTOR).anchors}
    behind = found["later.crmdesk.manifest.json"]
    assert behind.ok and "restore" in behind.why
    holds = found[f"{first.file.name}.manifest.json"]
    assert holds.ok and not holds.why
    assert verify(app.path)["ok"]
    again.store.close()


def test_heads_are_read_from_manifests_exports_and_printed_words(tmp_path: Path) -> None:
    head = "ab" * 32
    assert parse(f"row 12, {head}").seq == 12 and parse(f"row 12, {head}").hash == head
    assert parse(head).seq is None
    whole = Head(12, head, 7, "cd" * 32)
    assert parse(whole.words) == whole == parse(json.dumps(whole.facts)) == parse(f"Head on Monday: {whole.words}.")
    assert parse(json.dumps({"head": head, "audit_seq": 5, "sha256": "c" * 64})).hash == head
    assert parse(json.dumps({"Bank": "b", "Audit head": f"row 9, {head}"})).seq == 9
    assert parse(json.dumps({"run": "c" * 64, "audit_head": f"row 9, {head}"})).hash == head
    for bad in ("", "hello", json.dumps({"sha256": "c" * 64}), "[1]", "ab" * 31, f"ledger row 3, {head}"):
        with pytest.raises(BadInput, match="no audit head"):
            parse(bad)
    with pytest.raises(BadInput, match="could not be read"):
        anchors.kept.read(tmp_path / "missing")


def test_the_export_holds_what_was_asked_for_and_is_an_anchor_itself(app: SmallApp, tmp_path: Path) -> None:
    noted(app, customer_id=1)
    customer_card.reveal(app, ACTOR, "C-000002", "phone", "=HYPERLINK()")
    before = anchors.head(app, ACTOR)
    file = tmp_path / "out" / "audit.csv"
    file.parent.mkdir()
    assert audit_log.export(app, ACTOR, AuditFilter(number="C-000002"), file) == 1
    (row,) = csv.DictReader(file.open(encoding="utf-8", newline=""))
    assert row["number"] == "C-000002" and row["reason"] == "'=HYPERLINK()" and row["seq"] == "2"
    about = json.loads((tmp_path / "out" / "audit.csv.about.json").read_text())
    assert about["head"] == before.hash and about["rows"] == 1 and about["filter"] == {"number": "C-000002"}
    assert audit_log.events(app, ACTOR, limit=1).rows[0].act == "export audit"
    (anchor,) = anchors.anchors(app, ACTOR, [tmp_path / "out" / "audit.csv.about.json"])
    assert anchor.ok and anchor.seq == before.seq
    assert {one.name for one in file.parent.iterdir()} == {"audit.csv", "audit.csv.about.json"}


def test_an_export_that_fails_leaves_nothing_and_no_row(app: SmallApp, tmp_path: Path) -> None:
    rows = audit_log.events(app, ACTOR).rows
    with pytest.raises(BadInput, match=r"\.csv"):
        audit_log.export(app, ACTOR, AuditFilter(), tmp_path / "audit.txt")
    with pytest.raises(Exception, match="could not be written"):
        audit_log.export(app, ACTOR, AuditFilter(), tmp_path / "nowhere" / "audit.csv")
    assert audit_log.events(app, ACTOR).rows == rows


def test_the_fast_reading_of_a_row_agrees_with_the_hash_that_was_written(app: SmallApp) -> None:
    odd = ['"', "\\", "\n\t\r", "\x00\x1f\x7f", "\u2028şİ€😀", "'", ""]
    row = {"at": DUE, "actor": "a", "role": "r", "act": "x", "fields": "", "purpose": "", "reason": ""}
    with app.store.write() as session:
        chain.append(session, app.store.audit_key, "audit_event", [{**row, "object": t, "customer_id": 1} for t in odd])
    with app.store.reader() as raw:
        assert list(chain.breaks(raw, app.store.audit_key, "audit_event")) == []
        assert list(chain.breaks(raw, b"another key", "audit_event")) != []
        found = raw.execute("SELECT * FROM audit_event ORDER BY seq").fetchall()
        names = [column[0] for column in raw.execute("SELECT * FROM audit_event").description]
    previous = chain.GENESIS
    for values in found:
        whole: dict[str, Any] = dict(zip(names, values, strict=True))
        assert chain.digest(app.store.audit_key, previous, whole) == whole["hash"]
        previous = whole["hash"]


def test_days_of_the_bank_do_not_matter_to_the_audit(app: SmallApp) -> None:
    noted(app)
    at = audit_log.events(app, ACTOR).rows[0].at
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5) and at.date() != UNTIL
