"""Drafts: what was typed is never lost, and nobody else reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.database import db, transaction, utcnow
from cxwiki.insights import service
from cxwiki.insights.models import Insight
from cxwiki.writing import drafts, rescuing
from cxwiki.writing.models import Draft
from tests.conftest import Cast, SignIn
from tests.insights.conftest import Make
from tests.writing.conftest import Note

Typed = Callable[..., dict[str, Any]]
JSON = {"Accept": "application/json"}


def kept(app: APIFlask) -> Sequence[Draft]:
    with app.app_context():
        return db.session.scalars(select(Draft).order_by(Draft.id)).all()


# --- keeping and giving back --------------------------------------------------------------------


def test_what_is_typed_is_in_the_form_again(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    alice = as_("alice")
    data = typed(
        draft=note(alice, "/insights/new"), kind="best_practice", tags="a, b", channel="phone"
    )
    answer = alice.post("/drafts/", data=data, headers=JSON)
    assert answer.json["said"].startswith("Draft kept at")
    page = as_("alice").get("/insights/new").text
    assert "Long waits" in page
    assert "On Mondays." in page
    assert "a, b" in page
    assert 'value="best_practice" checked' in page or 'checked id="kind-1"' in page
    assert "This is what you had not saved" in page


def test_an_open_form_has_one_draft_however_often_it_is_kept(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    alice = as_("alice")
    sent = note(alice, "/insights/new")
    for body in ("On", "On Mon", "On Mondays."):
        alice.post("/drafts/", data=typed(draft=sent, body=body))
    assert [draft.values["body"] for draft in kept(app)] == [["On Mondays."]]


def test_two_open_forms_keep_a_draft_each_and_the_other_one_is_offered(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    alice = as_("alice")
    first, second = note(alice, "/insights/new"), note(alice, "/insights/new")
    alice.post("/drafts/", data=typed(draft=first, title="First"))
    alice.post("/drafts/", data=typed(draft=second, title="Second"))
    older, _newer = kept(app)
    page = alice.get("/insights/new").text
    assert "Second" in page
    assert f"/insights/new?draft={older.id}" in page
    assert "First" in alice.get(f"/insights/new?draft={older.id}").text


def test_a_form_with_nothing_in_it_is_no_draft(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    alice = as_("alice")
    sent = note(alice, "/insights/new")
    alice.post("/drafts/", data=typed(draft=sent))
    alice.post("/drafts/", data=typed(draft=sent, title=" ", body="\n"))
    assert kept(app) == []


def test_an_address_that_fills_the_form_only_offers_the_draft(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    alice = as_("alice")
    alice.post("/drafts/", data=typed(draft=note(alice, "/insights/new")))
    page = alice.get("/insights/new?title=Another").text
    assert "Another" in page
    assert "On Mondays." not in page
    assert f"?draft={kept(app)[0].id}" in page
    assert "On Mondays." not in alice.get("/insights/new?draft=none").text


def test_any_text_is_kept_as_it_is(app: APIFlask, as_: SignIn, note: Note, typed: Typed) -> None:
    alice = as_("alice")
    body = "a\x00b \ud83d\ude00 </textarea><script>alert(1)</script> ﷽ \u202e"
    body = body.encode("utf-16", "surrogatepass").decode("utf-16")
    alice.post("/drafts/", data=typed(draft=note(alice, "/insights/new"), body=body))
    assert kept(app)[0].values["body"] == [body.replace("\x00", "")]
    assert "</textarea><script>" not in alice.get("/insights/new").text


def test_a_draft_of_an_edit_remembers_what_it_was_based_on(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed, insight: Make, cast: Cast
) -> None:
    """So that it is joined with what was saved meanwhile, and does not replace it."""
    path = f"/insights/{insight()}/edit"
    alice = as_("alice")
    data = typed(draft=note(alice, path), based_on=1, body="My version.")
    alice.post("/drafts/", data=data)
    with app.app_context():
        saved = db.session.scalars(select(Insight)).one()
        service.revise(saved, service.Draft("New title"), cast.person("bob"), based_on=1)
    page = alice.get(path).text
    assert "My version." in page
    assert 'name="based_on" value="1"' in page
    assert "Meanwhile somebody saved this text" in page


# --- saved, thrown away, old --------------------------------------------------------------------


def test_what_is_published_is_no_draft_any_more(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    alice = as_("alice")
    data = typed(draft=note(alice, "/insights/new"))
    alice.post("/drafts/", data=data)
    assert alice.post("/insights/", data=data).status_code == 303
    assert kept(app) == []


def test_what_was_refused_stays_a_draft_with_the_same_note(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    alice = as_("alice")
    data = typed(draft=note(alice, "/insights/new"), title="")
    alice.post("/drafts/", data=data)
    refused = alice.post("/insights/", data=data)
    assert refused.status_code == 422
    assert f'name="draft" value="{data["draft"]}"' in refused.text
    assert len(kept(app)) == 1


def test_what_was_saved_is_no_draft_any_more_in_any_tab(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed, insight: Make
) -> None:
    number = insight()
    alice = as_("alice")
    for body in ("One tab.", "Another tab."):
        sent = note(alice, f"/insights/{number}/edit?draft=none")
        alice.post("/drafts/", data=typed(draft=sent, based_on=1, body=body))
    assert len(kept(app)) == 2
    data = typed(based_on=1, body="Joined by hand on the page of a conflict.")
    assert alice.post(f"/insights/{number}", data=data).status_code == 303
    assert kept(app) == []


def test_what_was_sent_without_a_change_is_no_draft_either(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    alice = as_("alice")
    number = alice.post("/insights/", data=typed()).location.split("/")[-1].split("-")[0]
    data = typed(draft=note(alice, f"/insights/{number}/edit"), based_on=1)
    alice.post("/drafts/", data=data)
    assert alice.post(f"/insights/{number}", data=data).status_code == 303
    assert kept(app) == []


def test_the_draft_of_somebody_else_survives_that_a_text_is_saved(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed, insight: Make, cast: Cast
) -> None:
    number = insight()
    path = f"/insights/{number}/edit"
    alice, bob = as_("alice"), as_("bob")
    alice.post("/drafts/", data=typed(draft=note(alice, path), based_on=1, body="Alice's"))
    bob.post(f"/insights/{number}", data=typed(draft=note(bob, path), based_on=1, body="Bob's"))
    assert [draft.user_id for draft in kept(app)] == [cast.alice]


def test_a_draft_is_thrown_away_from_its_form_or_from_the_list(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    alice = as_("alice")
    alice.post("/drafts/", data=typed(draft=note(alice, "/insights/new")))
    number = kept(app)[0].id
    assert f"/drafts/{number}" in alice.get("/insights/new").text
    back = alice.post(f"/drafts/{number}?next=/insights/new%3Fdraft%3Dnone&_method=DELETE")
    assert back.location == "/insights/new?draft=none"
    assert kept(app) == []


def test_the_list_names_each_draft_and_leads_to_its_form(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed, insight: Make
) -> None:
    number = insight(title="Old title")
    alice = as_("alice")
    alice.post("/drafts/", data=typed(draft=note(alice, "/insights/new"), title="", body="**Hm**"))
    sent = note(alice, f"/insights/{number}/edit")
    alice.post("/drafts/", data=typed(draft=sent, title="New title", based_on=1))
    page = alice.get("/drafts/").text
    new, edited = kept(app)
    assert "Hm" in page
    assert f'href="/insights/new?draft={new.id}"' in page
    assert f'href="/insights/{number}/edit?draft={edited.id}"' in page
    assert "Old title" in page


def test_drafts_are_bounded_and_old_ones_are_forgotten(app: APIFlask, cast: Cast) -> None:
    with app.app_context():
        for number in range(drafts.MOST_DRAFTS + 3):
            key = drafts.new_key(cast.alice, "insight", None)
            drafts.keep(key, {"title": [f"Draft {number}"]}, None)
        mine = drafts.of_person(cast.alice)
        assert len(mine) == drafts.MOST_DRAFTS
        newest, next_one = mine[0].id, mine[1].id
        assert drafts.title_of(mine[0]) == f"Draft {drafts.MOST_DRAFTS + 2}"
        with transaction():
            mine[0].updated_at = utcnow() - drafts.KEPT_FOR - timedelta(days=1)
        rescuing.clear_up(())
        assert newest not in [draft.id for draft in drafts.of_person(cast.alice)]
        assert drafts.of_person(cast.alice)[0].id == next_one


# --- whose it is --------------------------------------------------------------------------------


def test_nobody_else_sees_or_touches_a_draft(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed, cast: Cast
) -> None:
    alice = as_("alice")
    data = typed(draft=note(alice, "/insights/new"))
    alice.post("/drafts/", data=data)
    number = kept(app)[0].id
    for name in ("bob", "carol", "mia", "admin"):
        other = as_(name)
        assert "On Mondays." not in other.get(f"/insights/new?draft={number}").text
        assert "Long waits" not in other.get("/drafts/").text
        assert other.delete(f"/drafts/{number}").status_code == 404
        assert other.post("/drafts/", data=data | {"body": "Mine now"}).status_code == 403
    assert as_("rita").get("/drafts/").status_code == 403
    assert kept(app)[0].values["body"] == ["On Mondays."]


def test_a_note_that_is_not_ours_keeps_nothing(app: APIFlask, as_: SignIn, typed: Typed) -> None:
    for forged in ("", "x", "WzEsImluc2lnaHQiLG51bGwsIngiXQ.abc.def"):
        assert as_("alice").post("/drafts/", data=typed(draft=forged)).status_code == 403
        assert as_("eve").post("/drafts/", data=typed(draft=forged)).status_code == 302
    assert kept(app) == []


def test_who_does_not_see_the_text_any_more_keeps_no_draft_of_it(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed, insight: Make, cast: Cast
) -> None:
    number = insight()
    carol = as_("carol")
    data = typed(draft=note(carol, f"/insights/{number}/edit"), based_on=1)
    carol.post("/drafts/", data=data)
    with app.app_context(), transaction():
        hidden = db.session.get(Insight, number)
        assert hidden is not None
        hidden.visibility, hidden.title = "team", "A secret of the team"
    assert carol.post("/drafts/", data=data).status_code == 404
    assert "A secret of the team" not in carol.get("/drafts/").text


# --- the session is over ------------------------------------------------------------------------


def test_a_text_that_arrives_after_its_session_is_offered_after_signing_in(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    data = typed(draft=note(as_("alice"), "/insights/new"), body="Typed for an hour.")
    answer = as_("eve").post("/insights/", data=data)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")
    draft = kept(app)[0]
    assert f"draft%3D{draft.id}" in answer.location or f"draft={draft.id}" in answer.location
    assert "Typed for an hour." in as_("alice").get(f"/insights/new?draft={draft.id}").text


def test_an_edit_and_a_comment_are_kept_in_the_same_way(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed, insight: Make, cast: Cast
) -> None:
    number = insight()
    data = typed(draft=note(as_("alice"), f"/insights/{number}/edit"), based_on=1)
    assert f"/{number}/edit?draft" in as_("eve").post(f"/insights/{number}", data=data).location
    with app.test_request_context():
        sealed = drafts.seal(drafts.new_key(cast.alice, "comment", number))
    answer = as_("eve").post(
        f"/subjects/{number}/comments", data={"draft": sealed, "body": "I agree."}
    )
    assert "comments" in answer.location
    assert [draft.form for draft in kept(app)] == ["insight", "comment"]


def test_the_page_itself_hears_that_nobody_is_signed_in_and_that_its_text_is_kept(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed
) -> None:
    data = typed(draft=note(as_("alice"), "/insights/new"))
    answer = as_("eve").post("/drafts/", data=data, headers=JSON)
    assert (answer.status_code, answer.json) == (401, {"kept": True})
    assert len(kept(app)) == 1


def test_an_old_token_of_the_same_person_loses_nothing_and_of_another_one_does_nothing(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    alice = as_("alice")
    data = typed(draft=note(alice, "/insights/new"), csrf_token="of an older session")
    assert as_("bob").post("/insights/", data=data).status_code == 400
    assert kept(app) == []
    answer = as_("alice").post("/insights/", data=data)
    assert answer.status_code == 303
    assert answer.location == f"/insights/new?draft={kept(app)[0].id}"
    with app.app_context():
        assert db.session.scalars(select(Insight)).all() == []


def test_nothing_is_kept_for_who_left(
    app: APIFlask, as_: SignIn, note: Note, typed: Typed, cast: Cast
) -> None:
    data = typed(draft=note(as_("alice"), "/insights/new"))
    with app.app_context(), transaction():
        left = db.session.get(User, cast.alice)
        assert left is not None
        left.active = False
    assert as_("eve").post("/insights/", data=data).status_code == 302
    assert kept(app) == []


def test_a_page_that_outlived_its_session_gets_a_new_token_after_signing_in(as_: SignIn) -> None:
    assert as_("alice").get("/drafts/token").json["csrf_token"]
    assert as_("eve").get("/drafts/token").status_code == 302
