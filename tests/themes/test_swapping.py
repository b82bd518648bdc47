"""What people do while a run computes has the last word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask

from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.themes import curation, merging, runs, swapping
from cxwiki.themes.models import Theme, ThemeRun
from tests.conftest import Cast
from tests.themes.conftest import STRANGER, Wall

Meanwhile = Callable[[Callable[[], None]], None]


@pytest.fixture
def meanwhile(grouped: Wall, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Do a full run, and something else just before it writes."""

    def run(act: Callable[[], None]) -> None:
        swap = swapping.swap

        def late(outcome: swapping.Outcome) -> None:
            with monkeypatch.context() as patch:
                patch.setattr(swapping, "swap", swap)
                act()
            swap(outcome)

        monkeypatch.setattr(swapping, "swap", late)
        grouped.run()
        monkeypatch.setattr(swapping, "swap", swap)

    return run


@pytest.fixture
def mia(cast: Cast) -> Callable[[], User]:
    """Mia, in the session of the moment."""
    return lambda: cast.person("mia")


def theme(number: int) -> Theme:
    return db.session.get_one(Theme, number)


def test_merged_meanwhile(grouped: Wall, meanwhile: Meanwhile, mia: Callable[[], User]) -> None:
    one, other = grouped.theme(0), grouped.theme(1)
    meanwhile(lambda: merging.merge(theme(one), theme(other), mia(), "The same"))
    assert grouped.theme(0) == grouped.theme(1) == other
    stored = grouped.stored(one)
    assert (stored["archived"], stored["merged_into_id"]) == (True, other)
    grouped.run()
    assert grouped.theme(0) == grouped.theme(1) == other


def test_locked_meanwhile(grouped: Wall, meanwhile: Meanwhile, mia: Callable[[], User]) -> None:
    number, place = grouped.post(0), grouped.theme_of(grouped.posted[0][0])
    meanwhile(lambda: curation.lock(theme(place), mia(), locked=True))
    assert grouped.theme_of(number) is None
    assert grouped.stored(place)["size"] == 6


def test_retired_themes_are_neither_filled_nor_brought_back(
    grouped: Wall, meanwhile: Meanwhile, mia: Callable[[], User]
) -> None:
    number, place = grouped.post(0), grouped.theme_of(grouped.posted[0][0])
    meanwhile(lambda: curation.retire(theme(place), mia(), retired=True, reason="Over"))
    assert grouped.theme_of(number) is None
    for _ in range(2):
        grouped.post(0)
        grouped.run()
    members = {one for one in grouped.posted[0] if grouped.theme_of(one) == place}
    assert members == set(grouped.posted[0][:6])


def test_moved_meanwhile(
    app: APIFlask, grouped: Wall, meanwhile: Meanwhile, mia: Callable[[], User]
) -> None:
    number, place = grouped.posted[0][0], grouped.theme(1)
    meanwhile(
        lambda: curation.pin(theme(place), db.session.get_one(Insight, number), mia(), belongs=True)
    )
    assert grouped.theme_of(number) == place
    assert grouped.stored(place)["size"] == 7


def test_named_meanwhile(grouped: Wall, meanwhile: Meanwhile, mia: Callable[[], User]) -> None:
    place = grouped.theme(0)
    meanwhile(lambda: curation.rename(theme(place), "Bills", mia()))
    assert grouped.stored(place)["title"] == "Bills"


def test_hidden_meanwhile(app: APIFlask, grouped: Wall, meanwhile: Meanwhile, cast: Cast) -> None:
    for _ in range(3):
        grouped.post(0, title="Zebra crossing of the chairman")
    secret = grouped.posted[0][-3:]

    def hide() -> None:
        for number in secret:
            insight = db.session.get_one(Insight, number)
            draft = insights.Draft(title=insight.title, visibility="team", language="en")
            insights.revise(insight, draft, cast.person("alice"), insight.revision_number)

    meanwhile(hide)
    stored = str(grouped.stored(grouped.theme_of(grouped.posted[0][0])))
    assert "ebra" not in stored
    assert "chairman" not in stored


def test_archived_members_of_a_shaped_theme_come_back(
    app: APIFlask, grouped: Wall, rename: Callable[[int, str], None], cast: Cast
) -> None:
    place, gone = grouped.theme(0), grouped.posted[0][0]
    rename(place, "Bills")
    grouped.archive([gone])
    grouped.run()
    assert grouped.stored(place)["size"] == 5
    with app.app_context():
        insights.restore(db.session.get_one(Insight, gone), cast.person("mia"))
    grouped.run()
    assert grouped.theme_of(gone) == place


def test_a_run_that_fails_leaves_the_old_themes_whole_and_is_done_again(
    app: APIFlask, grouped: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, place = grouped.post(0), grouped.theme(1)
    before = [grouped.theme_of(one) for some in grouped.posted.values() for one in some]

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(swapping, "_end", killed)
        with pytest.raises(KeyboardInterrupt):
            grouped.run()
    assert [grouped.theme_of(one) for some in grouped.posted.values() for one in some] == before
    with app.app_context():
        assert runs.is_waiting()
        run = db.session.query(ThemeRun).order_by(ThemeRun.id.desc()).first()
        runs.rebuild(run.id)
        assert not runs.is_waiting()
    assert grouped.theme_of(new) == grouped.theme_of(grouped.posted[0][0])
    assert grouped.theme(1) == place


def test_themes_have_places_that_stay(app: APIFlask, grouped: Wall) -> None:
    def places() -> dict[int, tuple[float, float]]:
        with app.app_context():
            return {one.id: (one.x, one.y) for one in db.session.query(Theme)}

    first = places()
    grouped.post(0)
    grouped.post(STRANGER)
    grouped.run()
    for number, (x, y) in places().items():
        assert abs(x - first[number][0]) < 0.1
        assert abs(y - first[number][1]) < 0.1


def test_too_many_insights_leave_the_themes_as_they_are(
    app: APIFlask, grouped: Wall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = [grouped.theme_of(one) for some in grouped.posted.values() for one in some]
    monkeypatch.setattr(runs, "MOST", 20)
    grouped.run()
    assert "more than the 20" in caplog.text
    assert [grouped.theme_of(one) for some in grouped.posted.values() for one in some] == before
    with app.app_context():
        assert not runs.is_waiting()
