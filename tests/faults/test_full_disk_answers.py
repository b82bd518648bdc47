"""A full disk while raw answers are stored or read: a clear sentence, and nothing by halves."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import FileStorage

from cxwiki import i18n
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.kpis import answer_uploads
from cxwiki.kpis.models import Answer, AnswerUpload, Kpi, Measurement
from tests.conftest import SignIn
from tests.faults.test_full_disk import database_that_takes_nothing
from tests.kpis.answer_files import USUAL, figures
from tests.kpis.conftest import kpi

__all__ = ["kpi"]

FILE = "id,day,value\n1,2026-03-01,10\n2,2026-03-02,0\n3,2026-03-03,9\n"
ROWS = 3000
MANY = "id,day,value\n" + "".join(f"{n},2026-03-01,{9 + n % 2}\n" for n in range(ROWS))
Counts = tuple[int, int, int, int]


@pytest.fixture
def folder(app: APIFlask) -> Path:
    """Where files of answers lie; what earlier tests left there is gone."""
    with app.app_context():
        folder = i18n.settings().data / "answers"
    for path in folder.iterdir() if folder.is_dir() else ():
        path.unlink()
    return folder


@pytest.fixture
def send(as_: SignIn) -> Callable[[int], tuple[int, str]]:
    """Upload the file as Alice; gives the status and what the page says."""

    def post(kpi_id: int) -> tuple[int, str]:
        data = {"file": (io.BytesIO(FILE.encode()), "answers.csv"), "source": "survey"}
        answer = as_("alice").post(f"/kpis/{kpi_id}/answers", data=data)
        return answer.status_code, answer.get_data(as_text=True)

    return post


def counts(app: APIFlask) -> Counts:
    with app.app_context():
        models = (AnswerUpload, Answer, Measurement, Event)
        found = [db.session.scalar(select(func.count()).select_from(one)) or 0 for one in models]
        db.session.remove()
    return found[0], found[1], found[2], found[3]


def _full(*_given: object, **_more: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _half(file: FileStorage, path: Path) -> None:
    path.write_bytes(file.read(20))
    _full()


@pytest.mark.parametrize(
    ("owner", "name", "refuses"),
    [(FileStorage, "save", _half), (Path, "mkdir", _full)],
    ids=["in the middle of the file", "before the first file"],
)
def test_a_file_that_does_not_fit_is_not_kept(
    app, kpi, send, folder, monkeypatch, owner, name, refuses
):
    kpi_id = kpi()
    before = counts(app)
    if name == "mkdir" and folder.is_dir():
        folder.rmdir()
    with monkeypatch.context() as disk:
        disk.setattr(owner, name, refuses)
        status, page = send(kpi_id)
    assert status == 422
    assert "The file could not be stored: the disk may be full. Nothing was imported." in page
    assert counts(app) == before
    assert not folder.is_dir() or list(folder.iterdir()) == []
    assert send(kpi_id)[0] == 303


def test_a_file_whose_row_does_not_fit_is_not_kept(app, kpi, send, folder):
    kpi_id = kpi()
    before = counts(app)
    with database_that_takes_nothing(app, not_a_byte=True):
        status, page = send(kpi_id)
    assert status == 503
    assert "Nothing was saved" in page
    assert counts(app) == before
    assert list(folder.iterdir()) == []


def test_an_upload_goes_on_when_there_is_room_again(app, cast, kpi, folder, monkeypatch, work_off):
    kpi_id = kpi()
    monkeypatch.setattr(answer_uploads, "AT_ONCE", 0)
    with app.app_context():
        target = db.session.get_one(Kpi, kpi_id)
        file = FileStorage(io.BytesIO(MANY.encode()), filename="answers.csv")
        upload = answer_uploads.accept(target, file, "survey", cast.person("alice"))
        answer_uploads.start(upload, USUAL, dry_run=False)
        number = upload.id
    before = counts(app)
    with database_that_takes_nothing(app), app.app_context(), pytest.raises(DBAPIError):
        answer_uploads.run(number)
    assert counts(app) == before
    assert len(list(folder.iterdir())) == 1
    assert work_off() == 0
    with app.app_context():
        upload = db.session.get_one(AnswerUpload, number)
        assert (upload.state, upload.rows, upload.recorded) == ("done", ROWS, ROWS)
        assert figures(kpi_id) == {("2026-03-01", ""): ("100", ROWS)}
    assert list(folder.iterdir()) == []
