"""A full disk or database while a file is attached: a clear sentence, and nothing by halves."""

from __future__ import annotations

import errno
import io
import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cxwiki.attachments import storage, sweeping
from cxwiki.attachments.models import Attachment, Blob
from cxwiki.database import db
from cxwiki.web import CleanRequest
from tests.attachments.conftest import folder, picture, post, stored, upload
from tests.faults.test_full_disk import database_that_takes_nothing

__all__ = ["folder", "post", "upload"]


def rows(app) -> int:
    with app.app_context():
        count = sum(
            db.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Attachment, Blob)
        )
        db.session.remove()
    return count


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def full(*_given: object, **_more: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def half(source, target, _piece: int = 0) -> None:
    target.write(source.read(20))
    full()


@pytest.mark.parametrize(
    ("owner", "name", "refuses"),
    [(shutil, "copyfileobj", half), (os, "fsync", full), (Path, "replace", full)],
    ids=["in the middle", "at the end", "when it is named"],
)
def test_a_file_that_does_not_fit_is_not_kept(
    app, upload, folder, monkeypatch, owner, name, refuses
) -> None:
    with monkeypatch.context() as disk:
        disk.setattr(storage.shutil if owner is shutil else owner, name, refuses)
        told = upload()
    assert told["status"] == 503
    assert "could not be stored: the disk of the server may be full" in told["detail"]
    assert "your text is still there" in told["detail"]
    assert (rows(app), files(folder)) == (0, [])
    assert upload()["status"] == 201


def test_a_small_picture_that_does_not_fit_is_made_up_for(
    app, as_, upload, folder, monkeypatch
) -> None:
    monkeypatch.setattr(storage.Store, "put_thumbnail", lambda *_given: None)
    told = upload()
    assert told["status"] == 201
    small = as_("alice").get(f"/attachments/{told['id']}/thumbnail", follow_redirects=True)
    assert small.data == picture()


def test_a_database_without_room_leaves_a_file_that_is_swept(
    app, upload, folder, monkeypatch
) -> None:
    with database_that_takes_nothing(app, not_a_byte=True):
        told = upload()
    assert told["status"] == 503
    assert rows(app) == 0
    monkeypatch.setattr(sweeping, "KEPT_UNKNOWN", sweeping.KEPT_UNKNOWN * 0)
    with app.app_context():
        sweeping.sweep()
    assert stored(folder) == []
    assert upload()["status"] == 201
    assert len(stored(folder)) == 1


def test_a_disk_without_room_for_the_request_says_so(app, as_, monkeypatch) -> None:
    """The web server itself puts a large upload on the disk before anybody looks at it."""
    monkeypatch.setattr(CleanRequest, "_get_file_stream", full)
    data = {"file": (io.BytesIO(b"words" * 200_000), "a.txt")}
    answer = as_("alice").post("/attachments", data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert "disk" in answer.get_json()["detail"]
