"""Silo bridges: two teams hear that they work on the same, once, and never across a wall."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db, transaction
from cxwiki.insights.models import Insight
from cxwiki.notifications.models import Notice
from cxwiki.search import registry
from cxwiki.themes import bridges
from cxwiki.themes.models import SiloBridge
from tests.conftest import Cast, SignIn
from tests.themes.conftest import Wall

WorkOff = Callable[[], int]


def arrive(app: APIFlask, *insight_ids: int) -> None:
    """The vectors of these insights have just been written."""
    with app.app_context():
        registry.embedded(list(insight_ids))


def told(app: APIFlask, cast: Cast, name: str) -> list[tuple[int | None, list[int]]]:
    """What somebody heard of bridges: the insight and those beside it."""
    with app.app_context():
        notices = select(Notice).where(Notice.user_id == getattr(cast, name)).order_by(Notice.id)
        return [
            (notice.event.subject_id, notice.event.data["insight_ids"])
            for notice in db.session.scalars(notices)
            if notice.event.name == "insight.bridged"
        ]


@pytest.fixture
def lone(app: APIFlask, wall: Wall, work_off: WorkOff) -> Wall:
    """Themes of Service alone; Billing wrote nothing yet. Earlier notices are gone."""
    for _ in range(6):
        for topic in range(3):
            wall.post(topic, by="alice")
    wall.run()
    work_off()
    with app.app_context(), transaction():
        for row in db.session.scalars(select(Notice)):
            db.session.delete(row)
    return wall


def test_both_sides_hear_of_each_other_once(
    app: APIFlask, cast: Cast, as_: SignIn, lone: Wall, work_off: WorkOff
) -> None:
    number = lone.post(0, by="carol")
    for _ in range(2):
        arrive(app, number)
        work_off()
    ((subject, (beside,)),) = told(app, cast, "carol")
    assert subject == number
    assert beside in lone.posted[0]
    assert told(app, cast, "alice") == [(beside, [number])]
    page = as_("carol").get("/notifications/").text
    assert "found that team Service works on the same" in page
    assert f"/insights/{beside}" in page
    assert "found that team Billing works on the same" in as_("alice").get("/notifications/").text


def test_a_second_insight_does_not_tell_the_same_people_of_the_same_team_again(
    app: APIFlask, cast: Cast, lone: Wall, work_off: WorkOff
) -> None:
    for _ in range(3):
        arrive(app, lone.post(0, by="carol"))
    work_off()
    with app.app_context():
        rows = [(row.insight_id, row.team_id) for row in db.session.scalars(select(SiloBridge))]
    assert len(rows) == len(set(rows))
    assert len(told(app, cast, "carol")) == 3
    assert len({subject for subject, _beside in told(app, cast, "alice")}) == len(
        told(app, cast, "alice")
    )


def test_within_a_team_there_is_no_bridge(
    app: APIFlask, cast: Cast, lone: Wall, work_off: WorkOff
) -> None:
    arrive(app, lone.post(0, by="bob"))
    work_off()
    assert told(app, cast, "bob") == told(app, cast, "alice") == []


def test_what_a_team_keeps_makes_no_bridge_in_either_direction(
    app: APIFlask, cast: Cast, lone: Wall, work_off: WorkOff
) -> None:
    arrive(app, lone.post(0, by="carol", visibility="team"))
    work_off()
    assert told(app, cast, "carol") == told(app, cast, "alice") == []
    hidden = {lone.post(0, by="carol", visibility="team") for _ in range(3)}
    arrive(app, *hidden)
    number = lone.post(0, by="bob")
    arrive(app, number)
    work_off()
    assert told(app, cast, "bob") == []
    with app.app_context():
        assert db.session.scalar(select(SiloBridge.insight_id)) is None


def test_teams_that_are_no_silos_have_no_bridges(
    app: APIFlask, cast: Cast, lone: Wall, work_off: WorkOff
) -> None:
    with app.app_context(), transaction():
        cast.team("billing").counts_as_silo = False
    arrive(app, lone.post(0, by="carol"))
    work_off()
    assert told(app, cast, "alice") == []


def test_what_comes_by_the_dozen_tells_nobody(
    app: APIFlask, cast: Cast, lone: Wall, work_off: WorkOff
) -> None:
    imported = [lone.post(n % 3, by="carol") for n in range(bridges.MOST_AN_HOUR + 1)]
    arrive(app, *imported)
    work_off()
    assert told(app, cast, "carol") == told(app, cast, "alice") == []


def test_what_was_written_long_ago_is_no_news(
    app: APIFlask, cast: Cast, lone: Wall, work_off: WorkOff
) -> None:
    number = lone.post(0, by="carol")
    with app.app_context(), transaction():
        insight = db.session.get_one(Insight, number)
        insight.created_at = insight.created_at - 2 * bridges.NEWS
    arrive(app, number)
    work_off()
    assert told(app, cast, "carol") == []


def test_a_full_run_that_brings_teams_together_tells_them(
    app: APIFlask, cast: Cast, wall: Wall, work_off: WorkOff
) -> None:
    wall.post_all()
    wall.run()
    work_off()
    assert told(app, cast, "carol")
    assert told(app, cast, "alice")
