"""What may be attached is decided by what is in a file; its name decides nothing."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from openpyxl import Workbook
from PIL import Image

from cxwiki.attachments import kinds, names
from cxwiki.attachments.kinds import KINDS, TEXT, ZIP
from tests.attachments.conftest import picture, stored


def packed(**members: str) -> bytes:
    """A zip archive; underscores in names stand for what Python does not allow there."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in members.items():
            archive.writestr(
                name.replace("__", "/").replace("_TYPES_", "[Content_Types].xml"), text
            )
    return written.getvalue()


def workbook() -> bytes:
    written = io.BytesIO()
    Workbook().save(written)
    return written.getvalue()


def open_document() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return written.getvalue()


def wav() -> bytes:
    return b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + bytes(24)


OOXML = "application/vnd.openxmlformats-officedocument."
FILES = {
    "png": (picture("PNG"), "image/png"),
    "jpeg": (picture("JPEG"), "image/jpeg"),
    "gif": (picture("GIF"), "image/gif"),
    "webp": (picture("WEBP"), "image/webp"),
    "tiff": (picture("TIFF"), "image/tiff"),
    "pdf": (b"%PDF-1.4\nplain letters only\n%%EOF", "application/pdf"),
    "rtf": (rb"{\rtf1 Hello}", "application/rtf"),
    "docx": (packed(_TYPES_="<x/>", word__document="<x/>"), OOXML + "wordprocessingml.document"),
    "xlsx": (workbook(), OOXML + "spreadsheetml.sheet"),
    "pptx": (packed(_TYPES_="<x/>", ppt__slide="<x/>"), OOXML + "presentationml.presentation"),
    "odt": (open_document(), "application/vnd.oasis.opendocument.text"),
    "zip": (packed(a="b"), ZIP),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), kinds.OLD_OFFICE),
    "mp3": (b"ID3\x03\x00\x00\x00\x00\x00\x21" + bytes(90), "audio/mpeg"),
    "wav": (wav(), "audio/wav"),
    "ogg": (b"OggS\x00\x02" + bytes(60) + b"\x01vorbis", "audio/ogg"),
    "mp4": (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4"),
    "webm": (b"\x1aE\xdf\xa3" + bytes(4) + b"webm" + bytes(60), "video/webm"),
    "text": ("Grüße, мир\t1\r\n".encode(), TEXT),
    "old text": ("Grüße".encode("cp1252"), TEXT),
    "utf-16": ("Grüße".encode("utf-16"), TEXT),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", TEXT),
    "html": (b"<!doctype html><script>alert(1)</script>", TEXT),
    "script": (b"#!/bin/sh\nrm -rf .\n", TEXT),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_is_in_it(context, name: str) -> None:
    content, media_type = FILES[name]
    assert kinds.recognise(io.BytesIO(content)).media_type == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + bytes(200),
        b"\x7fELF\x02\x01\x01" + bytes(200),
        b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(200),
        b"\xcf\xfa\xed\xfe" + bytes(200),
        b"BM\x01\x02\x03",
        bytes(range(256)) * 4,
        b"\x00",
    ],
    ids=[
        "Windows program",
        "Linux program",
        "Java",
        "macOS program",
        "two letters",
        "noise",
        "NUL",
    ],
)
def test_what_is_on_no_list_is_not_taken(context, upload, folder, content: bytes) -> None:
    told = upload(content=content, filename="photo.png")
    assert told["status"] == 422
    assert "cannot be attached" in told["detail"]
    assert stored(folder) == []


def test_an_empty_file_is_not_taken(upload) -> None:
    told = upload(content=b"")
    assert (told["status"], told["detail"]) == (422, "The file is empty.")


def test_a_form_without_a_file_says_so(as_) -> None:
    assert as_("alice").post("/attachments", data={}).get_json()["detail"] == "Choose a file first."


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Bericht Mai.txt", "Bericht Mai.txt"),
        ("notes.MD", "notes.MD"),
        ("../../etc/passwd", "passwd.txt"),
        (r"C:\fakepath\notes.csv", "notes.csv"),
        ("setup.exe", "setup.exe.txt"),
        ("page.html", "page.html.txt"),
        ("logo.svg", "logo.svg.txt"),
        ("photo.png", "photo.png.txt"),
        ("", "file.txt"),
        ("...", "file.txt"),
        (".htaccess", "htaccess.txt"),
        ("a\x00b\r\nSet-Cookie: x=1.txt", "ab Set-Cookie_ x=1.txt"),
        ("cod\u202etxt.exe", "cod txt.exe.txt"),
        ("a\u200bb.txt", "a b.txt"),
        ("<img src=x onerror=alert(1)>.txt", "_img src=x onerror=alert(1)_.txt"),
        ("日本語.txt", "日本語.txt"),
        ("x" * 400 + ".txt", "x" * 196 + ".txt"),
        ("nul.txt. . .", "nul.txt"),
        ("\ud800.txt", "file.txt"),
    ],
)
def test_names_are_harmless_and_tell_the_truth(given: str, kept: str) -> None:
    assert names.cleaned(given, KINDS[TEXT]) == kept


def test_every_name_that_is_made_keeps_its_ending_and_fits() -> None:
    for kind in KINDS.values():
        for given in ("x" * 500, "a.b.c", "ü" * 300 + kind.endings[-1]):
            name = names.cleaned(given, kind)
            assert len(name) <= names.LONGEST
            assert name.lower().endswith(kind.endings)


# --- pictures -------------------------------------------------------------------------------------


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a huge picture, with data that would unpack to gigabytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    data = zlib.compress(bytes(1 << 20))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8000, 30_000, 2**31 - 1])
def test_a_picture_that_would_burst_the_memory_is_not_taken(upload, folder, side: int) -> None:
    told = upload(content=png_that_claims(side, side))
    assert told["status"] == 422
    assert "picture" in told["detail"]
    assert stored(folder) == []


def test_how_large_a_picture_may_be_is_said(upload) -> None:
    told = upload(content=png_that_claims(8000, 8000))
    assert "64 million pixels, and at most 50 are taken" in told["detail"]


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "GIF", "WEBP"])
def test_half_a_picture_is_not_taken(upload, folder, format_name: str) -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    written = io.BytesIO()
    noise.save(written, format_name)
    whole = written.getvalue()
    told = upload(content=whole[: len(whole) // 2])
    assert told["status"] == 422
    assert "damaged" in told["detail"]
    assert stored(folder) == []


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_colour_mode_get_a_small_one(upload, as_, mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (900, 300)).save(written, "JPEG" if mode == "CMYK" else "PNG")
    told = upload(content=written.getvalue())
    small = as_("alice").get(f"/attachments/{told['id']}/thumbnail")
    assert small.mimetype == "image/webp"
    assert Image.open(io.BytesIO(small.data)).size == (480, 160)


def test_a_picture_taken_upright_is_shown_upright(upload, as_) -> None:
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N"}
    Image.new("RGB", (900, 300)).save(written, "JPEG", exif=exif)
    told = upload(content=written.getvalue(), filename="a.jpg")
    small = Image.open(io.BytesIO(as_("alice").get(f"/attachments/{told['id']}/thumbnail").data))
    assert small.size == (160, 480)
    assert not small.getexif(), "where it was taken is nobody's business"
