"""A forgotten password: a link by mail, or by an administrator."""

import re

import pytest
from sqlalchemy import select

from cxwiki.accounts import administering, passwords
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.jobs import Job
from tests.accounts.conftest import PASSWORD
from tests.mailbox import configured, mailbox

__all__ = ["configured", "mailbox"]


def link_for(browser, person_id):
    page = browser.post(f"/administration/people/{person_id}/reset-links")
    assert page.status_code == 201
    return re.search(r'value="http://localhost(/password-reset/[^"]+)"', page.text).group(1)


def choose(browser, link, password):
    return browser.post(link, data={"password": password, "password_confirm": password})


def test_without_mail_the_page_says_whom_to_ask(app, cast):
    page = app.test_client().get("/password-reset")
    assert "ask an administrator" in page.text
    assert "<form" not in page.text


def test_without_mail_nothing_is_queued(app, cast):
    app.test_client().post("/password-reset", data={"email": "alice@example.org"})
    with app.app_context():
        assert db.session.scalars(select(Job)).all() == []


def test_a_known_address_gets_a_link_that_leads_to_the_public_address(app, cast, mailbox, work_off):
    answer = app.test_client().post(
        "/password-reset", data={"email": "Alice@example.org"}, headers={"Host": "evil.example"}
    )
    assert answer.status_code == 200
    assert work_off() == 0
    (message,) = mailbox.mails
    assert message["To"].addresses[0].addr_spec == "alice@example.org"
    assert message["Subject"] == "A new password for Example Ltd"
    assert message["Message-ID"].endswith("@wiki.example.org>")
    said = message.get_content()
    link = re.search(r"https://wiki\.example\.org(/password-reset/\S+)", said).group(1)
    assert choose(app.test_client(), link, "a new long password").location == "/sign-in"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(app, cast, mailbox, work_off):
    def ask(address):
        page = app.test_client().post("/password-reset", data={"email": address})
        return page.status_code, re.findall(r'toast__text">([^<]+)<', page.text)

    assert ask("nobody@example.org") == ask("alice@example.org")
    work_off()
    assert len(mailbox.mails) == 1


def test_known_and_unknown_addresses_cost_one_hash_each(app, cast, mailbox, monkeypatch):
    hashed = []
    monkeypatch.setattr("flask_security.views.hash_password", hashed.append)
    monkeypatch.setattr("cxwiki.accounts.signin_forms.hash_password", hashed.append)
    for number, address in enumerate(("alice@example.org", "nobody@example.org"), 1):
        app.test_client().post("/password-reset", data={"email": address})
        assert len(hashed) == number


def test_a_new_password_ends_all_sessions_and_is_announced(
    app, cast, as_, fresh_, mailbox, work_off
):
    link, alice = link_for(fresh_("admin"), cast.alice), as_("alice")
    assert choose(app.test_client(), link, "a new long password").status_code == 302
    assert alice.get("/profile").status_code == 302
    with app.app_context():
        assert passwords.is_right(cast.person("alice"), "a new long password")
    work_off()
    assert mailbox.mails == mailbox.to("alice")
    assert len(mailbox.mails) == 1


def test_a_link_works_once(app, cast, fresh_):
    link = link_for(fresh_("admin"), cast.alice)
    choose(app.test_client(), link, "a new long password")
    again = choose(app.test_client(), link, "yet another password")
    assert again.location == "/password-reset"
    with app.app_context():
        assert passwords.is_right(cast.person("alice"), "a new long password")


@pytest.mark.parametrize("weak", ["short", "alice@example.org", "aaaaaaaaaaaa", "x" * 300])
def test_a_weak_password_is_refused(app, cast, fresh_, weak):
    link = link_for(fresh_("admin"), cast.alice)
    assert choose(app.test_client(), link, weak).status_code == 422
    with app.app_context():
        assert cast.person("alice").password is None


def test_two_different_passwords_are_refused(app, cast, fresh_):
    link = link_for(fresh_("admin"), cast.alice)
    form = {"password": "a new long password", "password_confirm": "a new lnog password"}
    assert app.test_client().post(link, data=form).status_code == 422


def test_a_link_dies_with_the_account(app, cast, fresh_):
    link = link_for(fresh_("admin"), cast.alice)
    with app.app_context():
        administering.deactivate(cast.person("alice"))
    assert app.test_client().get(link).location == "/password-reset"


def test_only_administrators_make_links(cast, fresh_, app):
    path = f"/administration/people/{cast.alice}/reset-links"
    for name in ("alice", "mia", "dave", "rita"):
        assert fresh_(name).post(path).status_code == 403
    assert app.test_client().post(path).status_code == 302
    assert fresh_("admin").get(path).status_code == 405
    assert fresh_("admin").post("/administration/people/999/reset-links").status_code == 404


def test_making_a_link_is_written_down_without_the_link(app, cast, fresh_):
    link = link_for(fresh_("admin"), cast.alice)
    with app.app_context():
        event = db.session.scalars(select(Event)).one()
        assert (event.name, event.actor_id) == ("person.reset_link_issued", cast.admin)
        assert event.data == {"person_id": cast.alice}
        assert link not in str(event.data)


def test_making_a_link_asks_for_the_password_after_a_while(cast, as_, with_password):
    browser = as_("admin")
    path = f"/administration/people/{cast.alice}/reset-links"
    page = f"http://localhost/administration/people/{cast.alice}"
    answer = browser.post(path, headers={"Referer": page})
    assert answer.status_code == 303
    assert answer.location.startswith("/confirm-password?next=/administration/people/")
    assert browser.post("/confirm-password", data={"password": "wrong"}).status_code == 422
    confirmed = browser.post("/confirm-password", data={"password": PASSWORD, "next": "/teams"})
    assert confirmed.location == "/teams"
    assert browser.post(path).status_code == 201


def test_confirming_the_password_is_for_people_who_are_signed_in(app, cast):
    assert app.test_client().get("/confirm-password").location.startswith("/sign-in")
