"""Uploading a wiki: managers do it, the worker works, and the report is its importer's."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.accounts import administering
from tests.conftest import Cast, SignIn
from tests.pages.conftest import Make


def wiki(**files: str) -> tuple[io.BytesIO, str]:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as into:
        for name, text in files.items():
            into.writestr(f"{name}.md", text)
    content.seek(0)
    return content, "wiki.zip"


def form(cast: Cast, file: Any, **values: Any) -> dict[str, Any]:
    return {"file": file, "source": "old", "below": 0, "team": 1, "visibility": "company", **values}


def test_an_uploaded_wiki_becomes_pages(
    as_: SignIn, cast: Cast, page: Make, work_off: Callable[[], int]
) -> None:
    top = page("Handbook")
    mia = as_("mia")
    file = wiki(calls="# Calls\n[gone](gone.md) {% include x %}")
    answer = mia.post("/pages/imports/", data=form(cast, file, below=top))
    assert answer.status_code == 303
    assert "begins as soon as other work is done" in mia.get(answer.location).text
    assert work_off() == 0
    report = mia.get(answer.location).text
    assert "gone.md" in report
    assert "include x" in report
    assert ">Calls<" in as_("rita").get(f"/pages/{top}").text
    assert "wiki.zip" in mia.get("/pages/imports/").text


@pytest.mark.parametrize("name", ["alice", "dave", "rita"])
def test_others_do_not_import(as_: SignIn, cast: Cast, name: str) -> None:
    assert as_(name).get("/pages/imports/").status_code == 403
    assert as_(name).post("/pages/imports/", data=form(cast, wiki(a="A"))).status_code == 403


def test_a_report_is_for_its_importer_and_administrators(app: Any, as_: SignIn, cast: Cast) -> None:
    from cxwiki.database import db, transaction

    answer = as_("mia").post("/pages/imports/", data=form(cast, wiki(a="A")))
    with app.app_context(), transaction():
        cast.person("carol").role = "manager"
        db.session.flush()
    assert as_("carol").get(answer.location).status_code == 404
    assert "wiki.zip" not in as_("carol").get("/pages/imports/").text
    assert as_("admin").get(answer.location).status_code == 200


def test_a_file_that_is_no_zip_says_so(
    as_: SignIn, cast: Cast, work_off: Callable[[], int]
) -> None:
    answer = as_("mia").post("/pages/imports/", data=form(cast, (io.BytesIO(b"x"), "a.zip")))
    assert work_off() == 0
    assert "could not be read" in as_("mia").get(answer.location).text


@pytest.mark.parametrize(
    "values", [{"base": "javascript:alert(1)"}, {"source": ""}, {"below": 77}, {"team": 77}]
)
def test_a_form_that_makes_no_sense_is_shown_again(
    as_: SignIn, cast: Cast, values: dict[str, Any]
) -> None:
    answer = as_("mia").post("/pages/imports/", data=form(cast, wiki(a="A"), **values))
    assert answer.status_code == 422


def test_nobody_imports_what_they_could_not_read(as_: SignIn, cast: Cast) -> None:
    for team in (1, cast.service):
        data = form(cast, wiki(a="A"), visibility="team", team=team)
        assert as_("mia").post("/pages/imports/", data=data).status_code == 422


def test_who_may_not_import_any_more_imports_nothing(
    app: APIFlask, as_: SignIn, cast: Cast, work_off: Callable[[], int]
) -> None:
    answer = as_("mia").post("/pages/imports/", data=form(cast, wiki(calls="# Calls")))
    with app.app_context():
        administering.deactivate(cast.person("mia"), by=cast.person("admin"))
    assert work_off() == 0
    assert "may not import any more" in as_("admin").get(answer.location).text
    assert "Calls" not in as_("rita").get("/pages/all").text
