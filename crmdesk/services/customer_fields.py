"""The fields of a customer that people fill in: their titles and choices, and how typed text becomes what is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crmdesk.domain import contact_rules, money, own_field
from crmdesk.domain.contact_rules import Unfit, quoted
from crmdesk.domain.customer import GENDERS, KINDS, RELATIONS
from crmdesk.store.queries.customer_edit import Branches, OwnField

TEXT_AT_MOST: Final = 200
NUMBER_AT_MOST: Final = 64  # as in import files
TOP_INCOME: Final = 10**15  # minor units, as in import files
Pairs = tuple[tuple[str, str], ...]
_RELATION_WORDS: Final = {"brand": "With the brand", "bank": "With the bank", "none": "None", "unknown": "Not known"}
_COMPANY_TITLES: Final = {"family_name": "Company name", "occupation": "Business"}
PERSON_ONLY: Final = ("given_name", "birth_date", "gender", "education")


@dataclass(frozen=True)
class FieldInfo:
    """One field of the editor; `kind`: text whole number date yes_no choice money phone email."""

    name: str
    title: str
    kind: str
    group: str
    choices: Pairs = ()
    required: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Facts:
    """What reading a customer's fields needs of the bank: its branches, staff, own fields and day."""

    references: Branches
    own: tuple[OwnField, ...]
    today: date


def words(codes: tuple[str, ...]) -> Pairs:
    return tuple((code, code.replace("_", " ").capitalize()) for code in codes)


_DAY: Final = "As 1971-04-03 or 3 April 1971."
_FIELDS: Final = (
    FieldInfo("number", "Number", "text", "identity", hint="Empty: the next free number."),
    FieldInfo("kind", "Kind", "choice", "identity", words(KINDS), True),
    FieldInfo("given_name", "Given name", "text", "identity"),
    FieldInfo("family_name", "Family name", "text", "identity", required=True),
    FieldInfo("birth_date", "Birth date", "date", "identity", hint=_DAY),
    FieldInfo("gender", "Gender", "choice", "identity", words(GENDERS)),
    FieldInfo("phone", "Phone", "phone", "contact", hint="With + and country code, or as dialled in the country."),
    FieldInfo("email", "E-mail", "email", "contact"),
    FieldInfo("street", "Street", "text", "address"),
    FieldInfo("postcode", "Postcode", "text", "address"),
    FieldInfo("city", "City", "text", "address"),
    FieldInfo("country", "Country", "text", "address", hint="Two letters, such as TR or SE."),
    FieldInfo("branch", "Branch", "choice", "bank", required=True),
    FieldInfo("manager", "Account manager", "choice", "bank"),
    FieldInfo("occupation", "Occupation", "text", "bank"),
    FieldInfo("education", "Education", "text", "bank"),
    FieldInfo("income", "Income", "money", "bank", hint="As 1250.00, without grouping."),
    FieldInfo("source", "Source", "text", "bank", hint="How the bank met this customer."),
    FieldInfo("joined_on", "Joined on", "date", "bank", hint=f"{_DAY} Empty for a prospect."),
    FieldInfo("left_on", "Left on", "date", "bank", hint=_DAY),
    FieldInfo("relation_wanted", "Relation wanted", "choice", "bank",
              tuple((code, _RELATION_WORDS[code]) for code in RELATIONS)),
)  # fmt: skip
STANDARD: Final = tuple(field.name for field in _FIELDS)
# The column that holds a field, where it is not the field's own name.
COLUMNS: Final = {"branch": "branch_id", "manager": "manager_id"}
_EMPTY: Final = {"gender": "unknown", "relation_wanted": "unknown"}  # what an empty choice is kept as


def infos(facts: Facts, kind: str) -> tuple[FieldInfo, ...]:
    """The fields of a person or of a company, the bank's own ones last."""
    bank = {
        "branch": tuple((code, name) for code, (_, name) in facts.references.branches.items()),
        "manager": tuple((login, name) for login, (_, name) in facts.references.staff.items()),
    }
    company = kind == "company"
    titles = _COMPANY_TITLES if company else {}
    standard = [
        FieldInfo(f.name, titles.get(f.name, f.title), f.kind, f.group, bank.get(f.name, f.choices), f.required, f.hint)
        for f in _FIELDS
        if not (company and f.name in PERSON_ONLY)
    ]
    return (*standard, *map(own_info, facts.own))


def own_info(field: OwnField) -> FieldInfo:
    choices = tuple((choice, choice) for choice in field.choices)
    hint = _DAY if field.kind == "date" else ""
    return FieldInfo(f"{own_field.PREFIX}{field.code}", field.title, field.kind, "own", choices, hint=hint)


def title(facts: Facts, name: str, kind: str = "person") -> str:
    """The words of a field's name; the name itself where it is out of use."""
    return next((f.title for f in infos(facts, kind) if f.name == name), name)


def read(facts: Facts, values: Mapping[str, str], names: set[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The columns to write for the fields `names` of whole `values`, and a sentence for each that cannot be.

    `values` holds the whole customer as typed text, so that rules between fields can be asked.
    """
    columns: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name in (*STANDARD, *(n for n in values if n.startswith(own_field.PREFIX))):
        if name not in names:
            continue
        try:
            columns[COLUMNS.get(name, name)] = read_one(facts, name, values.get(name, ""), values)
        except Unfit as fault:
            faults[name] = str(fault)
    for name in names - set(values):
        faults.setdefault(name, _no_field(name, values))
    for name in names & set(values) - set(STANDARD):
        if not name.startswith(own_field.PREFIX):
            faults[name] = _no_field(name, values)
    if "country" in faults:  # how a phone and a postcode look is only known once the country is
        faults = {name: words for name, words in faults.items() if name not in ("phone", "postcode")}
    readable = {name: text for name, text in values.items() if name not in faults}
    faults.update(between(readable, names))
    return columns, faults


def _no_field(name: str, values: Mapping[str, str]) -> str:
    known = (*STANDARD, *(own for own in values if own.startswith(own_field.PREFIX) and own != name))
    return f"{quoted(name)} is not a field of a customer; choose among {', '.join(known)}."


def read_one(facts: Facts, name: str, text: str, values: Mapping[str, str]) -> Any:
    """What is kept for one field; None where it is empty. Raises Unfit."""
    given = text.strip()
    if name.startswith(own_field.PREFIX):
        return _own(facts, name, given)
    if not given:
        return _empty(name, values)
    return _READERS.get(name, _line)(facts, given, values)


def _empty(name: str, values: Mapping[str, str]) -> Any:
    needed = {
        "family_name": "The company has no name; write it."
        if values.get("kind") == "company"
        else "The family name is empty; write it.",
        "branch": "The customer has no branch; choose one.",
        "kind": "Choose whether this is a person or a company.",
    }
    if name in needed:
        raise Unfit(needed[name])
    return _EMPTY.get(name)


def _own(facts: Facts, name: str, given: str) -> Any:
    field = next((f for f in facts.own if f"{own_field.PREFIX}{f.code}" == name), None)
    if field is None:
        raise Unfit(f"The bank has no field {quoted(name.removeprefix(own_field.PREFIX))} now; leave it out.")
    return own_field.read(field.kind, field.choices, given)


def _line(facts: Facts, given: str, values: Mapping[str, str]) -> str:
    return own_field.line(given, TEXT_AT_MOST)


def _number(facts: Facts, given: str, values: Mapping[str, str]) -> str:
    if any(c.isspace() for c in given):
        raise Unfit(f"{quoted(given)} has a space in it; a customer's number has none.")
    return own_field.line(given, NUMBER_AT_MOST)


def _name(facts: Facts, given: str, values: Mapping[str, str]) -> str:
    if not any(c.isalnum() for c in given):
        raise Unfit(f"{quoted(given)} has no letter in it; write the name.")
    return own_field.line(given, TEXT_AT_MOST)


def _choice(codes: tuple[str, ...], what: str) -> Callable[[Facts, str, Mapping[str, str]], str]:
    def read_choice(facts: Facts, given: str, values: Mapping[str, str]) -> str:
        if given.lower() not in codes:
            raise Unfit(f"{quoted(given)} is not a known {what}; choose one of {', '.join(codes)}.")
        return given.lower()

    return read_choice


def _income(facts: Facts, given: str, values: Mapping[str, str]) -> int:
    try:
        amount = money.parse_minor(given)
    except ValueError:
        raise Unfit(
            f"{quoted(given)} is not an amount; write it with a point and no grouping, such as 1250.00."
        ) from None
    if not 0 <= amount <= TOP_INCOME:
        raise Unfit(f"An income of {quoted(given)} cannot be; write an amount from 0 to {TOP_INCOME // 100}.")
    return amount


def _country_of(values: Mapping[str, str]) -> str:
    try:
        return contact_rules.country(values.get("country", "").strip())
    except Unfit:
        return ""


def _phone(facts: Facts, given: str, values: Mapping[str, str]) -> str:
    return contact_rules.phone(given, _country_of(values))


def _email(facts: Facts, given: str, values: Mapping[str, str]) -> str:
    return contact_rules.email(given)


def _postcode(facts: Facts, given: str, values: Mapping[str, str]) -> str:
    return own_field.line(contact_rules.postcode(given, _country_of(values)), TEXT_AT_MOST)


def _country(facts: Facts, given: str, values: Mapping[str, str]) -> str:
    return contact_rules.country(given)


def _born(facts: Facts, given: str, values: Mapping[str, str]) -> date:
    return contact_rules.birth_date(given, facts.today)


def _joined(facts: Facts, given: str, values: Mapping[str, str]) -> date:
    found = contact_rules.day(given)
    if found > facts.today:
        raise Unfit(f"{contact_rules.in_words(found)} lies in the future; a customer joins on the day it happens.")
    return found


def _left(facts: Facts, given: str, values: Mapping[str, str]) -> date:
    return contact_rules.day(given)


def _branch(facts: Facts, given: str, values: Mapping[str, str]) -> int:
    if given not in facts.references.branches:
        raise Unfit(f"The bank has no branch {quoted(given)}; choose one of the list.")
    return facts.references.branches[given][0]


def _manager(facts: Facts, given: str, values: Mapping[str, str]) -> int:
    if given not in facts.references.staff:
        raise Unfit(f"Nobody of the staff signs in as {quoted(given)}; choose one of the list.")
    return facts.references.staff[given][0]


_READERS: Final[dict[str, Callable[[Facts, str, Mapping[str, str]], Any]]] = {
    "number": _number, "kind": _choice(KINDS, "kind"), "given_name": _name, "family_name": _name, "birth_date": _born,
    "gender": _choice(GENDERS, "gender"), "phone": _phone, "email": _email, "postcode": _postcode, "country": _country,
    "branch": _branch, "manager": _manager, "income": _income, "joined_on": _joined, "left_on": _left,
    "relation_wanted": _choice(RELATIONS, "relation"),
}  # fmt: skip


def between(values: Mapping[str, str], names: set[str]) -> dict[str, str]:
    """Sentences for rules between fields of which at least one is in `names`."""
    faults = {}
    if values.get("kind") == "company":
        for name in PERSON_ONLY:
            given = values.get(name, "").strip()
            if given and given != _EMPTY.get(name) and names & {"kind", name}:
                words_of = next(f.title for f in _FIELDS if f.name == name).lower()
                faults[name] = f"A company has no {words_of}; empty it."
    start, end = (_day_or_none(values.get(name, "")) for name in ("joined_on", "left_on"))
    born = _day_or_none(values.get("birth_date", ""))
    if start and end and end < start and names & {"joined_on", "left_on"}:
        faults["left_on"] = f"The customer joined on {contact_rules.in_words(start)} and cannot leave before."
    if born and start and start < born and names & {"joined_on", "birth_date"}:
        birthday = f"was born on {contact_rules.in_words(born)}" if "birth_date" in names else "was not born then"
        faults["joined_on"] = f"The customer {birthday} and cannot join before."
    return faults


def _day_or_none(text: str) -> date | None:
    try:
        return contact_rules.day(text)
    except Unfit:
        return None


def texts(row: Mapping[str, Any], facts: Facts) -> dict[str, str]:
    """A customer's columns as typed text, every field of `infos` and those of the other kind; empty is ""."""
    found = {name: own_field.written(row.get(name)) for name in STANDARD}
    found["income"] = money.plain(row["income"]) if row.get("income") is not None else ""
    own = row.get("custom") or {}
    return found | {f"{own_field.PREFIX}{f.code}": own_field.written(own.get(f.code)) for f in facts.own}
