"""Parquet and Excel sources give the same rows as CSV, by the same grammars."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from building import CUSTOMERS, FileApp, quarantined, write_source

from crmdesk.domain.errors import CrmdeskError

_SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{rows}</sheetData></worksheet>"
)


def _workbook(path: Path, rows: list[list[str]]) -> None:
    """The smallest workbook that readers take: one sheet `customers` of inline texts."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' for v in row) + "</row>" for row in rows
    )
    space = "http://schemas.openxmlformats.org"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", f'<Types xmlns="{space}/package/2006/content-types"/>')
        file.writestr("_rels/.rels", f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
                      f'Type="{space}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
                      "</Relationships>")  # fmt: skip
        file.writestr("xl/workbook.xml", f'<workbook xmlns="{space}/spreadsheetml/2006/main" xmlns:r="{space}/'
                      'officeDocument/2006/relationships"><sheets><sheet name="customers" sheetId="1" r:id="r1"/>'
                      "</sheets></workbook>")  # fmt: skip
        file.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{space}/package/2006/relationships">'
                      f'<Relationship Id="r1" Type="{space}/officeDocument/2006/relationships/worksheet" '
                      'Target="worksheets/sheet1.xml"/></Relationships>')  # fmt: skip
        file.writestr("xl/worksheets/sheet1.xml", _SHEET.format(rows=cells))


def test_a_workbook_is_read_by_sheets(app: FileApp, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    _workbook(book, [["customer", "kind", "family_name"], ["C1", "person", "Ek"], ["C2", "robot", "Ar"]])
    report = app.run(book)
    assert report.files == {"book.xlsx#customers": {"rows_in": 2, "inserted": 1, "updated": 0, "unchanged": 0,
                                                    "quarantined": 1}}  # fmt: skip
    assert quarantined(report)[0]["raw"] == "C2,robot,Ar"


def test_a_bomb_is_refused(app: FileApp, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", "0" * 5_000_000)
    with pytest.raises(CrmdeskError, match="too much"):
        app.run(book)


def test_parquet_is_typed_text(app: FileApp, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = write_source(tmp_path / "in")
    pq.write_table(
        pa.table({"customer": ["C1", "C9"], "at": [datetime(2024, 1, 2, 3, 4), datetime(2024, 1, 2)],
                  "instrument": ["csat", "csat"], "score": [4.0, 3.0]}), source / "feedback.parquet",
    )  # fmt: skip
    report = app.run(source)
    assert app.rows("SELECT at, score FROM feedback") == [("2024-01-02 03:04:00.000000", 4)]
    assert quarantined(report)[0]["raw"] == "C9,2024-01-02,csat,3"
    (source / "customers.csv").unlink()
    pq.write_table(pa.table({"customer": ["C1"], "kind": ["person"], "family_name": ["Ek"],
                             "joined_on": [date(2020, 1, 1)]}), source / "customers.parquet")  # fmt: skip
    assert app.run(source).files["customers.parquet"]["updated"] == 1


def test_no_workbook_and_no_parquet(app: FileApp, tmp_path: Path) -> None:
    (tmp_path / "customers.parquet").write_text(CUSTOMERS)
    with pytest.raises(CrmdeskError, match="is not a Parquet file"):
        app.run(tmp_path / "customers.parquet")
    (tmp_path / "book.xlsx").write_text(CUSTOMERS)
    with pytest.raises(CrmdeskError, match="is not an Excel workbook"):
        app.run(tmp_path / "book.xlsx")
