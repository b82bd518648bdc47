"""Presenting: links stay on this site, forms work without JavaScript, slots are filled in order."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from flask import Flask, request

from cxwiki import web
from cxwiki.errors import DomainError
from cxwiki.insights import service
from cxwiki.insights.service import Draft
from cxwiki.subjects import dom_id, slugify
from tests.conftest import Cast, SignIn


@pytest.mark.parametrize(
    ("wish", "goes_to"),
    [
        ("/insights/?kind=pain_point", "/insights/?kind=pain_point"),
        ("", "/home"),
        ("https://evil.example", "/home"),
        ("//evil.example", "/home"),
        ("/\\evil.example", "/home"),
        ("/\t/evil.example", "/home"),
        ("/\n/evil.example", "/home"),
        ("/insights/\r\nSet-Cookie: a=b", "/home"),
        ("/insights/\x85", "/home"),
        ("\\\\evil.example", "/home"),
        ("javascript:alert(1)", "/home"),
        ("insights", "/home"),
    ],
)
def test_where_to_go_afterwards_is_always_on_this_site(
    app: APIFlask, wish: str, goes_to: str
) -> None:
    with app.test_request_context("/", query_string={"next": wish}):
        assert web.safe_next("/home") == goes_to


def test_where_scripts_are_sent_is_written_as_a_header_can_hold_it(app: APIFlask) -> None:
    with app.test_request_context("/", headers={"HX-Request": "true"}):
        assert web.go("/search?q=日本").headers["HX-Redirect"] == "/search?q=%E6%97%A5%E6%9C%AC"


@pytest.mark.parametrize(
    ("method", "query", "seen"),
    [
        ("POST", "", "POST"),
        ("POST", "_method=DELETE", "DELETE"),
        ("POST", "next=/x&_method=DELETE", "DELETE"),
        ("GET", "_method=DELETE", "GET"),
        ("POST", "_method=PUT", "POST"),
        ("POST", "_method=GET", "POST"),
    ],
)
def test_a_plain_form_may_delete_and_nothing_else(method: str, query: str, seen: str) -> None:
    tiny = Flask("tiny")
    tiny.add_url_rule(
        "/", view_func=lambda: request.method, methods=["GET", "POST", "PUT", "DELETE"]
    )
    tiny.wsgi_app = web.MethodOverride(tiny.wsgi_app)  # type: ignore[method-assign]
    assert tiny.test_client().open(f"/?{query}", method=method).text == seen


def test_slots_show_what_was_put_in_by_their_order_and_escape_nothing_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def late(thing: object) -> str:
        return f"<b>late {thing}</b>"

    def early(thing: object) -> str:
        return f"<i>early {thing}</i>"

    web.fill_slot("house.test", late, order=90)
    web.fill_slot("house.test", early, order=10)
    web.fill_slot("house.test", late, order=90)
    assert web.slot("house.test", 7) == "<i>early 7</i><b>late 7</b>"
    assert web.slot("house.nobody-fills-this") == ""
    monkeypatch.delitem(web._slots, "house.test")


def test_a_form_gets_a_redirect_and_htmx_the_fragment(
    as_: SignIn, app: APIFlask, cast: Cast
) -> None:
    with app.app_context():
        insight = service.publish(Draft("Long wait"), cast.team("service"), cast.person("alice"))
        number = insight.id
    plain = as_("carol").post(f"/insights/{number}/vote")
    assert (plain.status_code, plain.location) == (303, f"/insights/{number}-long-wait")
    quick = as_("mia").post(f"/insights/{number}/vote", headers={"HX-Request": "true"})
    assert quick.status_code == 200
    assert "<html" not in quick.get_data(as_text=True)


def test_htmx_is_told_to_go_elsewhere_by_a_header(app: APIFlask) -> None:
    with app.test_request_context("/", headers={"HX-Request": "true"}):
        app.preprocess_request()
        answer = web.go("/there")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/there")


def test_a_refusal_stands_beside_its_field(app: APIFlask) -> None:
    class Field:
        errors = ("too long",)

    class Form:
        title = Field()

    with app.test_request_context("/"):
        web.show_on(Form, DomainError("Give it a title.", "title"))
    assert Form.title.errors == ["too long", "Give it a title."]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Rechnung doppelt: Ärger & Größe!", "rechnung-doppelt-aerger-groesse"),
        ("Счёт 2", "счёт-2"),
        ("  --  ", ""),
        ("a" * 200, "a" * 80),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_addresses_are_readable(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_an_address_with_an_old_title_still_leads_there(
    as_: SignIn, app: APIFlask, cast: Cast
) -> None:
    with app.app_context():
        insight = service.publish(Draft("Long wait"), cast.team("service"), cast.person("alice"))
        number, fragment = insight.id, dom_id(insight)
    assert as_("bob").get(f"/insights/{number}-an-older-title").status_code == 200
    assert fragment == f"insight-{number}"


def test_a_form_that_takes_something_away_says_so_in_its_address(
    as_: SignIn, app: APIFlask, cast: Cast
) -> None:
    """What the page offers is sent as a browser without JavaScript sends it."""
    with app.app_context():
        insight = service.publish(Draft("Long wait"), cast.team("service"), cast.person("alice"))
        page, watch = f"/insights/{insight.id}", f"/subjects/{insight.id}/watch"
    bob = as_("bob")
    for label in ("Watch", "Stop watching", "Watch"):
        shown = bob.get(page, follow_redirects=True).text
        action = re.search(rf'action="({watch}[^"]*)"', shown)
        assert action is not None
        assert f">{label}<" in shown.split(watch)[-1][:900]
        assert bob.post(action[1].replace("&amp;", "&")).status_code == 303
