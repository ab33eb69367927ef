"""Which files a worker is lent: what a person chose, no device, nothing huge, no bank and no keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmdesk.contributions import Params
from crmdesk.contributions.params import Field
from crmdesk.domain.errors import BadInput
from crmdesk.mining import files


def asking(default: str) -> type[Params]:
    """The parameters of a plugin that asks for a file, with its own default."""

    class Asked(Params):
        table: str = Field(default, title="Table", json_schema_extra={"kind": "file"})

    return Asked


def test_a_file_that_a_person_chose_is_lent_and_one_that_the_plugin_names_is_not(tmp_path: Path) -> None:
    file = tmp_path / "secret.txt"
    file.write_text("the secret of another program", encoding="utf-8")
    assert files.chosen(asking(str(file))()) == {}
    assert files.chosen(asking("")(table=str(file)))["table"]["name"] == "secret.txt"


@pytest.mark.parametrize("name", ["b.crmdesk.keys", "a link.csv", "bank.csv"])
def test_no_bank_and_no_keys_are_lent_under_any_name(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name.startswith("a link"):
        (tmp_path / "x.keys").write_text("{}", encoding="utf-8")
        file.symlink_to(tmp_path / "x.keys")
    else:
        file.write_bytes(b"SQLite format 3\0..." if name.startswith("bank") else b'{"wraps": {}}')
    with pytest.raises(BadInput, match="no analysis gets"):
        files.chosen(asking("")(table=str(file)))


def test_a_device_is_not_read_and_a_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert files.chosen(asking("")(table="/dev/zero")) == {}
    monkeypatch.setattr(files, "MOST", 1 << 20)
    (tmp_path / "large.csv").write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(BadInput, match="larger than 1 MiB"):
        files.chosen(asking("")(table=str(tmp_path / "large.csv")))
