"""Histories, restores and merges work for pages as they do for insights."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Cast, SignIn
from tests.pages.conftest import Make, page, stored
from tests.writing.test_conflicts import places, settle

__all__ = ["page", "stored"]
BODY = "First step.\n\nSecond step.\n\nThird step."


def form(cast: Cast, **values: Any) -> dict[str, Any]:
    return {
        "title": "Handbook", "kind": "guide", "body": BODY, "definition": "", "also_called": "",
        "parent": 0, "position": 0, "team": cast.service, "visibility": "company", "tags": "",
        "language": "", "comment": "", "based_on": 1, **values,
    }  # fmt: skip


def test_what_two_write_at_different_places_is_both_kept(
    as_: SignIn, cast: Cast, page: Make, stored
) -> None:
    number, above = page(body=BODY), page("Above")
    bobs = form(cast, body=BODY.replace("First", "The first"), parent=above, position=3)
    carols = form(cast, body=BODY.replace("Third", "The third"), tags="steps")
    assert as_("bob").post(f"/pages/{number}", data=bobs).status_code == 303
    carol = as_("carol")
    assert carol.post(f"/pages/{number}", data=carols).status_code == 303
    now = stored(number)
    assert now.body == "The first step.\n\nSecond step.\n\nThe third step."
    assert (now.parent_id, now.position) == (above, 3), "an older form does not move it back"
    assert "What Bob changed meanwhile" in carol.get(f"/pages/{number}").text


def test_at_the_same_place_one_chooses(as_: SignIn, cast: Cast, page: Make, stored) -> None:
    number, carol = page(body=BODY), as_("carol")
    bobs = form(cast, body=BODY.replace("Second", "Bob's"))
    as_("bob").post(f"/pages/{number}", data=bobs)
    clash = carol.post(f"/pages/{number}", data=form(cast, body=BODY.replace("Second", "Carol's")))
    assert clash.status_code == 409
    assert places(clash.text) == ["body-1"]
    assert settle(carol, number, clash.text, body_1="both").status_code == 303
    assert "Carol's step.\nBob's step." in stored(number).body


def test_a_term_has_a_history_and_is_brought_back(
    as_: SignIn, cast: Cast, page: Make, stored
) -> None:
    above = page("Above")
    number = page("FCR", kind="term", definition="Solved at once.", body="")
    changed = form(cast, title="FCR", kind="term", definition="Solved at first.", body="")
    assert as_("bob").post(f"/pages/{number}", data=changed).status_code == 303
    seen = as_("rita").get(f"/subjects/{number}/revisions/changes").text
    assert '<del class="changes__removed">Solved at once.</del>' in seen
    assert as_("carol").post(f"/subjects/{number}/revisions/1/restoration").status_code == 303
    assert stored(number).definition == "Solved at once."
    assert stored(above).revision_number == 1


def test_bringing_back_what_it_said_does_not_move_it(
    as_: SignIn, cast: Cast, page: Make, stored
) -> None:
    number, above = page(body=BODY), page("Above")
    moved = form(cast, body="Other.", parent=above, position=2)
    as_("bob").post(f"/pages/{number}", data=moved)
    as_("bob").post(f"/subjects/{number}/revisions/1/restoration")
    now = stored(number)
    assert (now.body, now.parent_id, now.position) == (BODY, above, 2)


@pytest.mark.parametrize("path", ["", "/1", "/changes"])
def test_a_teams_page_has_no_history_for_others(as_: SignIn, page: Make, path: str) -> None:
    number = page("Ours", visibility="team")
    assert as_("bob").get(f"/subjects/{number}/revisions{path}").status_code == 200
    for name in ("carol", "mia", "rita"):
        assert as_(name).get(f"/subjects/{number}/revisions{path}").status_code == 404
