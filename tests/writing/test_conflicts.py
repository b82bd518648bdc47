"""Saving on a stale base: merged where it can be, asked where it must be, lost never."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.writing import conflicts, drafts, revisions, texts
from cxwiki.writing.conflicts import EditsTouch
from cxwiki.writing.models import Revision
from cxwiki.writing.texts import Content
from tests.conftest import Cast, SignIn
from tests.insights.conftest import Make
from tests.writing.conftest import Note

Typed = Callable[..., dict[str, Any]]
BODY = "On Mondays.\n\nMostly by phone.\n\nCustomers hang up."


@pytest.fixture
def says(app: APIFlask) -> Callable[[int], Content]:
    """What a text says now."""

    def read(number: int) -> Content:
        with app.app_context():
            found = db.session.get(Insight, number)
            assert found is not None
            return texts.of(found).content(found)

    return read


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form with the choices, as a browser sends them."""
    form = page[page.index('class="conflict"') :]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in pairs}


def places(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="choice-([^"]+)"', page)))


def settle(client: FlaskClient, number: int, page: str, **choices: str) -> Any:
    sent = {f"choice-{name.replace('_', '-', 1)}": value for name, value in choices.items()}
    return client.post(f"/subjects/{number}/revisions", data={**hidden(page), **sent})


def save(client: FlaskClient, number: int, form: dict[str, Any]) -> Any:
    return client.post(f"/insights/{number}", data={"based_on": 1, **form})


def count(app: APIFlask) -> int | None:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Revision))


# --- merged by itself -----------------------------------------------------------------------------


def test_changes_of_different_places_are_both_kept_and_told(
    as_: SignIn, insight: Make, typed: Typed, says
) -> None:
    number, bob, carol = insight("Long waits", body=BODY), as_("bob"), as_("carol")
    bobs = BODY.replace("Mondays", "Mondays and Fridays")
    carols = BODY.replace("hang up", "hang up after ten minutes")
    assert save(bob, number, typed(body=bobs)).status_code == 303
    assert save(carol, number, typed(body=carols)).status_code == 303
    both = bobs.replace("hang up", "hang up after ten minutes")
    assert says(number).body == both
    page = carol.get(f"/insights/{number}").text
    assert "What Bob changed meanwhile is in it too." in page


def test_title_and_fields_are_merged_one_by_one(
    as_: SignIn, insight: Make, typed: Typed, says
) -> None:
    number = insight("Long waits", body=BODY, tags=("phone", "old"), severity=2)
    same = {"body": BODY, "tags": "phone, old", "severity": 2}
    save(as_("bob"), number, typed(**{**same, "title": "Very long waits", "tags": "phone, bob"}))
    save(as_("carol"), number, typed(**{**same, "severity": 4, "tags": "phone, old, carol"}))
    merged = says(number)
    assert merged.title == "Very long waits"
    assert (merged.fields["severity"], merged.fields["tags"]) == (4, ["bob", "carol", "phone"])


def test_moving_it_to_a_team_is_not_taken_back_by_an_older_form(
    as_: SignIn, insight: Make, typed: Typed, cast: Cast, says
) -> None:
    number = insight("Long waits", body=BODY)
    save(as_("mia"), number, typed(body=BODY, team=cast.billing))
    save(as_("alice"), number, typed(body=BODY, severity=3))
    assert (says(number).fields["team"], says(number).fields["severity"]) == (cast.billing, 3)


def test_one_persons_two_windows_are_merged_too(
    as_: SignIn, insight: Make, typed: Typed, says
) -> None:
    number, bob = insight("Long waits", body=BODY), as_("bob")
    save(bob, number, typed(body=f"{BODY}\n\nOne."))
    answer = save(bob, number, typed(body=f"Two.\n\n{BODY}"))
    assert answer.status_code == 303
    assert says(number).body == f"Two.\n\n{BODY}\n\nOne."


def test_the_same_change_twice_is_one_revision(
    app: APIFlask, as_: SignIn, insight: Make, typed: Typed
) -> None:
    number = insight("Long waits", body=BODY)
    for name in ("bob", "carol"):
        save(as_(name), number, typed(body="All new."))
    assert count(app) == 2


def test_a_merged_text_that_is_not_acceptable_is_refused_with_the_form(
    as_: SignIn, insight: Make, typed: Typed, says
) -> None:
    number = insight("Long waits", body=BODY)
    tags = ", ".join(f"tag {n}" for n in range(15))
    others = ", ".join(f"other {n}" for n in range(15))
    save(as_("bob"), number, typed(body=BODY, tags=tags))
    answer = save(as_("carol"), number, typed(body=f"{BODY}\n\nMore.", tags=others))
    assert answer.status_code == 422
    assert "More." in answer.text
    assert len(says(number).fields["tags"]) == 15


# --- asked ----------------------------------------------------------------------------------------


@pytest.fixture
def clash(as_: SignIn, insight: Make, typed: Typed) -> tuple[int, FlaskClient, str]:
    """Bob saved; Carol's page with the choices for the same line, beside a change that is apart."""
    number = insight("Long waits", body=BODY)
    save(as_("bob"), number, typed(title="Waits", body=BODY.replace("phone", "mail")))
    carol = as_("carol")
    carols = BODY.replace("phone", "chat").replace("hang up", "give up")
    answer = save(carol, number, typed(title="Queues", body=carols, comment="Carol's remark"))
    assert answer.status_code == 409
    return number, carol, answer.text


def test_both_texts_are_shown_at_each_place(clash: tuple[int, FlaskClient, str], says) -> None:
    number, _carol, page = clash
    assert places(page) == ["title", "body-1"]
    assert "Nothing is lost" in page
    for words in ("Queues", "Waits", "chat", "mail", "give up"):
        assert words in page
    assert says(number).body == BODY.replace("phone", "mail"), "nothing is saved yet"


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("mine", "mine", ("Queues", "Mostly by chat.")),
        ("theirs", "mine", ("Waits", "Mostly by chat.")),
        ("mine", "theirs", ("Queues", "Mostly by mail.")),
        ("mine", "both", ("Queues", "Mostly by chat.\nMostly by mail.")),
    ],
)
def test_a_click_for_each_place_settles_it(
    clash: tuple[int, FlaskClient, str], says, title: str, body: str, expected: tuple[str, str]
) -> None:
    number, carol, page = clash
    assert settle(carol, number, page, title=title, body_1=body).status_code == 303
    text = says(number)
    assert text.title == expected[0]
    assert text.body == f"On Mondays.\n\n{expected[1]}\n\nCustomers give up."


def test_the_remark_goes_along_and_both_states_are_in_the_history(
    app: APIFlask, clash: tuple[int, FlaskClient, str]
) -> None:
    number, carol, page = clash
    settle(carol, number, page, title="mine", body_1="mine")
    with app.app_context():
        insight = db.session.get(Insight, number)
        assert insight is not None
        last, bobs, _first = revisions.of(insight)
        assert last.comment == "Carol's remark"
        assert (last.based_on, bobs.title) == (2, "Waits")


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_one_button_chooses_the_same_side_everywhere(
    clash: tuple[int, FlaskClient, str], says, side: str
) -> None:
    number, carol, page = clash
    carol.post(f"/subjects/{number}/revisions", data={**hidden(page), "everywhere": side})
    assert says(number).title == {"mine": "Queues", "theirs": "Waits"}[side]
    assert "give up" in says(number).body, "what needed no choice is kept either way"


@pytest.mark.parametrize("wrong", [{}, {"title": "mine"}, {"title": "mine", "body_1": "maybe"},
                                   {"title": "both", "body_1": "mine"}])  # fmt: skip
def test_a_missing_choice_is_asked_for_and_the_others_are_kept(
    clash: tuple[int, FlaskClient, str], says, wrong: dict[str, str]
) -> None:
    number, carol, page = clash
    again = settle(carol, number, page, **wrong)
    assert again.status_code == 422
    assert says(number).title == "Waits"
    if wrong.get("title") == "mine":
        assert re.search(r'name="choice-title" value="mine" required checked', again.text)
    assert settle(carol, number, again.text, title="mine", body_1="mine").status_code == 303
    assert says(number).title == "Queues"


def test_who_saves_meanwhile_once_more_is_not_overwritten_either(
    clash: tuple[int, FlaskClient, str], as_: SignIn, typed: Typed, says
) -> None:
    number, carol, page = clash
    apart = says(number).body.replace("On Mondays.", "On Tuesdays.")
    as_("alice").post(
        f"/insights/{number}", data={**typed(title="Waits", body=apart), "based_on": 2}
    )
    assert settle(carol, number, page, title="mine", body_1="mine").status_code == 303
    assert says(number).body == "On Tuesdays.\n\nMostly by chat.\n\nCustomers give up."


def test_a_second_clash_is_asked_again(
    clash: tuple[int, FlaskClient, str], as_: SignIn, typed: Typed, says
) -> None:
    number, carol, page = clash
    touching = says(number).body.replace("mail", "letter")
    as_("alice").post(
        f"/insights/{number}", data={**typed(title="Waits", body=touching), "based_on": 2}
    )
    again = settle(carol, number, page, title="mine", body_1="mine")
    assert again.status_code == 409
    assert places(again.text) == ["body-1"]
    assert "letter" in again.text
    assert "chat" in again.text


@pytest.mark.parametrize("based_on", [0, 7, -1])
def test_without_a_known_base_every_difference_is_asked(
    as_: SignIn, insight: Make, typed: Typed, says, based_on: int
) -> None:
    number = insight("Long waits", body=BODY)
    form = typed(body=BODY.replace("phone", "chat"), based_on=based_on)
    answer = save(as_("bob"), number, form)
    assert answer.status_code == 409
    assert places(answer.text) == ["body-1"]
    assert says(number).body == BODY


def test_a_field_that_both_changed_is_asked(as_: SignIn, insight: Make, typed: Typed, says) -> None:
    number = insight("Long waits", body=BODY, severity=1)
    save(as_("bob"), number, typed(body=BODY, severity=2))
    carol = as_("carol")
    page = save(carol, number, typed(body=BODY, severity=5)).text
    assert places(page) == ["field-severity"]
    assert "5 – customers leave" in page
    settle(carol, number, page, field_severity="mine")
    assert says(number).fields["severity"] == 5


# --- nothing gets lost ----------------------------------------------------------------------------


def test_the_text_is_a_draft_until_it_is_settled(
    app: APIFlask, as_: SignIn, insight: Make, typed: Typed, note: Note, cast: Cast
) -> None:
    number, carol = insight("Long waits", body="On Mondays."), as_("carol")
    sent = {"draft": note(carol, f"/insights/{number}/edit")}
    save(as_("bob"), number, typed(body="On Mondays at noon."))
    page = save(carol, number, typed(body="On Mondays at night.", **sent)).text
    with app.app_context():
        [draft] = drafts.of_person(cast.carol)
        assert draft.values["body"] == ["On Mondays at night."]
        assert draft.based_on == 1
    settle(carol, number, page, body_0="mine")
    with app.app_context():
        assert drafts.of_person(cast.carol) == []


def test_a_session_that_ends_before_the_choice_loses_nothing(
    app: APIFlask, as_: SignIn, insight: Make, typed: Typed, note: Note, cast: Cast
) -> None:
    number, carol = insight("Long waits", body="On Mondays."), as_("carol")
    sent = {"draft": note(carol, f"/insights/{number}/edit")}
    save(as_("bob"), number, typed(body="On Mondays at noon."))
    page = save(carol, number, typed(body="On Mondays at night.", **sent)).text
    answer = settle(as_("eve"), number, page, body_0="mine")
    assert "/sign-in" in answer.location
    with app.app_context():
        [draft] = drafts.of_person(cast.carol)
        assert draft.values["body"] == ["On Mondays at night."]


def test_a_form_that_is_not_ours_is_refused(
    clash: tuple[int, FlaskClient, str], as_: SignIn, insight: Make, says
) -> None:
    number, carol, page = clash
    other, sealed = insight("Other"), hidden(page)["sealed"]
    sent = {"sealed": sealed, "everywhere": "mine"}
    assert as_("bob").post(f"/subjects/{number}/revisions", data=sent).status_code == 400
    assert carol.post(f"/subjects/{other}/revisions", data=sent).status_code == 400
    for broken in ("", "x", sealed[:-1], sealed.swapcase()):
        data = {**sent, "sealed": broken}
        assert carol.post(f"/subjects/{number}/revisions", data=data).status_code == 400
    assert says(number).title == "Waits"


@pytest.mark.parametrize(
    ("name", "expected"), [("dave", 403), ("rita", 403), ("eve", 302), ("carol", 404)]
)
def test_who_may_not_edit_settles_nothing(
    as_: SignIn, insight: Make, name: str, expected: int
) -> None:
    number = insight("Secret", visibility="team")
    data = {"sealed": "x", "everywhere": "mine"}
    assert as_(name).post(f"/subjects/{number}/revisions", data=data).status_code == expected


def test_hostile_text_is_only_text(as_: SignIn, insight: Make, typed: Typed) -> None:
    evil = '"><script>alert(1)</script>'
    number = insight("Long waits", body="On Mondays.")
    save(as_("bob"), number, typed(title=f"Bob {evil}", body=f"On Mondays {evil}"))
    page = save(as_("carol"), number, typed(title=f"Carol {evil}", body=f"No {evil}")).text
    assert places(page)[0] == "title"
    assert "<script>alert" not in page


def test_an_unreadable_base_is_no_base(
    context: APIFlask, cast: Cast, as_: SignIn, insight: Make
) -> None:
    """What a team wrote for itself is not told by what a merge leaves out."""
    number = insight("Secret", body="Ours alone.", visibility="team")
    text = db.session.get(Insight, number)
    assert text is not None
    alice, carol, way = cast.person("alice"), cast.person("carol"), texts.of(text)
    opened = {**way.content(text).fields, "visibility": "company"}
    way.save(text, Content("Open", "For all.", opened), alice, 1, "")
    merge = conflicts.compare(text, Content("Mine", "Ours.", opened), carol, 1)
    assert all("alone" not in (piece.base or "") for piece in merge.body)
    with pytest.raises(EditsTouch):
        conflicts.save(text, Content("Mine", "Ours.", opened), carol, 1)


@pytest.mark.parametrize("based_on", [0, -1, 10**30, -(10**30)])
def test_a_base_that_there_is_not_is_none(
    app: APIFlask, cast: Cast, insight: Make, based_on: int
) -> None:
    number = insight(body=BODY)
    with app.app_context():
        found = db.session.get_one(Insight, number)
        same = texts.of(found).content(found)
        assert conflicts.save(found, same, cast.person("bob"), based_on).merged
        with pytest.raises(EditsTouch):
            conflicts.save(
                found, Content("Other", same.body, same.fields), cast.person("bob"), based_on
            )


def test_who_wrote_while_it_was_for_the_team_alone_is_not_named_to_others(
    app: APIFlask, cast: Cast, insight: Make
) -> None:
    number = insight(body=BODY, visibility="team")
    with app.app_context():
        found = db.session.get_one(Insight, number)
        way, alice, bob = texts.of(found), cast.person("alice"), cast.person("bob")
        then = way.content(found)
        way.save(found, Content(then.title, "Hidden.", then.fields), bob, 1, "")
        now = way.content(found)
        opened = {**now.fields, "visibility": "company"}
        way.save(found, Content(now.title, "Open.", opened), alice, 2, "")
        said = conflicts.save(found, way.content(found), cast.person("carol"), 0)
        assert said.others == ("Alice",)
        assert conflicts.save(found, way.content(found), cast.person("admin"), 0).others == (
            "Alice",
            "Bob",
        )
