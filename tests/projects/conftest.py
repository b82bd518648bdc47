"""Projects to test with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.insights import service as insights
from cxwiki.insights.service import Draft
from cxwiki.kpis.measuring import MeasurementData, record_measurement
from cxwiki.kpis.models import Kpi
from cxwiki.kpis.periods import month_of
from cxwiki.kpis.service import KpiDraft, create_kpi
from cxwiki.projects import service
from cxwiki.projects.models import Project
from cxwiki.projects.service import ProjectDraft
from tests.conftest import Cast
from tests.projects.ready import bring_to

Make = Callable[..., int]


@pytest.fixture
def project(cast: Cast, app) -> Make:
    """Begin a project and return its id: Service's proof of concept, led by Alice, Dave decides."""

    def make(team: str = "service", stage: str = "idea", **changes) -> int:
        given = {
            "title": "Callback desk",
            "is_poc": True,
            "lead_id": cast.alice,
            "sponsor_id": cast.dave,
            **changes,
        }
        with app.app_context():
            admin = cast.person("admin")
            made = service.create_project(ProjectDraft(**given), cast.team(team), admin)
            bring_to(made, stage, admin)
            return made.id

    return make


@pytest.fixture
def kpi(cast: Cast, app) -> Make:
    """Define a KPI and return its id."""

    def make(title: str = "NPS", team: str = "service", **changes) -> int:
        with app.app_context():
            draft = KpiDraft(title=title, direction="higher", kind="nps", **changes)
            return create_kpi(draft, cast.team(team), cast.person("admin")).id

    return make


@pytest.fixture
def measure(cast: Cast, app) -> Callable[..., None]:
    """Record a month's value for a KPI."""

    def record(kpi_id: int, month: str, value, n: int | None = None) -> None:
        start, end = month_of(date.fromisoformat(f"{month}-01"))
        with app.app_context():
            data = MeasurementData(start, end, value=Decimal(value), n=n)
            record_measurement(db.session.get_one(Kpi, kpi_id), data, cast.person("admin"))

    return record


@pytest.fixture
def insight(cast: Cast, app) -> Make:
    """Publish an insight of a team and return its id."""

    def make(title: str = "Nobody calls back", team: str = "service", **changes) -> int:
        with app.app_context():
            draft, of = Draft(title, **changes), db.session.get_one(Team, getattr(cast, team))
            return insights.publish(draft, of, cast.person("admin")).id

    return make


@pytest.fixture
def count(app) -> Callable[[type], int]:
    """How many rows of a model there are."""

    def ask(model: type) -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(model)) or 0

    return ask


@pytest.fixture
def stage_of(app) -> Callable[[int], str]:
    """Where a project stands now."""

    def ask(project_id: int) -> str:
        with app.app_context():
            return db.session.get_one(Project, project_id).stage

    return ask
