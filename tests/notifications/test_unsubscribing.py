"""Mails can be ended from the mail itself, without signing in, and only by who got them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from cxwiki.accounts.models import User
from cxwiki.database import db, transaction
from cxwiki.notifications import unsubscribing, wishes
from cxwiki.notifications.models import How
from cxwiki.notifications.topics import Topic
from tests.mailbox import URL


@pytest.fixture
def wanted(app, cast):
    def read(name: str) -> dict[Topic, How]:
        with app.app_context():
            return dict(wishes.of([getattr(cast, name)])[getattr(cast, name)])

    return read


@pytest.fixture
def link(mailbox, insight, dismiss, deliver) -> str:
    """The path in the header of a mail that Alice got."""
    dismiss(insight("One"))
    deliver()
    (mail,) = mailbox.mails
    found = re.fullmatch(r"<(https://[^>]+)>", mail["List-Unsubscribe"])
    assert found
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found[1].startswith(URL)
    return urlsplit(found[1]).path


def test_a_mail_program_ends_them_with_one_click(app, as_, link, wanted, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = as_("eve").post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert wanted("alice")[Topic.OUTCOME] == How.OFF
    assert wanted("alice")[Topic.MENTION] == How.AT_ONCE
    assert wanted("bob")[Topic.OUTCOME] == How.AT_ONCE


def test_looking_at_the_link_ends_nothing(as_, link, wanted):
    page = as_("eve").get(link)
    assert page.status_code == 200
    assert "What became of it" in page.text
    assert wanted("alice")[Topic.OUTCOME] == How.AT_ONCE


def test_twice_does_no_harm(as_, link, wanted):
    eve = as_("eve")
    assert eve.post(link).status_code == eve.post(link).status_code == 200
    assert wanted("alice")[Topic.OUTCOME] == How.OFF


def test_it_works_for_ever_also_after_a_new_password(app, cast, as_, link, wanted):
    with app.app_context(), transaction():
        db.session.get_one(User, cast.alice).fs_uniquifier = "something else"
    assert as_("eve").post(link).status_code == 200
    assert wanted("alice")[Topic.OUTCOME] == How.OFF


@pytest.mark.parametrize("token", ["x", "WzEsWyJvdXRjb21lIl1d.wrong", "a.b.c", "%00", "é"])
def test_a_forged_link_is_none(as_, cast, token):
    for method in ("get", "post"):
        assert getattr(as_("eve"), method)(f"/notifications/mails/end/{token}").status_code == 404


def test_the_link_of_somebody_who_left_is_none(app, cast, as_, link):
    with app.app_context(), transaction():
        cast.person("alice").active = False
    assert as_("eve").get(link).status_code == 404


def test_no_mail_comes_after_it(mailbox, as_, link, insight, dismiss, deliver):
    as_("eve").post(link)
    dismiss(insight("Two"))
    deliver()
    assert len(mailbox.mails) == 1


def test_a_link_says_nothing_that_could_be_changed(app, cast, configured):
    configured(url=URL)
    with app.app_context():
        address = unsubscribing.link(cast.person("alice"), [Topic.OUTCOME])
        token = address.rsplit("/", 1)[1]
        assert unsubscribing.read(token).person.id == cast.alice
        assert unsubscribing.read(token[:-1] + ("a" if token[-1] != "a" else "b")) is None


# --- the page of wishes ------------------------------------------------------------------------------


def test_everybody_chooses_for_themselves(as_, wanted):
    page = as_("rita").get("/notifications/mails").text
    assert "rita@example.org" in page
    answer = as_("rita").post("/notifications/mails", data={"comment": "weekly", "new": "off"})
    assert answer.status_code == 303
    assert wanted("rita")[Topic.COMMENT] == How.WEEKLY
    assert wanted("rita")[Topic.NEW] == How.OFF
    assert wanted("alice")[Topic.COMMENT] == How.DAILY


def test_nonsense_is_refused(as_, wanted):
    answer = as_("alice").post("/notifications/mails", data={"comment": "hourly"})
    assert answer.status_code == 422
    assert "Choose when you want to get mails." in answer.text
    assert wanted("alice")[Topic.COMMENT] == How.DAILY


def test_eve_chooses_nothing(as_):
    assert as_("eve").get("/notifications/mails").status_code == 302
    assert as_("eve").post("/notifications/mails", data={"comment": "off"}).status_code == 302
