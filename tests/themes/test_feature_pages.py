"""The pages of themes: what each person sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, event

from cxwiki.database import db, transaction, utcnow
from cxwiki.insights import service as insights
from cxwiki.insights import voting
from cxwiki.insights.models import Insight
from cxwiki.themes import counting
from cxwiki.themes.models import Theme, ThemeMember
from tests.conftest import Cast, SignIn
from tests.themes.conftest import STRANGER, TITLES, Wall

SECRET = "Zebra crossing of the chairman"
WORDS = "My zebra was billed twice"


@pytest.fixture
def secret(app: APIFlask, grouped: Wall) -> int:
    """An insight in the first theme that Service keeps to itself, with a quote."""
    number = grouped.post(0, by="bob", title=SECRET, quote=WORDS, visibility="team")
    theme = grouped.theme_of(grouped.posted[0][0])
    grouped.posted[0].remove(number)
    with app.app_context(), transaction():
        db.session.add(ThemeMember(insight_id=number, theme_id=theme))
        counting.recount([theme])
    return number


# --- what each person sees ------------------------------------------------------------------------


def test_a_theme_shows_its_members_by_team_with_the_customers_words(
    as_: SignIn, grouped: Wall, app: APIFlask
) -> None:
    number = grouped.post(0, by="carol", quote="You charged me for a year that I did not use")
    grouped.run()
    page = as_("alice").get(f"/themes/{grouped.theme(0)}").text
    assert "You charged me for a year that I did not use" in page
    assert "7 insights" in page
    assert "2 teams" in page
    assert f"/insights/{number}" in page
    assert "Service" in page
    assert "Billing" in page


def test_carol_never_meets_what_service_keeps_to_itself(
    as_: SignIn, grouped: Wall, secret: int
) -> None:
    theme = grouped.theme(0)
    own, other = (as_(name).get(f"/themes/{theme}").text for name in ("bob", "carol"))
    assert SECRET in own
    assert WORDS in own
    assert "7 insights" in own
    assert SECRET not in other
    assert WORDS not in other
    assert "6 insights" in other
    for path in ("/themes/", "/themes/?sort=size", "/", "/sponsor", f"/thread/{theme}"):
        page = as_("carol").get(path).text
        for word in (SECRET, WORDS, "7 insights"):
            assert word not in page, path
    assert "7 insights" not in as_("bob").get("/themes/").text


def test_votes_of_other_teams_do_not_betray_a_team_s_insight(
    app: APIFlask, cast: Cast, grouped: Wall, secret: int
) -> None:
    theme = grouped.theme(0)
    before = grouped.stored(theme)
    with app.app_context():
        voting.cast(db.session.get_one(Insight, secret), cast.person("alice"))
    assert grouped.stored(theme) == before


def test_a_theme_without_a_member_that_carol_sees_shows_nothing_of_them(
    app: APIFlask, as_: SignIn, grouped: Wall, secret: int
) -> None:
    theme = grouped.theme(0)
    grouped.archive(grouped.posted[0])
    page = as_("carol").get(f"/themes/{theme}").text
    assert "Nothing to see here" in page
    assert SECRET not in page
    assert WORDS not in page


@pytest.mark.parametrize("labels", [{"en": "Sums"}, {}])
@pytest.mark.parametrize("how", ["kept in the team", "archived"])
def test_a_title_that_left_everybody_s_sight_leaves_the_theme(
    app: APIFlask, cast: Cast, as_: SignIn, wall: Wall, how: str, labels: dict[str, str]
) -> None:
    number, other = wall.post(0, title=SECRET), wall.post(0, by="carol")
    with app.app_context(), transaction():
        row = Theme(
            title=labels.get("en", SECRET), labels=labels, summary=SECRET, team_id=1, size=2
        )
        db.session.add(row)
        db.session.flush()
        db.session.add_all(ThemeMember(insight_id=one, theme_id=row.id) for one in (number, other))
        theme = row.id
    assert SECRET in as_("carol").get("/themes/").text
    if how == "archived":
        wall.archive([number])
    else:
        with app.app_context():
            insight = db.session.get_one(Insight, number)
            draft = insights.Draft("Another title", visibility="team")
            insights.revise(insight, draft, cast.person("alice"), insight.revision_number)
    assert SECRET not in as_("carol").get(f"/themes/{theme}").text
    stored = wall.stored(theme)
    assert stored["summary"] == TITLES[0]
    assert (stored["title"], stored["labels"]) == (TITLES[0], {})


def test_a_vote_of_another_silo_widens_the_theme_at_once(
    app: APIFlask, cast: Cast, wall: Wall
) -> None:
    for _ in range(6):
        wall.post(0)
    for _ in range(6):
        wall.post(1, by="carol")
    for _ in range(4):
        wall.post(STRANGER)
    wall.run()
    theme = wall.theme(0)
    assert wall.stored(theme)["silo_spread"] == 1
    with app.app_context():
        insight = db.session.get_one(Insight, wall.posted[0][0])
        voting.cast(insight, cast.person("mia"))  # her team is no silo
        assert wall.stored(theme)["silo_spread"] == 1
        voting.cast(insight, cast.person("carol"))
    assert wall.stored(theme)["silo_spread"] == 2
    with app.app_context():
        voting.withdraw(db.session.get_one(Insight, wall.posted[0][0]), cast.person("carol"))
    assert wall.stored(theme)["silo_spread"] == 1


def test_an_insight_says_where_it_belongs(as_: SignIn, grouped: Wall) -> None:
    theme = grouped.theme(0)
    page = as_("carol").get(f"/insights/{grouped.posted[0][0]}", follow_redirects=True).text
    assert f"/themes/{theme}" in page
    alone = as_("carol").get(f"/insights/{grouped.posted[STRANGER][0]}", follow_redirects=True)
    assert "Stands alone so far" in alone.text


def test_a_label_comes_in_the_reader_s_language(
    app: APIFlask, cast: Cast, as_: SignIn, grouped: Wall, rename: Callable[[int, str], None]
) -> None:
    theme = grouped.theme(0)
    with app.app_context(), transaction():
        db.session.get_one(Theme, theme).labels = {"en": "Invoices", "de": "Rechnungen"}
        cast.person("carol").language = "de"
    path = f"/themes/{theme}"
    assert "Invoices" in as_("alice").get(path).text
    assert "Rechnungen" in as_("carol").get(path).text
    rename(theme, "Wrong bills")
    for name in ("alice", "carol"):
        assert "Wrong bills" in as_(name).get(path).text


# --- lists ----------------------------------------------------------------------------------------


@pytest.fixture
def three(app: APIFlask, wall: Wall) -> None:
    """A large one, a wide one and one that grows."""
    old = utcnow().replace(year=utcnow().year - 1)
    with app.app_context(), transaction():
        for title, size, spread in (("Large", 9, 1), ("Wide", 5, 4), ("Growing", 4, 2)):
            theme = Theme(title=title, team_id=1, size=size, silo_spread=spread)
            db.session.add(theme)
            db.session.flush()
            for number in range(3):
                row = Insight(
                    title=f"{title} {number}",
                    team_id=wall.cast.service,
                    created_at=utcnow() if title == "Growing" else old,
                )
                db.session.add(row)
                db.session.flush()
                db.session.add(ThemeMember(insight_id=row.id, theme_id=theme.id))
        db.session.add(Theme(title="Lonely", team_id=1, size=1, silo_spread=9))


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("size", ["Large", "Wide", "Growing"]),
        ("spread", ["Wide", "Growing", "Large"]),
        ("growth", ["Growing", "Large", "Wide"]),
        ("", ["Wide", "Growing", "Large"]),
        ("nonsense", ["Wide", "Growing", "Large"]),
    ],
)
def test_the_list_is_sorted(as_: SignIn, three: None, sort: str, order: list[str]) -> None:
    page = as_("rita").get(f"/themes/?sort={sort}").text
    rows = page[page.index("result-count") :]
    places = [rows.index(f">{title}<") for title in order]
    assert places == sorted(places)
    assert "Lonely" not in rows


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_theme_of_many_costs_as_many_statements_as_one_of_few(
    app: APIFlask, as_: SignIn, grouped: Wall, cast: Cast
) -> None:
    theme, mia = grouped.theme(0), as_("mia")

    def cost() -> int:
        mia.get(f"/themes/{theme}")
        with statements() as seen:
            assert mia.get(f"/themes/{theme}").status_code == 200
        return len(seen)

    few = cost()
    with app.app_context(), transaction():
        for number in range(30):
            row = Insight(title=f"Sum {number}", team_id=cast.billing, author_id=cast.carol)
            db.session.add(row)
            db.session.flush()
            db.session.add(ThemeMember(insight_id=row.id, theme_id=theme))
    assert cost() <= few


def test_an_unknown_theme_is_404(as_: SignIn, grouped: Wall) -> None:
    assert as_("alice").get("/themes/99999").status_code == 404
    assert as_("alice").get(f"/themes/{grouped.posted[0][0]}").status_code == 404
