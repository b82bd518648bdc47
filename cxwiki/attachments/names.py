"""Names of files as people and browsers may get them."""

from __future__ import annotations

import re
import unicodedata

from cxwiki import richtext
from cxwiki.attachments.kinds import Kind
from cxwiki.subjects import slugify

LONGEST = 200
_FOLDERS = re.compile(r"[/\\]")
# Controls, and marks that turn the direction of what follows: "exe.gnp" would read "png.exe".
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_RESERVED = re.compile(r'[<>:"|?*]')


def cleaned(name: str, kind: Kind) -> str:
    """A harmless name that says what the file is: no folders, no tricks, an ending of its kind."""
    last = _FOLDERS.split(unicodedata.normalize("NFC", richtext.clean(name)))[-1]
    seen = "".join(" " if unicodedata.category(one) in _INVISIBLE else one for one in last)
    plain = richtext.one_line(_RESERVED.sub("_", seen)).rstrip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot or f".{ending}".lower() not in kind.endings:
        stem, ending = plain, kind.endings[0][1:]
    stem = stem.strip(". ")[: LONGEST - len(ending) - 1].rstrip(". ") or "file"
    return f"{stem}.{ending}"


def in_address(filename: str) -> str:
    """The readable end of a file's address."""
    stem, _dot, ending = filename.rpartition(".")
    return f"{slugify(stem) or 'file'}.{slugify(ending)}"


def markdown(filename: str, url: str, *, picture: bool) -> str:
    """What one writes into a text to show the file, or to link to it."""
    stem = filename.rpartition(".")[0] if picture else filename
    words = re.sub(r"([\\\[\]`*_<>!|])", r"\\\1", stem)
    return f"{'!' if picture else ''}[{words}]({url})"
