"""Raw answers over HTTP: recorded or corrected, then computed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api


def said(*values: int, **more: Any) -> dict[str, Any]:
    answers = [
        {"answered_on": "2025-03-04", "value": value, "external_id": str(number), **more}
        for number, value in enumerate(values)
    ]
    return {"answers": answers, "source": "survey"}


def test_answers_become_a_measurement_and_repeating_them_changes_nothing(
    api: Api, kpi: int
) -> None:
    mia, path = api("mia"), f"/kpis/{kpi}/answers"
    first: Any = mia.post(path, said(10, 9, 0, 8, segment="Channel = app"))
    assert (first.status_code, first.json) == (201, {"recorded": 4, "corrected": 0, "unchanged": 0})
    again: Any = mia.post(path, said(10, 9, 0, 8, segment="channel=app"))
    assert (again.status_code, again.json["unchanged"]) == (200, 4)
    listed: Any = mia.get(f"/kpis/{kpi}/measurements").json
    found = [
        (one["segment"], one["value"], one["n"], one["from_answers"]) for one in listed["items"]
    ]
    assert found == [("", 25, 4, True), ("channel=app", 25, 4, True)]


def test_a_correction_keeps_what_was_said_before(api: Api, kpi: int) -> None:
    mia, path = api("mia"), f"/kpis/{kpi}/answers"
    mia.post(path, said(0))
    corrected: Any = mia.post(path, said(10))
    assert corrected.json == {"recorded": 0, "corrected": 1, "unchanged": 0}
    now: Any = mia.get(f"{path}?external_id=0").json
    assert [one["value"] for one in now["items"]] == [10]
    everything: Any = mia.get(f"{path}?external_id=0&superseded=true").json
    assert [one["value"] for one in everything["items"]] == [10, 0]
    assert everything["items"][0]["supersedes_id"] == everything["items"][1]["id"]
    shown: Any = mia.get(f"/kpis/{kpi}").json
    assert (shown["latest"]["value"], shown["latest"]["n"]) == (100, 1)


def test_only_who_may_measure_sends_or_sees_raw_answers(api: Api, kpi: int) -> None:
    for name, status in (
        ("alice", 403),
        ("carol", 403),
        ("dave", 403),
        ("rita", 403),
        ("eve", 401),
    ):
        assert api(name).post(f"/kpis/{kpi}/answers", said(9)).status_code == status
        assert api(name).get(f"/kpis/{kpi}/answers").status_code == status


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": 11}, "answers.1.value"),
        ({"value": -1}, "answers.1.value"),
        ({"value": 8.5}, "answers.1.value"),
        ({"value": "9"}, "answers.1.value"),
        ({"value": None}, "answers.1.value"),
        ({"answered_on": "2999-01-01"}, "answers.1.answered_on"),
        ({"answered_on": "03/04/2025"}, "answers.1.answered_on"),
        ({"segment": "app"}, "answers.1.segment"),
        ({"external_id": "x" * 201}, "answers.1.external_id"),
    ],
)
def test_a_wrong_answer_is_named_and_none_is_recorded(
    api: Api, kpi: int, change: dict[str, Any], field: str
) -> None:
    body = said(9, 9)
    body["answers"][1] |= change
    refused: Any = api("mia").post(f"/kpis/{kpi}/answers", body)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    listed: Any = api("mia").get(f"/kpis/{kpi}/answers").json
    assert listed["total"] == 0


@pytest.mark.parametrize("answers", [[], None, [{}], said(*[9] * 1001)["answers"]])
def test_a_list_is_neither_empty_nor_endless(api: Api, kpi: int, answers: Any) -> None:
    assert api("mia").post(f"/kpis/{kpi}/answers", {"answers": answers}).status_code == 422


def test_a_definition_is_posted_and_shown_with_its_formula(api: Api) -> None:
    body = {
        "title": "CSAT", "kind": "csat", "direction": "higher", "unit": "%", "scale_min": 0,
        "scale_max": 100, "cadence": "monthly", "answer_min": 1, "answer_max": 5,
        "success_min": 4, "success_max": 5, "band_low": 60, "band_high": 95,
        "dimensions": {"channel": ["App", "Phone"], "team": []},
    }  # fmt: skip
    made: Any = api("mia").post("/kpis", body)
    assert made.status_code == 201
    assert {name: made.json[name] for name in body} == body
    assert "Answers 4 to 5 of 5 count." in made.json["formula"]
    refused: Any = api("mia").post(
        f"/kpis/{made.json['id']}/answers", said(5, segment="channel=fax")
    )
    assert list(refused.json["errors"]) == ["answers.0.segment"]
