"""Where the contents of files lie: a folder or an S3 bucket, each content once, under its SHA-256.

In a folder a content is written beside its place and then renamed, so that a kill or a full disk
leaves the whole file or none; what was left beside is swept. S3 shows an object only when it is
complete.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import fsspec
from flask import current_app
from flask_babel import gettext as _

from cxwiki.config import SettingError, Settings
from cxwiki.errors import DomainError

OBJECTS, THUMBNAILS, INCOMING = "objects", "thumbnails", "incoming"
PIECE = 1 << 20

log = logging.getLogger(__name__)


class NotStored(DomainError):
    """The disk or bucket took nothing; nothing was written."""

    status = 503


class Store:
    """Files by the SHA-256 of their content."""

    def __init__(self, settings: Settings) -> None:
        where = settings.files or str((settings.data / "files").absolute())
        try:
            self.fs, self.root = fsspec.core.url_to_fs(where)
        except ImportError:
            raise SettingError(
                f"CXWIKI_FILES is {settings.files}: install CX Wiki with the extra `s3` first."
            ) from None
        self.is_folder = "file" in _names_of(self.fs)

    def has(self, sha256: str, size: int) -> bool:
        """Whether the whole content is there."""
        try:
            return bool(self.fs.info(self._path(OBJECTS, sha256))["size"] == size)
        except FileNotFoundError:
            return False

    def put(self, sha256: str, size: int, file: IO[bytes]) -> None:
        """Keep a content unless it is there. Raises NotStored when it cannot be written."""
        try:
            if not self.has(sha256, size):
                file.seek(0)
                self._write(self._path(OBJECTS, sha256), file)
        except OSError as error:
            log.error("a file could not be stored: %s", error)
            raise NotStored(
                _(
                    "The file could not be stored: the disk of the server may be full. Nothing of "
                    "it was kept, and your text is still there. Please tell an administrator."
                ),
                "file",
            ) from None

    def put_thumbnail(self, sha256: str, small: bytes) -> None:
        """Keep the small picture of a content; the whole one is shown where it is missing."""
        with contextlib.suppress(OSError):
            self._write(self._path(THUMBNAILS, sha256), io.BytesIO(small))

    def open(self, sha256: str) -> IO[bytes]:
        """Open a content. Raises FileNotFoundError."""
        return self.fs.open(self._path(OBJECTS, sha256), "rb")

    def open_thumbnail(self, sha256: str) -> IO[bytes]:
        """Open the small picture of a content. Raises FileNotFoundError."""
        return self.fs.open(self._path(THUMBNAILS, sha256), "rb")

    def remove(self, sha256: str) -> None:
        """Forget a content and its small picture."""
        for folder in (OBJECTS, THUMBNAILS):
            with contextlib.suppress(FileNotFoundError):
                self.fs.rm_file(self._path(folder, sha256))

    def names(self, older_than: timedelta) -> Iterator[str]:
        """The SHA-256 of all contents that have been there for so long."""
        for path in self._found(OBJECTS, older_than):
            yield path.rsplit("/", 1)[-1]

    def forget_incoming(self, older_than: timedelta) -> int:
        """Remove what a killed process left half written; returns how many files that were."""
        left = list(self._found(INCOMING, older_than))
        for path in left:
            with contextlib.suppress(FileNotFoundError):
                self.fs.rm_file(path)
        return len(left)

    def _path(self, folder: str, sha256: str) -> str:
        return f"{self.root}/{folder}/{sha256[:2]}/{sha256}"

    def _write(self, target: str, file: IO[bytes]) -> None:
        if not self.is_folder:
            with self.fs.open(target, "wb") as kept:
                shutil.copyfileobj(file, kept, PIECE)
            return
        draft = f"{self.root}/{INCOMING}/{secrets.token_hex(16)}"
        self.fs.makedirs(_parent(draft), exist_ok=True)
        self.fs.makedirs(_parent(target), exist_ok=True)
        try:
            with self.fs.open(draft, "wb") as kept:
                shutil.copyfileobj(file, kept, PIECE)
                kept.flush()
                os.fsync(kept.fileno())
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        _sync_folder(_parent(target))

    def _found(self, folder: str, older_than: timedelta) -> Iterator[str]:
        before = datetime.now(UTC) - older_than
        try:
            paths = self.fs.find(f"{self.root}/{folder}")
        except FileNotFoundError:
            return
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                if self.fs.modified(path) <= before:
                    yield path


def store() -> Store:
    """The store of the running site."""
    return current_app.extensions["files"]


def _names_of(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def _parent(path: str) -> str:
    return path.rsplit("/", 1)[0]


def _sync_folder(path: str) -> None:
    """Make a renamed file survive a power cut; not every system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
