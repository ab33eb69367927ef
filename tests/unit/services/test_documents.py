"""Documents: told by their content, kept once under a harmless name, and read only on record."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_bank
from hypothesis import given
from hypothesis import strategies as st
from small_bank import ACTOR, SmallApp

from crmdesk.domain import document
from crmdesk.domain.document import ENDINGS, NAME_AT_MOST, kept_name, media_type
from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import documents
from crmdesk.store.verify import verify

AUDITOR = Actor("otto", frozenset({Role.AUDITOR}))
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


WORD = packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
SAMPLES = {
    "application/pdf": PDF, "image/png": b"\x89PNG\r\n\x1a\n\0\0", "image/jpeg": b"\xff\xd8\xff\xe0\0",
    "image/tiff": b"II*\0\x08", "image/webp": b"RIFF\x04\0\0\0WEBP", "audio/wav": b"RIFF\x04\0\0\0WAVE",
    "audio/mpeg": b"\xff\xfb\x90\0", "audio/mp4": b"\0\0\0\x18ftypM4A \0", "image/heic": b"\0\0\0\x18ftypheic\0",
    "application/rtf": b"{\\rtf1 a}", "text/plain": "Ich stimme zu.\r\n\tAda Yılmaz".encode(),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": WORD,
    "application/vnd.oasis.opendocument.text": packed({"mimetype": b"application/vnd.oasis.opendocument.text"}),
}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def file(folder: Path, name: str, content: bytes = PDF) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def acts(app: SmallApp) -> list[tuple[str, str, int]]:
    with app.store.reader() as raw:
        return raw.execute("SELECT act, object, customer_id FROM audit_event ORDER BY seq").fetchall()


@pytest.mark.parametrize(("media", "content"), SAMPLES.items())
def test_what_a_file_is_its_content_says(media: str, content: bytes) -> None:
    assert media_type(content) == media


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b"MZ\x90\0", "a program"), (b"\x7fELF\x02", "a program"), (b"#!/bin/sh\nrm", "a program"),
        (b"\0\1\2\3", "not known"), (b"a\0b", "not known"), (b"\xff\xfe\x00", "not known"),
        (b"PK\x03\x04broken", "not known"),
        (packed({"a.exe": b"MZ"}), "not known"),
        (packed({"word/document.xml": b"", "word/vbaProject.bin": b"x"}), "macros"),
        (packed({"mimetype": b"application/x-sh"}), "not known"), (packed({"mimetype": b"x" * 200}), "not known"),
        ("ok\u202etxt".encode(), "not known"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        media_type(content)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("given_name", "media", "kept"),
    [
        ("Form 7.pdf", "application/pdf", "Form 7.pdf"), ("FORM.PDF", "application/pdf", "FORM.PDF"),
        ("../../etc/passwd", "text/plain", "passwd.txt"), (r"C:\temp\form.pdf", "application/pdf", "form.pdf"),
        ("form.pdf.exe", "application/pdf", "form.pdf.exe.pdf"), ("a\u202egpj.exe", "image/png", "agpj.exe.png"),
        ("...", "image/jpeg", "document.jpg"), ("", "text/plain", "document.txt"),
        (".pdf", "application/pdf", "pdf.pdf"), ("con.pdf", "application/pdf", "document.pdf"),
        ("a<b>|c?.jpeg", "image/jpeg", "abc.jpeg"), ("  two   blanks .txt", "text/plain", "two blanks.txt"),
        ("Yılmaz Ökçün.pdf", "application/pdf", "Yılmaz Ökçün.pdf"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_is_harmless_and_ends_as_its_content_does(given_name: str, media: str, kept: str) -> None:
    assert kept_name(given_name, media) == kept


@given(name=st.text(max_size=300), media=st.sampled_from(sorted(ENDINGS)))
def test_any_name_becomes_one_that_every_computer_takes(name: str, media: str) -> None:
    kept = kept_name(name, media)
    assert len(kept) <= NAME_AT_MOST and kept.isprintable() and kept == kept.strip(". ")
    assert not set(kept) & set('<>:"/\\|?*') and kept.rpartition(".")[2].lower() in ENDINGS[media]
    assert kept_name(kept, media) == kept


def test_a_document_is_kept_listed_and_read_on_record(app: SmallApp, tmp_path: Path) -> None:
    change = documents.add(app, ACTOR, "C-000001", file(tmp_path, "Form 7.pdf"), "form")
    digest = hashlib.sha256(PDF).hexdigest()
    (found,) = documents.of_customer(app, ACTOR, "C-000001")
    assert change.touched == {"document": frozenset({found.id})} and change.change_no == app.store.change_no()
    assert (found.name, found.kind, found.media_type, found.size, found.sha256, found.added_by) == (
        "Form 7.pdf", "form", "application/pdf", len(PDF), digest, "ela")  # fmt: skip
    assert found.added_at == app.store.clock()
    assert documents.content(app, ACTOR, found.id) == PDF
    assert acts(app) == [("add document", digest, 1), ("read document", digest, 1)]
    assert documents.of_customer(app, ACTOR, "C-000002") == [] and verify(app.store.path)["ok"]


def test_the_same_content_is_kept_once_for_each_customer(app: SmallApp, tmp_path: Path) -> None:
    first = documents.add(app, ACTOR, "C-000001", file(tmp_path, "a.pdf"))
    again = documents.add(app, ACTOR, "C-000001", file(tmp_path, "b.pdf"), "letter")
    assert again.touched == first.touched and [d.name for d in documents.of_customer(app, ACTOR, "C-000001")] == [
        "a.pdf"
    ]
    other = documents.add(app, ACTOR, "C-000002", file(tmp_path, "b.pdf"))
    assert other.touched != first.touched and len(acts(app)) == 2


def test_newest_first(app: SmallApp, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        documents.add(app, ACTOR, "C-000001", file(tmp_path, name, name.encode()))
    assert [d.name for d in documents.of_customer(app, ACTOR, "C-000001")] == ["b.txt", "a.txt"]


def test_what_is_too_large_or_cannot_be_read_is_refused(
    app: SmallApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = app.store.change_no()
    monkeypatch.setattr(documents, "BYTES_AT_MOST", len(PDF) - 1)
    with pytest.raises(BadInput, match="Form.pdf is larger than"):
        documents.add(app, ACTOR, "C-000001", file(tmp_path, "Form.pdf"))
    monkeypatch.setattr(documents, "BYTES_AT_MOST", len(PDF))
    documents.add(app, ACTOR, "C-000001", file(tmp_path, "Form.pdf"))
    with pytest.raises(CrmdeskError, match="could not be read"):
        documents.add(app, ACTOR, "C-000001", tmp_path / "none.pdf")
    with pytest.raises(BadInput, match="is a folder"):
        documents.add(app, ACTOR, "C-000001", tmp_path)
    with pytest.raises(BadInput, match="not a kind of document"):
        documents.add(app, ACTOR, "C-000001", file(tmp_path, "Form.pdf"), "evidence")
    with pytest.raises(BadInput, match="No customer has the number C-77"):
        documents.add(app, ACTOR, "C-77", file(tmp_path, "Form.pdf"))
    assert app.store.change_no() == before + 1 and document.BYTES_AT_MOST == 20 * 1024 * 1024


def test_content_that_was_changed_in_the_file_is_not_handed_out(app: SmallApp, tmp_path: Path) -> None:
    documents.add(app, ACTOR, "C-000001", file(tmp_path, "Form.pdf"))
    (found,) = documents.of_customer(app, ACTOR, "C-000001")
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE document SET content = ?", (PDF + b"%",))
    with pytest.raises(CrmdeskError, match="not what was kept"):
        documents.content(app, ACTOR, found.id)
    assert [act for act, *_ in acts(app)] == ["add document"]


def test_rights(app: SmallApp, tmp_path: Path) -> None:
    documents.add(app, ACTOR, "C-000001", file(tmp_path, "Ada's form.pdf"), "form")
    (masked,) = documents.of_customer(app, AUDITOR, "C-000001")
    assert masked.name == "form" and "Ada" not in repr(masked)
    with pytest.raises(Refused):
        documents.content(app, AUDITOR, masked.id)
    with pytest.raises(Refused):
        documents.add(app, AUDITOR, "C-000001", file(tmp_path, "x.pdf"))
    with pytest.raises(BadInput, match="no document 99"):
        documents.content(app, ACTOR, 99)
