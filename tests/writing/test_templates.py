"""Templates: what a text of a kind can begin with, in the writer's language, as managers wish."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from cxwiki.database import db, transaction
from cxwiki.writing import text_templates
from tests.conftest import Cast, SignIn

KINDS = ("pain_point", "best_practice", "workshop_insight")
HEADINGS = {
    "pain_point": 6,  # what happens, to whom, how often, what it costs, the customer's words, cause
    "best_practice": 5,  # situation, what we do, why it works, proof, how to copy it
    "workshop_insight": 5,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_insight_has_a_template_from_the_start(as_: SignIn, kind: str) -> None:
    answer = as_("alice").get(f"/writing/templates/{kind}")
    assert answer.mimetype == "text/plain"
    assert answer.text.count("## ") == HEADINGS[kind]


def test_the_template_of_a_pain_point_asks_what_others_need_to_know(as_: SignIn) -> None:
    text = as_("alice").get("/writing/templates/pain_point").text
    for heading in ("What happens", "To whom", "How often", "What it costs", "Likely cause"):
        assert f"## {heading}\n" in text


def test_a_manager_changes_a_template_in_one_language_and_takes_it_back(
    app: APIFlask, as_: SignIn, cast: Cast
) -> None:
    mia, path = as_("mia"), "/writing/templates/pain_point"
    before = as_("alice").get(path).text
    assert mia.post(f"{path}/en", data={"body": "## What annoys\r\n"}).status_code == 303
    assert as_("alice").get(path).text == "## What annoys\n"
    assert "What annoys" in mia.get(f"{path}/en").text
    with app.app_context(), transaction():
        cast.person("bob").language = "de"
    assert "What annoys" not in as_("bob").get(path).text
    assert mia.post(f"{path}/en?_method=DELETE").status_code == 303
    assert as_("alice").get(path).text == before
    assert mia.post(f"{path}/en?_method=DELETE").status_code == 303


def test_an_empty_template_is_a_wish_too(as_: SignIn) -> None:
    as_("mia").post("/writing/templates/pain_point/en", data={"body": " "})
    assert as_("alice").get("/writing/templates/pain_point").text == ""


def test_a_template_that_is_too_long_is_refused_and_stays_in_the_form(as_: SignIn) -> None:
    long = "x" * (text_templates.LONGEST + 1)
    answer = as_("mia").post("/writing/templates/pain_point/en", data={"body": long})
    assert answer.status_code == 422
    assert long in answer.text
    with as_("mia").application.app_context():
        assert db.session.get(text_templates.TextTemplate, ("pain_point", "en")) is None


def test_who_may(as_: SignIn) -> None:
    every = ("/writing/templates", "/writing/templates/pain_point/en")
    for name, code in {"mia": 200, "admin": 200, "alice": 403, "dave": 403, "rita": 403}.items():
        assert [as_(name).get(path).status_code for path in every] == [code, code], name
        posted = as_(name).post(every[1], data={"body": "x"}).status_code
        assert posted == (303 if code == 200 else 403), name
    assert as_("alice").delete(every[1]).status_code == 403
    assert as_("rita").get("/writing/templates/pain_point").status_code == 403
    assert as_("eve").get("/writing/templates/pain_point").status_code == 302


@pytest.mark.parametrize("place", ["nothing", "nothing/en", "pain_point/fr", "pain_point/../en"])
def test_what_is_not_there_is_not_there(as_: SignIn, place: str) -> None:
    assert as_("mia").get(f"/writing/templates/{place}").status_code == 404


def test_the_list_says_which_are_built_in(as_: SignIn) -> None:
    assert "changed" not in as_("mia").get("/writing/templates").text
    as_("mia").post("/writing/templates/pain_point/de", data={"body": "## Was passiert"})
    page = as_("mia").get("/writing/templates").text
    assert page.count("changed") == 1
    assert "built in" in page
