"""Every page says who may reach it; nothing is changed by looking at it."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from cxwiki import access

WITHOUT_RULE = {"static": "files of the look, the same for everybody; signed in or not"}
PUBLIC = {
    "accounts.accept_invitation": "the link of an invitation is what lets somebody in",
    "accounts.begin_demo_session": "a demo lets anybody in; elsewhere it is 404",
    "accounts.invitation": "the link of an invitation is what lets somebody in",
    "accounts.set_up": "before the first person exists; 404 afterwards",
    "accounts.set_up_page": "before the first person exists; 404 afterwards",
    "actions.calendar": "the secret of the address is what lets a calendar program in",
    "health.alive": "for whoever watches over the machine",
    "health.ready": "for whoever watches over the machine",
    "notifications.end_mails": "the signed link of a mail is what ends mails of its kind",
    "notifications.feed": "the secret of the address is what lets a feed reader in",
    "notifications.page_feed": "the secret of the address is what lets a feed reader in",
    "notifications.unsubscribe": "the signed link of a mail is what ends mails of its kind",
    "openapi.spec": "says what the API looks like, and nothing of what is in it",
    "security.forgot_password": "who forgot the password cannot sign in",
    "security.login": "one signs in here",
    "security.logout": "signing out twice does no harm",
    "security.reset_password": "who forgot the password cannot sign in",
    "stylesheet": "the sign-in page has a look too",
}


def test_every_view_has_an_access_rule(site: APIFlask) -> None:
    without = {
        endpoint
        for endpoint, view in site.view_functions.items()
        if not hasattr(view, "access_rule")
    }
    assert without == set(WITHOUT_RULE)


def test_every_view_that_anybody_may_reach_is_known_with_its_reason(site: APIFlask) -> None:
    public = {
        endpoint
        for endpoint, view in site.view_functions.items()
        if getattr(view, "access_rule", None) == "public"
    }
    assert public == set(PUBLIC)


def test_every_rule_that_a_view_names_exists(site: APIFlask) -> None:
    named = {getattr(view, "access_rule", "public") for view in site.view_functions.values()}
    assert named - {"public"} <= set(access._rules)


def test_who_is_not_signed_in_reaches_nothing_else(app: APIFlask) -> None:
    """Ask for every address that needs no input and see that it is refused."""
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC or rule.endpoint in WITHOUT_RULE:
            continue
        path = rule.rule.replace("<int:", "<").replace("<slug>", "x")
        for argument in rule.arguments - {"slug"}:
            path = path.replace(f"<{argument}>", "1")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(path, method=method)
            assert answer.status_code in (302, 401), f"{method} {path}: {answer.status_code}"
            if answer.status_code == 302:
                assert "/sign-in" in answer.location or "/setup" in answer.location


@pytest.mark.parametrize("verb_in_path", ["delete", "remove", "update", "create", "save", "do"])
def test_paths_name_things_and_not_what_is_done_to_them(site: APIFlask, verb_in_path: str) -> None:
    for rule in site.url_map.iter_rules():
        assert verb_in_path not in rule.rule.strip("/").split("/"), rule.rule


def test_no_address_both_shows_and_changes(site: APIFlask) -> None:
    """GET and POST in one function blur what changes something; Flask-Security has them so."""
    mixed = {
        rule.endpoint
        for rule in site.url_map.iter_rules()
        if {"GET", "POST"} <= (rule.methods or set()) and not rule.endpoint.startswith("security.")
    }
    assert mixed == set()
