"""Opening folders and zips of strangers: what is dangerous in them is refused and named.

Nothing is ever unpacked to the disk: files are read one by one, at most as many bytes as allowed,
whatever the archive says of itself.
"""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask_babel import gettext as _

from cxwiki.errors import DomainError

MOST_FILES = 20_000
MOST_BYTES = 2_000_000_000
LARGEST_FILE = 100_000_000
STEEPEST = 200
"""A file that unpacks to more than so many times its size is no text and no picture."""
STEEP_FROM = 1_000_000
LONGEST_NAME = 400
_HIDDEN = ("__MACOSX", "node_modules")


@dataclass
class Archive:
    """The files of a folder or zip by their paths, and what was refused of it with the reason."""

    paths: dict[str, Path | zipfile.ZipInfo] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    zip: zipfile.ZipFile | None = None

    def read(self, path: str, most: int = LARGEST_FILE) -> bytes:
        """The content of a file. Raises DomainError if it is larger, or damaged."""
        entry = self.paths[path]
        try:
            if isinstance(entry, Path):
                with entry.open("rb") as file:
                    content = file.read(most + 1)
            else:
                assert self.zip is not None
                with self.zip.open(entry) as packed:
                    content = packed.read(most + 1)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError,
                RuntimeError) as error:  # fmt: skip
            raise DomainError(_("It cannot be read: %(why)s", why=str(error)[:200])) from None
        if len(content) > most:
            raise DomainError(_("It is larger than %(size)s MB.", size=most // 1_000_000))
        return content


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a folder, a zip or a single Markdown file. Raises DomainError if it is none of them."""
    if path.is_dir():
        yield _without_top(_folder(path))
        return
    with ExitStack() as stack:
        try:
            archive = _without_top(_zip(stack.enter_context(zipfile.ZipFile(path))))
        except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise DomainError(
                _("This is no zip of Markdown files: %(why)s", why=str(error)[:200]), "file"
            ) from None
        yield archive


def _folder(root: Path) -> Archive:
    archive = Archive()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            archive.refused.append((name, _("It is a link to somewhere else.")))
        elif path.is_file():
            _take(archive, name, path, path.stat().st_size)
    return archive


def _zip(packed: zipfile.ZipFile) -> Archive:
    archive = Archive(zip=packed)
    infos = packed.infolist()
    if len(infos) > MOST_FILES:
        raise DomainError(_("The zip has more than %(number)s files.", number=MOST_FILES), "file")
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise DomainError(
            _("Unpacked, the zip is larger than %(size)s MB.", size=MOST_BYTES // 1_000_000), "file"
        )
    for info in infos:
        if info.is_dir():
            continue
        kind = info.external_attr >> 16
        if kind and stat.S_ISLNK(kind):
            archive.refused.append((info.filename, _("It is a link to somewhere else.")))
        elif info.flag_bits & 1:
            archive.refused.append((info.filename, _("It is encrypted.")))
        elif info.file_size > max(STEEP_FROM, info.compress_size * STEEPEST):
            archive.refused.append((info.filename, _("It is packed suspiciously tightly.")))
        else:
            _take(archive, info.filename.replace("\\", "/"), info, info.file_size)
    return archive


def _take(archive: Archive, name: str, entry: Path | zipfile.ZipInfo, size: int) -> None:
    """Accept a file under its path, or refuse it with the reason."""
    path = unicodedata.normalize("NFC", name)
    parts = path.split("/")
    if any((part.startswith(".") and part != "..") or part in _HIDDEN for part in parts):
        return
    if _is_foreign(path, parts):
        archive.refused.append((name[:LONGEST_NAME], _("Its path leads out of the archive.")))
    elif len(path) > LONGEST_NAME or any(ord(letter) < 32 for letter in path):
        archive.refused.append((name[:LONGEST_NAME], _("Its name cannot be used.")))
    elif size > LARGEST_FILE:
        size_in_mb = LARGEST_FILE // 1_000_000
        archive.refused.append((path, _("It is larger than %(size)s MB.", size=size_in_mb)))
    elif path in archive.paths:
        archive.refused.append((path, _("There are two files of this name.")))
    else:
        archive.paths[path] = entry


def _is_foreign(path: str, parts: list[str]) -> bool:
    return path.startswith("/") or ".." in parts or path[1:2] == ":" or "" in parts


def _without_top(archive: Archive) -> Archive:
    """Leave out the folder in which everything lies, as in the zips of code sites."""
    tops = {path.split("/")[0] for path in archive.paths}
    if len(tops) == 1 and all("/" in path for path in archive.paths):
        length = len(tops.pop()) + 1
        archive.paths = {path[length:]: entry for path, entry in archive.paths.items()}
    return archive
