"""Signing in and out."""

import re
from urllib.parse import urlsplit

import pytest

from cxwiki.accounts import administering
from cxwiki.accounts.models import User
from cxwiki.database import db
from tests.accounts.conftest import PASSWORD


def sign_in(browser, email="alice@example.org", password=PASSWORD, **more):
    return browser.post("/sign-in", data={"email": email, "password": password, **more})


def complaint(answer):
    return re.findall(r'notice__text">([^<]+)<', answer.text)


@pytest.fixture
def browser(app, with_password):
    return app.test_client()


def test_the_right_password_signs_in(browser):
    assert sign_in(browser, email=" ALICE@example.org ").status_code == 302
    assert browser.get("/profile").status_code == 200


def test_without_sign_in_pages_lead_to_it_and_back(browser):
    answer = browser.get("/teams")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/teams"
    assert sign_in(browser, next="/teams").location == "/teams"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_sign_in_never_leads_to_another_site(browser, elsewhere):
    answer = sign_in(browser, next=elsewhere)
    if answer.status_code != 422:  # as a browser reads the address: a backslash is a slash
        assert not answer.location.replace("\\", "/").startswith("//")
        assert urlsplit(answer.location).netloc == ""


def test_nothing_tells_whether_an_address_has_an_account(app, browser):
    with app.app_context():
        administering.deactivate(db.session.query(User).filter_by(name="Bob").one())
    answers = [
        sign_in(browser, password="wrong"),
        sign_in(browser, email="nobody@example.org"),
        sign_in(browser, email="bob@example.org"),
        sign_in(browser, email="bob@example.org", password="wrong"),
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert {tuple(complaint(answer)) for answer in answers} == {
        ("E-mail address and password do not match.",)
    }


def test_an_unknown_address_costs_a_hash_too(browser, monkeypatch):
    hashed = []
    monkeypatch.setattr("flask_security.forms.hash_password", hashed.append)
    sign_in(browser, email="nobody@example.org", password="some password")
    assert hashed == ["some password"]


@pytest.mark.parametrize("password", ["", "x" * 5000, "nul\x00 inside", "ünïcödé 🐝"])
def test_strange_passwords_are_only_wrong(browser, password):
    assert sign_in(browser, password=password).status_code == 422


def test_accents_may_be_composed_in_any_way(app, cast, browser):
    from cxwiki.accounts import passwords
    from cxwiki.database import transaction

    with app.app_context(), transaction():
        cast.person("alice").password = passwords.hashed("schöne Grüße da", "alice@example.org")
    assert sign_in(browser, password="scho\u0308ne Gru\u0308ße da").status_code == 302


def test_sign_out_is_a_post_and_ends_the_session(browser):
    sign_in(browser)
    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/profile").status_code == 302


def test_staying_signed_in_is_asked_for(browser):
    assert "remember_token" not in sign_in(browser).headers.get("Set-Cookie", "")
    browser.post("/sign-out")
    cookies = sign_in(browser, remember="y").headers.getlist("Set-Cookie")
    assert any("remember_token" in cookie and "HttpOnly" in cookie for cookie in cookies)


def test_deactivated_people_are_signed_out_everywhere(app, cast, browser):
    sign_in(browser, remember="y")
    with app.app_context():
        administering.deactivate(cast.person("alice"))
    assert browser.get("/profile").status_code == 302
    with app.app_context():
        administering.activate(cast.person("alice"))
    assert browser.get("/profile").status_code == 302


def test_a_forged_form_is_refused(app, browser):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert sign_in(browser).status_code == 400
        page = browser.get("/sign-in").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        assert sign_in(browser, csrf_token=token).status_code == 302
        assert browser.post("/sign-out").status_code == 400
        assert browser.get("/profile").status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_wrong_passwords_are_limited_and_right_ones_are_not(browser, limits):
    for _ in range(12):
        assert sign_in(browser).status_code == 302
        browser.post("/sign-out")
    answers = [sign_in(browser, password="wrong") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "Wait a minute" in answers[-1].text
    assert "Retry-After" in answers[-1].headers


def test_the_token_of_flask_security_is_no_proof(app, cast, browser):
    with app.app_context():
        token = cast.person("alice").get_auth_token()
    headers = {"Authentication-Token": token}
    assert browser.get("/profile", headers=headers).status_code == 302
    assert browser.get(f"/profile?auth_token={token}").status_code == 302


def test_a_real_site_offers_nobody_to_be(browser, cast):
    assert "demo-session" not in browser.get("/sign-in").text
    assert browser.post("/demo-session", data={"user_id": cast.admin}).status_code == 404


@pytest.fixture
def demo(app):
    """The site is a demo."""
    from dataclasses import replace

    real = app.extensions["settings"]
    app.extensions["settings"] = replace(real, demo=True)
    yield
    app.extensions["settings"] = real


def test_a_demo_offers_its_people(browser, cast, demo):
    page = browser.get("/sign-in?next=/teams").text
    assert page.count('name="user_id"') == 7
    answer = browser.post("/demo-session", data={"user_id": cast.dave, "next": "/teams"})
    assert (answer.status_code, answer.location) == (303, "/teams")
    assert "dave@example.org" in browser.get("/profile").text


@pytest.mark.parametrize("nobody", ["", "0", "999", "x", str(2**40)])
def test_a_demo_has_no_other_people(browser, demo, nobody):
    assert browser.post("/demo-session", data={"user_id": nobody}).status_code == 404
