"""Protection: forged, endless and too frequent requests are refused, and nothing is written."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask import request
from sqlalchemy import func, select

from cxwiki import create_app, jobs
from cxwiki.config import Settings
from cxwiki.database import db
from cxwiki.extensions import limiter
from cxwiki.insights.models import Import, Insight
from tests.conftest import SignIn


@pytest.fixture
def with_csrf(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


@pytest.fixture
def with_limits(app: APIFlask) -> Iterator[None]:
    limiter.enabled = True
    limiter.reset()
    yield
    limiter.reset()
    limiter.enabled = False


def insights(app: APIFlask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Insight)) or 0


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.usefixtures("with_csrf")
def test_a_form_of_another_site_is_refused(as_: SignIn, app: APIFlask) -> None:
    answer = as_("alice").post("/insights/", data={"title": "Forged"})
    assert answer.status_code == 400
    assert "nothing" in answer.get_data(as_text=True).lower()
    assert insights(app) == 0


@pytest.mark.usefixtures("with_csrf")
@pytest.mark.parametrize("path", ["/insights/1/vote?_method=DELETE", "/insights/1/vote"])
def test_every_way_of_writing_needs_the_token(as_: SignIn, path: str) -> None:
    assert as_("alice").post(path).status_code == 400
    assert as_("alice").delete(path.partition("?")[0]).status_code == 400


@pytest.mark.usefixtures("with_csrf")
def test_the_sites_own_form_is_accepted(as_: SignIn, app: APIFlask) -> None:
    client = as_("alice")
    token = token_of(client.get("/insights/new").get_data(as_text=True))
    answer = client.post("/insights/", data={"title": "Mine", "csrf_token": token})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert insights(app) == 1


@pytest.mark.usefixtures("with_csrf")
def test_the_token_of_one_person_is_of_no_use_to_another(as_: SignIn, app: APIFlask) -> None:
    token = token_of(as_("bob").get("/insights/new").get_data(as_text=True))
    answer = as_("alice").post("/insights/", data={"title": "Forged", "csrf_token": token})
    assert answer.status_code == 400
    assert insights(app) == 0


@pytest.mark.usefixtures("with_csrf")
def test_a_cookie_is_no_proof_for_a_program(as_: SignIn, app: APIFlask) -> None:
    answer = as_("alice").post("/api/v1/insights", json={"title": "Forged"})
    assert answer.status_code == 401
    assert insights(app) == 0


@pytest.mark.usefixtures("with_limits")
def test_who_guesses_passwords_is_stopped(as_: SignIn, app: APIFlask) -> None:
    allowed = int(app.extensions["settings"].sign_in_limit.split()[0])
    guess = {"email": "alice@example.org", "password": "a wrong password"}
    codes = [as_("eve").post("/sign-in", data=guess).status_code for _ in range(allowed + 1)]
    assert codes[-1] == 429
    assert 429 not in codes[:-1]
    page = as_("eve").post("/sign-in", data=guess)
    assert int(page.headers["Retry-After"]) > 0
    assert "too often" in page.get_data(as_text=True)
    assert as_("eve").get("/sign-in").status_code == 200


@pytest.mark.usefixtures("with_limits")
def test_who_writes_too_fast_is_slowed_down_but_may_read(as_: SignIn, app: APIFlask) -> None:
    allowed = int(app.extensions["settings"].write_limit.split()[0])
    client = as_("alice")
    codes = [
        client.post("/writing/preview", data={"body": "x"}).status_code for _ in range(allowed + 1)
    ]
    assert codes[0] == 200
    assert codes[-1] == 429
    assert client.get("/insights/").status_code == 200
    assert as_("bob").post("/writing/preview", data={"body": "x"}).status_code == 200


@pytest.mark.usefixtures("with_limits")
def test_who_exports_all_the_time_is_slowed_down_but_may_read(as_: SignIn) -> None:
    client = as_("rita")
    paths = ("/exports/pages/markdown", "/exports/insights/html", "/insights/export.csv")
    codes = [client.get(path).status_code for _round in range(10) for path in paths]
    assert set(codes) == {200}
    assert {client.get(path).status_code for path in (*paths, "/insights/export.xlsx")} == {429}
    assert client.get("/insights/").status_code == 200
    assert as_("carol").get(paths[0]).status_code == 200


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(
    as_: SignIn, app: APIFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10_000)
    file = (io.BytesIO(b"title\n" + b"x" * 20_000), "big.csv")
    answer = as_("admin").post("/imports/", data={"file": file, "source": "s"})
    assert answer.status_code == 413
    assert "too large" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Import)) == 0
        assert jobs.count("queued") == 0
    folder = app.extensions["settings"].data / "imports"
    assert not folder.exists() or not any(folder.iterdir())


def test_a_form_that_is_too_large_is_refused(as_: SignIn, app: APIFlask) -> None:
    answer = as_("alice").post("/insights/", data={"title": "x", "body": "x" * 5_000_000})
    assert answer.status_code == 413
    assert insights(app) == 0


def test_a_text_that_is_too_long_is_shown_again_with_the_reason(as_: SignIn, app: APIFlask) -> None:
    body = "x" * (app.extensions["settings"].max_text + 1)
    answer = as_("alice").post("/insights/", data={"title": "Long", "body": body})
    assert answer.status_code == 422
    assert body in answer.get_data(as_text=True)
    assert insights(app) == 0


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(as_: SignIn, app: APIFlask) -> None:
    for name in ("SESSION", "REMEMBER"):
        assert app.config[f"{name}_COOKIE_HTTPONLY"]
        assert app.config[f"{name}_COOKIE_SAMESITE"] == "Lax"


@pytest.mark.parametrize("number", ["2147483648", "99999999999999999999999"])
@pytest.mark.parametrize(
    "path",
    ["/insights/{}", "/insights/{}-slug", "/insights/{}/revisions/1", "/insights/1/revisions/{}",
     "/imports/{}", "/thread/{}", "/actions/{}", "/projects/{}", "/kpis/{}", "/themes/{}",
     "/teams/{}"],
)  # fmt: skip
def test_a_number_that_no_record_can_have_is_not_there(as_: SignIn, path: str, number: str) -> None:
    assert as_("admin").get(path.format(number)).status_code == 404


def address_that_counts(tmp_path: Path, proxies: int, forwarded: str) -> str:
    """Whom the site counts when a proxy at 10.0.0.1 hands a request on."""
    enabled = limiter.enabled
    app = create_app(Settings(data=tmp_path, secret_key="only for these tests", proxies=proxies))
    limiter.enabled = enabled
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(request.remote_addr))
    app.test_client().get(
        "/healthz",
        headers={"X-Forwarded-For": forwarded},
        environ_base={"REMOTE_ADDR": "10.0.0.1"},
    )
    return str(seen[0])


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "203.0.113.5", "10.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.9, 203.0.113.5", "203.0.113.5"),
    ],
)
def test_nobody_can_pretend_to_be_another_address(
    tmp_path: Path, proxies: int, forwarded: str, counted: str
) -> None:
    assert address_that_counts(tmp_path, proxies, forwarded) == counted
