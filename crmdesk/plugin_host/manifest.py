"""The static card of a plugin, `crmdesk-plugin.toml`: read and checked before any of the plugin's code runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crmdesk.api import API_VERSION, PURPOSES

FILE_NAME: Final = "crmdesk-plugin.toml"
KINDS: Final = ("features", "analyses", "views", "actions", "panels", "columns")
RESERVED: Final = frozenset({"usage", "money", "person", "permission", "crmdesk"})
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DOTTED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_CONDITION = re.compile(r"(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)*)")


class ManifestError(Exception):
    """The card is missing or wrong; the text is one sentence for people."""


@dataclass(frozen=True)
class Wants:
    """What a plugin asks for: ids of features, columns for its own Features, purposes of its analyses."""

    features: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, list[str]]:
        return {name: list(value) for name, value in vars(self).items()}


@dataclass(frozen=True)
class Manifest:
    id: str
    title: str
    version: str
    api: str
    publisher: str
    contributions: tuple[str, ...]
    wants: Wants


def read(path: Path) -> Manifest:
    """The card in a file; ManifestError where it cannot be read or says something wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"Its {FILE_NAME} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"Its {FILE_NAME} is not valid TOML: {error}.") from None
    return parse(raw)


def parse(raw: Mapping[str, Any]) -> Manifest:
    """The card from its TOML values: id, kinds and wants are checked here, the api range by `check_api`."""
    wants = raw.get("wants", {})
    if not isinstance(wants, dict):
        raise ManifestError(f"Its {FILE_NAME} must have wants as a table [wants].")
    unknown = sorted(set(wants) - {"features", "columns", "purposes"})
    if unknown:
        raise ManifestError(f"Its [wants] has unknown entries: {', '.join(unknown)}.")
    found = Manifest(
        _text(raw, "id"), _text(raw, "title"), _text(raw, "version"), _text(raw, "api"),
        _text(raw, "publisher", ""), _texts(raw, "contributions"),
        Wants(_texts(wants, "features"), _texts(wants, "columns"), _texts(wants, "purposes")),
    )  # fmt: skip
    _check_words(found)
    return found


def check_api(manifest: Manifest, version: str = API_VERSION) -> None:
    """Pass where `version` lies in the card's range, such as `>=1.0,<2`; ManifestError where not."""
    if not in_range(manifest.api, version):
        raise ManifestError(
            f"It is made for api {manifest.api}, and this crmdesk has api {version}; update one of them."
        )


def in_range(conditions: str, version: str) -> bool:
    """Whether a version meets every condition of a comma-joined list.

    >>> in_range(">=1.0,<2", "1.4"), in_range(">=2", "1.4")
    (True, False)
    """
    have = _numbers(version)
    for condition in conditions.split(","):
        match = _CONDITION.fullmatch(condition.strip())
        if match is None:
            raise ManifestError(f"Its api range '{conditions}' cannot be read; write it like \">=1.0,<2\".")
        sign, want = match[1], _numbers(match[2])
        if not {
            ">=": have >= want, "<=": have <= want, "==": have == want, "!=": have != want,
            ">": have > want, "<": have < want,
        }[sign]:  # fmt: skip
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    parts = [int(part) for part in version.split(".")]
    while parts and parts[-1] == 0:  # 1 and 1.0 are the same version
        parts.pop()
    return tuple(parts)


def _check_words(found: Manifest) -> None:
    if not _ID.fullmatch(found.id):
        raise ManifestError(f"Its id '{found.id}' must be small letters, digits and _, beginning with a letter.")
    if found.id in RESERVED:
        raise ManifestError(f"Its id '{found.id}' belongs to crmdesk itself; choose another.")
    for what, given, allowed in (
        ("contributions", found.contributions, KINDS),
        ("purposes", found.wants.purposes, PURPOSES),
    ):
        wrong = sorted(set(given) - set(allowed))
        if wrong:
            raise ManifestError(f"Its {what} name {', '.join(wrong)}; known are {', '.join(allowed)}.")
    for wanted in (*found.wants.features, *found.wants.columns):
        if not _DOTTED.fullmatch(wanted):
            raise ManifestError(f"It wants '{wanted}', which is no dotted id such as usage.cells.")


def _text(raw: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = raw.get(name, default)
    if not isinstance(value, str) or (not value.strip() and default is None):
        raise ManifestError(f"Its {FILE_NAME} lacks {name}, a text.")
    return value.strip()


def _texts(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = raw.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ManifestError(f"Its {FILE_NAME} must give {name} as a list of texts.")
    return tuple(value)
