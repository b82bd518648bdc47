"""The checklist of an action."""

from __future__ import annotations

import pytest

from cxwiki.actions import subtasks
from cxwiki.actions.models import Action
from cxwiki.database import db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def steps(app):
    """What the list of an action says: (text, done) in order."""

    def read(number: int) -> list[tuple[str, bool]]:
        with app.app_context():
            rows = subtasks.steps_of(db.session.get_one(Action, number))
            return [(one.text, one.done_at is not None) for one in rows]

    return read


@pytest.fixture
def step_id(app):
    def find(number: int, text: str) -> int:
        with app.app_context():
            rows = subtasks.steps_of(db.session.get_one(Action, number))
            return next(one.id for one in rows if one.text == text)

    return find


@pytest.fixture
def listed(as_, action):
    """An action of Alice with three steps."""
    number = action()
    as_("alice").post(f"/actions/{number}/subtasks", data={"text": "Ask\n\n  Write  \nSend"})
    return number


def test_one_step_a_line(listed, steps):
    assert steps(listed) == [("Ask", False), ("Write", False), ("Send", False)]


def test_a_step_is_ticked_off_and_opened_again(as_, listed, steps, step_id):
    path = f"/actions/{listed}/subtasks/{step_id(listed, 'Write')}/completion"
    assert as_("bob").post(path).status_code == 303
    assert as_("bob").post(path).status_code == 303
    assert steps(listed)[1] == ("Write", True)
    page = as_("carol").get(f"/actions/{listed}").text
    assert "1/3" in page
    assert page.count("ticked off a step: 1 of 3 are done") == 1
    as_("bob").post(path + "?_method=DELETE")
    assert steps(listed)[1] == ("Write", False)


def test_steps_are_moved_and_removed(as_, listed, steps, step_id):
    alice = as_("alice")
    path = f"/actions/{listed}/subtasks/{step_id(listed, 'Send')}"
    alice.post(path + "/position", data={"place": "1"})
    assert [text for text, _ in steps(listed)] == ["Send", "Ask", "Write"]
    alice.post(path + "?_method=DELETE")
    assert [text for text, _ in steps(listed)] == ["Ask", "Write"]


def test_htmx_gets_the_list_alone(as_, listed, step_id):
    path = f"/actions/{listed}/subtasks/{step_id(listed, 'Ask')}/completion"
    answer = as_("alice").post(path, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section class="section" id="steps">')
    assert 'aria-pressed="true"' in answer.text


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 301, "\n".join(["x"] * 101)])
def test_a_refusal_keeps_what_was_typed(as_, action, steps, text):
    number = action()
    answer = as_("alice").post(f"/actions/{number}/subtasks", data={"text": text})
    assert answer.status_code == 422
    assert text.strip()[:300] in answer.text
    assert steps(number) == []


def test_steps_do_not_make_an_open_form_stale(as_, listed, stored):
    assert stored(listed)["version"] == 1


@pytest.mark.parametrize(("name", "status"), [("dave", 403), ("rita", 403), ("carol", 404)])
def test_who_may_not(as_, action, steps, name, status):
    number = action(visibility="team") if name == "carol" else action()
    answer = as_(name).post(f"/actions/{number}/subtasks", data={"text": "Mine"})
    assert answer.status_code == status
    assert steps(number) == []


def test_a_step_belongs_to_its_action(as_, action, listed, step_id, steps):
    other = action("Another")
    path = f"/actions/{other}/subtasks/{step_id(listed, 'Ask')}"
    assert as_("alice").post(path + "/completion").status_code == 404
    assert as_("alice").post(path + "?_method=DELETE").status_code == 404
    assert steps(listed)[0] == ("Ask", False)


def test_markup_in_a_step_is_text(as_, action):
    number = action()
    as_("alice").post(f"/actions/{number}/subtasks", data={"text": "<b>bold</b>"})
    assert "&lt;b&gt;bold" in as_("alice").get(f"/actions/{number}").text
