"""KPIs and measurements over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api

MARCH = {"period_start": "2025-03-01", "period_end": "2025-03-31"}


def test_everything_that_is_posted_is_shown(api: Api) -> None:
    body = {
        "title": "Customer effort",
        "direction": "lower",
        "kind": "ces",
        "statistic": "mean",
        "description": "Asked after every call",
        "unit": "points",
        "scale_min": 1,
        "scale_max": 7,
        "nature": "perception",
        "owner_email": "alice@example.org",
        "team": "Service",
        "visibility": "company",
        "target": 2.5,
        "target_due_on": "2030-12-31",
        "external_id": "ces",
    }
    answer = api("mia").post("/kpis", body)
    assert answer.status_code == 201, answer.text
    shown: Any = answer.json
    assert {name: shown[name] for name in body} == body
    assert (shown["owner"], shown["latest"]) == ("Alice", None)
    assert api("rita").get(answer.headers["Location"]).json == shown
    assert api("mia").post("/kpis", body).status_code == 200


def test_a_name_is_a_title_and_the_direction_is_never_assumed(api: Api) -> None:
    mia = api("mia")
    refused: Any = mia.post("/kpis", {"name": "NPS", "kind": "nps"})
    assert list(refused.json["errors"]) == ["direction"]
    made: Any = mia.post("/kpis", {"name": "NPS", "kind": "nps", "direction": "higher"}).json
    assert (made["title"], made["statistic"], made["unit"]) == ("NPS", "nps", "")


def test_only_curators_define_and_only_they_and_the_owner_measure(api: Api, kpi: int) -> None:
    body = {**MARCH, "value": 40}
    for name in ("alice", "carol", "dave", "rita"):
        assert api(name).post("/kpis", {"title": "x", "direction": "lower"}).status_code == 403
        assert api(name).post(f"/kpis/{kpi}/measurements", body).status_code == 403
        assert api(name).get(f"/kpis/{kpi}/measurements").status_code == 200
    assert api("admin").post(f"/kpis/{kpi}/measurements", body).status_code == 201


def test_a_kpi_of_a_team_is_nobody_elses(api: Api) -> None:
    body = {"title": "Ours", "direction": "lower", "team": "Service", "visibility": "team"}
    made: Any = api("admin").post("/kpis", body).json
    carol = api("carol")
    assert carol.get(f"/kpis/{made['id']}").status_code == 404
    assert carol.get(f"/kpis/{made['id']}/measurements").status_code == 404
    listed: Any = carol.get("/kpis").json
    assert listed["total"] == 0
    answer = api("mia").post(f"/kpis/{made['id']}/measurements", {**MARCH, "value": 1})
    assert answer.status_code == 404


def test_a_value_follows_from_the_counts(api: Api, kpi: int) -> None:
    body = {**MARCH, "promoters": 60, "passives": 30, "detractors": 10}
    answer = api("mia").post(f"/kpis/{kpi}/measurements", body)
    assert answer.status_code == 201
    made: Any = answer.json
    assert (made["value"], made["n"], made["source"]) == (50, 100, "api")
    shown: Any = api("alice").get(f"/kpis/{kpi}").json
    assert shown["latest"] == made
    assert shown["target"] == 50


def test_saying_the_same_twice_changes_nothing_and_another_value_corrects(
    api: Api, kpi: int
) -> None:
    mia, path = api("mia"), f"/kpis/{kpi}/measurements"
    first = mia.post(path, {**MARCH, "value": 41.5, "n": 200})
    same = mia.post(path, {**MARCH, "value": 41.5, "n": 200})
    other: Any = mia.post(path, {**MARCH, "value": 42.5, "n": 210})
    assert [answer.status_code for answer in (first, same, other)] == [201, 200, 201]
    assert same.json == first.json
    assert first.json is not None
    assert other.json["supersedes_id"] == first.json["id"]
    listed: Any = mia.get(path).json
    assert (listed["items"], listed["total"]) == ([other.json], 1)


def test_measurements_are_listed_by_segment_and_page(api: Api, kpi: int) -> None:
    mia, path = api("mia"), f"/kpis/{kpi}/measurements"
    for month in ("01", "02", "03"):
        body = {"period_start": f"2025-{month}-01", "period_end": f"2025-{month}-28", "value": 1}
        mia.post(path, body)
        mia.post(path, {**body, "segment": "Channel = app"})
    everything: Any = mia.get(f"{path}?per_page=4&page=2").json
    assert (everything["total"], len(everything["items"])) == (6, 2)
    total: Any = mia.get(f"{path}?segment=").json
    assert {one["segment"] for one in total["items"]} == {""}
    app: Any = mia.get(f"{path}?segment=channel%3Dapp").json
    assert [one["period_start"] for one in app["items"]] == [
        "2025-01-01",
        "2025-02-01",
        "2025-03-01",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", None),
        ("value", "41"),
        ("value", True),
        ("value", 101),
        ("value", 1e300),
        ("n", -1),
        ("n", 1.5),
        ("n", 10**20),
        ("period_start", None),
        ("period_start", "2025-03"),
        ("period_start", 1740787200),
        ("period_start", "2999-01-01"),
        ("period_end", "2025-02-01"),
        ("segment", "app"),
        ("promoters", -3),
        ("note", "x" * 501),
    ],
)
def test_a_wrong_measurement_is_named_and_nothing_is_written(
    api: Api, kpi: int, field: str, value: object
) -> None:
    mia, path = api("mia"), f"/kpis/{kpi}/measurements"
    answer: Any = mia.post(path, {**MARCH, "value": 40, field: value})
    assert answer.status_code == 422
    assert len(answer.json["errors"]) == 1
    listed: Any = mia.get(path).json
    assert listed["total"] == 0


def test_the_filters_of_the_page_work(api: Api, kpi: int) -> None:
    mia = api("mia")
    for query, count in [
        ("kind=nps", 1),
        ("kind=ces", 0),
        ("team=Service", 1),
        ("team=Billing", 0),
        ("archived=true", 0),
    ]:
        listed: Any = mia.get(f"/kpis?{query}").json
        assert listed["total"] == count, query
