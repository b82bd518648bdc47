"""Uploading a file: administrators only, the worker does it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cxwiki import i18n
from cxwiki.database import db
from cxwiki.insights import uploads
from cxwiki.insights.importing import CHUNK
from cxwiki.insights.models import Import, Insight
from tests.conftest import Cast, SignIn

FILE = "external_id,title,severity\n1,First,2\n2,Second,9\n"


@pytest.fixture
def upload(as_: SignIn) -> Callable[..., TestResponse]:
    """`upload("title\\nA\\n", by="admin", dry_run="y")` sends a file with the form."""

    def send(content: str | bytes = FILE, by: str = "admin", **more: Any) -> TestResponse:
        content = content.encode() if isinstance(content, str) else content
        values = {"team": "Service", "kind": "pain_point", "source": "crm", **more}
        data = {"file": (BytesIO(content), "customers.csv"), **values}
        return as_(by).post("/imports/", data=data, content_type="multipart/form-data")

    return send


@pytest.fixture
def entries(app: APIFlask) -> Callable[[], list[Import]]:
    """All imports as they are in the database now."""

    def read() -> list[Import]:
        with app.app_context():
            found = list(db.session.scalars(select(Import).order_by(Import.id)))
            db.session.expunge_all()
            return found

    return read


@pytest.fixture
def titles(app: APIFlask) -> Callable[[], list[str]]:
    """The titles of all insights."""

    def read() -> list[str]:
        with app.app_context():
            return list(db.session.scalars(select(Insight.title).order_by(Insight.id)))

    return read


def kept_files(app: APIFlask) -> list[Path]:
    with app.app_context():
        folder = i18n.settings().data / "imports"
        return list(folder.iterdir()) if folder.is_dir() else []


def test_the_request_only_queues_and_the_worker_imports(
    app: APIFlask, as_: SignIn, upload, entries, titles, work_off
) -> None:
    before = kept_files(app)
    answer = upload()
    assert answer.status_code == 303
    [waiting] = entries()
    assert (waiting.state, waiting.filename, titles()) == ("waiting", "customers.csv", [])
    assert "The import is running" in as_("admin").get(answer.location).text
    assert work_off() == 0
    [done] = entries()
    assert (done.state, done.rows_done, titles()) == ("done", 2, ["First"])
    assert done.finished_at is not None
    page = as_("admin").get(answer.location).text
    assert "no severity" in page, "the reason why line 3 was left out"
    assert kept_files(app) == before, "the file is not kept"


def test_only_trying_changes_nothing(as_: SignIn, upload, entries, titles, work_off) -> None:
    answer = upload(dry_run="y")
    work_off()
    assert titles() == []
    assert entries()[0].report["created"] == 1
    assert "nothing was changed" in as_("admin").get(answer.location).text


def test_a_file_that_cannot_be_read_says_why(
    as_: SignIn, upload, entries, titles, work_off
) -> None:
    answer = upload("name;mood\nA;b\n")
    assert work_off() == 0, "a bad file is no reason to try again"
    assert (entries()[0].state, titles()) == ("failed", [])
    assert "Nothing was imported" in as_("admin").get(answer.location).text


@pytest.mark.parametrize(
    "values",
    [{"kind": "rumour"}, {"team": "Nobody"}, {"source": ""}, {"source": "x" * 101}, {"file": ""}],
)
def test_bad_input_queues_nothing(app: APIFlask, upload, entries, values) -> None:
    before = kept_files(app)
    assert upload(**values).status_code == 422
    assert entries() == []
    assert kept_files(app) == before


def test_a_source_of_spaces_is_called_import(upload, entries) -> None:
    upload(source="   ")
    assert entries()[0].options["source"] == "import"


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("carol", 403), ("mia", 403), ("dave", 403), ("rita", 403), ("eve", 302)],
)
def test_administrators_only(as_: SignIn, upload, entries, name: str, status: int) -> None:
    number = upload().location.rsplit("/", 1)[-1]
    client = as_(name)
    assert client.get("/imports/").status_code == status
    assert client.get(f"/imports/{number}").status_code == status
    assert upload(by=name).status_code == status
    assert len(entries()) == 1


def test_missing_and_wrong_method(as_: SignIn, upload) -> None:
    path, admin = upload().location, as_("admin")
    assert "customers.csv" in admin.get("/imports/").text
    assert admin.get("/imports/999").status_code == 404
    assert admin.post(path).status_code == 405
    assert admin.delete("/imports/").status_code == 405


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("place", ["between", "at the end"])
def test_a_crash_doubles_nothing_and_loses_nothing(
    context: APIFlask, cast: Cast, upload, titles, monkeypatch, ids: bool, place: str
) -> None:
    header = "external_id,title\n" if ids else "title\n"
    wanted = [f"Row {n}" for n in range(CHUNK * 2 + 3)]
    upload(
        header + "".join(f"{n},{name}\n" if ids else f"{name}\n" for n, name in enumerate(wanted))
    )
    [number] = db.session.scalars(select(Import.id))
    note, calls = uploads._note, []

    def break_off(*args: Any) -> None:
        calls.append(args)
        if place == "at the end" or len(calls) == 2:
            raise KeyboardInterrupt
        note(*args)

    monkeypatch.setattr(uploads, "_finish" if place == "at the end" else "_note", break_off)
    with pytest.raises(KeyboardInterrupt):
        uploads.run(number)
    monkeypatch.undo()
    assert titles() == (wanted if place == "at the end" else wanted[:CHUNK])
    for _time in range(2):
        uploads.run(number)
    assert titles() == wanted
    db.session.expire_all()
    entry = db.session.get(Import, number)
    assert entry is not None
    assert (entry.state, entry.rows_done, entry.report["created"]) == (
        "done",
        len(wanted),
        len(wanted),
    )
