"""Lists: a hundred rows cost as many statements as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, event

from cxwiki.accounts.models import Membership, RoleName, Team, User
from cxwiki.actions.models import Action, ActionInsight, ActionKpi
from cxwiki.database import db, transaction
from cxwiki.discussion.models import Comment, SubjectTag, Tag
from cxwiki.events import Event
from cxwiki.insights.models import Evidence, Insight, LikelyDuplicate, Vote
from cxwiki.kpis.models import Kpi, Measurement, Target
from cxwiki.linking.models import TextLink
from cxwiki.notifications.models import Notice
from cxwiki.pages.models import Page
from cxwiki.projects.models import BudgetEntry, Criterion, Project, ProjectKpi
from cxwiki.reviewing.models import Review
from cxwiki.search import indexing
from cxwiki.themes.models import Theme, ThemeMember
from cxwiki.writing.models import Draft, Editing, Revision
from tests.conftest import Cast, SignIn

PAGES = [
    "/",
    "/insights/",
    "/insights/?sort=reach",
    "/pages/",
    "/pages/all",
    "/pages/glossary",
    "/pages/7",
    "/exports/pages/markdown",
    "/api/v1/pages?per_page=100",
    "/insights/duplicates",
    "/api/v1/insights/duplicates?per_page=100",
    "/actions/",
    "/actions/?sort=score",
    "/actions/board",
    "/actions/board?lanes=team",
    "/actions/board?lanes=owner",
    "/actions/board?lanes=project",
    "/actions/board?lanes=theme",
    "/actions/views",
    "/actions/mine",
    "/actions/calendars",
    "/actions/escalation",
    "/projects/",
    "/sponsor",
    "/reports/portfolio",
    "/thread/2",
    "/dashboard",
    "/actions/matrix",
    "/kpis/",
    "/themes/",
    "/search?q=invoice",
    "/search/saved",
    "/reviews/",
    "/reviews/?state=all",
    "/teams/1",
    "/insights/export.csv",
    "/api/v1/reviews?state=all&per_page=100",
    "/search/log",
    "/search/suggestions?q=invoice",
    "/notifications/",
    "/drafts/",
    "/writing/templates",
    "/insights/new",
    "/insights/1",
    "/insights/1/edit",
    "/subjects/1/revisions",
    "/notifications/watching",
    "/notifications/mails",
    "/notifications/feeds",
    "/links/wanted",
    "/links/orphaned",
    "/teams",
    "/administration/people",
    "/api/v1/insights?per_page=100",
    "/api/v1/actions?per_page=100",
    "/api/v1/projects?per_page=100",
    "/api/v1/kpis?per_page=100",
    "/api/v1/kpis/conflicts",
    "/api/v1/priorities",
    "/api/v1/dashboard",
    "/api/v1/themes?per_page=100",
    "/api/v1/trace/kpi/2",
    "/api/v1/search?q=invoice&limit=100",
]
MOST = 40
TYPES = ("insight", "action", "project", "kpi", "theme")
FIVE_TYPES = {
    "/search?q=invoice": "loads each type of record by itself",
    "/api/v1/search?q=invoice&limit=100": "loads each type of record by itself",
}
DAY = date(2026, 5, 1)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note every statement that is sent to the database meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def add_records(cast: Cast, numbers: range) -> None:
    """Of everything one a number, each with a team and an author of its own."""
    with transaction():
        for number in numbers:
            _add_one(cast, number)


def _add_one(cast: Cast, number: int) -> None:
    def add(row: Any) -> Any:
        db.session.add(row)
        db.session.flush()
        return row

    team = add(Team(name=f"Team {number}"))
    person = add(
        User(
            name=f"Person {number}",
            email=f"p{number}@example.org",
            fs_uniquifier=f"p{number}",
            role=RoleName.MEMBER,
            home_team_id=team.id,
            memberships=[Membership(team=team)],
        )
    )
    common = {"team_id": team.id, "author_id": person.id}
    insight = add(
        Insight(title=f"Invoice {number}", body="Wrong again", reach=2, votes_count=1, **common)
    )
    add(Review(subject_id=insight.id, owner_id=person.id, review_on=DAY, months=12,
               verified_by_id=person.id,
               outdated_why=""))  # fmt: skip
    tag = add(Tag(name=f"tag {number}"))
    add(SubjectTag(subject_id=insight.id, tag_id=tag.id))
    add(Vote(insight_id=insight.id, user_id=cast.carol, team_id=cast.billing))
    add(Evidence(insight_id=insight.id, text="It is wrong", source="call", added_by_id=person.id))
    add(Comment(subject_id=insight.id, author_id=person.id, body="Yes", html="<p>Yes</p>"))
    kpi = add(
        Kpi(
            title=f"Invoice complaints {number}",
            unit="%",
            direction="lower",
            statistic="share",
            **common,
        )
    )
    for month in range(3):
        start = DAY + timedelta(days=31 * month)
        add(Measurement(kpi_id=kpi.id, period_start=start, period_end=start + timedelta(days=27),
                        value=Decimal(10 - month), n=50, recorded_by_id=person.id))  # fmt: skip
    add(Target(kpi_id=kpi.id, value=Decimal(5), set_by_id=person.id))
    theme = add(Theme(title=f"Invoices {number}", team_id=1, size=1, silo_spread=2,
                      labels={"en": f"Bills {number}", "de": f"Rechnung {number}"}))  # fmt: skip
    add(ThemeMember(insight_id=insight.id, theme_id=theme.id))
    project = add(Project(title=f"Better invoices {number}", is_poc=True, stage="decision",
                          sponsor_id=cast.dave, lead_id=person.id, decision_due_on=DAY,
                          **common))  # fmt: skip
    add(Criterion(project_id=project.id, text="Fewer", kpi_id=kpi.id, comparison="at_most",
                  threshold=Decimal(8), minimum_n=10))  # fmt: skip
    add(BudgetEntry(project_id=project.id, kind="planned", amount=Decimal(100), dated_on=DAY))
    add(ProjectKpi(project_id=project.id, kpi_id=kpi.id))
    action = add(Action(title=f"Mend invoice {number}", owner_id=person.id, project_id=project.id,
                        theme_id=theme.id, due_on=DAY, **common))  # fmt: skip
    add(ActionInsight(action_id=action.id, insight_id=insight.id))
    add(ActionKpi(action_id=action.id, kpi_id=kpi.id, expected_value=Decimal(5)))
    happened = add(Event(name="insight.status_changed", subject_id=insight.id, actor_id=person.id,
                         data={"before": "open", "after": "resolved"}))  # fmt: skip
    for reader in (cast.mia, cast.dave, cast.admin):
        add(Notice(user_id=reader, event_id=happened.id))
    for form, about in (("insight", insight.id), ("comment", insight.id)):
        add(Draft(user_id=cast.admin, form=form, subject_id=about, key=f"{form} {number}",
                  values={"title": ["Invoices"]}))  # fmt: skip
    add(Editing(subject_id=1, user_id=person.id))
    add(Revision(subject_id=1, number=number + 1, author_id=person.id, title="Invoice", body="",
                 html=""))  # fmt: skip
    if insight.id != 1:
        add(TextLink(from_id=insight.id, key="#1", title="#1"))
    twin = add(Insight(title=f"Bill {number}", **common))
    add(LikelyDuplicate(first_id=insight.id, second_id=twin.id, score=0.8, reason="meaning"))
    add(Page(title=f"Guide {number}", html="<p>x</p>", **common))
    add(Page(title=f"Term {number}", kind="term", definition="x", **common))


@pytest.fixture
def ask(app: APIFlask, as_: SignIn, cast: Cast) -> Callable[[str, str], int]:
    """Open a page and say how many statements it took."""
    from cxwiki.accounts import tokens

    with app.app_context():
        bearer = {
            name: {"Authorization": f"Bearer {tokens.issue(cast.person(name), 'test')}"}
            for name in ("mia", "dave", "admin")
        }

    def open_page(path: str, name: str) -> int:
        headers = bearer[name] if path.startswith("/api/") else {}
        client = app.test_client() if headers else as_(name)
        client.get(path, headers=headers)  # what is read once a process
        with statements() as seen:
            answer = client.get(path, headers=headers)
        assert answer.status_code == 200, path
        return len(seen)

    return open_page


def test_a_list_of_a_hundred_costs_as_many_statements_as_one(
    app: APIFlask, cast: Cast, ask: Callable[[str, str], int]
) -> None:
    counts: list[dict[tuple[str, str], int]] = []
    for numbers in (range(1), range(1, 100)):
        with app.app_context():
            add_records(cast, numbers)
            indexing.rebuild_keyword()
        people = ("mia", "dave", "admin")
        counts.append(
            {
                (path, name): ask(path, name)
                for path in PAGES
                for name in (people if path in ("/", "/sponsor") else people[2:])
            }
        )
    grown = {
        page: (few, counts[1][page]) for page, few in counts[0].items() if counts[1][page] > few
    }
    assert grown == {}


def test_no_page_needs_very_many_statements(
    app: APIFlask, cast: Cast, ask: Callable[[str, str], int]
) -> None:
    with app.app_context():
        add_records(cast, range(5))
        indexing.rebuild_keyword()
    many = {path: count for path in PAGES if (count := ask(path, "admin")) > MOST}
    assert set(many) <= set(FIVE_TYPES)
    assert all(count <= len(TYPES) * 14 for count in many.values()), many
