"""Everybody who contributed hears once what was measured, and nobody across visibility."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from cxwiki import i18n
from cxwiki.accounts.models import User
from cxwiki.actions import telling
from cxwiki.actions.drafts import Effect
from cxwiki.actions.models import Action, ToldEffect
from cxwiki.database import db, transaction, utcnow
from cxwiki.discussion.service import set_watching
from cxwiki.events import Event, record
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight, Vote
from cxwiki.kpis.measuring import MeasurementData, record_measurement
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.kpis.periods import month_of
from cxwiki.notifications.models import Notice
from cxwiki.projects.models import GateDecision, Project, ProjectInsight, ProjectKpi
from tests.conftest import Cast

BEFORE = ("2026-01", "2026-02")
WINDOW = ("2026-04", "2026-05", "2026-06")


@pytest.fixture
def measure(app, cast: Cast, work_off: Callable[[], int]):
    """Record months of 100 cases each as Mia, and let the worker look at them."""

    def record(kpi_id: int, *months: str, successes: int = 60) -> None:
        with app.app_context():
            kpi = db.session.get_one(Kpi, kpi_id)
            for month in months:
                start, end = month_of(date.fromisoformat(f"{month}-01"))
                data = MeasurementData(start, end, n=100, successes=successes)
                record_measurement(kpi, data, cast.person("mia"))
        assert work_off() == 0

    return record


@pytest.fixture
def rate(kpi, measure):
    """A share of which lower is better, measured before March."""

    def make(title: str = "Complaints", **values) -> int:
        kpi_id = kpi(title, statistic="share", scale_max=Decimal(100), **values)
        measure(kpi_id, *BEFORE, successes=80)
        return kpi_id

    return make


@pytest.fixture
def done(action, app):
    """An action done on 14 March 2026."""

    def make(kpi_id: int, **values) -> int:
        action_id = action(status="done", effects=(Effect(kpi_id, None, None),), **values)
        with app.app_context(), transaction():
            moment = datetime(2026, 3, 14, 12, tzinfo=UTC)
            db.session.get_one(Action, action_id).completed_at = moment
        return action_id

    return make


@pytest.fixture
def told(app):
    """Who was told of effects, by name."""

    def read() -> list[str]:
        with app.app_context():
            names = (
                select(User.name)
                .join(Notice, Notice.user_id == User.id)
                .join(Event, Event.id == Notice.event_id)
                .where(Event.name == telling.SHOWN)
            )
            return sorted(db.session.scalars(names))

    return read


@pytest.fixture
def shared(app, cast, insight):
    """An insight that Carol posted, Rita voted for and Bob quoted a customer under."""
    insight_id = insight("The invoice is unreadable", by="carol")
    with app.app_context():
        found = db.session.get_one(Insight, insight_id)
        insights.add_evidence(found, "I read it three times.", cast.person("bob"), "Call")
        with transaction():
            db.session.add(Vote(insight_id=insight_id, user_id=cast.rita, team_id=cast.billing))
    return insight_id


def test_all_who_contributed_hear_once_when_the_window_is_full(
    rate, done, measure, shared, told, as_
):
    kpi_id = rate()
    done(kpi_id, by="alice", insight_ids=(shared,))
    measure(kpi_id, *WINDOW[:2])
    assert told() == []
    measure(kpi_id, WINDOW[2])
    everybody = ["Alice", "Bob", "Carol", "Rita"]
    assert told() == everybody
    measure(kpi_id, "2026-07", successes=10)
    measure(kpi_id, WINDOW[2], successes=61)
    assert told() == everybody
    page = as_("carol").get("/notifications/").text
    assert "shows what was measured before and after" in page
    assert "Rewrite the letter" in page


def test_it_is_told_whatever_came_of_it(rate, done, measure, app, told):
    kpi_id = rate()
    done(kpi_id, by="alice")
    measure(kpi_id, *WINDOW, successes=95)  # worse
    assert told() == ["Alice"]
    with app.app_context():
        query = select(Event.data).where(Event.name == telling.SHOWN)
        assert db.session.scalars(query).one() == {"kpi_id": kpi_id, "state": "bad"}


def test_too_few_answers_are_not_told(kpi, done, measure, app, cast, told, work_off):
    kpi_id = kpi("Complaints", statistic="share", scale_max=Decimal(100))
    done(kpi_id)
    with app.app_context():
        row = db.session.get_one(Kpi, kpi_id)
        for month in (1, 4, 5, 6):
            start, end = month_of(date(2026, month, 1))
            record_measurement(
                row, MeasurementData(start, end, n=9, successes=5), cast.person("mia")
            )
    assert work_off() == 0
    assert told() == []


def test_of_a_kpi_hear_only_those_who_see_it(rate, done, measure, shared, told):
    kpi_id = rate(visibility="team", team_id=2)  # of Service: Alice and Bob
    done(kpi_id, by="alice", insight_ids=(shared,))
    measure(kpi_id, *WINDOW)
    assert told() == ["Alice", "Bob"]


def test_of_a_hidden_action_hear_only_those_who_see_it(rate, done, measure, shared, told):
    kpi_id = rate()
    done(kpi_id, by="alice", insight_ids=(shared,), visibility="team")
    measure(kpi_id, *WINDOW)
    assert told() == ["Alice", "Bob"]


def test_who_does_not_want_to_hear_is_not_told(rate, done, measure, shared, told, app, cast):
    kpi_id = rate()
    done(kpi_id, by="alice", insight_ids=(shared,))
    with app.app_context(), transaction():
        set_watching(db.session.get_one(Insight, shared), cast.person("carol"), False)
    measure(kpi_id, *WINDOW)
    assert told() == ["Alice", "Bob", "Rita"]


def test_old_stories_are_not_told_anew(rate, done, measure, told, app):
    kpi_id = rate()
    measure(kpi_id, *WINDOW)
    with app.app_context(), transaction():
        for measurement in db.session.scalars(select(Measurement)):
            measurement.recorded_at = utcnow() - 2 * telling.NEWS
    done(kpi_id)
    measure(kpi_id, "2026-07")
    assert told() == []


def test_handled_twice_it_is_told_once(rate, done, measure, told, app, work_off):
    kpi_id = rate()
    done(kpi_id, by="alice")
    measure(kpi_id, *WINDOW)
    with app.app_context():
        telling.tell([kpi_id])
        assert len(db.session.scalars(select(ToldEffect)).all()) == 1
    assert work_off() == 0
    assert told() == ["Alice"]


@pytest.fixture
def decide(app, cast, work_off):
    """Let Dave scale a proof of concept today."""

    def scale(project_id: int) -> None:
        with app.app_context(), transaction():
            found = db.session.get_one(Project, project_id)
            found.stage = "scaled"
            decided = GateDecision(
                project_id=project_id, verdict="scale", note="It held.", decided_by_id=cast.dave
            )
            db.session.add(decided)
            record("project.decided", found, by=cast.person("dave"), verdict="scale")
        assert work_off() == 0

    return scale


def months_before_this(count: int) -> list[str]:
    """The last whole months, the oldest first: "2026-08"."""
    found, day = [], i18n.today().replace(day=1)
    for _step in range(count):
        day = (day - timedelta(days=1)).replace(day=1)
        found.insert(0, f"{day:%Y-%m}")
    return found


def test_of_a_proof_of_concept_people_hear_once_it_is_decided(
    kpi, project, measure, shared, told, decide, app, cast
):
    with app.app_context():
        *before, first, second, third = months_before_this(6)
        begun = date.fromisoformat(f"{first}-01")
    kpi_id = kpi("Complaints", statistic="share", scale_max=Decimal(100))
    measure(kpi_id, *before, successes=80)
    values = {"stage": "decision", "starts_on": begun, "lead_id": cast.alice}
    project_id = project(is_poc=True, sponsor_id=cast.dave, **values)
    other = project("No proof of concept", **values)
    with app.app_context(), transaction():
        db.session.add(ProjectInsight(project_id=project_id, insight_id=shared))
        db.session.add_all(ProjectKpi(project_id=one, kpi_id=kpi_id) for one in (project_id, other))
    measure(kpi_id, first, second, third)
    assert told() == []
    decide(project_id)
    decide(other)
    everybody = ["Alice", "Bob", "Carol", "Dave", "Rita"]
    assert told() == everybody
    decide(project_id)
    assert told() == everybody
    with app.app_context():
        assert db.session.scalars(select(ToldEffect.subject_id)).all() == [project_id]
