"""The demo company's whole story, from three teams' words to a figure that moved and a replica.

It is told twice: as usual, and with every effort score the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from flask import url_for
from flask_login import login_user
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.actions import effect, occasions, reading
from cxwiki.actions.models import Action, Status
from cxwiki.database import db
from cxwiki.demo.building import build_if_empty
from cxwiki.insights.models import Insight
from cxwiki.kpis.effects import State
from cxwiki.kpis.models import Kpi, KpiKind
from cxwiki.overview import thread
from cxwiki.projects import criteria, links, replicate
from cxwiki.projects.models import Project, Stage, Verdict
from tests.conftest import _empty_database
from tests.overview.test_reports import sheets

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module", params=[False, True], ids=["as usual", "effort mirrored"])
def demo(site: APIFlask, request: pytest.FixtureRequest) -> Iterator[APIFlask]:
    with site.app_context():
        _empty_database()
        assert build_if_empty(lambda line: None, mirror_effort=request.param)
        db.session.remove()
    yield site
    with site.app_context():
        _empty_database()


@pytest.fixture(autouse=True)
def sponsor(demo: APIFlask) -> Iterator[User]:
    """Cordula, who decides, looks at everything."""
    with demo.test_request_context():
        person = db.session.scalars(select(User).where(User.email.startswith("cordula."))).one()
        login_user(person)
        yield person
        db.session.remove()


@pytest.fixture
def poc() -> Project:
    found = select(Project).where(Project.is_poc, Project.stage == Stage.SCALED)
    return db.session.scalars(found).one()


@pytest.fixture
def effort(poc: Project, sponsor: User) -> Kpi:
    kpis = links.ends_of(poc, "kpi", sponsor)
    return next(kpi for kpi in kpis if kpi.kind == KpiKind.CES)


def test_three_teams_voiced_the_problem(poc: Project, sponsor: User) -> None:
    voiced: list[Insight] = list(links.ends_of(poc, "insight", sponsor))
    assert len({insight.team_id for insight in voiced}) >= 3


def test_two_actions_are_done_and_the_effort_moved_beyond_chance(
    poc: Project, effort: Kpi, sponsor: User
) -> None:
    done = db.session.scalars(
        select(Action).where(Action.project_id == poc.id, Action.status == Status.DONE)
    ).all()
    assert len(done) == 2
    aimed = next(
        action
        for action in done
        if effort in [one.kpi for one in reading.effects_of(action, sponsor)]
    )
    occasion = occasions.of_action(aimed)
    assert occasion is not None
    shown = next(one for one in effect.shown(aimed, occasion, sponsor) if one.kpi == effort)
    assert shown.effect.state == State.GOOD
    assert shown.effect.low is not None
    assert shown.effect.high is not None
    assert (shown.effect.low > 0) == (effort.direction == "higher")
    assert (shown.effect.low > 0) == (shown.effect.high > 0)


def test_where_the_bill_stayed_as_it_was_nothing_moved(
    poc: Project, effort: Kpi, sponsor: User
) -> None:
    occasion = occasions.of(poc)
    assert occasion is not None
    shown = next(one for one in effect.shown(poc, occasion, sponsor) if one.kpi == effort)
    assert shown.comparison is not None
    assert [one.state for one in shown.comparison.touched] == [State.GOOD]
    assert shown.comparison.without is not None
    assert shown.comparison.without.state == State.UNCLEAR


def test_the_sponsor_decided_on_criteria_that_were_met_and_another_team_follows(
    poc: Project, sponsor: User
) -> None:
    assert [one.state for one in criteria.judge_project(poc, sponsor)] == ["met"] * 3
    last = poc.decisions[-1]
    assert (last.verdict, last.decided_by_id) == (Verdict.SCALE, sponsor.id)
    assert [found["state"] for found in last.findings] == ["met"] * 3
    replica = replicate.replicas_of(poc, sponsor)
    assert [one.stage for one in replica] == [Stage.RUNNING]
    assert replica[0].team_id != poc.team_id


def test_the_customers_words_are_at_most_five_links_from_the_figure(
    effort: Kpi, sponsor: User
) -> None:
    found = thread.of(effort, sponsor)
    steps = found.to_the_words
    assert steps is not None
    assert steps <= 5


@pytest.mark.parametrize("language", ["de", "en"])
def test_all_of_it_is_printed_on_one_page(
    demo: APIFlask, poc: Project, sponsor: User, language: str
) -> None:
    client = demo.test_client()
    with client.session_transaction() as session:
        session |= {"_user_id": sponsor.fs_uniquifier, "_fresh": True, "fs_cc": "set"}
    address = url_for("reports.project_pdf", subject_id=poc.id, lang=language)
    answer = client.get(address)
    assert answer.status_code == 200
    assert sheets(answer.data) == 1
