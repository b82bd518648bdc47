"""Map and matrix: what lies where, who shares what; nothing that the reader may not see."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.accounts.models import Team
from cxwiki.database import db, transaction
from cxwiki.insights.models import Insight, Vote
from cxwiki.themes import packing
from cxwiki.themes.models import Theme, ThemeMember, ThemePart
from tests.conftest import SignIn
from tests.themes.conftest import Wall

SECRET = "Zebra crossing of the chairman"


@pytest.fixture
def secret(app: APIFlask, grouped: Wall) -> int:
    """Service keeps five insights of the first theme to itself."""
    theme = grouped.theme(0)
    hidden = [grouped.post(0, by="bob", title=SECRET, visibility="team") for _ in range(5)]
    for number in hidden:
        grouped.posted[0].remove(number)
    with app.app_context(), transaction():
        db.session.add_all(ThemeMember(insight_id=i, theme_id=theme) for i in hidden)
    return theme


def dots(page: str) -> int:
    """How many dots are drawn for a desk; a phone has a drawing of its own."""
    page = page.split("map__svg--narrow")[0]
    return sum(path.count("M") for path in re.findall(r'class="map__dots[^>]* d="([^"]+)"', page))


def test_the_map_draws_every_theme_as_a_link_with_words(as_: SignIn, grouped: Wall) -> None:
    page = as_("alice").get("/themes/map").text
    for topic in range(3):
        theme = grouped.theme(topic)
        assert f'href="/themes/map?theme={theme}&amp;colour=team"' in page
    assert "6 insights (Billing 3, Service 3)" in page
    assert dots(page) == 18
    assert "style=" not in page.split("map__svg")[1].split("</svg>")[0]


def test_colours_are_of_teams_or_of_kinds_and_the_legend_names_them(
    as_: SignIn, grouped: Wall
) -> None:
    alice = as_("alice")
    assert "map--pain_point" not in alice.get("/themes/map").text
    page = alice.get("/themes/map?colour=kind").text
    assert "map--pain_point" in page
    assert "6 insights (Pain point 6)" in page
    assert alice.get("/themes/map?colour=nonsense").status_code == 200


def test_a_theme_on_the_map_shows_its_insights_as_links_and_what_is_around(
    as_: SignIn, grouped: Wall
) -> None:
    theme, other = grouped.theme(0), grouped.theme(1)
    page = as_("alice").get(f"/themes/map?theme={theme}").text
    for number in grouped.posted[0]:
        assert re.search(rf'map__insight" href="/insights/{number}[-"]', page)
    assert f"/themes/map?theme={other}" in page
    assert as_("alice").get("/themes/map?theme=99999").status_code == 404


def test_what_a_team_keeps_is_neither_drawn_nor_counted_for_others(
    as_: SignIn, secret: int
) -> None:
    own, other = as_("bob"), as_("carol")
    assert dots(own.get("/themes/map").text) == 23
    assert dots(other.get("/themes/map").text) == 18
    for path in ("/themes/map", "/themes/matrix", f"/themes/map?theme={secret}"):
        page = other.get(path).text
        assert SECRET not in page, path
        assert "11" not in re.findall(r">(\d+)<", page), path
    assert SECRET in own.get(f"/themes/map?theme={secret}").text
    assert "8" in re.findall(r">(\d+)</a>", own.get("/themes/matrix").text)
    assert set(re.findall(r">(\d+)</a>", other.get("/themes/matrix").text)) == {"3"}


def test_a_theme_that_only_others_see_something_of_is_not_drawn(
    app: APIFlask, as_: SignIn, grouped: Wall, secret: int
) -> None:
    title = str(grouped.stored(secret)["title"])
    grouped.archive(grouped.posted[0])
    with app.app_context(), transaction():
        db.session.get_one(Theme, secret).size = 5  # as if somebody had counted wrongly
    page = as_("carol").get("/themes/map").text
    assert f"theme={secret}&" not in page
    assert title not in page.split("map__svg")[1].split("</svg>")[0]


def test_the_matrix_leads_to_the_insights_of_a_cell(as_: SignIn, grouped: Wall) -> None:
    theme = grouped.theme(0)
    page = as_("alice").get("/themes/matrix").text
    found = re.findall(rf'href="(/themes/{theme}[^"?]*\?team=\d+)"', page)
    assert len(found) == 2
    shown = as_("alice").get(found[0]).text
    listed = set(re.findall(r'id="insight-(\d+)"', shown))
    assert len(listed) == 3
    assert listed < {str(number) for number in grouped.posted[0]}


def test_a_team_that_only_voted_has_a_ring_if_the_reader_sees_for_what(
    app: APIFlask, as_: SignIn, grouped: Wall, secret: int
) -> None:
    def vote(insight_id: int) -> None:
        with app.app_context(), transaction():
            team = db.session.scalars(select(Team).where(Team.name == "Logistics")).one()
            user = grouped.cast.person("bob")
            db.session.add(Vote(insight_id=insight_id, user_id=user.id, team_id=team.id))

    with app.app_context(), transaction():
        db.session.add(Team(name="Logistics"))
        kept = select(Insight.id).where(Insight.visibility == "team").limit(1)
        hidden = db.session.scalars(kept).one()
    words = "Logistics knows 1 of them too"
    vote(hidden)
    assert words in as_("bob").get("/themes/matrix").text
    assert "Logistics" not in as_("carol").get("/themes/matrix").text
    vote(grouped.posted[0][0])
    assert words in as_("carol").get("/themes/matrix").text


def test_parts_narrow_the_insights_of_a_theme(app: APIFlask, as_: SignIn, grouped: Wall) -> None:
    theme, some = grouped.theme(0), grouped.posted[0][:2]
    with app.app_context(), transaction():
        part = ThemePart(theme_id=theme, labels={"en": "Late fees", "de": "Mahnkosten"})
        db.session.add(part)
        db.session.flush()
        for number in some:
            db.session.get_one(ThemeMember, number).part_id = part.id
        part_id = part.id
    alice = as_("alice")
    assert "Late fees · 2" in alice.get(f"/themes/{theme}").text
    page = alice.get(f"/themes/{theme}?part={part_id}").text
    assert set(re.findall(r'id="insight-(\d+)"', page)) == {str(number) for number in some}


def test_without_themes_map_and_matrix_say_what_belongs_there(as_: SignIn) -> None:
    for path in ("/themes/map", "/themes/matrix"):
        assert "Themes appear by themselves" in as_("alice").get(path).text


# --- geometry -------------------------------------------------------------------------------------


def test_circles_do_not_overlap_and_stay_on_the_picture() -> None:
    counts = [40, 25, 12, 9, 9, 5, 5, 4, 3, 3, 2, 2]
    wished = packing.radii(counts, 760, 560)
    for places in ([(0.5, 0.5)] * 12, [(n / 11, n % 3 / 2) for n in range(12)]):
        found, radii = packing.apart(places, wished, 760, 560)
        assert (found, radii) == packing.apart(places, wished, 760, 560)
        assert radii[0] >= 0.6 * wished[0], "drawn much too small"
        for n, (x, y) in enumerate(found):
            assert radii[n] <= x <= 760 - radii[n]
            assert radii[n] <= y <= 560 - radii[n]
            for m in range(n):
                gap = ((x - found[m][0]) ** 2 + (y - found[m][1]) ** 2) ** 0.5
                assert gap >= radii[n] + radii[m] - 0.3, places[0]


def test_dots_stand_for_shares_where_there_are_too_many() -> None:
    assert packing.shares({"a": 3, "b": 2}, 10) == {"a": 3, "b": 2}
    found = packing.shares({"a": 900, "b": 99, "c": 1}, 30)
    assert sum(found.values()) <= 31
    assert found["a"] > found["b"] > 0
    assert found["c"] == 1


def test_a_theme_without_a_place_gets_one() -> None:
    spots = [packing.place_of(None, None, rank) for rank in range(30)]
    assert len(set(spots)) == 30
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in spots)
    assert packing.place_of(float("nan"), 0.5, 3) == spots[3]
