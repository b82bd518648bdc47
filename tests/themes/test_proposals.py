"""Proposals: what a run would do to shaped themes waits for a person; a no is remembered."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from apiflask import APIFlask
from sqlalchemy import delete, select

from cxwiki.database import db, transaction
from cxwiki.themes import proposals
from cxwiki.themes.models import Theme, ThemeMember, ThemeProposal
from tests.conftest import SignIn
from tests.themes.conftest import Wall


@dataclass(frozen=True)
class Wish:
    kind: str
    theme_id: int
    other_id: int | None = None
    insight_ids: tuple[int, ...] = ()
    score: float = 0.5


def states(app: APIFlask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.scalars(select(ThemeProposal).order_by(ThemeProposal.id))
        return [(row.kind, row.state) for row in rows]


def keep(app: APIFlask, *wishes: Wish) -> None:
    with app.app_context(), transaction():
        proposals.keep(wishes)


@pytest.fixture
def themes(grouped: Wall) -> tuple[int, int]:
    return grouped.theme(0), grouped.theme(1)


def test_a_wish_waits_once_and_ends_when_the_run_no_longer_has_it(
    app: APIFlask, themes: tuple[int, int]
) -> None:
    one, other = themes
    keep(app, Wish("merge", one, other), Wish("merge", other, one))
    keep(app, Wish("merge", other, one))
    assert states(app) == [("merge", "open")]
    keep(app)
    assert states(app) == [("merge", "outdated")]


def test_a_no_is_remembered(
    app: APIFlask, as_: SignIn, grouped: Wall, themes: tuple[int, int]
) -> None:
    one, other = themes
    some = grouped.posted[0]
    keep(app, Wish("merge", one, other), Wish("split", one, insight_ids=tuple(some[:3])))
    mia = as_("mia")
    assert "These two look like one theme" in mia.get("/themes/").text
    assert "Perhaps a theme of its own" in mia.get(f"/themes/{one}").text
    for number in (1, 2):
        assert mia.post(f"/themes/proposals/{number}/refusal").status_code == 303
        assert mia.post(f"/themes/proposals/{number}/refusal").status_code == 409
    keep(app, Wish("merge", other, one), Wish("split", one, insight_ids=tuple(some[:2])))
    assert states(app) == [("merge", "declined"), ("split", "declined")]
    keep(app, Wish("split", one, insight_ids=tuple(some[3:])))
    assert states(app)[2:] == [("split", "open")]


def test_a_yes_is_the_person_s_own_edit_and_can_be_undone(
    app: APIFlask, as_: SignIn, grouped: Wall, themes: tuple[int, int]
) -> None:
    one, other = themes
    keep(app, Wish("merge", one, other))
    mia = as_("mia")
    mia.post("/themes/proposals/1/acceptance")
    (at,) = {grouped.theme_of(i) for i in grouped.posted[0] + grouped.posted[1]}
    assert at in themes
    page = mia.get(f"/themes/{at}").text
    assert "The software proposed it." in page
    mia.delete(f"/themes/{at}/edits/1")
    assert (grouped.theme(0), grouped.theme(1)) == themes


def test_an_accepted_split_is_of_those_that_are_still_there(
    app: APIFlask, as_: SignIn, grouped: Wall, themes: tuple[int, int]
) -> None:
    one, other = themes
    some = grouped.posted[0]
    keep(app, Wish("split", one, insight_ids=tuple(some[:3])))
    mia = as_("mia")
    mia.post(f"/themes/{one}/moves", data={"insight_id": some[0], "other_id": other})
    mia.post("/themes/proposals/1/acceptance")
    assert grouped.theme_of(some[0]) == other
    (made,) = {grouped.theme_of(i) for i in some[1:3]}
    assert made not in themes


def test_nothing_is_proposed_for_what_is_to_stay_as_it_is(
    app: APIFlask, as_: SignIn, themes: tuple[int, int]
) -> None:
    one, other = themes
    as_("mia").post(f"/themes/{one}/lock")
    keep(app, Wish("merge", one, other), Wish("merge", other, 99999))
    assert states(app) == []


def test_members_see_no_proposals(app: APIFlask, as_: SignIn, themes: tuple[int, int]) -> None:
    one, other = themes
    keep(app, Wish("merge", one, other))
    for name in ("alice", "rita", "dave"):
        for path in ("/themes/", f"/themes/{one}"):
            assert "look like one theme" not in as_(name).get(path).text


def test_a_proposal_names_nothing_that_left_everybody_s_sight(
    app: APIFlask, as_: SignIn, grouped: Wall, themes: tuple[int, int]
) -> None:
    from cxwiki.insights.models import Insight

    number = grouped.post(0, by="bob", title="Zebra crossing of the chairman")
    with app.app_context(), transaction():
        db.session.add(ThemeMember(insight_id=number, theme_id=themes[0]))
    keep(app, Wish("split", themes[0], insight_ids=(number, *grouped.posted[0][:1])))
    assert "Zebra" in as_("mia").get("/themes/").text
    with app.app_context(), transaction():
        db.session.get_one(Insight, number).visibility = "team"
    for name in ("mia", "admin"):
        assert "Zebra" not in as_(name).get("/themes/").text.split("result-count")[0]


def test_the_software_looks_for_parts_when_somebody_asks(
    app: APIFlask, as_: SignIn, grouped: Wall, themes: tuple[int, int], work_off: object
) -> None:
    """Two topics were merged: asked for parts, the software finds them again."""
    one, other = themes
    mia = as_("mia")
    mia.post(f"/themes/{one}/merger", data={"other_id": other, "reason": "The same"})
    with app.app_context(), transaction():
        db.session.execute(delete(ThemeProposal))
    mia.post(f"/themes/{other}/proposals")
    work_off()  # type: ignore[operator]
    with app.app_context():
        (row,) = db.session.scalars(select(ThemeProposal))
        assert (row.kind, row.theme_id, row.state) == ("split", other, "open")
        assert set(row.insight_ids) in [set(grouped.posted[0]), set(grouped.posted[1])]
    assert "Perhaps a theme of its own" in mia.get(f"/themes/{other}").text


def test_a_theme_of_one_piece_is_left_alone(
    app: APIFlask, as_: SignIn, themes: tuple[int, int], work_off: object
) -> None:
    as_("mia").post(f"/themes/{themes[0]}/proposals")
    work_off()  # type: ignore[operator]
    assert states(app) == []
    with app.app_context():
        assert not db.session.get_one(Theme, themes[0]).shaped
