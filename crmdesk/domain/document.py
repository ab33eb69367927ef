"""Files kept with a customer: what they may be, told by their content, and the name they are kept under."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from typing import Final

from crmdesk.domain.errors import BadInput

KINDS: Final = ("form", "contract", "identity", "letter", "recording", "other")
BYTES_AT_MOST: Final = 20 * 1024 * 1024
NAME_AT_MOST: Final = 120
# Media type to the endings that its names have; the first is given to a name without one.
ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    "application/pdf": ("pdf",), "image/png": ("png",), "image/jpeg": ("jpg", "jpeg"), "image/tiff": ("tif", "tiff"),
    "image/gif": ("gif",), "image/webp": ("webp",), "image/heic": ("heic", "heif"), "audio/wav": ("wav",),
    "audio/mpeg": ("mp3",), "audio/ogg": ("ogg", "opus"), "audio/mp4": ("m4a",), "audio/flac": ("flac",),
    "application/rtf": ("rtf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",), "text/plain": ("txt", "eml", "csv", "md", "log"),
}  # fmt: skip
_BEGINNINGS: Final = (
    (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"), (b"MM\0*", "image/tiff"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"),
    (b"ID3", "audio/mpeg"), (b"OggS", "audio/ogg"), (b"fLaC", "audio/flac"), (b"{\\rtf", "application/rtf"),
)  # fmt: skip
_FRAMES: Final = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")  # an MP3 without a tag begins with its first frame
_RIFF: Final = {b"WAVE": "audio/wav", b"WEBP": "image/webp"}
_BRANDS: Final = {b"M4A ": "audio/mp4", b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic"}
# A part that the packed document of each kind has; those with macros have another content type and are not taken.
_OFFICE: Final = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_TAKEN: Final = "PDF, pictures, sound, letters (docx, odt, rtf), tables (xlsx, ods) and plain text"
_BARRED: Final = frozenset('<>:"/\\|?*')
_DEVICES: Final = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def media_type(content: bytes) -> str:
    """What the content is, whatever the file is called. BadInput for what is empty, a program or unknown."""
    if not content:
        raise BadInput("The file is empty; choose the one that holds the document.")
    if content.startswith(_PROGRAMS):
        raise BadInput(f"The file is a program, not a document, and was not kept; taken are {_TAKEN}.")
    found = next((kind for start, kind in _BEGINNINGS if content.startswith(start)), None)
    found = found or _contained(content) or ("text/plain" if _is_text(content) else None)
    if found is None:
        raise BadInput(f"What this file holds is not known here, and it was not kept; taken are {_TAKEN}.")
    return found


def _contained(content: bytes) -> str | None:
    """Kinds that several formats share a beginning of."""
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12])
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12])
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    return "audio/mpeg" if content.startswith(_FRAMES) else None


def _packed(content: bytes) -> str | None:
    """A document of an office program; only the list of its parts and its own name of its kind are read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            if any("vbaProject" in name for name in names):
                raise BadInput("The document carries macros and was not kept; save it without them, then add it.")
            if "mimetype" in names and packed.getinfo("mimetype").file_size < 100:
                kind = packed.read("mimetype").decode("ascii", "replace")
                return kind if kind in ENDINGS else None
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        return None
    return next((kind for part, kind in _OFFICE.items() if part in names), None)


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\n\r\t\f" for c in text)


def kept_name(name: str, media: str) -> str:
    """A name that every computer takes and that ends as its content does; what cannot be seen is dropped.

    >>> kept_name("../Form 7.pdf\u202eexe", "application/pdf")
    'Form 7.pdfexe.pdf'
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable() and c not in _BARRED)
    plain = " ".join(seen.split()).strip(". ")
    endings = ENDINGS[media]
    stem, dot, ending = plain.rpartition(".")
    if not dot or ending.lower() not in endings:
        stem, ending = plain, endings[0]
    room = NAME_AT_MOST - len(ending) - 1
    stem = stem[:room].strip(". ")
    return f"{'document' if not stem or stem.lower() in _DEVICES else stem}.{ending}"
