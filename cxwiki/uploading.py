"""Files that people upload for the worker to read: kept under a name of their own until it did."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from cxwiki.errors import DomainError
from cxwiki.i18n import settings


@contextmanager
def kept(file: FileStorage, folder: str) -> Iterator[Path]:
    """Keep the file in a folder of the data folder while a row is written that names it.

    If that fails the file goes, too: without its row nobody would ever read or remove it. Raises
    DomainError if the disk does not take it.
    """
    path = settings().data / folder / secrets.token_hex(16)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save(path)
        yield path
    except BaseException as error:
        path.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise DomainError(
            _("The file could not be stored: the disk may be full. Nothing was imported."), "file"
        ) from None
