"""Guides and terms: writing, reading, changing and putting them away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.pages.models import Page
from tests.conftest import Cast, SignIn
from tests.pages.conftest import Make

Stored = Callable[[int], Page]


def form(title: str, cast: Cast, **values: Any) -> dict[str, Any]:
    return {"title": title, "kind": "guide", "team": cast.service, "visibility": "company",
            "parent": 0, "language": "", **values}  # fmt: skip


def test_a_guide_needs_only_a_title(as_: SignIn, cast: Cast, stored: Stored) -> None:
    answer = as_("alice").post("/pages/", data=form("Returns", cast))
    assert answer.status_code == 303
    assert stored(1).title == "Returns"
    assert stored(1).kind == "guide"
    assert "Returns" in as_("carol").get(answer.location).text


def test_a_term_says_what_it_means(as_: SignIn, cast: Cast) -> None:
    refused = as_("alice").post("/pages/", data=form("FCR", cast, kind="term"))
    assert refused.status_code == 422
    assert "in one sentence" in refused.text
    said = form("FCR", cast, kind="term", definition="Solved at once.", also_called="Erstlösung")
    answer = as_("alice").post("/pages/", data=said)
    text = as_("rita").get(answer.location).text
    assert "Solved at once." in text
    assert "Erstlösung" in text


@pytest.mark.parametrize("name", ["rita", "dave"])
def test_readers_and_sponsors_do_not_write(as_: SignIn, cast: Cast, name: str) -> None:
    assert as_(name).get("/pages/new").status_code == 403
    assert as_(name).post("/pages/", data=form("Returns", cast)).status_code == 403


def test_nobody_reads_without_signing_in(as_: SignIn, page: Make) -> None:
    number = page()
    for path in ("/pages/", "/pages/all", "/pages/glossary", f"/pages/{number}", "/pages/new"):
        assert as_("eve").get(path).status_code in (302, 401), path


def test_who_may_write_may_improve_what_they_see(
    as_: SignIn, cast: Cast, page: Make, stored: Stored
) -> None:
    number = page("Returns", body="Old")
    change = form("Returns", cast, body="New", based_on=1, comment="Fresher")
    assert as_("carol").post(f"/pages/{number}", data=change).status_code == 303
    assert stored(number).body == "New"
    assert stored(number).revision_number == 2


def test_a_stale_save_loses_nothing(as_: SignIn, cast: Cast, page: Make, stored: Stored) -> None:
    number = page("Returns", body="First")
    as_("alice").post(f"/pages/{number}", data=form("Returns", cast, body="Second", based_on=1))
    answer = as_("bob").post(
        f"/pages/{number}", data=form("Returns", cast, body="Third", based_on=1)
    )
    assert answer.status_code == 409
    assert "Third" in answer.text
    assert "Second" in answer.text
    assert stored(number).body == "Second"


def test_a_team_s_page_does_not_exist_for_others(as_: SignIn, page: Make) -> None:
    number = page("Secret rota", visibility="team", body="Who works when")
    for path in (f"/pages/{number}", f"/pages/{number}/edit"):
        assert as_("carol").get(path).status_code == 404
        assert as_("bob").get(path).status_code == 200
    for path in ("/pages/", "/pages/all", "/pages/glossary"):
        assert "Secret rota" not in as_("carol").get(path).text
    assert "Secret rota" in as_("bob").get("/pages/").text


def test_only_its_own_people_hide_a_page_from_the_company(
    as_: SignIn, cast: Cast, page: Make, stored: Stored
) -> None:
    number = page("Returns")
    hide = form("Returns", cast, visibility="team", based_on=1)
    refused = as_("bob").post(f"/pages/{number}", data=hide)
    assert refused.status_code == 422
    assert stored(number).visibility == "company"
    assert as_("alice").post(f"/pages/{number}", data=hide).status_code == 303
    assert stored(number).visibility == "team"


def test_archiving_hides_and_restoring_brings_back(as_: SignIn, page: Make) -> None:
    number = page("Returns")
    assert as_("carol").post(f"/pages/{number}/archival").status_code == 403
    as_("alice").post(f"/pages/{number}/archival")
    assert "Returns" not in as_("bob").get("/pages/").text
    assert "is archived" in as_("bob").get(f"/pages/{number}").text
    as_("alice").post(f"/pages/{number}/archival?_method=DELETE")
    assert "Returns" in as_("bob").get("/pages/").text


def test_a_page_is_found(as_: SignIn, page: Make, term: Make, work_off: Callable[[], int]) -> None:
    guide = page("Handling complaints", body="Listen first.")
    word = term("Churn", "Customers who leave.", also_called="Abwanderung")
    work_off()
    carol = as_("carol")
    assert f'id="page-{guide}"' in carol.get("/search?q=complaints&type=page").text
    assert f'id="page-{word}"' in carol.get("/search?q=Abwanderung&kind=term").text
    assert f'id="page-{word}"' not in carol.get("/search?q=Abwanderung&kind=guide").text


def test_the_glossary_goes_from_a_to_z(as_: SignIn, term: Make) -> None:
    for title in ("Zufriedenheit", "Änderung", "Abwanderung", "1st level"):
        term(title)
    text = as_("rita").get("/pages/glossary").text
    places = [text.index(f">{title}<") for title in ("Abwanderung", "Änderung", "Zufriedenheit")]
    assert places == sorted(places)
    assert text.index(">Zufriedenheit<") < text.index(">1st level<")
    assert text.count('class="letters__letter"') == 3


def test_a_missing_link_offers_a_form_with_the_title(as_: SignIn) -> None:
    assert 'value="Refunds"' in as_("alice").get("/pages/new?title=Refunds").text


def test_a_page_is_a_text_like_any_other(app: APIFlask, cast: Cast, page: Make) -> None:
    from cxwiki.database import db
    from cxwiki.writing import texts

    number = page("Returns", body="Old", tags=("shop",))
    with app.app_context():
        found = db.session.get(Page, number)
        assert found is not None
        kind = texts.of(found)
        content = kind.content(found)
        assert content.fields["tags"] == ["shop"]
        changed = texts.Content("Returns", "New", content.fields)
        kind.save(found, changed, cast.person("bob"), 1, "by a link")
        assert found.body == "New"
        assert found.revision_number == 2
        assert kind.show("kind", "guide") == "Guide"
