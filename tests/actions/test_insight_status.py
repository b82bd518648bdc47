"""When an action starts or is done, its insights are asked about, never changed in silence."""

from __future__ import annotations

import pytest


@pytest.fixture
def started(as_, action, insight):
    """An action of two insights that just started; ids of the action and the insights."""
    one, two = insight("The invoice is unreadable"), insight("Nobody explains it", by="carol")
    number = action(insight_ids=(one, two))
    as_("alice").post(f"/actions/{number}/status", data={"status": "in_progress"})
    return number, one, two


def test_starting_asks_and_changes_nothing(as_, action, insight, insight_status):
    one = insight("The invoice is unreadable")
    number = action(insight_ids=(one,))
    answer = as_("alice").post(f"/actions/{number}/status", data={"status": "in_progress"})
    assert answer.location.startswith(f"/actions/{number}/insight-status")
    assert insight_status(one) == "open"
    page = as_("alice").get(answer.location).text
    assert "The invoice is unreadable" in page
    assert "In action" in page


def test_only_the_chosen_follow(as_, started, insight_status):
    number, one, two = started
    answer = as_("alice").post(f"/actions/{number}/insight-status", data={"insight": [one]})
    assert answer.status_code == 303
    assert (insight_status(one), insight_status(two)) == ("in_action", "open")


def test_nobody_is_asked_twice(as_, started):
    number, *_ = started
    alice = as_("alice")
    assert "follow-" in alice.get(f"/actions/{number}").text
    alice.post(f"/actions/{number}/insight-status", data={})
    assert "follow-" not in alice.get(f"/actions/{number}").text
    assert alice.get(f"/actions/{number}/insight-status").status_code == 303


def test_done_asks_for_resolved(as_, started, insight_status):
    number, one, two = started
    alice = as_("alice")
    alice.post(f"/actions/{number}/insight-status", data={"insight": [one, two]})
    alice.post(f"/actions/{number}/completion")
    alice.post(f"/actions/{number}/insight-status", data={"insight": [one, two]})
    assert (insight_status(one), insight_status(two)) == ("resolved", "resolved")


def test_an_insight_that_others_still_work_on_is_not_ticked(as_, started, action):
    number, one, _two = started
    action("Another one", insight_ids=(one,), status="in_progress")
    alice = as_("alice")
    alice.post(f"/actions/{number}/completion")
    page = " ".join(alice.get(f"/actions/{number}/insight-status").text.split())
    assert "another action still works on it" in page
    assert f'value="{one}" id="follow-{one}">' in page


def test_foreign_numbers_change_nothing(as_, started, insight, insight_status):
    number, *_ = started
    other = insight("Not linked")
    as_("alice").post(f"/actions/{number}/insight-status", data={"insight": [other, "x"]})
    assert insight_status(other) == "open"


def test_dismissed_insights_are_left_alone(as_, action, insight, insight_status):
    one = insight("A misunderstanding")
    as_("alice").post(f"/insights/{one}/status", data={"status": "dismissed", "reason": "no"})
    number = action(insight_ids=(one,))
    answer = as_("alice").post(f"/actions/{number}/completion")
    assert "insight-status" not in answer.location
    assert insight_status(one) == "dismissed"


def test_accepting_and_dropping_ask_nothing(as_, action, insight):
    number = action(insight_ids=(insight("One"),))
    for data in ({"status": "accepted"}, {"status": "dropped", "reason": "no"}):
        answer = as_("alice").post(f"/actions/{number}/status", data=data)
        assert "insight-status" not in answer.location


def test_insights_of_other_teams_are_neither_shown_nor_changed(
    app, as_, cast, insight, insight_status
):
    from cxwiki.actions import service
    from cxwiki.actions.drafts import Draft

    hidden = insight("Hidden insight", visibility="team")
    with app.app_context():
        draft = Draft(title="Open", visibility="company", insight_ids=(hidden,))
        alice = cast.person("alice")
        number = service.create(draft, cast.team("service"), alice, widen=True).id
    answer = as_("carol").post(f"/actions/{number}/completion")
    assert "insight-status" not in answer.location
    as_("carol").post(f"/actions/{number}/insight-status", data={"insight": [hidden]})
    assert insight_status(hidden) == "open"


def test_the_card_on_a_board_asks_too(as_, action, insight):
    number = action(insight_ids=(insight("One"),))
    answer = as_("alice").post(
        f"/actions/{number}/status", data={"status": "in_progress"}, headers={"HX-Request": "true"}
    )
    assert f"/actions/{number}/insight-status" in answer.text


@pytest.mark.parametrize(("name", "status"), [("dave", 403), ("rita", 403), ("eve", 302)])
def test_who_may_not(as_, started, insight_status, name, status):
    number, one, _ = started
    answer = as_(name).post(f"/actions/{number}/insight-status", data={"insight": [one]})
    assert answer.status_code == status
    assert insight_status(one) == "open"


def test_missing(as_):
    assert as_("alice").get("/actions/99/insight-status").status_code == 404
    assert as_("alice").post("/actions/99/insight-status").status_code == 404
