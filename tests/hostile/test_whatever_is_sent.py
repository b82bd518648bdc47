"""Whatever is sent, by whomever: nothing breaks, nothing forged is taken, and who left stays out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask

from cxwiki.accounts import administering
from cxwiki.notifications import feeds
from cxwiki.notifications.outbound import NotSent
from tests.conftest import Cast, SignIn
from tests.hostile import addresses
from tests.hostile.addresses import Send, paths
from tests.hostile.hidden import Hidden, ids, leaks

HOSTILE = {
    "a huge number": "9" * 30,
    "line ends and no words": "/a\x00b\r\nX: y\ufffe\u202e\x7f\x1b",
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_nothing_breaks_whatever_is_sent(
    app: APIFlask, as_: SignIn, secret: Hidden, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All parameters that there are, in the address and in the form, to every address."""
    monkeypatch.setattr("cxwiki.notifications.outbound.post", unreachable)
    client, broken = as_("admin"), []
    fields = dict.fromkeys(addresses.parameters(), value)
    for rule in addresses.rules(app):
        for method in addresses.methods(rule):
            if rule.rule.startswith("/api/") and method != "GET":
                continue  # tests/api asks for these by their description
            for path in paths(
                rule, ids(secret) | {"subject_id": list(secret.subjects.values())[:4]}
            ):
                given = {"query_string": fields} if method == "GET" else {"data": fields}
                answer = client.open(path, method=method, headers={"HX-Request": "true"}, **given)
                if answer.status_code >= 500:
                    broken.append((method, path, answer.status_code))
    assert broken == []


def unreachable(*_what: object) -> None:
    raise NotSent("nobody is there")


def test_no_address_takes_a_form_of_another_site(
    app: APIFlask, as_: SignIn, secret: Hidden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a session is proof of who somebody is, scripts of our own pages included."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    client = as_("admin")
    taken = [
        (method, path)
        for rule in addresses.rules(app)
        if not rule.rule.startswith("/api/") and rule.endpoint not in BY_LINK
        for method in set(addresses.methods(rule)) - {"GET"}
        for path in paths(rule, ids(secret))
        if client.open(path, method=method).status_code != 400
    ]
    assert taken == []


BY_LINK = {"notifications.end_mails"}
"""What the signed link of a mail is proof enough for (RFC 8058)."""


def test_who_left_is_answered_like_a_stranger(
    app: APIFlask, as_: SignIn, secret: Hidden, program: Callable[[str], Send], cast: Cast
) -> None:
    """Neither a session that is still open, nor a token, nor a feed lets anybody in."""
    client, send = as_("alice"), program("alice")
    with app.app_context():
        key = feeds.make_key(cast.person("alice"))
        administering.deactivate(cast.person("alice"), by=cast.person("admin"))
    let_in = []
    for rule in addresses.rules(app):
        places = ids(secret) | {"secret": [], "subject_id": [secret.subjects["insight"]]}
        for method in addresses.methods(rule):
            for path in paths(rule, places):
                ask = send if path.startswith("/api/") else client.open
                answer = ask(path.replace("guess", key), method=method)
                if answer.status_code not in (302, 401, 404, 415) or leaks(answer):
                    let_in.append((method, path, answer.status_code))
    assert let_in == []
