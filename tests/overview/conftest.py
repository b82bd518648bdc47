"""A chain from a figure to a customer's words, made through the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from apiflask import APIFlask

from cxwiki.actions import service as actions
from cxwiki.actions.drafts import Draft as ActionDraft
from cxwiki.actions.drafts import Effect
from cxwiki.database import db, transaction
from cxwiki.insights import service as insights
from cxwiki.kpis import service as kpis
from cxwiki.projects import links
from cxwiki.projects import service as projects
from cxwiki.themes.models import Theme, ThemeMember
from tests.conftest import Cast


@dataclass(frozen=True)
class Chain:
    """The ids of one record a station."""

    kpi: int
    action: int
    project: int
    theme: int
    insight: int


MakeChain = Callable[..., Chain]
Make = Callable[..., int]


@pytest.fixture
def chain(app: APIFlask, cast: Cast) -> MakeChain:
    """`chain("Invoices")` links a record of every type, for all or for a team alone."""

    def make(name: str, quote: str, by: str = "alice", visibility: str = "company") -> Chain:
        with app.app_context():
            person, mia = cast.person(by), cast.person("mia")
            admin, team = cast.person("admin"), cast.person(by).home_team
            insight = insights.publish_with_quote(
                insights.Draft(f"{name}: insight", visibility=visibility),
                team,
                person,
                quote,
                "Call",
            )
            with transaction():
                theme = Theme(
                    title=f"{name}: theme", team_id=team.id, size=2, visibility=visibility
                )
                db.session.add(theme)
                db.session.flush()
                db.session.add(ThemeMember(insight_id=insight.id, theme_id=theme.id))
            kpi = kpis.create_kpi(
                kpis.KpiDraft(f"{name}: KPI", "lower", visibility=visibility, unit="%"), team, admin
            )
            project = projects.create_project(
                projects.ProjectDraft(f"{name}: project", visibility=visibility), team, admin
            )
            for end in (insight, kpi):
                links.link(project, end, mia if visibility == "company" else person)
            action = actions.create(
                ActionDraft(
                    f"{name}: action",
                    visibility=visibility,
                    owner_id=person.id,
                    project_id=project.id,
                    theme_id=theme.id,
                    insight_ids=(insight.id,),
                    effects=(Effect(kpi.id, Decimal(5)),),
                ),
                team,
                person,
            )
            return Chain(kpi.id, action.id, project.id, theme.id, insight.id)

    return make


@pytest.fixture
def poc(app: APIFlask, cast: Cast) -> Make:
    """A proof of concept of Service at its gate, where Dave decides unless said otherwise."""

    def make(title: str = "Callback desk", sponsor: str = "dave", team: str = "service",
             gate: bool = True, **changes: object) -> int:  # fmt: skip
        with app.app_context():
            admin = cast.person("admin")
            draft = projects.ProjectDraft(
                title, is_poc=True, sponsor_id=getattr(cast, sponsor), lead_id=cast.alice, **changes
            )
            made = projects.create_project(draft, cast.team(team), admin)
            with transaction():
                made.stage = "decision" if gate else "idea"
            return made.id

    return make
