"""One's own profile and password."""

import pytest

from cxwiki.accounts import passwords
from tests.accounts.conftest import PASSWORD

NEW = "another long password"


@pytest.mark.parametrize("name", ["alice", "mia", "dave", "rita", "admin"])
def test_everybody_has_one(as_, name):
    assert as_(name).get("/profile").status_code == 200


def test_eve_has_none(as_):
    assert as_("eve").get("/profile").status_code == 302
    assert as_("eve").post("/profile").status_code == 302


def test_what_is_saved_is_used(app, cast, as_):
    form = {
        "name": " Alice  Adams ",
        "job_title": "Hotline",
        "home_team": cast.service,
        "language": "de",
        "timezone": "Asia/Tokyo",
    }
    assert as_("alice").post("/profile", data=form).status_code == 303
    with app.app_context():
        alice = cast.person("alice")
        assert (alice.name, alice.job_title) == ("Alice Adams", "Hotline")
        assert (alice.language, alice.timezone) == ("de", "Asia/Tokyo")
    assert '<html lang="de"' in as_("alice").get("/profile").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"language": "fr"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"home_team": "billing"},
        {"home_team": "999"},
    ],
)
def test_a_mistake_changes_nothing(app, cast, as_, wrong):
    form = {"name": "New", "home_team": cast.service, "language": "en", "timezone": ""} | wrong
    if form["home_team"] == "billing":
        form["home_team"] = cast.billing  # Alice is not in it
    assert as_("alice").post("/profile", data=form).status_code == 422
    with app.app_context():
        assert cast.person("alice").name == "Alice"
        assert cast.person("alice").home_team_id == cast.service


def change(browser, present=PASSWORD, new=NEW, again=None):
    form = {"present": present, "new": new, "again": again or new}
    return browser.post("/profile/password", data=form)


def test_a_new_password_ends_all_sessions_but_this(app, cast, as_, with_password):
    here, elsewhere = as_("alice"), as_("alice")
    assert change(here).status_code == 303
    assert here.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 302
    with app.app_context():
        assert passwords.is_right(cast.person("alice"), NEW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"present": "wrong"},
        {"new": "short"},
        {"new": "alice@example.org"},
        {"again": "something else"},
        {"new": ""},
    ],
)
def test_a_password_is_changed_only_by_who_knows_it_and_to_a_good_one(
    app, cast, as_, with_password, wrong
):
    assert change(as_("alice"), **wrong).status_code == 422
    with app.app_context():
        assert passwords.is_right(cast.person("alice"), PASSWORD)


def test_guessing_the_present_password_is_limited(as_, with_password, limits):
    browser = as_("alice")
    codes = [change(browser, present="wrong").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
