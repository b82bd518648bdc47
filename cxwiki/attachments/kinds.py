"""Which files may be attached: a file's kind is read from its content, its name decides nothing."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import IO

import puremagic
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cxwiki.errors import DomainError

HEAD, PIECE = 8192, 1 << 20
TEXT, ZIP, PDF, RTF = "text/plain", "application/zip", "application/pdf", "application/rtf"
OLD_OFFICE = "application/x-ole-storage"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
# Of the bytes below the blank, texts have tabs, line ends, form feeds and escapes alone.
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Kind:
    """A kind of file that may be attached.

    `endings` are those that a name may have; the first one is added to a name with another.
    `picture` says that browsers show it within a page.
    """

    media_type: str
    word: str | LazyString
    endings: tuple[str, ...]
    picture: bool = False


_PICTURE, _SOUND, _FILM = _l("Picture"), _l("Recording"), _l("Video")
_DOCUMENT, _SHEET, _SLIDES = _l("Document"), _l("Spreadsheet"), _l("Slides")
KINDS = {
    kind.media_type: kind
    for kind in (
        Kind("image/png", _PICTURE, (".png",), picture=True),
        Kind("image/jpeg", _PICTURE, (".jpg", ".jpeg", ".jpe", ".jfif"), picture=True),
        Kind("image/gif", _PICTURE, (".gif",), picture=True),
        Kind("image/webp", _PICTURE, (".webp",), picture=True),
        Kind("image/bmp", _PICTURE, (".bmp",)),
        Kind("image/tiff", _PICTURE, (".tif", ".tiff")),
        Kind("image/heic", _PICTURE, (".heic", ".heif")),
        Kind(PDF, _l("PDF"), (".pdf",)),
        Kind(RTF, _DOCUMENT, (".rtf",)),
        Kind(_OFFICE + "wordprocessingml.document", _DOCUMENT, (".docx",)),
        Kind(_OFFICE + "spreadsheetml.sheet", _SHEET, (".xlsx",)),
        Kind(_OFFICE + "presentationml.presentation", _SLIDES, (".pptx",)),
        Kind(_OPEN + "text", _DOCUMENT, (".odt",)),
        Kind(_OPEN + "spreadsheet", _SHEET, (".ods",)),
        Kind(_OPEN + "presentation", _SLIDES, (".odp",)),
        Kind(OLD_OFFICE, _DOCUMENT, (".doc", ".xls", ".ppt", ".msg", ".vsd")),
        Kind(ZIP, _l("Archive"), (".zip",)),
        Kind("audio/mpeg", _SOUND, (".mp3",)),
        Kind("audio/wav", _SOUND, (".wav",)),
        Kind("audio/ogg", _SOUND, (".ogg", ".oga", ".opus", ".ogv")),
        Kind("audio/flac", _SOUND, (".flac",)),
        Kind("audio/mp4", _SOUND, (".m4a",)),
        Kind("video/mp4", _FILM, (".mp4", ".m4v")),
        Kind("video/quicktime", _FILM, (".mov",)),
        Kind("video/webm", _FILM, (".webm", ".mkv")),
        Kind(
            TEXT,
            _l("Text"),
            (".txt", ".md", ".markdown", ".csv", ".tsv", ".log", ".json", ".yaml", ".yml",
             ".xml", ".eml", ".ics", ".vcf", ".srt", ".vtt"),
        ),
    )
}  # fmt: skip
# What puremagic calls them, where that differs.
_ALSO_CALLED = {
    "image/x-ms-bmp": "image/bmp",
    "image/heif": "image/heic",
    "image/heic-sequence": "image/heic",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "application/ogg": "audio/ogg",
    "video/ogg": "audio/ogg",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "video/x-m4v": "video/mp4",
    "video/x-matroska": "video/webm",
}
_PACKED = (
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
)
# Signatures that are certain; puremagic knows them too, but among others.
_CERTAIN = (
    (b"%PDF-", PDF),
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
)


def recognise(file: IO[bytes]) -> Kind:
    """Say what a file is, by what is in it. Raises DomainError if such files are not taken."""
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise DomainError(_("The file is empty."), "file")
    found = _media_type(file, head)
    if found not in KINDS:
        raise DomainError(
            _(
                "Files of this kind cannot be attached. Pictures, PDF, office documents, texts, "
                "recordings, videos and zip archives can. Nothing was stored."
            ),
            "file",
        )
    return KINDS[found]


def kind_of(media_type: str) -> Kind:
    """The kind that a stored file has; what is no longer taken counts as an archive."""
    return KINDS.get(media_type, KINDS[ZIP])


def _media_type(file: IO[bytes], head: bytes) -> str:
    for start, media_type in _CERTAIN:
        if head.startswith(start):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _packed(file, head)
    if head.startswith(_UTF_16) or is_text(file):
        return TEXT
    return _by_signature(head)


def is_text(file: IO[bytes]) -> bool:
    """Whether there is nothing in the file that no text has; it is read in pieces."""
    file.seek(0)
    while piece := file.read(PIECE):
        if _NOT_IN_TEXT.search(piece):
            return False
    return True


def _packed(file: IO[bytes], head: bytes) -> str:
    """What a zip archive is: only its first and last bytes are looked at, nothing is unpacked."""
    name_length = int.from_bytes(head[26:28], "little")
    first = head[30 : 30 + name_length]
    if first == b"mimetype":
        named = re.match(rb"[\w.+/-]*", head[38:118])
        media_type = named[0].decode("ascii", "ignore") if named else ""
        return next((one for one in KINDS if media_type.startswith(_OPEN) and
                     media_type.startswith(one)), ZIP)  # fmt: skip
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - (64 << 10)))
    listed = head + file.read()
    if b"[Content_Types].xml" not in listed:
        return ZIP
    return next((media_type for mark, media_type in _PACKED if mark in listed), ZIP)


def _by_signature(head: bytes) -> str:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    for match in matches:
        name = _ALSO_CALLED.get(match.mime_type, match.mime_type)
        # Some signatures are two letters long: what is only thought possible is not enough.
        if name in KINDS and len(match.byte_match) >= 3 and name != ZIP:
            return name
    return ""
