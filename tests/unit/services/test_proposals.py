"""Acts that need two people: proposed by one, approved by another, done once; alone they are single-handed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crmdesk.app import App
from crmdesk.domain.errors import BadFields, BadInput, CrmdeskError, NeedsSecond, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.places import beside
from crmdesk.services import backup, importing, proposals, restoring, sign_in, users
from crmdesk.services.new_user import NewUser
from crmdesk.services.proposals import subject
from crmdesk.store.queries import proposals as queries
from tests import small_bank
from tests.two_people import CHEAP, WORDS, build, open_app

ONE = subject("export", filter="city = Moda", columns=["number"])
TWO = subject("export", filter="city = Moda", columns=["number", "name"])


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[App]:
    app = open_app(build(tmp_path / "b.crmdesk"), None)
    with app:
        yield app


def come(app: App, login: str) -> Actor:
    return sign_in.join(app, login, WORDS[login], cost=CHEAP)


def ask(app: App, actor: Actor, of: str = ONE, kind: str = "export") -> int:
    return proposals.propose(app, actor, kind, "An export", of, {"rows": "1,204"}, "the yearly letter")


def spend(app: App, actor: Actor, of: str = ONE, **more: Any) -> str:
    with app.store.write() as session:
        return proposals.spend(app, session, actor, "export", of, **more)


def reasons(app: App, act: str) -> list[str]:
    with app.store.reader() as raw:
        return [reason for (reason,) in raw.execute("SELECT reason FROM audit_event WHERE act = ?", (act,))]


def test_the_subject_is_exactly_what_is_to_be_done() -> None:
    assert subject("export", a=1, b=[1, 2]) == subject("export", b=[1, 2], a=1)
    others = [subject("import", a=1, b=[1, 2]), subject("export", a=2, b=[1, 2]), subject("export", a=1, b=[2, 1])]
    assert len({subject("export", a=1, b=[1, 2]), *others}) == 4


def test_approved_by_another_it_passes_once(bank: App) -> None:
    anna, dora = come(bank, "anna"), come(bank, "dora")
    with pytest.raises(NeedsSecond, match="Administration > Second person") as needed:
        spend(bank, anna)
    assert (needed.value.kind, needed.value.subject) == ("export", ONE)
    key = ask(bank, anna)
    with pytest.raises(NeedsSecond, match="not answered yet"):
        spend(bank, anna)
    (row,) = proposals.open_ones(bank, dora)
    assert (row.id, row.state, row.reason, row.mine, row.may_decide) == (key, "open", "the yearly letter", False, True)
    assert dict(row.details) == {"rows": "1,204"} and row.expires is None
    proposals.decide(bank, dora, key, True)
    (row,) = proposals.open_ones(bank, anna)
    assert row.state == "approved" and row.mine and row.expires is not None and row.decided_by == "dora"
    proposals.check(bank, anna, "export", ONE)
    assert spend(bank, anna) == f"proposal {key} of anna approved by dora"
    with pytest.raises(NeedsSecond):
        spend(bank, anna)
    assert proposals.open_ones(bank, dora) == []
    assert [(row.state, row.used_at is not None) for row in proposals.past(bank, dora)] == [("used", True)]


def test_it_passes_for_that_subject_that_person_and_that_kind_alone(bank: App) -> None:
    anna, dora, ela = come(bank, "anna"), come(bank, "dora"), come(bank, "ela")
    key = ask(bank, anna)
    proposals.decide(bank, dora, key, True)
    for actor, of, more in ((anna, TWO, {}), (dora, ONE, {}), (ela, ONE, {}), (anna, ONE, {"proposal": key + 1})):
        with pytest.raises(NeedsSecond):
            spend(bank, actor, of, **more)
    with pytest.raises(NeedsSecond), bank.store.write() as session:
        proposals.spend(bank, session, anna, "import", ONE)
    assert spend(bank, anna, proposal=key)


def test_an_act_that_fails_leaves_its_approval_unused(bank: App) -> None:
    anna, dora = come(bank, "anna"), come(bank, "dora")
    proposals.decide(bank, dora, ask(bank, anna), True)
    with pytest.raises(CrmdeskError, match="no disk"), bank.store.write() as session:
        proposals.spend(bank, session, anna, "export", ONE)
        raise CrmdeskError("no disk")
    assert spend(bank, anna)


def test_nobody_approves_the_own_proposal_and_an_administrator_not_for_the_officer(bank: App) -> None:
    anna, dora, ela = come(bank, "anna"), come(bank, "dora"), come(bank, "ela")
    of_ela, of_dora, of_anna = ask(bank, ela, kind="import"), ask(bank, dora), ask(bank, anna)
    with pytest.raises(Refused, match="yourself"):
        proposals.decide(bank, ela, of_ela, True)
    with pytest.raises(Refused, match="yourself"):
        proposals.decide(bank, dora, of_dora, True)
    with pytest.raises(Refused, match="officer decides"):
        proposals.decide(bank, ela, of_anna, True)
    with pytest.raises(Refused, match="belongs to"):
        proposals.decide(bank, anna, of_dora, True)
    users.change_roles(bank, ela, "anna", {Role.ADMIN})
    with pytest.raises(Refused, match="officer decides"):
        proposals.decide(bank, anna, of_ela, True)  # a second administrator is no officer
    assert {row.id: row.may_decide for row in proposals.open_ones(bank, ela)} == {
        of_ela: False, of_dora: True, of_anna: False,
    }  # fmt: skip
    proposals.decide(bank, ela, of_dora, True)
    proposals.decide(bank, dora, of_ela, True)


def test_the_file_itself_refuses_that_one_person_decides_alone(bank: App) -> None:
    key = ask(bank, come(bank, "anna"))
    with pytest.raises(Exception, match="two_people"), bank.store.write() as session:
        queries.change(session, key, state="approved", decided_by="anna", decided_at=datetime.now(UTC))


def test_a_refusal_says_why_and_a_decision_stands(bank: App) -> None:
    anna, dora = come(bank, "anna"), come(bank, "dora")
    key = ask(bank, anna)
    with pytest.raises(BadFields, match="Say why not"):
        proposals.decide(bank, dora, key, False)
    proposals.decide(bank, dora, key, False, "there is no consent for it")
    for again in (lambda: proposals.decide(bank, dora, key, True), lambda: proposals.withdraw(bank, anna, key)):
        with pytest.raises(Refused, match="refused"):
            again()
    with pytest.raises(NeedsSecond):
        spend(bank, anna)
    assert [row.answer for row in proposals.past(bank, anna)] == ["there is no consent for it"]
    with pytest.raises(BadInput, match="no proposal 99"):
        proposals.decide(bank, dora, 99, True)
    assert ask(bank, anna) != key


def test_a_proposal_is_made_once_with_a_reason_and_taken_back_by_its_maker(bank: App) -> None:
    anna, dora = come(bank, "anna"), come(bank, "dora")
    key = ask(bank, anna)
    assert ask(bank, anna) == key and ask(bank, anna, TWO) == key + 1
    with pytest.raises(BadFields, match="Say why"):
        proposals.propose(bank, anna, "export", "t", subject("export", a=3), {}, "  ")
    with pytest.raises(BadInput, match="nothing that a second person"):
        proposals.propose(bank, anna, "party", "t", ONE, {}, "why")
    with pytest.raises(Refused, match="belongs to: admin"):
        ask(bank, anna, kind="import")
    with pytest.raises(Refused, match="made by anna"):
        proposals.withdraw(bank, dora, key)
    proposals.decide(bank, dora, key, True)
    proposals.withdraw(bank, anna, key)
    with pytest.raises(NeedsSecond):
        spend(bank, anna)


def test_an_approval_ends_after_seven_days(bank: App) -> None:
    anna, dora = come(bank, "anna"), come(bank, "dora")
    key = ask(bank, anna)
    proposals.decide(bank, dora, key, True)
    for age, passes in ((timedelta(days=7, minutes=-1), True), (timedelta(days=7, minutes=1), False)):
        with bank.store.write() as session:
            queries.change(session, key, decided_at=datetime.now(UTC) - age)
        assert bool(proposals.open_ones(bank, dora)) is passes
        if passes:
            proposals.check(bank, anna, "export", ONE)
        else:
            with pytest.raises(NeedsSecond):
                spend(bank, anna)
    assert ask(bank, anna) == key + 1


def test_each_sees_the_own_ones_and_who_guards_sees_all(bank: App) -> None:
    anna, dora, ela = come(bank, "anna"), come(bank, "dora"), come(bank, "ela")
    users.add(bank, ela, NewUser("olga", "Olga", "", frozenset({Role.ANALYST}), "purple horses swim"), cost=CHEAP)
    ask(bank, anna)
    key = ask(bank, dora, TWO)
    assert [len(proposals.open_ones(bank, a)) for a in (anna, dora, ela)] == [1, 2, 2]
    proposals.withdraw(bank, dora, key)
    assert [len(proposals.past(bank, a)) for a in (anna, dora, ela)] == [0, 1, 1]


def test_one_person_alone_asks_nobody_and_is_told_so_in_the_audit(tmp_path: Path) -> None:
    small_bank.build(tmp_path / "p.crmdesk").store.close()
    app, single = sign_in.enter(tmp_path / "p.crmdesk", open_app)
    with app:
        proposals.check(app, single, "export", ONE)
        assert spend(app, single) == "single-handed"
        with pytest.raises(Refused, match="single-handed"):
            ask(app, single)
        importing.run(app, single, source(tmp_path))
        assert reasons(app, "import")[0].endswith("; single-handed")


def source(folder: Path, name: str = "Ida") -> Path:
    place = folder / "source"
    place.mkdir(exist_ok=True)
    (place / "customers.csv").write_text(f"customer,kind,given_name,family_name\nC-900001,person,{name},Holm\n")
    return place


def test_an_import_waits_and_is_about_exactly_these_files(bank: App, tmp_path: Path) -> None:
    ela, dora = come(bank, "ela"), come(bank, "dora")
    place = source(tmp_path)
    before = bank.store.change_no()
    with pytest.raises(NeedsSecond, match=r"An import needs a second person.*Second person\."):
        importing.run(bank, ela, place)
    assert bank.store.change_no() == before and not list(tmp_path.glob("*.before-import*"))
    importing.run(bank, ela, place, dry_run=True)
    key = importing.ask(bank, ela, place, reason="the new branch")
    (row,) = proposals.open_ones(bank, dora)
    assert row.title == "Import source by the profile standard" and row.details["files"] == "customers.csv"
    proposals.decide(bank, dora, key, True)
    source(tmp_path, "Eva")
    with pytest.raises(NeedsSecond):
        importing.run(bank, ela, place)
    source(tmp_path)
    with pytest.raises(NeedsSecond):
        importing.run(bank, ela, place, strict=True)
    assert importing.run(bank, ela, place).files["customers.csv"]["inserted"] == 1
    assert reasons(bank, "import") == [f"standard: 1 rows; proposal {key} of ela approved by dora"]
    with pytest.raises(NeedsSecond):
        importing.run(bank, ela, place)
    with pytest.raises(CrmdeskError, match="does not exist"):
        importing.ask(bank, ela, tmp_path / "nowhere", reason="x")


def test_a_restore_waits_too_and_says_who_agreed(tmp_path: Path) -> None:
    path = build(tmp_path / "b.crmdesk")
    kept = tmp_path / "k.crmdesk"
    with open_app(path, None) as app:
        ela = come(app, "ela")
        backup.backup(app, ela, kept)
        with pytest.raises(BadFields, match="Say why"):
            restoring.ask(app, ela, kept, "")
        with pytest.raises(CrmdeskError, match="does not exist"):
            restoring.ask(app, ela, tmp_path / "nowhere", "x")
        key = restoring.ask(app, ela, kept, "an import went wrong")
    for forged in (ela, Actor("nobody", frozenset(Role)), Actor("dora", frozenset(Role)),
                   Actor("ela", frozenset(Role), single=True)):  # fmt: skip
        before = path.read_bytes()
        with pytest.raises(Refused):
            backup.restore(forged, kept, path)
        assert path.read_bytes() == before
    with open_app(path, None) as app:
        proposals.decide(app, come(app, "dora"), key, True)
    backup.restore(ela, kept, path)
    with open_app(path, None) as app:
        assert reasons(app, "restore")[0].endswith(f"proposal {key} of ela approved by dora")
        assert proposals.open_ones(app, come(app, "dora")) == []
    with pytest.raises(NeedsSecond):
        backup.restore(ela, kept, path)


def test_a_backup_exchanged_after_the_approval_was_looked_at_is_not_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = build(tmp_path / "b.crmdesk")
    kept, other = tmp_path / "k.crmdesk", tmp_path / "other.crmdesk"
    with open_app(path, None) as app:
        ela = come(app, "ela")
        backup.backup(app, ela, kept)
        backup.backup(app, ela, other)
        key = restoring.ask(app, ela, kept, "an import went wrong")
        proposals.decide(app, come(app, "dora"), key, True)
    beside(kept, "manifest.json").unlink()
    agreed = restoring.agreed

    def swapped(*given: Any) -> str:
        said = agreed(*given)
        other.replace(kept)
        return said

    monkeypatch.setattr(restoring, "agreed", swapped)
    before = path.read_bytes()
    with pytest.raises(CrmdeskError, match="exchanged"):
        backup.restore(ela, kept, path)
    assert path.read_bytes() == before


def test_who_approves_a_restore_reads_who_gets_back_what_was_taken(tmp_path: Path) -> None:
    small_bank.build(tmp_path / "b.crmdesk").store.close()
    path = tmp_path / "b.crmdesk"
    app, single = sign_in.enter(path, open_app)
    with app:
        backup.backup(app, single, tmp_path / "single.crmdesk")
    other = build(tmp_path / "o.crmdesk")
    with open_app(other, None) as app:
        ela, dora = come(app, "ela"), come(app, "dora")
        backup.backup(app, ela, tmp_path / "kept.crmdesk")
        restoring.ask(app, ela, tmp_path / "kept.crmdesk", "x")
        users.end(app, ela, "anna")
        backup.backup(app, ela, tmp_path / "later.crmdesk")
        for name in ("single", "later"):
            restoring.ask(app, ela, tmp_path / f"{name}.crmdesk", "x")
        proposals.withdraw(app, ela, proposals.open_ones(app, ela)[0].id)
        restoring.ask(app, ela, tmp_path / "kept.crmdesk", "x")
        told = [dict(row.details) for row in proposals.open_ones(app, dora)]
    off, nothing, back = ({k: v for k, v in one.items() if k not in ("backup", "made", "size")} for one in told)
    assert off == {"sign-in": "off: the backup is from before a second person was added"} and nothing == {}
    assert back == {"people who get back what was taken from them since": "anna"}


def test_who_has_several_roles_asks_and_decides_in_the_one_that_may(bank: App, tmp_path: Path) -> None:
    ela, dora, anna = (come(bank, login) for login in ("ela", "dora", "anna"))
    users.change_roles(bank, ela, "dora", {Role.DPO, Role.RELATIONSHIP_MANAGER})
    users.change_roles(bank, ela, "anna", {Role.ADMIN, Role.RELATIONSHIP_MANAGER})
    key = ask(bank, anna, kind="import")
    (waiting,) = proposals.open_ones(bank, dora)
    assert waiting.id == key and waiting.may_decide
    assert not proposals.open_ones(bank, anna)[0].may_decide
    proposals.decide(bank, dora, key, False, "not this year")
    assert [row.id for row in proposals.past(bank, dora)] == [key]
