"""A saved insight finds its theme at once, without a full run."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki.database import db
from cxwiki.search import registry
from cxwiki.themes import runs
from cxwiki.themes.models import ThemeMember, ThemeRun
from tests.themes.conftest import STRANGER, Wall


def arrive(app: APIFlask, *insight_ids: int) -> None:
    """The vectors of these insights have just been written."""
    with app.app_context():
        registry.embedded(list(insight_ids))


def test_a_new_insight_is_placed_without_a_run(app: APIFlask, grouped: Wall) -> None:
    theme, number = grouped.theme(0), grouped.post(0, by="carol")
    arrive(app, number)
    assert grouped.theme_of(number) == theme
    assert grouped.stored(theme)["size"] == 7
    with app.app_context():
        assert 0.5 <= db.session.get_one(ThemeMember, number).confidence <= 1
        assert db.session.scalar(select(func.count()).select_from(ThemeRun)) == 1


def test_placing_twice_changes_nothing(app: APIFlask, grouped: Wall) -> None:
    number = grouped.post(0)
    arrive(app, number)
    arrive(app, number)
    assert grouped.stored(grouped.theme(0))["size"] == 7


def test_what_is_like_nothing_stays_alone(app: APIFlask, grouped: Wall) -> None:
    number = grouped.post(STRANGER)
    arrive(app, number)
    assert grouped.theme_of(number) is None


def test_a_team_s_insight_finds_its_theme_but_does_not_count(app: APIFlask, grouped: Wall) -> None:
    theme = grouped.theme(0)
    before = grouped.stored(theme)
    number = grouped.post(0, visibility="team", title="Only for us")
    arrive(app, number)
    assert grouped.theme_of(number) == theme
    assert grouped.stored(theme) == before


def test_what_a_team_keeps_draws_nobody_along(app: APIFlask, grouped: Wall) -> None:
    theme = grouped.theme(0)
    # Nine of another topic that only Service sees lie with the invoices: no vote of theirs counts.
    home = grouped.theme(2)
    hidden = [grouped.post(2, visibility="team") for _ in range(9)]
    with app.app_context():
        db.session.add_all(ThemeMember(insight_id=one, theme_id=theme) for one in hidden)
        db.session.commit()
    number = grouped.post(2)
    arrive(app, number)
    assert grouped.theme_of(number) == home != theme


def test_pinned_out_is_not_placed_there_again(
    app: APIFlask, grouped: Wall, pin: Callable[..., None]
) -> None:
    theme, number = grouped.theme(0), grouped.posted[0][0]
    pin(theme, number, belongs=False)
    arrive(app, number)
    assert grouped.theme_of(number) is None


def test_pinned_in_is_placed_there_whatever_it_says(
    app: APIFlask, grouped: Wall, pin: Callable[..., None]
) -> None:
    theme, number = grouped.theme(0), grouped.post(1)
    pin(theme, number, belongs=True)
    arrive(app, number)
    assert grouped.theme_of(number) == theme


def test_an_archived_insight_is_not_placed(app: APIFlask, grouped: Wall) -> None:
    number = grouped.post(0)
    grouped.archive([number])
    arrive(app, number)
    assert grouped.theme_of(number) is None


def test_the_twelfth_insight_asks_for_the_first_run(app: APIFlask, wall: Wall) -> None:
    posted = [wall.post(0) for _ in range(runs.FEWEST - 1)]
    arrive(app, *posted)
    with app.app_context():
        assert not runs.is_waiting()
    arrive(app, wall.post(1))
    with app.app_context():
        assert runs.is_waiting()
    assert wall.theme_of(posted[0]) is None
