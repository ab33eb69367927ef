"""Which passwords are too easy to guess, and one-time ones that are not."""

from __future__ import annotations

import secrets
from typing import Final

from crmdesk.domain.errors import BadFields

SHORTEST: Final = 10
LONGEST: Final = 256
# Long enough for the rule above and still among the first that anybody tries; compared without case and separators.
_USUAL: Final = """
0123456789 1234567890 12345678910 123456789a 1234567891 0987654321 9876543210 1111111111 0000000000 1q2w3e4r5t
1q2w3e4r5t6z 1qaz2wsx3edc abcdefghij abcd123456 abc1234567 qwertyuiop qwertzuiop qwerty1234 qwerty12345 qwertz1234
asdfghjkl1 asdfasdfasdf password12 password123 password1234 password12345 mypassword passwordpassword
passw0rd123 passwort12 passwort123 passwort1234 meinpasswort geheimgeheim parola1234 sifre12345 motdepasse
contrasena letmein123 letmeinplease welcome123 welcome1234 willkommen willkommen1 changeme12 changeme123 changeit123
administrator admin12345 admin123456 iloveyou12 iloveyou123 iloveyou1234 sunshine12 sunshine123 football123
baseball123 superman123 michael123 dragon1234 monkey1234 master1234 princess12 princess123 trustno1trustno1
startrek123 starwars123 crmdeskcrmdesk crmdesk123 bankbankbank demodemodemo testtesttest test123456 test1234567
"""
COMMON: Final = frozenset(_USUAL.split())
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one


def check(password: str, login: str = "", name: str = "") -> None:
    """Pass, or raise BadFields({"password": sentence}): 10 characters or more, no name, none of the usual ones."""
    plain, names = _plain(password), (_plain(login), _plain(name))
    words = ""
    if len(password) < SHORTEST:
        words = f"Give a password of {SHORTEST} or more characters; a few words are easy to keep in mind."
    elif len(password) > LONGEST:
        words = f"Give a password of at most {LONGEST} characters."
    elif any(mine and mine in plain and not plain.replace(mine, "", 1).strip("0123456789") for mine in names):
        words = "The password is the person's own name; choose one that nobody guesses."
    elif plain in COMMON or len(set(password.casefold())) < 4:
        words = "This password is one of the first that anybody tries; choose another one."
    if words:
        raise BadFields({"password": words})


def one_time() -> str:
    """A password of 16 letters and digits in four groups, for a person to type once (79 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
