"""KPIs to test with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from cxwiki.database import db
from cxwiki.kpis.measuring import MeasurementData, record_measurement
from cxwiki.kpis.models import Kpi
from cxwiki.kpis.periods import month_of
from cxwiki.kpis.service import KpiDraft, create_kpi
from tests.conftest import Cast
from tests.kpis.answer_files import read

__all__ = ["read"]
MakeKpi = Callable[..., int]


@pytest.fixture
def kpi(cast: Cast, app) -> MakeKpi:
    """Define a KPI and return its id; an NPS of Service owned by Alice unless said otherwise."""

    def make(team: str = "service", owner: str | None = "alice", **changes) -> int:
        given = {
            "title": "NPS after a call",
            "direction": "higher",
            "kind": "nps",
            "unit": "points",
            "scale_min": Decimal(-100),
            "scale_max": Decimal(100),
            "owner_id": getattr(cast, owner) if owner else None,
            **changes,
        }
        with app.app_context():
            draft = KpiDraft(**given)
            return create_kpi(draft, cast.team(team), cast.person("admin")).id

    return make


@pytest.fixture
def measure(cast: Cast, app) -> Callable[..., int]:
    """Record a month's value for a KPI and return the measurement's id."""

    def record(kpi_id: int, month: str, value=None, **more) -> int:
        start, end = month_of(date.fromisoformat(f"{month}-01"))
        with app.app_context():
            number = None if value is None else Decimal(str(value))
            data = MeasurementData(start, end, value=number, **more)
            kpi = db.session.get_one(Kpi, kpi_id)
            return record_measurement(kpi, data, cast.person("admin")).id

    return record


@pytest.fixture
def count(app) -> Callable[[type], int]:
    """How many rows of a model there are."""

    def ask(model: type) -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(model)) or 0

    return ask


@pytest.fixture
def values_of(app) -> Callable[..., list]:
    """The values of one column, by id."""

    def ask(column) -> list:
        with app.app_context():
            return list(db.session.scalars(select(column).order_by(column.class_.id)))

    return ask


@pytest.fixture
def statements(app) -> Callable[[], AbstractContextManager[list[str]]]:
    """Note every statement that is sent to the database meanwhile."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection, _cursor, statement: str, *_rest) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return listen
