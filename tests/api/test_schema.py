"""The OpenAPI document: complete and valid, and the API does what it says, whatever is sent."""

from __future__ import annotations

import re
from typing import Any

import hypothesis
import pytest
import schemathesis
from apiflask import APIFlask
from hypothesis import HealthCheck, Phase
from schemathesis.checks import load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from cxwiki.apibase.wire import LARGEST_ID
from tests.api.conftest import Api
from tests.conftest import SignIn

OPERATIONS = {
    "/insights": {"get", "post"},
    "/insights/{id}": {"get", "patch"},
    "/insights/{id}/related": {"get"},
    "/insights/{id}/mergers": {"post", "delete"},
    "/insights/similar": {"get"},
    "/insights/duplicates": {"get", "post"},
    "/pages": {"get", "post"},
    "/pages/{id}": {"get", "patch"},
    "/reviews": {"get"},
    "/reviews/{id}": {"get", "patch"},
    "/reviews/{id}/verifications": {"post"},
    "/reviews/{id}/doubts": {"post"},
    "/reviews/handovers": {"post"},
    "/search": {"get"},
    "/search/suggestions": {"get"},
    "/themes": {"get"},
    "/themes/{id}": {"get", "patch"},
    "/themes/{id}/mergers": {"post"},
    "/themes/{id}/splits": {"post"},
    "/actions": {"get", "post"},
    "/actions/{id}": {"get", "patch"},
    "/actions/changes": {"post"},
    "/actions/views": {"get", "post"},
    "/actions/views/{view_id}": {"delete"},
    "/actions/{id}/effects": {"get"},
    "/actions/{id}/subtasks": {"get", "post"},
    "/actions/{id}/subtasks/{step_id}": {"patch", "delete"},
    "/actions/{id}/blockers": {"post"},
    "/actions/{id}/blockers/{blocker_id}": {"delete"},
    "/projects": {"get", "post"},
    "/projects/{id}": {"get", "patch"},
    "/projects/{id}/gate": {"get"},
    "/projects/{id}/stage": {"post"},
    "/projects/{id}/decisions": {"post"},
    "/projects/{id}/effects": {"get"},
    "/projects/{id}/evidence": {"post"},
    "/projects/{id}/evidence/{evidence_id}": {"delete"},
    "/projects/{id}/criteria": {"post"},
    "/projects/{id}/criteria/{criterion_id}": {"delete"},
    "/projects/{id}/updates": {"get", "post"},
    "/projects/{id}/milestones": {"post"},
    "/projects/{id}/milestones/{milestone_id}": {"patch"},
    "/projects/{id}/risks": {"post"},
    "/projects/{id}/risks/{risk_id}": {"patch"},
    "/projects/{id}/resolutions": {"post"},
    "/projects/{id}/budget": {"post"},
    "/projects/{id}/replicas": {"post"},
    "/kpis": {"get", "post"},
    "/kpis/{id}": {"get"},
    "/kpis/{id}/measurements": {"get", "post"},
    "/kpis/{id}/answers": {"get", "post"},
    "/kpis/{id}/targets": {"get", "post"},
    "/kpis/{id}/relations": {"get", "post"},
    "/kpis/conflicts": {"get"},
    "/priorities": {"get"},
    "/priorities/weighting": {"get", "post"},
    "/dashboard": {"get"},
    "/trace/{type}/{id}": {"get"},
    "/comments": {"get", "post"},
    "/comments/{comment_id}": {"patch", "delete"},
    "/attachments": {"get", "post"},
    "/attachments/{attachment_id}": {"delete"},
    "/attachments/{attachment_id}/content": {"get"},
}
# What the schema allows may still be refused: a team must exist, a period must have begun.
# What it does not name is ignored in queries and headers, so only whole bodies have to be refused.
NOT_CHECKED = [checks.positive_data_acceptance]
NOT_CHECKED_BUT_FOR_POST = [*NOT_CHECKED, checks.negative_data_rejection]


@pytest.fixture
def document(app: APIFlask) -> dict[str, Any]:
    answer = app.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    return dict(answer.get_json())


@pytest.fixture
def described(app: APIFlask) -> Any:
    load_all_checks()
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.fixture
def ids(api: Api, insight: int, kpi: int) -> dict[str, int]:
    """One record of each kind, so that paths lead somewhere."""
    admin = api("admin")
    action: Any = admin.post("/actions", {"title": "x", "insight_ids": [insight]}).json
    project: Any = admin.post("/projects", {"title": "x", "kpi_ids": [kpi]}).json
    page: Any = admin.post("/pages", {"title": "x"}).json
    return {
        "insights": insight,
        "kpis": kpi,
        "actions": action["id"],
        "projects": project["id"],
        "pages": page["id"],
        "reviews": page["id"],
    }


@pytest.mark.parametrize(
    "mode",
    [
        GenerationMode.POSITIVE,
        # What is not as described is refused before anything is asked of a database.
        pytest.param(GenerationMode.NEGATIVE, marks=pytest.mark.any_database),
    ],
)
@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path, methods in OPERATIONS.items() for method in sorted(methods)],
)
def test_the_api_keeps_to_its_description(
    described: Any, api: Api, ids: dict[str, int], path: str, method: str, mode: GenerationMode
) -> None:
    token, operation = api("admin").token, described[f"/api/v1{path}"][method]

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=10,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def keeps_to_it(case: Any) -> None:
        wish = case.path_parameters.get("id") if case.path_parameters else None
        known = ids.get(path.split("/")[1])
        if known and isinstance(wish, int) and 1 <= wish <= LARGEST_ID:
            case.path_parameters["id"] = known
        case.call_and_validate(
            headers={"Authorization": f"Bearer {token}"},
            excluded_checks=NOT_CHECKED if method == "post" else NOT_CHECKED_BUT_FOR_POST,
        )

    keeps_to_it()


def test_the_document_is_valid_openapi_31(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    OPENAPI_31_VALIDATOR.validate(document)


def test_the_document_describes_the_api_and_nothing_else(document: dict[str, Any]) -> None:
    described = {
        path.removeprefix("/api/v1"): set(operations)
        for path, operations in document["paths"].items()
    }
    assert described == OPERATIONS


def test_every_operation_needs_a_token_and_names_its_errors(document: dict[str, Any]) -> None:
    (scheme,) = document["components"]["securitySchemes"].items()
    assert document["security"] == [{scheme[0]: []}]
    assert (scheme[1]["type"], scheme[1]["scheme"]) == ("http", "bearer")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            expected = {"401", "403", "500"}
            expected |= {"404"} if "{id}" in path else set()
            expected |= {"400", "409", "415", "422", "429"} if method != "get" else set()
            expected |= {"412"} if method == "patch" else set()
            assert expected <= set(operation["responses"]), (method, path)
            assert operation["summary"]
            assert operation["operationId"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def check(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                check(one)
        elif isinstance(part, dict):
            for name, value in part.items():
                if name == "$ref":
                    found: Any = document
                    for step in value.removeprefix("#/").split("/"):
                        found = found[step]
                else:
                    check(value)

    check(document)


def test_every_operation_is_401_without_a_token(app: APIFlask, document: dict[str, Any]) -> None:
    client = app.test_client()
    for path, operations in document["paths"].items():
        for method in operations:
            answer = client.open(re.sub(r"\{\w*id\}", "1", path), method=method.upper(), json={})
            assert answer.status_code == 401, (method, path)


def test_pages_are_not_touched_by_the_api(as_: SignIn) -> None:
    answer = as_("alice").get("/insights/999999")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
