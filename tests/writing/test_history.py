"""The history of a text: who saved when, what changed, and bringing a state back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.database import db, transaction
from cxwiki.errors import DomainError
from cxwiki.events import Event
from cxwiki.insights import importing
from cxwiki.insights.importing import Options
from cxwiki.insights.models import Insight
from cxwiki.writing import history, restoring, revisions, suppression, texts
from cxwiki.writing.history import Entry
from cxwiki.writing.models import Revision
from cxwiki.writing.texts import Content
from tests.architecture.test_queries import statements
from tests.conftest import Cast, SignIn
from tests.insights.conftest import Make

Write = Callable[..., int]


@pytest.fixture
def write(app: APIFlask, cast: Cast) -> Write:
    """`write(number, by="bob", body="…", minutes=3)` saves a state so long after the last one."""

    def save(number: int, by: str = "alice", minutes: float = 60, comment: str = "", **said) -> int:
        with app.app_context(), transaction():
            text = db.session.get(Insight, number)
            assert text is not None
            now, way = texts.of(text).content(text), texts.of(text)
            fields = {**now.fields, **{k: v for k, v in said.items() if k in now.fields}}
            content = Content(said.get("title", now.title), said.get("body", now.body), fields)
            before = text.revision_number
            at = revisions.of(text)[0].created_at
            way.save(text, content, cast.person(by), before, comment)
            db.session.flush()
            saved = revisions.numbered(text, before + 1)
            assert saved is not None
            saved.created_at = at + timedelta(minutes=minutes)
            return saved.number

    return save


def entries(app: APIFlask, cast: Cast, number: int, reader: str = "alice") -> list[Entry]:
    with app.app_context():
        text = db.session.get(Insight, number)
        assert text is not None
        return list(history.of(text, cast.person(reader), 1, 50).items)


# --- the list -------------------------------------------------------------------------------------


def test_it_says_who_saved_when_with_which_remark_and_how_much_it_grew(
    app: APIFlask, cast: Cast, insight: Make, write: Write
) -> None:
    number = insight(body="Twelve chars")
    write(number, by="bob", body="Twelve chars and more", comment="Said more")
    write(number, by="carol", body="Less")
    found = entries(app, cast, number)
    assert [(one.author and one.author.name, one.growth, one.comments) for one in found] == [
        ("Carol", -17, []), ("Bob", 9, ["Said more"]), ("Alice", 12, []),
    ]  # fmt: skip
    assert [(one.before, one.last.number) for one in found] == [(2, 3), (1, 2), (None, 1)]


def test_one_persons_saves_within_ten_minutes_are_one_entry(
    app: APIFlask, cast: Cast, insight: Make, write: Write
) -> None:
    number = insight(body="0")
    for minutes, body in ((60, "01"), (4, "012"), (6, "0123"), (1, "01234")):
        write(number, by="bob", minutes=minutes, body=body, comment=f"to {body}")
    last, folded, first = entries(app, cast, number)
    assert [save.number for save in folded.saves] == [2, 3, 4], "ten minutes from the first of them"
    assert [save.number for save in last.saves] == [5]
    assert (folded.before, folded.growth) == (1, 3)
    assert folded.comments == ["to 01", "to 012", "to 0123"]
    assert first.before is None


def test_somebody_elses_save_between_two_parts_them(
    app: APIFlask, cast: Cast, insight: Make, write: Write
) -> None:
    number = insight(body="0")
    for by in ("bob", "carol", "bob"):
        write(number, by=by, minutes=1, body=f"{by}{by}" if by == "carol" else by * 3)
    assert len(entries(app, cast, number)) == 4


def test_what_was_taken_away_has_no_length_to_compare_with(
    app: APIFlask, cast: Cast, insight: Make, write: Write
) -> None:
    number = insight(body="One")
    write(number, by="bob", body="Two two")
    write(number, by="carol", body="Three three three")
    with app.app_context():
        text = db.session.get(Insight, number)
        assert text is not None
        suppression.suppress(text, 2, 2, "A name", cast.person("admin"))
    assert [one.growth for one in entries(app, cast, number)] == [None, None, 3]


def test_an_import_stands_alone(
    app: APIFlask, cast: Cast, tmp_path, insight: Make, write: Write
) -> None:
    path = tmp_path / "file.csv"
    path.write_text("external_id,title,body\n1,Waits,Short\n")
    with app.app_context():
        importing.import_file(path, cast.person("admin"), Options(source="file"))
        number = db.session.scalars(select(Insight.id)).one()
    write(number, by="admin", minutes=1, body="Longer")
    assert [one.last.imported for one in entries(app, cast, number)] == [False, True]


def test_the_page_lists_the_entries_and_leads_to_what_changed(
    as_: SignIn, insight: Make, write: Write
) -> None:
    number = insight(body="The first words.")
    write(number, by="bob", body="The second words.", comment="Made <b>clearer</b>")
    page = as_("rita").get(f"/subjects/{number}/revisions").text
    assert page.index("Made &lt;b&gt;clearer") < page.index("Revision 1")
    assert "1 character more" in page
    assert f"/subjects/{number}/revisions/changes?from=1&amp;to=2" in page
    assert "the present text" in page


def test_a_long_history_has_pages(app: APIFlask, as_: SignIn, insight: Make, write: Write) -> None:
    number = insight(body="0")
    for n in range(1, 51):
        write(number, body="0" * (n + 1))
    first = as_("rita").get(f"/subjects/{number}/revisions").text
    assert first.count('class="history__entry"') == 40
    second = as_("rita").get(f"/subjects/{number}/revisions?page=2").text
    assert second.count('class="history__entry"') == 11
    assert as_("rita").get(f"/subjects/{number}/revisions?page=99").status_code == 200


# --- one state, and what changed ------------------------------------------------------------------


def test_a_state_is_shown_as_it_was(as_: SignIn, insight: Make, write: Write) -> None:
    number, rita = insight(body="**First** words.", severity=2), as_("rita")
    write(number, body="Second words.")
    page = rita.get(f"/subjects/{number}/revisions/1").text
    assert "<strong>First</strong> words." in page
    assert "2 – annoying" in page
    assert "This is an older text." in page
    assert "This is an older text." not in rita.get(f"/subjects/{number}/revisions/2").text
    assert rita.get(f"/subjects/{number}/revisions/3").status_code == 404


@pytest.mark.parametrize("view", ["side", "inline"])
def test_title_fields_and_words_are_compared(
    as_: SignIn, insight: Make, write: Write, view: str
) -> None:
    number = insight("Long waits", body="We call back on Monday.", severity=2, tags=("phone",))
    write(number, title="Long queues", body="We call back on Friday.", severity=4, tags=["mail"])
    page = as_("rita").get(f"/subjects/{number}/revisions/changes?from=1&to=2&view={view}").text
    for word in ("waits", "Monday", "2 – annoying", "phone"):
        assert f'<del class="changes__removed">{word}</del>' in page
    for word in ("queues", "Friday", "4 – customers complain", "mail"):
        assert f'<ins class="changes__added">{word}</ins>' in page


@pytest.mark.parametrize("asked", ["", "?to=2", "?from=1", "?from=1&to=2", "?from=2&to=1"])
def test_without_numbers_the_latest_change_is_shown(
    as_: SignIn, insight: Make, write: Write, asked: str
) -> None:
    number = insight(body="We call back on Monday.")
    write(number, body="We call back on Friday.")
    page = as_("rita").get(f"/subjects/{number}/revisions/changes{asked}").text
    assert 'changes__removed">Monday' in page


def test_the_first_state_is_compared_with_nothing(as_: SignIn, insight: Make) -> None:
    page = as_("rita").get(f"/subjects/{insight(body='Words.')}/revisions/changes?from=0&to=1").text
    assert 'changes__added">Words.</ins>' in page


@pytest.mark.parametrize("asked", ["from=7&to=1", "from=1&to=7"])
def test_a_state_that_never_was_is_not_found(as_: SignIn, insight: Make, asked: str) -> None:
    path = f"/subjects/{insight()}/revisions/changes?{asked}"
    assert as_("rita").get(path).status_code == 404


@pytest.mark.parametrize("asked", ["from=x&to=1", "from=-1", "to=9999999999999", "view=sideways"])
def test_nonsense_in_the_address_is_no_error(as_: SignIn, insight: Make, asked: str) -> None:
    path = f"/subjects/{insight()}/revisions/changes?{asked}"
    assert as_("rita").get(path).status_code == 200


def test_hostile_words_are_only_words(as_: SignIn, insight: Make, write: Write) -> None:
    evil = "<script>alert(1)</script>"
    number = insight(f"A {evil}", body=f"B {evil}", tags=(evil,))
    write(number, title=f"C {evil}", body=f"D {evil}", comment=evil)
    for path in ("", "/2", "/changes", "/changes?view=inline"):
        assert "<script>alert" not in as_("rita").get(f"/subjects/{number}/revisions{path}").text


# --- bringing back --------------------------------------------------------------------------------


def restore(as_: SignIn, number: int, revision: int, by: str = "bob") -> int:
    path = f"/subjects/{number}/revisions/{revision}/restoration"
    return as_(by).post(path).status_code


def test_a_restored_state_is_a_new_revision(
    app: APIFlask, as_: SignIn, insight: Make, stored, write: Write
) -> None:
    number = insight("Waits", body="First **words**.", severity=2, tags=("old",))
    write(number, title="Queues", body="Second words.", severity=5, tags=["new"])
    assert restore(as_, number, 1) == 303
    now = stored(number)
    assert (now.title, now.body, now.severity, now.revision_number) == (
        "Waits", "First **words**.", 2, 3,
    )  # fmt: skip
    assert "<strong>words</strong>" in now.html
    with app.app_context():
        insight_now = db.session.get(Insight, number)
        assert insight_now is not None
        last = revisions.of(insight_now)[0]
        assert (last.comment, last.author_id) == ("Restored revision 1", last.author_id)
        assert texts.of(insight_now).content(insight_now).fields["tags"] == ["old"]
        edited = select(Event).where(Event.name == "insight.edited").order_by(Event.id)
        assert [event.data["revision"] for event in db.session.scalars(edited)] == [2, 3]


def test_what_it_says_already_is_no_revision(as_: SignIn, insight: Make, stored) -> None:
    number = insight("Waits")
    assert restore(as_, number, 1) == 303
    assert stored(number).revision_number == 1


def test_restoring_does_not_change_who_may_see_it(
    as_: SignIn, insight: Make, stored, write: Write, cast: Cast
) -> None:
    number = insight("Waits", body="For all.")
    write(number, body="For us.", visibility="team")
    write(number, by="admin", body="Elsewhere.", team=cast.billing)
    assert restore(as_, number, 1, by="admin") == 303
    now = stored(number)
    assert (now.body, now.visibility, now.team_id) == ("For all.", "team", cast.billing)


@pytest.mark.parametrize(
    ("name", "expected"), [("dave", 403), ("rita", 403), ("eve", 302), ("carol", 303)]
)
def test_who_may_edit_may_restore(
    as_: SignIn, insight: Make, write: Write, stored, name: str, expected: int
) -> None:
    number = insight("Waits")
    write(number, title="Queues")
    assert restore(as_, number, 1, by=name) == expected
    assert (stored(number).title == "Waits") == (expected == 303)


def test_an_archived_text_is_not_restored_by_the_way(
    as_: SignIn, insight: Make, write: Write, stored
) -> None:
    number = insight("Waits")
    write(number, title="Queues")
    as_("alice").post(f"/insights/{number}/archival")
    assert restore(as_, number, 1) == 403


# --- who reads what -------------------------------------------------------------------------------


PATHS = ["", "/1", "/changes", "/changes?from=0&to=1"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ["alice", "bob", "carol", "mia", "dave", "rita", "eve"])
def test_who_sees_a_text_sees_its_history(as_: SignIn, insight: Make, path: str, name: str) -> None:
    everybodys, teams = insight(), insight("Secret", visibility="team")
    shown, hidden = (
        as_(name).get(f"/subjects/{one}/revisions{path}").status_code for one in (everybodys, teams)
    )
    if name == "eve":
        assert (shown, hidden) == (302, 302)
    else:
        assert (shown, hidden) == (200, 200 if name in ("alice", "bob") else 404)


@pytest.mark.parametrize("path", [*PATHS, "/1/restoration", "/1/suppression"])
def test_what_is_missing_or_no_text_has_no_history(
    app: APIFlask, as_: SignIn, cast: Cast, path: str
) -> None:
    from cxwiki.themes.models import Theme

    with app.app_context(), transaction():
        theme = Theme(title="Waiting", team_id=1)
        db.session.add(theme)
        db.session.flush()
        number = theme.id
    method = "POST" if "restoration" in path else "GET"
    for missing in (999, number):
        answer = as_("admin").open(f"/subjects/{missing}/revisions{path}", method=method)
        assert answer.status_code in (403, 404)


def test_what_a_team_wrote_for_itself_stays_with_it_when_the_text_is_opened(
    app: APIFlask, as_: SignIn, insight: Make, write: Write, cast: Cast
) -> None:
    number = insight("Secret plan", body="Do not tell Billing.", visibility="team")
    write(number, by="bob", body="Still ours.")
    write(number, title="Plan", body="For everybody.", visibility="company")
    for name in ("carol", "mia", "rita"):
        client, base = as_(name), f"/subjects/{number}/revisions"
        for path in ("", "/changes", "/changes?to=3"):
            page = client.get(base + path)
            assert page.status_code == 200
            for told in ("Secret", "tell Billing", "Still ours", "Bob", "Revision 1", "Revision 2"):
                assert told not in page.text, (name, path, told)
        for path in ("/1", "/2", "/changes?from=1&to=3", "/changes?from=2&to=3", "/changes?to=2"):
            assert client.get(base + path).status_code == 404
    assert as_("carol").post(f"/subjects/{number}/revisions/1/restoration").status_code == 404
    for name in ("alice", "bob", "admin"):
        page = as_(name).get(f"/subjects/{number}/revisions/changes?from=1&to=3").text
        assert "tell Billing" in page
    assert [one.last.number for one in entries(app, cast, number, "carol")] == [3]
    assert entries(app, cast, number, "carol")[0].growth == len("For everybody.")


def test_a_state_written_in_another_team_is_that_teams(
    as_: SignIn, insight: Make, write: Write, cast: Cast
) -> None:
    number = insight("Plan", body="Of Service alone.", visibility="team")
    write(number, by="admin", body="Of Billing now.", team=cast.billing)
    assert as_("carol").get(f"/subjects/{number}/revisions/2").status_code == 200
    assert as_("carol").get(f"/subjects/{number}/revisions/1").status_code == 404


def test_the_author_may_have_left(app: APIFlask, as_: SignIn, insight: Make, write: Write) -> None:
    number = insight()
    write(number, title="Queues")
    with app.app_context(), transaction():
        for saved in db.session.scalars(select(Revision)):
            saved.author_id = None
    for path in ("", "/2", "/changes"):
        page = as_("rita").get(f"/subjects/{number}/revisions{path}").text
        assert "Somebody who left" in page


def test_restoring_nothing_that_was_taken_away(
    context: APIFlask, cast: Cast, insight: Make, write: Write
) -> None:
    number = insight("Waits")
    write(number, title="Queues")
    text = db.session.get(Insight, number)
    admin: User = cast.person("admin")
    assert text is not None
    suppression.suppress(text, 1, 1, "A name", admin)
    saved = revisions.numbered(text, 1)
    assert saved is not None
    with pytest.raises(DomainError):
        restoring.restore(text, saved, admin)
    assert re.search("Queues", text.title)


@pytest.mark.parametrize("path", ["", "/changes", "/1"])
def test_a_long_history_costs_as_many_statements_as_a_short_one(
    as_: SignIn, insight: Make, write: Write, path: str
) -> None:
    number, rita = insight(body="0"), as_("rita")
    counts = []
    for more in (2, 30):
        for n in range(more):
            write(number, by="bob" if n % 2 else "alice", body=f"{more} {n}")
        rita.get(f"/subjects/{number}/revisions{path}")
        with statements() as seen:
            assert rita.get(f"/subjects/{number}/revisions{path}").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
