"""Headers: every answer tells the browser to do nothing that the site did not ask for."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apiflask import APIFlask

from cxwiki import create_app, headers
from cxwiki.config import Settings
from cxwiki.extensions import limiter
from tests.conftest import SignIn

PATHS = ["/", "/insights/", "/nowhere", "/healthz", "/api/openapi.json", "/api/v1/nowhere",
         "/static/css/app.css", "/static/nothing.css", "/sign-in", "/api/v1/insights"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ["alice", "eve"])
def test_every_answer_carries_the_strict_policy(as_: SignIn, path: str, name: str) -> None:
    answer = as_(name).get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy, "nothing is loaded from elsewhere"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_policy_allows_nothing_by_name_of_another_host() -> None:
    for name, value in headers.POLICY.items():
        assert set(value.split()) <= {"'self'", "'none'", "data:"}, name
    assert "data:" not in headers.POLICY["script-src"]


@pytest.mark.parametrize("path", ["/", "/insights/", "/sign-in"])
def test_pages_with_personal_content_are_not_kept_by_anybody(as_: SignIn, path: str) -> None:
    assert "no-store" in as_("alice").get(path).headers["Cache-Control"]


def production(tmp_path: Path, url: str) -> APIFlask:
    enabled = limiter.enabled
    app = create_app(
        Settings(
            environment="production",
            data=tmp_path,
            url=url,
            secret_key="a long secret of the tests",
            timezone=ZoneInfo("Europe/Berlin"),
        )
    )
    limiter.enabled = enabled
    return app


def test_over_https_cookies_are_secure_and_the_browser_stays_there(tmp_path: Path) -> None:
    app = production(tmp_path, "https://wiki.example.org")
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["REMEMBER_COOKIE_SECURE"]
    answer = app.test_client().get("/healthz")
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_without_https_nobody_is_locked_out(tmp_path: Path) -> None:
    app = production(tmp_path, "http://wiki.example.org")
    assert not app.config["SESSION_COOKIE_SECURE"]
    assert "Strict-Transport-Security" not in app.test_client().get("/healthz").headers


def test_files_with_a_hash_in_their_address_are_kept_for_a_year(tmp_path: Path) -> None:
    answer = production(tmp_path, "").test_client().get("/static/css/tokens.css?v=1")
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src" in answer.headers["Content-Security-Policy"]
