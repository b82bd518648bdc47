"""The pages of themes: what each person sees, and who curates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, event, select

from cxwiki.database import db, transaction, utcnow
from cxwiki.insights import voting
from cxwiki.insights.models import Insight
from cxwiki.themes import counting
from cxwiki.themes.models import Theme, ThemeMember, ThemePin, ThemeRun
from tests.conftest import Cast, SignIn
from tests.themes.conftest import STRANGER, Wall

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
    assert "7 insights" in page and "2 teams" in page
    assert f"/insights/{number}" in page
    assert "Service" in page and "Billing" in page


def test_carol_never_meets_what_service_keeps_to_itself(
    as_: SignIn, grouped: Wall, secret: int
) -> None:
    theme = grouped.theme(0)
    own, other = (as_(name).get(f"/themes/{theme}").text for name in ("bob", "carol"))
    assert SECRET in own and WORDS in own and "7 insights" in own
    assert SECRET not in other and WORDS not in other and "6 insights" in other
    for path in ("/themes/", "/themes/?sort=size", "/", "/sponsor", f"/thread/{theme}"):
        page = as_("carol").get(path).text
        assert SECRET not in page and WORDS not in page and "7 insights" not in page, path
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
    assert SECRET not in page and WORDS not in page


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


# --- curating -------------------------------------------------------------------------------------

ROLES = [("alice", 403), ("rita", 403), ("dave", 403), ("eve", 302), ("mia", 303), ("admin", 303)]


@pytest.fixture
def theme(app: APIFlask, wall: Wall) -> int:
    """A theme of two insights, without any run."""
    numbers = [wall.post(0), wall.post(0, by="carol")]
    with app.app_context(), transaction():
        row = Theme(title="Found", labels={"en": "Found"}, team_id=1, size=2, silo_spread=2)
        db.session.add(row)
        db.session.flush()
        db.session.add_all(ThemeMember(insight_id=one, theme_id=row.id) for one in numbers)
        return row.id


@pytest.mark.parametrize(("name", "status"), ROLES)
def test_managers_curate_and_nobody_else(
    app: APIFlask, as_: SignIn, wall: Wall, theme: int, name: str, status: int
) -> None:
    person, number, may = as_(name), wall.posted[0][0], status == 303
    pins = {"theme_id": theme, "insight_id": number, "belongs": "1"}
    answers = [
        person.post(f"/themes/{theme}/name", data={"name": "Given"}),
        person.post("/themes/pins", data=pins),
        person.post("/themes/runs"),
    ]
    assert [answer.status_code for answer in answers] == [status] * 3
    assert person.get(f"/themes/{theme}/name").status_code == (200 if may else status)
    with app.app_context():
        assert (db.session.get_one(Theme, theme).title == "Given") is may
        assert (db.session.get(ThemePin, (theme, number)) is not None) is may
        assert (db.session.scalar(select(ThemeRun.id)) is not None) is may
    assert person.delete(f"/themes/{theme}/pins/{number}").status_code == status
    with app.app_context():
        assert db.session.get(ThemePin, (theme, number)) is None


def test_only_who_may_curate_sees_how(as_: SignIn, theme: int) -> None:
    for name, may in (("alice", False), ("rita", False), ("mia", True)):
        person = as_(name)
        assert ("Update the themes" in person.get("/themes/").text) is may
        assert ("Does not belong" in person.get(f"/themes/{theme}").text) is may


def test_mia_names_a_theme_and_takes_the_name_back(as_: SignIn, wall: Wall, theme: int) -> None:
    mia = as_("mia")
    mia.post(f"/themes/{theme}/name", data={"name": "  Wrong   bills "})
    assert wall.stored(theme)["title"] == "Wrong bills"
    assert "Wrong bills" in as_("carol").get("/themes/").text
    mia.post(f"/themes/{theme}/name", data={"name": ""})
    assert wall.stored(theme)["title"] == "Found"
    assert wall.stored(theme)["named_by_id"] is None


def test_a_name_that_cannot_be_is_refused_with_the_form(
    app: APIFlask, as_: SignIn, wall: Wall, theme: int
) -> None:
    with app.app_context(), transaction():
        db.session.add(Theme(title="Taken", team_id=1, size=2))
    for name, words in (("x" * 121, ""), ("Taken", "Another theme is called that already.")):
        answer = as_("mia").post(f"/themes/{theme}/name", data={"name": name})
        assert answer.status_code == 422
        assert words in answer.text and name in answer.text
    assert wall.stored(theme)["title"] == "Found"


def test_mia_takes_an_insight_out_and_back_in(as_: SignIn, wall: Wall, theme: int) -> None:
    mia, number = as_("mia"), wall.posted[0][0]
    data = {"theme_id": theme, "insight_id": number}
    mia.post("/themes/pins", data={**data, "belongs": "0"})
    assert wall.theme_of(number) is None
    assert wall.stored(theme)["size"] == 1
    assert "Taken out by hand" in mia.get(f"/themes/{theme}").text
    assert "Taken out by hand" not in as_("alice").get(f"/themes/{theme}").text
    mia.post("/themes/pins", data={**data, "belongs": "1"})
    assert wall.theme_of(number) == theme
    assert wall.stored(theme)["size"] == 2
    assert "put here by hand" in mia.get(f"/themes/{theme}").text


def test_what_a_team_keeps_is_not_put_anywhere_by_hand(
    app: APIFlask, as_: SignIn, wall: Wall, theme: int
) -> None:
    number = wall.post(0, visibility="team")
    data = {"theme_id": theme, "insight_id": number, "belongs": "1"}
    assert as_("mia").post("/themes/pins", data=data).status_code == 404  # she does not see it
    assert as_("admin").post("/themes/pins", data=data).status_code == 422
    assert wall.theme_of(number) is None


def test_a_pin_of_nothing_is_404(as_: SignIn, theme: int) -> None:
    for data in ({}, {"theme_id": theme}, {"theme_id": theme, "insight_id": "x"}):
        assert as_("mia").post("/themes/pins", data=data).status_code == 404


def test_asking_for_a_run_says_that_it_is_on_its_way(as_: SignIn, theme: int) -> None:
    mia = as_("mia")
    for _ in range(2):
        assert mia.post("/themes/runs").status_code == 303
    assert "Themes are being updated." in mia.get("/themes/").text
