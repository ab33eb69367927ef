"""The list's search against a plain search in Python over the same columns."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import SmallApp

from crmdesk.domain.customer import digits, fold
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import customers
from crmdesk.services.customers import CustomerQuery
from crmdesk.store.queries.search import SEARCHED

CLEAR, MASKED = small_bank.ACTOR, Actor("otto", frozenset({Role.AUDITOR}))
LETTERS = "abcde%_\"'*^:(){}-. çİß"
ODD = ('"', '""', "%%%", "___", "a%b", 'a"b', "NEAR", "a AND b", "abc*", "^abc", "number:c-0", "(abc", "{abc}", "a'b c",
       "\0abc", "ab\0cde", "+90 555", "(555) 1", "55-51", "")  # fmt: skip
PEOPLE = 300


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallApp]:
    """Names of few letters, among them those that mean something to SQL or to the index."""
    rng = random.Random(5)

    def word(least: int, most: int) -> str:
        return "".join(rng.choice(LETTERS) for _ in range(rng.randint(least, most)))

    made = small_bank.build(tmp_path_factory.mktemp("words") / "words.crmdesk")
    with made.store.write() as session:
        small_bank.add(session, "customer", [
            small_bank.person(100 + n, word(1, 9), "x" + word(2, 12), city=word(0, 6) or None,
                              email=f"{word(1, 8)}@b.example", phone=f"+90 555 {rng.randrange(10**4):04d}")
            for n in range(PEOPLE)
        ])  # fmt: skip
    yield made
    made.store.close()


def asked_for(text: str) -> list[str]:
    """The words of a text; digits however they are spaced are one."""
    folded = fold(text.replace("\0", " "))
    number = digits(folded) if not folded.strip("0123456789 +-()/.") else ""
    return [number] if number else folded.split()


def plainly(held: dict[int, tuple[str, ...]], text: str) -> set[int]:
    """Whose columns hold every word of the text; words of one or two characters are not asked for here."""
    words = [ways(word) for word in asked_for(text)]
    return {
        key for key, columns in held.items()
        if all(any(way in c for c in columns for way in one) for one in words)
    }  # fmt: skip


def ways(word: str) -> set[str]:
    """A number also without its leading zeros; ae, oe and ue also as one letter. Of three characters at least."""
    home = word.lstrip("0") if word.isdigit() else word
    one = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return {word} | ({home} if len(home) > 5 else set()) | ({one} if len(one) > 2 else set())


def held_in(app: SmallApp, columns: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    with app.store.reader() as raw:
        rows = raw.execute(f"SELECT id, {', '.join(columns)} FROM customer").fetchall()
    return {key: tuple((value or "").lower() for value in values) for key, *values in rows}


@pytest.mark.parametrize(("actor", "columns"), [(CLEAR, SEARCHED), (MASKED, SEARCHED[:1])], ids=["clear", "masked"])
def test_words_are_found_as_by_looking_at_every_row(app: SmallApp, actor: Actor, columns: tuple[str, ...]) -> None:
    held, rng = held_in(app, columns), random.Random(7)
    every = [part for values in held_in(app, SEARCHED).values() for part in values if len(part) > 2]
    asked = 0
    for _ in range(400):
        words = []
        for _ in range(rng.randint(1, 2)):
            source, length = rng.choice(every), rng.randint(3, 8)
            start = rng.randrange(max(1, len(source) - length))
            words += [w.upper() if rng.random() < 0.2 else w for w in source[start : start + length].split()]
        text = " ".join(words)
        if words and min(map(len, asked_for(text))) > 2:
            found = set(map(int, customers.find(app, actor, CustomerQuery(text=text))))
            assert found == plainly(held, text), text
            asked += bool(found)
    assert asked > (150 if actor is CLEAR else 5)


@pytest.mark.parametrize("text", ODD)
def test_signs_of_sql_and_of_the_index_are_plain_characters(app: SmallApp, text: str) -> None:
    found = set(map(int, customers.find(app, CLEAR, CustomerQuery(text=text))))
    if all(len(word) > 2 for word in asked_for(text)):
        assert found == plainly(held_in(app, SEARCHED), text)


def test_a_word_is_looked_for_in_the_index_alone(app: SmallApp) -> None:
    with app.store.reader() as raw:
        from crmdesk.store.queries.filters import Where
        from crmdesk.store.queries.search import add_search

        where = Where()
        add_search(where, "katenva yilmaz", SEARCHED, accounts=True)
        assert "instr" not in where.sql() and where.sql().count("MATCH") == 1
        plan = raw.execute(f"EXPLAIN QUERY PLAN SELECT id FROM customer{where.sql()}", where.parameters).fetchall()
    assert not [row[-1] for row in plan if row[-1].startswith("SCAN customer") and "VIRTUAL" not in row[-1]]


@pytest.fixture
def street(tmp_path: Path) -> Iterator[SmallApp]:
    """Five people whom the digits 8491 find, each by something else, named so that the alphabet orders them wrongly."""
    made = small_bank.build(tmp_path / "street.crmdesk")
    with made.store.write() as session:
        small_bank.add(session, "customer", [
            small_bank.person(11, "Ada", "Middle", phone="+999 84 91241"),
            small_bank.person(12, "Bo", "Account"),
            small_bank.person(18491, "Cem", "Number"),
            small_bank.person(14, "Zoe", "Müller", phone="+999 20 2498491"),
        ])  # fmt: skip
        small_bank.add(session, "account", [{"id": 9, "number": "A00 0000 8491", "product_id": 1, "currency": "EUR",
                                             "opened_on": "2020-01-01", "version": 1}])  # fmt: skip
        small_bank.add(session, "holding", [{"account_id": 9, "customer_id": 12, "role": "owner"}])
    yield made
    made.store.close()


def found_by(app: SmallApp, text: str, actor: Actor = CLEAR, **more: Any) -> list[int]:
    return list(map(int, customers.find(app, actor, CustomerQuery(text, **more))))


def test_the_last_digits_of_a_phone_are_meant_before_numbers_accounts_and_middles(street: SmallApp) -> None:
    assert found_by(street, "8491") == found_by(street, "84 91") == [14, 18491, 12, 11]
    assert found_by(street, "8491", sort="number") == sorted(found_by(street, "8491"))
    whys = [row.why for row in customers.rows(street, CLEAR, [14, 18491, 12, 11], searched="8491")]
    assert whys == ["phone ends 8491", "", "account ends 8491", "phone has 8491"]
    assert [row.why for row in customers.rows(street, CLEAR, [14, 12])] == ["", ""]
    assert found_by(street, "8491", MASKED)[0] == 18491  # no phone may be read, so none is ranked
    assert all("phone" not in row.why for row in customers.rows(street, MASKED, [14, 11], searched="8491"))


def test_the_national_way_of_writing_finds_the_number_kept_with_its_country(street: SmallApp) -> None:
    assert found_by(street, "020 249 8491") == found_by(street, "0202498491") == [14]
    assert customers.rows(street, CLEAR, [14], searched="020 249 8491")[0].why == "phone ends 202498491"


@pytest.mark.parametrize("text", ["Müller", "Mueller", "muller", "MUELLER zoe"])
def test_an_umlaut_is_one_letter_or_two(street: SmallApp, text: str) -> None:
    with street.store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(15, "Zoe", "Mueller")])
    found = found_by(street, text)
    assert 14 in found and (15 in found) == (text != "muller")
