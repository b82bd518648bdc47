"""Insights and actions of the cast, made through the services; fixtures give ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import event

from cxwiki.actions import progress, service
from cxwiki.actions.drafts import Draft
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project
from cxwiki.themes.models import Theme, ThemeMember
from tests.conftest import Cast

Make = Callable[..., int]


@pytest.fixture
def insight(app: APIFlask, cast: Cast) -> Make:
    """`insight("The invoice is unreadable", by="carol")` posts for the person's home team."""

    def make(
        title: str, by: str = "alice", quote: str = "", visibility: str = "company", **values: Any
    ) -> int:
        with app.app_context():
            person = cast.person(by)
            draft = insights.Draft(title=title, visibility=visibility, **values)
            return insights.publish_with_quote(
                draft, person.home_team, person, quote, "Call" if quote else None
            ).id

    return make


@pytest.fixture
def action(app: APIFlask, cast: Cast) -> Make:
    """`action("Rewrite the letter", insight_ids=(1,))` makes one for the person's home team."""

    def make(title: str = "Rewrite the letter", by: str = "alice", **values: Any) -> int:
        status = values.pop("status", "proposed")
        with app.app_context():
            person = cast.person(by)
            made = service.create(Draft(title=title, **values), person.home_team, person)
            progress.set_status(made, status, person, "no longer needed")
            return made.id

    return make


@pytest.fixture
def project(app: APIFlask, cast: Cast) -> Make:
    """A project of Service."""

    def make(title: str = "Readable letters", **values: Any) -> int:
        with app.app_context(), transaction():
            values.setdefault("team_id", cast.service)
            row = Project(title=title, author_id=cast.mia, **values)
            db.session.add(row)
            db.session.flush()
            return row.id

    return make


@pytest.fixture
def kpi(app: APIFlask, cast: Cast) -> Make:
    """A KPI of the company."""

    def make(title: str = "Complaint rate", **values: Any) -> int:
        with app.app_context(), transaction():
            values.setdefault("team_id", 1)
            row = Kpi(title=title, author_id=cast.mia, unit="%", direction="lower", **values)
            db.session.add(row)
            db.session.flush()
            return row.id

    return make


@pytest.fixture
def theme(app: APIFlask) -> Make:
    """A theme of the insights with these ids."""

    def make(title: str, insight_ids: list[int]) -> int:
        with app.app_context(), transaction():
            row = Theme(title=title, team_id=1, size=len(insight_ids))
            db.session.add(row)
            db.session.flush()
            for insight_id in insight_ids:
                db.session.add(ThemeMember(insight_id=insight_id, theme_id=row.id))
            return row.id

    return make


@pytest.fixture
def stored(app: APIFlask) -> Callable[[int], dict[str, Any]]:
    """What the database says about an action."""

    def read(action_id: int) -> dict[str, Any]:
        with app.app_context():
            row = db.session.get(Action, action_id)
            assert row is not None
            return {
                **{name: getattr(row, name) for name in ("title", "body", "status", "visibility")},
                **{name: getattr(row, name) for name in ("owner_id", "project_id", "theme_id")},
                **{name: getattr(row, name) for name in ("team_id", "due_on", "version")},
                "reason": row.status_reason,
                "archived": row.is_archived,
                "completed_at": row.completed_at,
                "insights": {origin.insight_id for origin in row.origins},
                "kpis": {
                    effect.kpi_id: (effect.expected_value, effect.expected_on)
                    for effect in row.effects
                },
            }

    return read


@pytest.fixture
def insight_status(app: APIFlask) -> Callable[[int], str]:
    """What has become of an insight."""

    def read(insight_id: int) -> str:
        with app.app_context():
            row = db.session.get(Insight, insight_id)
            assert row is not None
            return row.status

    return read


@pytest.fixture
def count_queries(app: APIFlask) -> Callable[[Callable[[], Any]], int]:
    """How many statements something sends to the database."""

    def count(act: Callable[[], Any]) -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return count
