"""Programs that act for the named cast, each with a token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cxwiki.accounts import tokens
from cxwiki.insights import service as insights
from cxwiki.insights.service import Draft
from cxwiki.kpis import service as kpis
from cxwiki.kpis.service import KpiDraft
from tests.conftest import Cast


class Program:
    """A program with a token, or without one for Eve."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self.client, self.token = client, token

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: Any) -> TestResponse:
        return self.send("POST", path, json=body)

    def patch(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send("PATCH", path, json=body, headers=headers)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {
            name.replace("_", "-"): value for name, value in options.pop("headers", {}).items()
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        path = path if path.startswith("/api/") else f"/api/v1{path}"
        return self.client.open(path, method=method, headers=headers, **options)


Api = Callable[[str], Program]


@pytest.fixture
def api(app: APIFlask, cast: Cast) -> Api:
    """`api("alice")` is a program that acts for Alice; `api("eve")` one without a token."""

    def program(name: str) -> Program:
        if name == "eve":
            return Program(app.test_client(), None)
        with app.app_context():
            return Program(app.test_client(), tokens.issue(cast.person(name), "tests"))

    return program


@pytest.fixture
def insight(app: APIFlask, cast: Cast) -> int:
    """An insight of Service that the whole company may see."""
    with app.app_context():
        draft = Draft("Invoices are hard to read", "Customers call because of **totals**.")
        return insights.publish(draft, cast.team("service"), cast.person("alice")).id


@pytest.fixture
def secret(app: APIFlask, cast: Cast) -> int:
    """An insight that only Service may see."""
    with app.app_context():
        draft = Draft("Our hotline is short of people", visibility="team")
        return insights.publish(draft, cast.team("service"), cast.person("alice")).id


@pytest.fixture
def kpi(app: APIFlask, cast: Cast) -> int:
    """A Net Promoter Score with a target."""
    with app.app_context():
        draft = KpiDraft(
            "NPS",
            "higher",
            kind="nps",
            unit="points",
            scale_min=Decimal(-100),
            scale_max=Decimal(100),
            target=Decimal(50),
            target_due_on=date(2030, 12, 31),
        )
        return kpis.create_kpi(draft, cast.team("service"), cast.person("mia")).id
