"""Errors: a friendly page for people, problem+json for programs, and nothing of the inside."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from apiflask import APIFlask
from flask import abort
from flask.testing import FlaskClient
from sqlalchemy import select

from cxwiki import problems
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.errors import Conflict, DomainError, NotAllowed
from tests.conftest import SignIn

FRIENDLY = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)


class Trouble:
    """Makes a page of people and one of programs fail in the same way."""

    def __init__(self, app: APIFlask, monkeypatch: pytest.MonkeyPatch, client: FlaskClient) -> None:
        self.app, self.monkeypatch, self.client = app, monkeypatch, client

    def raised(self, error: Any) -> tuple[Any, Any]:
        def fail(**_path: Any) -> NoReturn:
            if isinstance(error, int):
                abort(error)
            raise error

        for endpoint in ("health.alive", "openapi.spec"):
            self.monkeypatch.setitem(self.app.view_functions, endpoint, fail)
        return self.client.get("/healthz"), self.client.get("/api/openapi.json")


@pytest.fixture
def trouble(app: APIFlask, as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> Trouble:
    return Trouble(app, monkeypatch, as_("alice"))


@pytest.mark.parametrize("status", FRIENDLY)
def test_every_error_has_a_page_that_says_what_happened_and_what_to_do(
    trouble: Trouble, status: int
) -> None:
    page, _ = trouble.raised(status)
    words = page.get_data(as_text=True)
    title, what_to_do = problems.PAGES[status]
    assert page.status_code == status
    assert page.mimetype == "text/html"
    assert str(title) in words
    assert str(what_to_do) in words
    assert '<link rel="stylesheet"' in words, "it looks like the rest of the site"
    assert 'href="/"' in words, "it is no dead end"


@pytest.mark.parametrize("status", [400, 409, 413, 422, 429, 500])
def test_who_wrote_something_hears_that_nothing_was_lost(trouble: Trouble, status: int) -> None:
    page, _ = trouble.raised(status)
    assert "othing" in page.get_data(as_text=True)


@pytest.mark.parametrize("status", FRIENDLY)
def test_programs_get_the_same_as_problem_json(trouble: Trouble, status: int) -> None:
    _, answer = trouble.raised(status)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["title"] == str(problems.PAGES[status][0])
    assert answer.json["detail"]


@pytest.mark.parametrize("status", FRIENDLY)
def test_who_is_not_signed_in_gets_the_page_too(trouble: Trouble, as_: SignIn, status: int) -> None:
    trouble.client = as_("eve")
    page, _ = trouble.raised(status)
    assert page.status_code == status
    assert str(problems.PAGES[status][0]) in page.get_data(as_text=True)


def test_errors_speak_the_readers_language(trouble: Trouble) -> None:
    page = trouble.client.get("/nowhere", headers={"Accept-Language": "de"})
    assert page.status_code == 404
    assert 'lang="en"' in page.get_data(as_text=True), "Alice chose English"


def test_an_unforeseen_error_tells_nothing_of_the_inside(
    trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    for answer in trouble.raised(RuntimeError("password is swordfish")):
        assert answer.status_code == 500
        words = answer.get_data(as_text=True)
        assert "swordfish" not in words
        assert "RuntimeError" not in words
        assert "Traceback" not in words
    assert "swordfish" in caplog.text, "but whoever runs the site finds it in the log"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DomainError("That cannot be."), 422),
        (NotAllowed("That is not yours."), 403),
        (Conflict("Somebody was faster."), 409),
    ],
)
def test_a_services_refusal_is_told_in_its_own_words(
    trouble: Trouble, error: DomainError, status: int
) -> None:
    page, answer = trouble.raised(error)
    assert (page.status_code, answer.status_code) == (status, status)
    assert error.message in page.get_data(as_text=True)
    assert answer.json["detail"] == error.message


def test_words_of_an_error_are_text_and_never_markup(trouble: Trouble) -> None:
    page, _ = trouble.raised(DomainError("<script>alert(1)</script>"))
    assert "<script>alert" not in page.get_data(as_text=True)


def test_after_an_error_nothing_of_it_is_written(app: APIFlask, trouble: Trouble) -> None:
    def half_done(**_path: Any) -> NoReturn:
        db.session.add(Team(name="Half done"))
        db.session.flush()
        raise DomainError("No.")

    trouble.monkeypatch.setitem(app.view_functions, "health.alive", half_done)
    assert trouble.client.get("/healthz").status_code == 422
    with app.app_context():
        assert db.session.scalar(select(Team).where(Team.name == "Half done")) is None


def test_a_wrong_method_says_which_are_right(as_: SignIn) -> None:
    answer = as_("alice").post("/insights/new")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/nowhere", "/insights/x", "/insights/-1", "/static/none.css"])
def test_an_address_of_nothing_is_404(as_: SignIn, path: str) -> None:
    assert as_("alice").get(path).status_code == 404
