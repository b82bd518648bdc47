"""Insights of the cast, made through the services."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.database import db
from cxwiki.insights import importing, service
from cxwiki.insights.importing import Options, Report
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from tests.conftest import Cast

Make = Callable[..., int]


@pytest.fixture
def insight(app: APIFlask, cast: Cast) -> Make:
    """`insight("Long wait", by="carol")` posts for the person's home team and gives the id."""

    def make(title: str = "Long wait", by: str = "alice", **values: Any) -> int:
        with app.app_context():
            person = cast.person(by)
            return service.publish(Draft(title=title, **values), person.home_team, person).id

    return make


@pytest.fixture
def stored(app: APIFlask) -> Callable[[int], Insight]:
    """The insight as it is in the database now; its columns are loaded."""

    def read(number: int) -> Insight:
        with app.app_context():
            found = db.session.get(Insight, number)
            assert found is not None
            found.evidence, found.votes  # noqa: B018
            db.session.expunge_all()
            return found

    return read


Import = Callable[..., Report]


@pytest.fixture
def import_text(context: APIFlask, cast: Cast, tmp_path: Path) -> Import:
    """`import_text("title\\nA", team="Service")` imports a file of this content as Admin."""

    def run(content: str | bytes, name: str = "file.csv", **options: Any) -> Report:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return importing.import_file(path, cast.person("admin"), Options(**options))

    return run
