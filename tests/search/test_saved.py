"""Searches that people keep: their own affair, or their team's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.database import db, transaction
from cxwiki.errors import DomainError
from cxwiki.search import saved
from cxwiki.search.models import SavedSearch
from tests.conftest import Cast, SignIn

Keep = Callable[..., int]


@pytest.fixture
def keep(app: APIFlask, cast: Cast) -> Keep:
    """`keep("alice", name="Invoices", team=cast.service)` gives the number of a kept search."""

    def keep_one(who: str, name: str = "Invoices", query: str = "invoice", **values: Any) -> int:
        alert, team = values.get("alert", "never"), values.get("team")
        with app.app_context():
            return saved.keep(query, name, alert, team, cast.person(who)).id

    return keep_one


def stored(app: APIFlask, number: int) -> SavedSearch | None:
    with app.app_context():
        return db.session.get(SavedSearch, number)


def test_a_search_is_kept_from_the_result_page(app: APIFlask, as_: SignIn) -> None:
    alice = as_("alice")
    page = alice.get("/search?q=too+loud&kind=pain_point&since=2026-01-01").get_data(as_text=True)
    assert 'name="query" value="kind:pain_point after:2026-01-01 too loud"' in page
    assert 'value="too loud"' in page, "a name is suggested"
    answer = alice.post(
        "/search/saved",
        data={"query": "kind:pain_point too loud", "name": "Loud", "alert": "at_once", "team": ""},
    )
    assert (answer.status_code, answer.location) == (303, "/search/saved")
    listed = alice.get("/search/saved").get_data(as_text=True)
    assert "Loud" in listed
    assert "/search?q=kind:pain_point+too+loud" in listed
    assert "tells at once" in listed


def test_what_one_keeps_for_oneself_is_in_nobody_elses_list(keep: Keep, as_: SignIn) -> None:
    number = keep("alice", name="My private worry")
    for name in ("bob", "carol", "mia", "rita"):
        assert "private worry" not in as_(name).get("/search/saved").get_data(as_text=True)
        assert as_(name).post(f"/search/saved/{number}", data={}).status_code == 404
        assert as_(name).delete(f"/search/saved/{number}").status_code == 404


def test_a_shared_search_is_used_by_the_team_and_changed_by_its_owner_alone(
    app: APIFlask, cast: Cast, keep: Keep, as_: SignIn
) -> None:
    number = keep("alice", team=cast.service)
    assert "Invoices" in as_("bob").get("/search/saved").get_data(as_text=True)
    assert "Invoices" not in as_("carol").get("/search/saved").get_data(as_text=True)
    changed = {f"s{number}-name": "Mine now", f"s{number}-alert": "never"}
    assert as_("bob").post(f"/search/saved/{number}", data=changed).status_code == 403
    assert as_("bob").delete(f"/search/saved/{number}").status_code == 403
    assert as_("carol").delete(f"/search/saved/{number}").status_code == 404
    assert as_("alice").post(f"/search/saved/{number}", data=changed).status_code == 303
    kept = stored(app, number)
    assert kept is not None
    assert (kept.name, kept.team_id) == ("Mine now", None)


def test_an_administrator_may_take_a_search_away(app: APIFlask, keep: Keep, as_: SignIn) -> None:
    number = keep("alice")
    assert as_("admin").delete(f"/search/saved/{number}").status_code == 303
    assert stored(app, number) is None


def test_a_plain_form_removes_too(app: APIFlask, keep: Keep, as_: SignIn) -> None:
    number = keep("alice")
    assert as_("alice").post(f"/search/saved/{number}?_method=DELETE").status_code == 303
    assert stored(app, number) is None


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Other"}, "name"),
        ({"alert": "hourly"}, "alert"),
        ({"team": "999"}, "team"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    app: APIFlask, keep: Keep, as_: SignIn, data: dict[str, str], field: str
) -> None:
    keep("alice", name="Other")
    number = keep("alice")
    values = {"name": "Fine", "alert": "never", "team": ""} | data
    answer = as_("alice").post(
        f"/search/saved/{number}", data={f"s{number}-{key}": value for key, value in values.items()}
    )
    assert answer.status_code == 422
    assert f's{number}-{field}-errors"' in answer.get_data(as_text=True)
    kept = stored(app, number)
    assert kept is not None
    assert kept.name == "Invoices"


def test_nobody_shares_with_a_team_that_they_are_not_in(context: APIFlask, cast: Cast) -> None:
    with pytest.raises(DomainError):
        saved.keep("invoice", "Mine", "never", cast.billing, cast.person("alice"))


def test_who_left_the_team_keeps_the_search_shared_until_they_change_it(
    context: APIFlask, cast: Cast, keep: Keep
) -> None:
    number = keep("alice", team=cast.service)
    alice = cast.person("alice")
    with transaction():
        alice.memberships.clear()
    kept = db.session.get_one(SavedSearch, number)
    saved.change(kept, "Still here", "never", cast.service, alice)
    assert kept.team_id == cast.service


def test_an_empty_search_is_not_kept(as_: SignIn) -> None:
    answer = as_("alice").post(
        "/search/saved", data={"query": " ", "name": "Nothing", "alert": "never", "team": ""},
        follow_redirects=True,
    )  # fmt: skip
    assert "An empty search cannot be kept" in answer.get_data(as_text=True)


def test_there_is_an_end_to_it(
    context: APIFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST_SAVED", 2)
    for name in ("One", "Two"):
        saved.keep("invoice", name, "never", None, cast.person("alice"))
    with pytest.raises(DomainError):
        saved.keep("invoice", "Three", "never", None, cast.person("alice"))
    saved.keep("invoice", "Three", "never", None, cast.person("bob"))
