"""The demo company: everything of its data files is there, in the past, made by who may do it."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean
from typing import Any

import pytest
from sqlalchemy import func, select

from cxwiki import access, jobs
from cxwiki.accounts.models import Company, Membership, Team, User
from cxwiki.accounts.passwords import is_right
from cxwiki.actions import progress
from cxwiki.actions.models import Action, ActionKpi
from cxwiki.attachments.models import Attachment
from cxwiki.database import Instant, db, utcnow
from cxwiki.demo.building import build_if_empty
from cxwiki.demo.people import PASSWORD
from cxwiki.demo.reading import Row
from cxwiki.discussion.models import Comment
from cxwiki.events import Event
from cxwiki.i18n import today
from cxwiki.insights.models import Evidence, Insight, Merge, Vote
from cxwiki.kpis.models import Answer, Kpi, Measurement
from cxwiki.overview import thread
from cxwiki.pages.models import Page
from cxwiki.projects import criteria
from cxwiki.projects.models import BudgetEntry, GateDecision, Project
from cxwiki.subjects import Subject
from cxwiki.writing.models import Draft
from tests.demo.company import DATA, count, days_ago, person, titled

pytestmark = pytest.mark.usefixtures("in_demo")


def comments_of(row: Row) -> list[Row]:
    """What was said about something, answers after what they answer."""
    begun = row.get("comment", [])
    return [one for said in begun for one in (said, *said.get("answer", []))]


def voters_of(row: Row) -> set[str]:
    """Whose votes an insight has: with those of what was merged into it, without if it was."""
    merges = DATA.knowledge["merge"]
    if row["key"] in {one["merged"] for one in merges}:
        return set()
    taken = {one["merged"] for one in merges if one["into"] == row["key"]}
    voted = [one for one in DATA.insights if one["key"] in {row["key"], *taken}]
    return {key for one in voted for key in one.get("votes", [])}


def names_of(rows: list[Row]) -> list[Any]:
    return [pytest.param(row, id=row["key"]) for row in rows]


def test_everything_of_the_data_files_is_there() -> None:
    assert db.session.scalars(select(Company.name)).all() == [DATA.name]
    assert count(Team) == 1 + len(DATA.teams)
    for model, rows in (
        (User, DATA.people),
        (Insight, DATA.insights),
        (Kpi, DATA.kpis),
        (Project, DATA.projects),
        (Action, DATA.actions),
        (Page, DATA.pages),
    ):
        assert count(model) == len(rows), model
    for model, rows, key in (
        (Evidence, DATA.insights, "evidence"),
        (Vote, DATA.insights, "votes"),
        (BudgetEntry, DATA.projects, "budget"),
    ):
        assert count(model) == sum(len(row.get(key, [])) for row in rows), model
    said = [one for row in DATA.insights + DATA.actions + DATA.pages for one in comments_of(row)]
    assert count(Comment) == len(said)
    for deed, model in (("file", Attachment), ("merge", Merge), ("draft", Draft)):
        assert count(model) == len(DATA.knowledge[deed]), deed
    answers = [one for row in DATA.kpis for one in row.get("answers", {}).get("counts", [])]
    assert count(Answer) == sum(sum(one["counts"]) for one in answers)
    by_hand = Measurement.from_answers.is_(False)
    measured = db.session.scalar(select(func.count(Measurement.id)).where(by_hand))
    assert measured == sum(len(row.get("measurement", [])) for row in DATA.kpis)
    ends = sum(len(row.get("decision", [])) for row in DATA.projects)
    assert count(GateDecision) == ends + sum("start" in row for row in DATA.projects)


@pytest.mark.parametrize("row", names_of(DATA.people))
def test_each_person_has_their_role_and_teams(row: Row) -> None:
    found = person(row["key"])
    team_names = {team["key"]: team["name"] for team in DATA.teams}
    keys = [key for key in (row["team"], *row["also_teams"]) if key]
    assert (found.role, found.name, found.job_title) == (row["role"], row["name"], row["title"])
    assert found.language == row["language"]
    assert found.home_team.name == team_names.get(row["team"], "Company")
    assert {team.name for team in found.teams} == {team_names[key] for key in keys}
    assert found.leads(found.home_team_id) is row["is_lead"]
    assert found.active is ("left_days_ago" not in row)


def test_everybody_can_sign_in_with_the_documented_password() -> None:
    people = db.session.scalars(select(User).order_by(User.id)).all()
    assert is_right(people[0], PASSWORD)
    assert is_right(people[-1], PASSWORD)
    assert len({one.password for one in people}) == 1
    assert len({one.fs_uniquifier for one in people}) == len(people)


@pytest.mark.parametrize("row", names_of(DATA.insights))
def test_each_insight_is_as_written(row: Row) -> None:
    insight = titled(Insight, row)
    assert insight.body == row["body"].strip()
    assert (insight.kind, insight.status) == (row["kind"], row["status"])
    assert (insight.visibility, insight.language) == (row["visibility"], row["language"])
    assert insight.status_reason == row.get("dismissed_reason", "")
    assert insight.author == person(row["author"])
    assert days_ago(insight.created_at) == row["days_ago"]
    assert {vote.user for vote in insight.votes} == {person(key) for key in voters_of(row)}
    assert insight.votes_count == len(insight.votes)


@pytest.mark.parametrize("row", names_of(DATA.actions))
def test_each_action_stands_where_it_should(row: Row) -> None:
    action = titled(Action, row)
    assert (action.status, action.priority) == (row["status"], row["priority"])
    assert action.status_reason == row.get("dropped_reason", "")
    assert action.owner == person(row["owner"])
    assert days_ago(action.created_at) == row["created_days_ago"]
    assert len(action.origins) == len(row["insights"])
    assert len(action.effects) == len(row["kpis"])
    assert (action.due_on - today()).days == row["due_in_days"]
    if row["status"] == "done":
        assert days_ago(action.completed_at) == row["completed_days_ago"]
    else:
        assert action.completed_at is None


def test_no_action_still_asks_what_became_of_its_insights() -> None:
    for action in db.session.scalars(select(Action)):
        assert progress.offer(action, action.owner) is None, action.title


@pytest.mark.parametrize("row", names_of(DATA.projects))
def test_each_project_is_at_its_stage(row: Row) -> None:
    project = titled(Project, row)
    assert (project.stage, project.is_poc) == (row["stage"], row["kind"] == "poc")
    for part in ("criterion", "milestone", "update", "risk", "resolution"):
        there = getattr(project, {"criterion": "criteria"}.get(part, f"{part}s"))
        assert len(there) == len(row.get(part, [])), part
    started = [(row["starts_days_ago"], "start")] if "start" in row else []
    ended = [(one["days_ago"], one["decision"]) for one in row.get("decision", [])]
    assert [(days_ago(one.decided_at), one.verdict) for one in project.decisions] == started + ended
    assert all(one.findings for one in project.decisions)
    assert {decision.decided_by for decision in project.decisions} <= {project.sponsor}


def test_one_proof_of_concept_met_its_criteria_and_the_other_is_hard_to_decide() -> None:
    miriam = person("miriam")
    states = {
        row["key"]: sorted(
            one.state for one in criteria.judge_project(titled(Project, row), miriam)
        )
        for row in DATA.projects
        if row["kind"] == "poc"
    }
    assert states == {
        "vorschau": ["met", "met", "met"],
        "ankunft": ["met", "not_met"],
        "wasser": ["not_met"],
    }


def values_of(row: Row) -> list[float]:
    """The total of each month, given or to be computed from the answers."""
    if "measurement" in row:
        return [one["value"] for one in row["measurement"]]
    months: dict[int, list[int]] = {}
    for one in row["answers"]["counts"]:
        scores = enumerate(one["counts"], start=row["scale_min"])
        months.setdefault(one["months_ago"], []).extend(s for s, n in scores for _ in range(n))
    return [round(mean(scores), 2) for _, scores in sorted(months.items(), reverse=True)]


@pytest.mark.parametrize("row", names_of(DATA.kpis))
def test_each_kpi_has_its_measurements_month_after_month(row: Row) -> None:
    kpi = titled(Kpi, row)
    query = select(Measurement).where(Measurement.kpi_id == kpi.id, Measurement.segment == "")
    measured = db.session.scalars(query.order_by(Measurement.period_start)).all()
    assert [round(float(one.value), 2) for one in measured] == pytest.approx(
        values_of(row), abs=0.06
    )
    months = [one.period_start.year * 12 + one.period_start.month for one in measured]
    assert months == list(range(months[0], months[0] + len(measured)))
    assert measured[-1].period_start <= today()
    assert kpi.direction == row["direction"]


def test_the_thread_leads_from_a_figure_to_what_customers_of_three_teams_said() -> None:
    cordula = person("cordula")
    story = next(row for row in DATA.projects if row["key"] == "vorschau")
    kpi = titled(Kpi, next(row for row in DATA.kpis if row["key"] == story["kpis"][0]))
    found = thread.of(kpi, cordula)
    reached = {kind: [one.subject for one in found.stations[kind]] for kind in found.stations}
    assert titled(Project, story) in reached["project"]
    done = [action for action in reached["action"] if action.status == "done"]
    assert len(done) >= 2
    assert len({insight.team for insight in reached["insight"]}) >= 3
    assert found.words
    back = thread.of(found.words[0].insight, cordula)
    assert kpi in [one.subject for one in back.stations["kpi"]]


def test_what_a_figure_shows_did_not_begin_before_the_actions_that_aim_at_it() -> None:
    """On any day of a month: the month of the first big step is not over before the action is."""
    steps = {"kept": "a06", "repeat_bill": "a01"}
    for kpi_key, action_key in steps.items():
        kpi = titled(Kpi, next(row for row in DATA.kpis if row["key"] == kpi_key))
        action = titled(Action, next(row for row in DATA.actions if row["key"] == action_key))
        assert db.session.get(ActionKpi, (action.id, kpi.id)) is not None
        query = select(Measurement).where(Measurement.kpi_id == kpi.id)
        values = db.session.scalars(query.order_by(Measurement.period_start)).all()
        jumps = [(abs(b.value - a.value), b) for a, b in pairwise(values[8:])]
        first_big = next(one for size, one in jumps if size > 4)
        assert first_big.period_end >= action.completed_at.date()


def test_nothing_happened_in_the_future_nor_at_the_moment_of_building() -> None:
    newest = {
        f"{table.name}.{column.name}": db.session.scalar(select(func.max(column)))
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Instant) and table.name not in ("jobs", "workers")
    }
    written = {name: moment for name, moment in newest.items() if moment is not None}
    assert {"events.at", "subjects.updated_at", "votes.created_at", "watches.since"} <= set(written)
    late = {
        name
        for name, moment in written.items()
        if days_ago(moment) < 1 and name != "events.at"  # the event that says that it was built
    }
    assert late == set()
    assert all(moment <= utcnow() for moment in written.values())


def test_events_are_numbered_in_the_order_in_which_they_happened() -> None:
    moments = db.session.scalars(select(Event.at).order_by(Event.id)).all()
    assert list(moments) == sorted(moments)


def test_nothing_happens_to_a_subject_before_it_is_there() -> None:
    rows = db.session.execute(
        select(Event.name, Event.at, Subject.created_at).join(
            Subject, Subject.id == Event.subject_id
        )
    )
    assert [name for name, at, created_at in rows if at < created_at] == []
    comments = db.session.execute(
        select(Comment.created_at, Subject.created_at).join(
            Subject, Subject.id == Comment.subject_id
        )
    )
    assert all(said > created for said, created in comments)


def test_whoever_did_something_sees_what_they_did_it_to() -> None:
    query = select(Event).where(Event.subject_id.is_not(None), Event.actor_id.is_not(None))
    for event in db.session.scalars(query):
        actor = db.session.get(User, event.actor_id)
        assert actor is not None
        assert event.subject is not None
        assert access.sees(actor, event.subject), event.name
        assert actor.role != "reader"


def test_what_follows_waits_for_the_worker() -> None:
    waiting = set(db.session.scalars(select(jobs.Job.handler).distinct()))
    assert {"search.index_changed", "search.embed_changed"} <= waiting
    assert count(jobs.Job) == jobs.count("queued")


def test_a_second_call_changes_nothing() -> None:
    def everything() -> dict[str, int]:
        return {table.name: count(table) for table in db.metadata.sorted_tables}

    before, said = everything(), []
    assert not build_if_empty(said.append)
    assert everything() == before
    assert said == []


def test_memberships_are_as_many_as_the_data_say() -> None:
    expected = sum(bool(row["team"]) + len(row["also_teams"]) for row in DATA.people)
    assert count(Membership) == expected
