"""What managers do to themes: it holds, it is written down with its reason, and can be undone."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cxwiki.actions.models import Action
from cxwiki.database import db, transaction
from cxwiki.projects.models import Project, ProjectTheme
from cxwiki.themes.models import Theme, ThemeEdit, ThemeMember, ThemeProposal
from tests.conftest import Cast, SignIn
from tests.themes.conftest import Wall

SECRET = "Zebra crossing of the chairman"


@pytest.fixture
def mia(as_: SignIn) -> FlaskClient:
    return as_("mia")


@pytest.fixture
def pair(app: APIFlask, wall: Wall) -> tuple[int, int]:
    """Two themes of four insights each, without any run: sums and doors."""
    with app.app_context(), transaction():
        rows = [
            Theme(title=name, labels={"en": name}, team_id=1, size=4, silo_spread=2)
            for name in ("Sums", "Doors")
        ]
        db.session.add_all(rows)
        db.session.flush()
        ids = [row.id for row in rows]
    for topic, theme_id in enumerate(ids):
        posted = [wall.post(topic, by=("alice", "carol")[n % 2]) for n in range(4)]
        with app.app_context(), transaction():
            db.session.add_all(ThemeMember(insight_id=i, theme_id=theme_id) for i in posted)
    return ids[0], ids[1]


def edits(app: APIFlask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.scalars(select(ThemeEdit).order_by(ThemeEdit.id))
        return [(row.kind, row.reason) for row in rows]


def undo_last(app: APIFlask, mia: FlaskClient, theme: int) -> str:
    with app.app_context():
        edit = db.session.scalar(select(func.max(ThemeEdit.id)))
    answer = mia.delete(f"/themes/{theme}/edits/{edit}", follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


# --- each edit and its undo -----------------------------------------------------------------------


def test_a_description_stays_until_it_is_given_back(
    app: APIFlask, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, _doors = pair
    mia.post(f"/themes/{sums}/description", data={"summary": "Bills that do not add up"})
    assert "Bills that do not add up" in mia.get(f"/themes/{sums}").text
    wall.archive([wall.posted[0][0]])
    assert wall.stored(sums)["summary"] == "Bills that do not add up"
    assert "Undone by Mia" in undo_last(app, mia, sums)
    assert wall.stored(sums)["summary"] != "Bills that do not add up"


def test_merging_takes_everything_along_and_the_address_leads_on(
    app: APIFlask, cast: Cast, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, doors = pair
    with app.app_context(), transaction():
        action = Action(title="Solve", team_id=cast.service, theme_id=sums)
        both = Project(title="Both", team_id=cast.service)
        one = Project(title="One", team_id=cast.service)
        db.session.add_all([action, both, one])
        db.session.flush()
        db.session.add_all(
            ProjectTheme(project_id=project.id, theme_id=theme)
            for project, theme in ((both, sums), (both, doors), (one, sums))
        )
        action_id, both_id, one_id = action.id, both.id, one.id
    mia.post(f"/themes/{sums}/merger", data={"other_id": doors, "reason": "The same problem"})
    assert {wall.theme_of(i) for i in wall.posted[0] + wall.posted[1]} == {doors}
    assert f"/themes/{doors}" in mia.get(f"/themes/{sums}").location
    page = mia.get(f"/themes/{doors}").text
    assert "merged a theme with 4 insights into it" in page
    assert "The same problem" in page

    def links() -> tuple[int | None, set[tuple[int, int]]]:
        with app.app_context():
            rows = db.session.scalars(select(ProjectTheme))
            pointing = {(row.project_id, row.theme_id) for row in rows}
            return db.session.get_one(Action, action_id).theme_id, pointing

    assert links() == (doors, {(both_id, doors), (one_id, doors)})
    undo_last(app, mia, doors)
    assert {wall.theme_of(i) for i in wall.posted[0]} == {sums}
    assert {wall.theme_of(i) for i in wall.posted[1]} == {doors}
    assert links() == (sums, {(both_id, sums), (both_id, doors), (one_id, sums)})
    assert mia.get(f"/themes/{sums}").status_code == 200


def test_merges_undone_in_the_order_in_which_they_were_made_give_actions_back(
    app: APIFlask, cast: Cast, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, doors = pair
    with app.app_context(), transaction():
        keys = Theme(title="Keys", labels={"en": "Keys"}, team_id=1, size=2)
        action = Action(title="Solve", team_id=cast.service, theme_id=sums)
        db.session.add_all([keys, action])
        db.session.flush()
        keys_id, action_id = keys.id, action.id
    mia.post(f"/themes/{sums}/merger", data={"other_id": doors, "reason": "x"})
    mia.post(f"/themes/{doors}/merger", data={"other_id": keys_id, "reason": "x"})
    assert f"/themes/{keys_id}" in mia.get(f"/themes/{sums}").location
    with app.app_context():
        first, second = db.session.scalars(select(ThemeEdit.id).order_by(ThemeEdit.id)).all()
    page = mia.delete(f"/themes/{keys_id}/edits/{first}", follow_redirects=True).text
    assert "4 insights were put elsewhere since: they stay there." in page
    mia.delete(f"/themes/{keys_id}/edits/{second}")
    assert {wall.theme_of(i) for i in wall.posted[0]} == {sums}
    with app.app_context():
        assert db.session.get_one(Action, action_id).theme_id == sums


def test_chosen_insights_become_a_theme_of_their_own(
    app: APIFlask, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, _doors = pair
    chosen = wall.posted[0][:2]
    made = mia.post(f"/themes/{sums}/splits", data={"insight_id": chosen, "name": "Fees"})
    assert made.status_code == 303
    (new,) = {wall.theme_of(i) for i in chosen}
    assert new not in (sums, None)
    assert wall.stored(new)["title"] == "Fees"
    assert "made it of 2 insights of another theme" in mia.get(f"/themes/{new}").text
    undo_last(app, mia, sums)
    assert {wall.theme_of(i) for i in wall.posted[0]} == {sums}
    assert f"/themes/{sums}" in mia.get(f"/themes/{new}").location


def test_without_a_name_the_software_finds_one_that_no_other_theme_has(
    mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, doors = pair
    mia.post(f"/themes/{sums}/splits", data={"insight_id": wall.posted[0][:2]})
    (new,) = {wall.theme_of(i) for i in wall.posted[0][:2]}
    titles = [wall.stored(one)["title"] for one in (sums, doors, new)]
    assert len(set(titles)) == 3
    assert all(titles)


def test_chosen_insights_move(
    app: APIFlask, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, doors = pair
    chosen = wall.posted[0][:3]
    mia.post(f"/themes/{sums}/moves", data={"insight_id": chosen, "other_id": doors})
    assert {wall.theme_of(i) for i in chosen} == {doors}
    assert (wall.stored(sums)["size"], wall.stored(doors)["size"]) == (1, 7)
    assert "moved 3 insights here from another theme" in mia.get(f"/themes/{doors}").text
    undo_last(app, mia, sums)
    assert {wall.theme_of(i) for i in chosen} == {sums}


def test_chosen_insights_are_taken_out(
    app: APIFlask, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, _doors = pair
    chosen = wall.posted[0][:2]
    mia.post(f"/themes/{sums}/removals", data={"insight_id": chosen, "reason": "Noise"})
    assert {wall.theme_of(i) for i in chosen} == {None}
    assert edits(app) == [("pinned_out", "Noise")]
    undo_last(app, mia, sums)
    assert {wall.theme_of(i) for i in chosen} == {sums}


def test_a_retired_theme_is_in_no_list_and_comes_back(
    mia: FlaskClient, as_: SignIn, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, _doors = pair
    assert mia.post(f"/themes/{sums}/retirement", data={"reason": ""}).status_code == 422
    mia.post(f"/themes/{sums}/retirement", data={"reason": "Solved for good"})
    alice = as_("alice")
    for path in ("/themes/", "/themes/map", "/themes/matrix", "/"):
        assert "Sums" not in alice.get(path).text, path
    assert "Sums" in alice.get("/themes/?show=retired").text
    assert "Solved for good" in alice.get(f"/themes/{sums}").text
    mia.delete(f"/themes/{sums}/retirement")
    assert "Sums" in alice.get("/themes/").text


def test_locking_is_shown_and_taken_back(
    mia: FlaskClient, as_: SignIn, pair: tuple[int, int]
) -> None:
    sums, _doors = pair
    mia.post(f"/themes/{sums}/lock")
    assert "locked" in as_("alice").get(f"/themes/{sums}").text
    mia.delete(f"/themes/{sums}/lock")
    assert "Unlock" not in mia.get(f"/themes/{sums}").text


def test_who_was_taken_out_of_a_theme_stays_out_when_another_is_merged_into_it(
    mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, doors = pair
    out = wall.posted[0][0]
    mia.post("/themes/pins", data={"theme_id": doors, "insight_id": out, "belongs": "0"})
    mia.post(f"/themes/{sums}/merger", data={"other_id": doors, "reason": "x"})
    assert wall.theme_of(out) is None
    assert {wall.theme_of(i) for i in wall.posted[0][1:]} == {doors}


def test_what_came_later_is_left_alone_and_said(
    app: APIFlask, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, doors = pair
    number = wall.posted[0][0]
    mia.post(f"/themes/{sums}/name", data={"name": "First"})
    mia.post(f"/themes/{sums}/name", data={"name": "Second"})
    with app.app_context():
        first = db.session.scalar(select(func.min(ThemeEdit.id)))
    page = mia.delete(f"/themes/{sums}/edits/{first}", follow_redirects=True).text
    assert "It was changed again since: that stays." in page
    assert wall.stored(sums)["title"] == "Second"
    undo_last(app, mia, sums)
    assert wall.stored(sums)["title"] == "Sums"
    mia.post(f"/themes/{sums}/moves", data={"insight_id": number, "other_id": doors})
    assert wall.theme_of(number) == doors


def test_a_theme_is_unshaped_again_when_all_was_undone(
    app: APIFlask, mia: FlaskClient, pair: tuple[int, int]
) -> None:
    def shaped() -> bool:
        with app.app_context():
            return db.session.get_one(Theme, pair[0]).shaped

    mia.post(f"/themes/{pair[0]}/lock")
    assert shaped()
    undo_last(app, mia, pair[0])
    assert not shaped()


# --- who may, and what makes no sense -------------------------------------------------------------


def test_only_managers_and_administrators_edit(
    app: APIFlask, as_: SignIn, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, doors = pair
    as_("mia").post(f"/themes/{sums}/lock")
    with app.app_context(), transaction():
        row = ThemeProposal(kind="merge", theme_id=sums, other_id=doors)
        db.session.add(row)
        db.session.flush()
        proposal = row.id
        edit = db.session.scalar(select(ThemeEdit.id))
    calls = [
        ("POST", f"/themes/{sums}/description", {"summary": "x"}),
        ("POST", f"/themes/{sums}/merger", {"other_id": doors, "reason": "x"}),
        ("POST", f"/themes/{sums}/retirement", {"reason": "x"}),
        ("DELETE", f"/themes/{sums}/retirement", {}),
        ("POST", f"/themes/{sums}/lock", {}),
        ("DELETE", f"/themes/{sums}/lock", {}),
        ("POST", f"/themes/{sums}/moves", {"insight_id": wall.posted[0][0], "other_id": doors}),
        ("POST", f"/themes/{sums}/splits", {"insight_id": wall.posted[0][0]}),
        ("POST", f"/themes/{sums}/removals", {"insight_id": wall.posted[0][0]}),
        ("DELETE", f"/themes/{sums}/edits/{edit}", {}),
        ("POST", f"/themes/{sums}/proposals", {}),
        ("POST", f"/themes/proposals/{proposal}/acceptance", {}),
        ("POST", f"/themes/proposals/{proposal}/refusal", {}),
        ("GET", f"/themes/{sums}/description", {}),
        ("GET", f"/themes/{sums}/merger", {}),
        ("GET", f"/themes/{sums}/retirement", {}),
    ]
    before = (edits(app), wall.stored(sums), wall.stored(doors))
    for name, status in (("alice", 403), ("rita", 403), ("dave", 403), ("eve", 302)):
        person = as_(name)
        for method, path, data in calls:
            assert person.open(path, method=method, data=data).status_code == status, path
    assert (edits(app), wall.stored(sums), wall.stored(doors)) == before
    admin = as_("admin")
    for method, path, _data in calls[-3:]:
        assert admin.open(path, method=method).status_code == 200, path


def test_what_makes_no_sense_changes_nothing(
    app: APIFlask, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, doors = pair
    elsewhere, everything = wall.posted[1][0], wall.posted[0]
    for path, data in (
        ("merger", {"other_id": sums, "reason": "x"}),
        ("merger", {"other_id": doors, "reason": " "}),
        ("merger", {"other_id": 99999, "reason": "x"}),
        ("description", {"summary": "x" * 301}),
        ("name", {"name": "Good", "reason": "x" * 301}),
        ("moves", {"other_id": doors}),
        ("moves", {"other_id": sums, "insight_id": wall.posted[0][0]}),
        ("moves", {"other_id": doors, "insight_id": elsewhere}),
        ("splits", {"insight_id": [*everything, elsewhere]}),
        ("splits", {"insight_id": everything}),
        ("splits", {"insight_id": everything[0], "name": "Doors"}),
        ("removals", {"insight_id": "x"}),
    ):
        answer = mia.post(f"/themes/{sums}/{path}", data=data)
        assert answer.status_code == 422, (path, data)
    assert edits(app) == []
    assert {wall.theme_of(i) for i in everything} == {sums}


def test_a_refused_split_shows_the_theme_with_what_was_ticked_and_typed(
    mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    ticked = wall.posted[0][:2]
    data = {"insight_id": ticked, "name": "Doors", "reason": "They are about <doors>"}
    page = mia.post(f"/themes/{pair[0]}/splits", data=data).text
    assert "Another theme is called that already." in page
    assert 'value="They are about &lt;doors&gt;"' in page
    boxes = re.findall(r'name="insight_id" value="(\d+)" form="chosen" checked', page)
    assert {int(number) for number in boxes} == set(ticked)


def test_a_split_is_undone_on_the_page_of_what_was_split_off(
    app: APIFlask, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, moved = pair[0], wall.posted[0][:2]
    mia.post(f"/themes/{sums}/splits", data={"insight_id": moved, "name": "Of its own"})
    made = wall.theme_of(moved[0])
    assert made != sums
    with app.app_context():
        edit = db.session.scalar(select(ThemeEdit.id))
    answer = mia.delete(f"/themes/{made}/edits/{edit}")
    assert answer.status_code == 303
    assert re.match(rf"/themes/{sums}\b", answer.location)
    assert wall.theme_of(moved[0]) == sums


def test_what_is_not_there_is_404(app: APIFlask, mia: FlaskClient, pair: tuple[int, int]) -> None:
    sums, doors = pair
    mia.post(f"/themes/{doors}/lock")
    with app.app_context():
        edit = db.session.scalar(select(ThemeEdit.id))
    assert mia.delete(f"/themes/{sums}/edits/{edit}").status_code == 404  # of another theme
    assert mia.delete(f"/themes/{sums}/edits/99999").status_code == 404
    moves = {"insight_id": 1, "other_id": 99999}
    assert mia.post(f"/themes/{sums}/moves", data=moves).status_code == 404
    assert mia.post("/themes/proposals/99999/acceptance").status_code == 404
    for path in ("description", "merger", "retirement", "lock", "splits", "proposals"):
        assert mia.post(f"/themes/99999/{path}").status_code == 404, path


def test_a_second_undo_says_that_it_was_done(
    app: APIFlask, mia: FlaskClient, pair: tuple[int, int]
) -> None:
    mia.post(f"/themes/{pair[0]}/lock")
    undo_last(app, mia, pair[0])
    with app.app_context():
        edit = db.session.scalar(select(ThemeEdit.id))
    assert mia.delete(f"/themes/{pair[0]}/edits/{edit}").status_code == 409


# --- nothing leaks --------------------------------------------------------------------------------


def test_history_names_no_insight_that_the_reader_may_not_see(
    app: APIFlask, as_: SignIn, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    _sums, doors = pair
    number = wall.post(0, by="bob", title=SECRET)
    data = {"theme_id": doors, "insight_id": number, "belongs": "1"}
    mia.post("/themes/pins", data=data)
    assert SECRET in as_("carol").get(f"/themes/{doors}").text
    with app.app_context(), transaction():
        from cxwiki.insights.models import Insight

        db.session.get_one(Insight, number).visibility = "team"
    assert SECRET in as_("bob").get(f"/themes/{doors}").text
    for path in (f"/themes/{doors}", "/themes/", "/themes/map", f"/themes/map?theme={doors}"):
        assert SECRET not in as_("carol").get(path).text, path


def test_what_a_team_keeps_goes_along_when_its_theme_is_merged_but_shows_nowhere(
    app: APIFlask, as_: SignIn, mia: FlaskClient, wall: Wall, pair: tuple[int, int]
) -> None:
    sums, doors = pair
    hidden = wall.post(0, by="bob", title=SECRET, visibility="team")
    with app.app_context(), transaction():
        db.session.add(ThemeMember(insight_id=hidden, theme_id=sums))
    mia.post(f"/themes/{sums}/merger", data={"other_id": doors, "reason": "x"})
    assert wall.theme_of(hidden) == doors
    assert wall.stored(doors)["size"] == 8
    assert SECRET in as_("bob").get(f"/themes/{doors}").text
    for name in ("carol", "mia"):
        page = as_(name).get(f"/themes/{doors}").text
        assert SECRET not in page
        assert "with 4 insights" in page
