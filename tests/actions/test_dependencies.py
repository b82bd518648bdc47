"""What waits for what."""

from __future__ import annotations

import pytest

from cxwiki.actions import dependencies
from cxwiki.actions.models import Action
from cxwiki.database import db


@pytest.fixture
def block(as_):
    """`block(2, 1)`: the second waits for the first."""

    def post(number: int, other: int, by: str = "alice"):
        return as_(by).post(f"/actions/{number}/blockers", data={"action": other})

    return post


def test_both_ends_say_so(as_, action, block):
    first, second = action("Buy paper"), action("Print letters")
    assert block(second, first).status_code == 303
    assert "It waits for “Buy paper”." in as_("carol").get(f"/actions/{second}").text
    page = as_("carol").get(f"/actions/{first}").text
    assert "Others wait for this" in page
    assert "Print letters" in page


def test_it_is_offered_by_words_of_its_title(as_, action):
    action("Buy paper")
    action("Hire Anna")
    number = action("Print letters")
    page = as_("alice").get(f"/actions/{number}/blockers/new?q=paper").text
    assert "Buy paper" in page
    assert "Hire Anna" not in page


def test_no_circle_by_whatever_detour(as_, action, block):
    one, two, three = action("One"), action("Two"), action("Three")
    block(two, one)
    block(three, two)
    refused = block(one, three)
    assert refused.status_code == 422
    assert "circle" in refused.text
    assert block(one, one).status_code == 422
    assert "It waits for “" not in as_("alice").get(f"/actions/{one}").text


def test_a_diamond_is_no_circle(action, block):
    top, left, right, bottom = (action(name) for name in ("Top", "Left", "Right", "Bottom"))
    for number, other in ((left, top), (right, top), (bottom, left), (bottom, right)):
        assert block(number, other).status_code == 303


def test_the_same_twice_changes_nothing(as_, action, block):
    first, second = action("First"), action("Second")
    block(second, first)
    block(second, first)
    page = as_("alice").get(f"/actions/{second}").text
    assert page.count("said that it waits for another action") == 1


def test_taken_off_again(as_, action, block):
    first, second = action("First"), action("Second")
    block(second, first)
    as_("bob").post(f"/actions/{second}/blockers/{first}?_method=DELETE")
    assert "It waits for “" not in as_("alice").get(f"/actions/{second}").text


def test_the_last_one_done_sets_it_free(as_, action, block):
    one, two, waits = action("One"), action("Two"), action("Waits")
    block(waits, one)
    block(waits, two)
    as_("bob").post(f"/actions/{one}/completion")
    assert "it can go on" not in as_("alice").get(f"/actions/{waits}").text.lower()
    as_("bob").post(f"/actions/{two}/status", data={"status": "dropped", "reason": "No"})
    page = as_("alice").get(f"/actions/{waits}").text
    assert "finished what it waited for: it can go on" in page
    assert "It waits for “" not in page


@pytest.mark.parametrize(
    ("status", "waits"), [("in_progress", True), ("done", False), ("dropped", False)]
)
def test_what_is_over_waits_for_nothing(as_, action, status, waits):
    page = as_("alice").get(f"/actions/{action('Print letters', status=status)}").text
    assert ('id="blockers"' in page) == waits


def test_what_is_put_away_blocks_nothing(as_, action, block):
    one, waits = action("One"), action("Waits")
    block(waits, one)
    as_("alice").post(f"/actions/{one}/archival")
    page = as_("alice").get(f"/actions/{waits}").text
    assert "put away what it waited for: it can go on" in page
    assert "It waits for “" not in page


def test_what_one_may_not_see_is_neither_offered_nor_told(as_, action, block):
    secret, open_one = action("Between us", visibility="team"), action("For all")
    block(open_one, secret)
    page = as_("carol").get(f"/actions/{open_one}").text
    assert "Between us" not in page
    assert "It waits for “" not in page
    assert "said that it waits" not in page
    offer = as_("carol").get(f"/actions/{open_one}/blockers/new").text
    assert "Between us" not in offer
    mine = action("Carol's", by="carol")
    assert block(mine, secret, by="carol").status_code == 404


def test_one_query_for_many(app, cast, action, block, count_queries):
    pairs = [(action(f"Waits {number}"), action(f"First {number}")) for number in range(4)]
    for number, other in pairs:
        block(number, other)

    def ask(ids: list[int]) -> int:
        with app.app_context():
            alice = cast.person("alice")
            return count_queries(lambda: dependencies.blockers_of(ids, alice))

    assert ask([pairs[0][0]]) == ask([number for number, _ in pairs])


@pytest.mark.parametrize(("name", "status"), [("dave", 403), ("rita", 403), ("eve", 302)])
def test_who_may_not(app, action, block, name, status):
    first, second = action("First"), action("Second")
    assert block(second, first, by=name).status_code == status
    with app.app_context():
        assert not dependencies.offered(db.session.get_one(Action, first), "nothing", _Nobody())


class _Nobody:
    is_authenticated = False
