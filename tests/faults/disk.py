"""A disk that refuses: full after so many writes, or read-only; people who run as root may write
anywhere, so the file layer itself is asked."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from whoosh.filedb.structfile import StructFile


class Disk:
    """What is below a folder is refused, until `free` is called."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.refused = str(folder), 0
        self._code = 0
        self._left: int | None = None
        self._open, self._low, self._mkdir, self._fsync = open, os.open, Path.mkdir, os.fsync
        self._path_open = Path.open
        disk = self
        patch.setattr("builtins.open", self._opening)
        patch.setattr(os, "open", self._opening_low)
        patch.setattr(os, "fsync", self._syncing)
        patch.setattr(Path, "mkdir", lambda path, *a, **b: disk._making(path, *a, **b))
        patch.setattr(Path, "open", lambda path, *a, **b: disk._opening_path(path, *a, **b))
        patch.setattr(StructFile, "write", lambda file, data: disk._writing(file, data))

    def fill(self, left: int = 0) -> None:
        """Let so many writes succeed and then none."""
        self._code, self._left = errno.ENOSPC, left

    def protect(self) -> None:
        """Let nothing be opened for writing."""
        self._code, self._left = errno.EROFS, None

    def free(self) -> None:
        """Let everything be written again."""
        self._code, self._left = 0, None

    def _refuse(self, path: Any) -> None:
        self.refused += 1
        raise OSError(self._code, os.strerror(self._code), repr(path))

    def _opens(self, mode: str, path: Any) -> None:
        if self._code != errno.EROFS or not str(path).startswith(self.folder):
            return
        if set(mode) & set("wa+x"):
            self._refuse(path)

    def _opening(self, path: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        self._opens(mode, path)
        return self._open(path, mode, *more, **named)

    def _opening_path(self, path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        self._opens(mode, path)
        return self._path_open(path, mode, *more, **named)

    def _opening_low(self, path: Any, flags: int, *more: Any, **named: Any) -> int:
        self._opens("w" if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else "r", path)
        return self._low(path, flags, *more, **named)

    def _making(self, path: Path, *more: Any, **named: Any) -> None:
        if self._code and not path.exists():
            self._opens("w", path)
        self._mkdir(path, *more, **named)

    def _syncing(self, descriptor: int) -> None:
        if self._left is not None and self._left <= 0:
            self._refuse(descriptor)
        self._fsync(descriptor)

    def _writing(self, file: Any, data: bytes) -> None:
        if self._left is not None:
            if self._left <= 0:
                self._refuse(file)
            self._left -= 1
        file.file.write(data)
