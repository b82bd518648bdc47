"""Full runs: they find the themes, keep their identity and obey people's word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki import jobs
from cxwiki.database import db, transaction
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.themes import counting, runs, space
from cxwiki.themes.models import Theme, ThemeMember, ThemeRun
from tests.conftest import Cast, SignIn
from tests.themes.conftest import STRANGER, Wall


def living(app: APIFlask) -> set[int]:
    with app.app_context():
        return set(db.session.scalars(select(Theme.id).where(Theme.archived_at.is_(None))))


def test_what_says_the_same_becomes_a_theme_across_teams(app: APIFlask, grouped: Wall) -> None:
    themes = [grouped.theme(topic) for topic in range(3)]
    assert living(app) == set(themes)
    assert len(themes) == len(set(themes))
    for theme in themes:
        stored = grouped.stored(theme)
        assert (stored["size"], stored["silo_spread"]) == (6, 2)
    assert {grouped.theme_of(number) for number in grouped.posted[STRANGER]} == {None}
    assert "invoice" in str(grouped.stored(themes[0])["labels"]["en"]).lower()
    assert grouped.stored(themes[1])["summary"] == "The technician missed the appointment"


def test_a_run_says_what_it_did(app: APIFlask, grouped: Wall) -> None:
    with app.app_context():
        run = db.session.scalars(select(ThemeRun)).one()
        assert (run.state, run.insights, run.themes) == ("done", 22, 3)
        assert run.newest_insight_id == max(
            number for some in grouped.posted.values() for number in some
        )
        assert run.finished_at is not None


def test_eleven_insights_make_no_themes(app: APIFlask, wall: Wall) -> None:
    for _ in range(11):
        wall.post(0)
    wall.run()
    assert living(app) == set()
    with app.app_context():
        assert db.session.scalars(select(ThemeRun.state)).one() == "done"


def test_themes_keep_their_identity_while_insights_come(app: APIFlask, grouped: Wall) -> None:
    before = [grouped.theme(topic) for topic in range(3)]
    for topic in (0, 0, 1, 2):
        grouped.post(topic)
    for _ in range(2):
        grouped.run()
        assert [grouped.theme(topic) for topic in range(3)] == before
    assert grouped.stored(before[0])["size"] == 8
    assert living(app) == set(before)


def test_archived_insights_leave_and_are_not_counted_meanwhile(grouped: Wall) -> None:
    theme, gone = grouped.theme(0), grouped.posted[0][:2]
    grouped.archive(gone)
    assert grouped.stored(theme)["size"] == 4
    grouped.run()
    assert [grouped.theme_of(number) for number in gone] == [None, None]
    assert grouped.stored(theme)["size"] == 4


def test_a_theme_whose_insights_are_gone_goes_to_the_archive(grouped: Wall) -> None:
    theme = grouped.theme(0)
    grouped.archive(grouped.posted[0])
    grouped.run()
    stored = grouped.stored(theme)
    assert stored["archived"]
    assert stored["merged_into_id"] is None


# --- people's word --------------------------------------------------------------------------------


def test_a_name_stays_whatever_later_runs_find(
    grouped: Wall, rename: Callable[[int, str], None]
) -> None:
    theme = grouped.theme(0)
    rename(theme, "Wrong bills")
    for _ in range(3):
        grouped.post(0, title="The statement has a strange sum")
    grouped.run()
    assert grouped.theme(0) == theme
    assert grouped.stored(theme)["title"] == "Wrong bills"
    grouped.archive(grouped.posted[0])
    grouped.run()
    stored = grouped.stored(theme)
    assert (stored["title"], stored["archived"], stored["size"]) == ("Wrong bills", False, 0)


def test_a_name_taken_back_is_the_software_s_again(
    grouped: Wall, rename: Callable[[int, str], None]
) -> None:
    theme = grouped.theme(0)
    found = grouped.stored(theme)["title"]
    rename(theme, "Wrong bills")
    rename(theme, "")
    assert grouped.stored(theme)["title"] == found
    assert grouped.stored(theme)["named_by_id"] is None


def test_pinned_in_stays(grouped: Wall, pin: Callable[..., None]) -> None:
    theme, stray, stranger = grouped.theme(0), grouped.posted[1].pop(), grouped.posted[STRANGER][0]
    for number in (stray, stranger):
        pin(theme, number, belongs=True)
    assert grouped.stored(theme)["size"] == 8
    assert grouped.stored(grouped.theme(1))["size"] == 5
    for _ in range(2):
        grouped.run()
        assert {grouped.theme_of(number) for number in (stray, stranger)} == {theme}
    assert grouped.stored(theme)["size"] == 8


def test_pinned_out_never_returns(grouped: Wall, pin: Callable[..., None]) -> None:
    theme, out = grouped.theme(0), grouped.posted[0].pop()
    pin(theme, out, belongs=False)
    assert grouped.theme_of(out) is None
    assert grouped.stored(theme)["size"] == 5
    for _ in range(2):
        grouped.post(0)
        grouped.run()
        assert grouped.theme_of(out) != theme


def test_the_later_word_counts(grouped: Wall, pin: Callable[..., None]) -> None:
    first, second, number = grouped.theme(0), grouped.theme(1), grouped.posted[STRANGER][0]
    pin(first, number, belongs=True)
    pin(second, number, belongs=True)
    grouped.run()
    assert grouped.theme_of(number) == second
    pin(second, number, belongs=False)
    grouped.run()
    assert grouped.theme_of(number) is None


def test_a_pin_outlives_that_its_insight_becomes_a_team_s(
    app: APIFlask, cast: Cast, grouped: Wall, pin: Callable[..., None]
) -> None:
    theme, number = grouped.theme(0), grouped.posted[STRANGER][0]
    pin(theme, number, belongs=True)
    keep_in_team(app, cast, number)
    assert grouped.stored(theme)["size"] == 6
    grouped.run()
    assert grouped.theme_of(number) == theme
    assert grouped.stored(theme)["size"] == 6


def keep_in_team(app: APIFlask, cast: Cast, number: int) -> None:
    with app.app_context():
        insight = db.session.get_one(Insight, number)
        draft = insights.Draft(title=insight.title, visibility="team", language="en")
        insights.revise(insight, draft, cast.person("alice"), insight.revision_number)


# --- themes that went up in another ---------------------------------------------------------------


def test_the_address_of_a_theme_that_went_up_in_another_leads_there(
    app: APIFlask, as_: SignIn, grouped: Wall
) -> None:
    theme = grouped.theme(0)
    with app.app_context(), transaction():
        small = Theme(title="Amounts", team_id=1, size=2)
        db.session.add(small)
        db.session.flush()
        for number in grouped.posted[0][:2]:
            db.session.get_one(ThemeMember, number).theme_id = small.id
        small_id = small.id
    grouped.run()
    assert grouped.theme(0) == theme
    assert grouped.stored(small_id)["archived"]
    assert grouped.stored(small_id)["merged_into_id"] == theme
    answer = as_("carol").get(f"/themes/{small_id}")
    assert answer.status_code == 302
    assert f"/themes/{theme}" in answer.location
    assert "Amounts" not in as_("carol").get("/themes/").text


# --- what only a team sees ------------------------------------------------------------------------


def test_team_visible_insights_shape_nothing(app: APIFlask, grouped: Wall) -> None:
    def seen() -> dict[str, Any]:
        with app.app_context():
            loaded = space.load()
            assert loaded is not None
            sure = select(ThemeMember.insight_id, ThemeMember.theme_id, ThemeMember.confidence)
            company = sure.where(ThemeMember.insight_id.in_(loaded.ids.tolist()))
            rows = {row.insight_id: tuple(row) for row in db.session.execute(company)}
            themes = sorted(living(app))
            growth = counting.growth(themes)
            trends = [sum(counting.trend(db.session.get_one(Theme, one))) for one in themes]
        return {
            "rows": rows,
            "growth": growth,
            "trends": trends,
            "themes": {one: grouped.stored(one) for one in themes},
            "means": loaded.frame.means.tolist(),
            "vectors": np.asarray(loaded.vectors).tolist(),
        }

    grouped.run()
    before = seen()
    secret = [
        grouped.post(0, by=by, title="Zebra crossing of the chairman", visibility="team")
        for by in ("bob", "carol") * 5
    ]
    grouped.run()
    assert seen() == before
    assert {grouped.theme_of(number) for number in secret} == {None}


# --- asking for a run -----------------------------------------------------------------------------


def test_asking_twice_is_one_run(app: APIFlask, cast: Cast) -> None:
    with app.app_context():
        assert not runs.is_waiting()
        first = runs.request(by=cast.person("mia")).id
        assert runs.request().id == first
        assert runs.is_waiting()
        assert db.session.scalar(select(func.count()).select_from(ThemeRun)) == 1
        waiting = select(func.count()).where(jobs.Job.handler == "themes.run_requested")
        assert db.session.scalar(waiting) == 1


def test_a_request_whose_job_was_lost_is_made_again(app: APIFlask) -> None:
    with app.app_context():
        first = runs.request().id
        for job in db.session.scalars(
            select(jobs.Job).where(jobs.Job.handler == "themes.run_requested")
        ):
            jobs.discard(job)
        assert runs.request().id == first
        assert jobs.waits("themes.run_requested")


def test_the_worker_does_a_run_that_was_asked_for(app: APIFlask, wall: Wall) -> None:
    wall.post_all()
    with app.app_context():
        for job in db.session.scalars(select(jobs.Job)):
            jobs.discard(job)
        runs.request()
        assert jobs.run_until_idle(patience=5) == 0
        assert not runs.is_waiting()
    assert len(living(app)) == 3


def test_a_run_waits_for_vectors_that_are_on_their_way(app: APIFlask, wall: Wall) -> None:
    wall.post_all()
    with app.app_context():
        assert jobs.waits("search.embed_changed")
        runs.request()
        with pytest.raises(TimeoutError):
            jobs.run_until_idle(patience=0.3)
        assert runs.is_waiting()
    assert living(app) == set()


def test_a_run_is_due_when_enough_has_changed(app: APIFlask, wall: Wall) -> None:
    def due() -> bool:
        with app.app_context():
            return runs.enough_changed()

    for _ in range(runs.FEWEST - 1):
        wall.post(0)
    wall.post(0, visibility="team")
    assert not due()
    wall.post(1)
    assert due()
    wall.run()
    assert not due()
    for _ in range(runs.CHANGED_LEAST - 1):
        wall.post(2)
    assert not due()
    wall.post(2)
    assert due()


def test_a_run_that_takes_too_long_leaves_the_themes_and_does_not_come_back_at_once(
    app: APIFlask, grouped: Wall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = living(app)
    for _ in range(8):
        grouped.post(STRANGER)
    monkeypatch.setattr(runs, "LONGEST", -1.0)
    grouped.run()
    assert living(app) == before
    assert "given up" in caplog.text
    with app.app_context():
        assert not runs.is_waiting()
        assert not runs.enough_changed()
    monkeypatch.undo()
    grouped.run()
    assert living(app) >= before
