"""Who reaches which page of a KPI, and what it says."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from sqlalchemy import event

from cxwiki.charts import Mark
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.kpis import marks
from cxwiki.kpis.models import Kpi, Measurement

NEW = {
    "title": "Effort",
    "kind": "ces",
    "statistic": "mean",
    "direction": "lower",
    "unit": "points",
    "scale_min": "1",
    "scale_max": "7",
    "nature": "perception",
    "visibility": "company",
}


def test_the_list_says_value_trend_and_gap(as_, kpi, measure):
    kpi_id = kpi(target=Decimal(45))
    measure(kpi_id, "2026-02", 38)
    measure(kpi_id, "2026-03", 42, n=212)
    page = as_("rita").get("/kpis/")
    for words in ("NPS after a call", "42\u00a0points", "better by 4, n = 212", "from the target"):
        assert words in page.text


def test_a_team_s_kpi_is_nowhere_for_others(as_, cast, kpi):
    kpi_id = kpi(title="Secret figure", visibility="team")
    assert "Secret figure" in as_("bob").get("/kpis/").text
    for name in ("carol", "mia", "dave", "rita"):
        assert "Secret figure" not in as_(name).get("/kpis/").text
        for page in ("", "/measurements.csv", "/edit", "/measurements/new"):
            assert as_(name).get(f"/kpis/{kpi_id}{page}").status_code in (403, 404)
        assert as_(name).get(f"/kpis/{kpi_id}").status_code == 404


def test_the_page_shows_chart_table_and_formula(as_, kpi, measure):
    kpi_id = kpi(target=Decimal(45))
    measure(kpi_id, "2026-02", promoters=50, passives=30, detractors=20)
    measure(kpi_id, "2026-02", promoters=55, passives=25, detractors=20)
    page = as_("carol").get(f"/kpis/{kpi_id}-nps-after-a-call").text
    assert "<svg" in page
    assert "Higher is better" in page
    assert "minus the share of detractors" in page
    assert "corrected: was 30" in page
    assert "Add a measurement" not in page


def test_marks_of_higher_features_stand_on_the_chart(as_, kpi, measure, monkeypatch):
    kpi_id = kpi()
    measure(kpi_id, "2026-02", 30)
    measure(kpi_id, "2026-03", 33)

    def provider(shown, person):
        day = shown.created_at.date().replace(year=2026, month=3, day=3)
        return [Mark(day, f"Callback for {person.name}", "/actions/1")]

    monkeypatch.setattr(marks, "_marks", [provider])
    assert "Callback for Alice" in as_("alice").get(f"/kpis/{kpi_id}").text


@pytest.mark.parametrize(
    ("name", "status"),
    [("mia", 303), ("admin", 303), ("alice", 403), ("dave", 403), ("rita", 403), ("eve", 302)],
)
def test_managers_define_kpis(as_, cast, name, status, count):
    answer = as_(name).post("/kpis/", data={**NEW, "team": cast.service})
    assert answer.status_code == status
    assert count(Kpi) == (status == 303)


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"direction": ""},
        {"direction": "sideways"},
        {"kind": "happiness"},
        {"scale_max": "0"},
        {"scale_max": "wide"},
        {"target": "8"},
        {"unit": "x" * 31},
        {"team": "999"},
    ],
)
def test_a_kpi_that_makes_no_sense_is_not_defined(as_, cast, change, count):
    answer = as_("mia").post("/kpis/", data={"team": cast.service, **NEW, **change})
    assert answer.status_code == 422
    assert count(Kpi) == 0


def test_the_direction_of_an_effort_score_is_not_assumed(as_):
    assert "checked" not in as_("mia").get("/kpis/new?kind=ces").text
    assert 'checked id="direction-1"' in as_("mia").get("/kpis/new?kind=ttr").text


def test_a_manager_does_not_hide_a_kpi_from_themselves(as_, cast):
    hidden = {**NEW, "team": cast.service, "visibility": "team"}
    assert as_("mia").post("/kpis/", data=hidden).status_code == 422
    assert as_("admin").post("/kpis/", data=hidden).status_code == 303


def form_of(page: str, name: str) -> str:
    return page.split(f'name="{name}"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize(
    ("name", "status"),
    [("mia", 303), ("admin", 303), ("alice", 303), ("bob", 403), ("carol", 403), ("rita", 403)],
)
def test_managers_and_the_owner_edit(as_, cast, kpi, values_of, name, status):
    kpi_id = kpi()
    data = {**NEW, "team": cast.service, "title": "Renamed", "owner": cast.alice}
    assert as_(name).post(f"/kpis/{kpi_id}", data=data).status_code == status
    assert (values_of(Kpi.title) == ["Renamed"]) == (status == 303)


def test_a_stale_edit_shows_both_texts(as_, cast, kpi):
    kpi_id = kpi()
    seen = form_of(as_("mia").get(f"/kpis/{kpi_id}/edit").text, "based_on")
    data = {**NEW, "team": cast.service, "based_on": seen}
    as_("alice").post(f"/kpis/{kpi_id}", data={**data, "title": "Hers"})
    answer = as_("mia").post(f"/kpis/{kpi_id}", data={**data, "title": "Mine"})
    assert answer.status_code == 409
    assert "Hers" in answer.text
    assert "Mine" in answer.text
    again = {**data, "title": "Mine", "based_on": form_of(answer.text, "based_on")}
    assert as_("mia").post(f"/kpis/{kpi_id}", data=again).status_code == 303


def test_measured_figures_keep_their_statistic_and_scale(as_, cast, kpi, measure):
    measure(kpi_id := kpi(), "2026-03", 42)
    data = {**NEW, "team": cast.service, "kind": "nps", "statistic": "nps"}
    wide = {"scale_min": "-100", "scale_max": "100"}
    for change in ({"statistic": "mean", **wide}, {"scale_max": "40"}):
        assert as_("mia").post(f"/kpis/{kpi_id}", data={**data, **change}).status_code == 422
    assert as_("mia").post(f"/kpis/{kpi_id}", data={**data, **wide}).status_code == 303


def test_archiving_can_be_undone(as_, kpi, values_of):
    kpi_id = kpi()
    assert as_("alice").post(f"/kpis/{kpi_id}/archival").status_code == 403
    assert as_("mia").post(f"/kpis/{kpi_id}/archival").status_code == 303
    assert "NPS after a call" not in as_("mia").get("/kpis/").text
    assert "NPS after a call" in as_("mia").get("/kpis/?archived=1").text
    assert as_("mia").post(f"/kpis/{kpi_id}/measurements").status_code == 403
    as_("mia").delete(f"/kpis/{kpi_id}/archival")
    assert "NPS after a call" in as_("mia").get("/kpis/").text
    assert values_of(Event.name) == ["kpi.created", "kpi.archived", "kpi.restored"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("mia", 303), ("admin", 303), ("alice", 303), ("bob", 403), ("dave", 403), ("rita", 403)],
)
def test_managers_and_the_owner_measure(as_, kpi, name, status, count):
    data = {"month": "2026-03", "promoters": "50", "passives": "30", "detractors": "20"}
    assert as_(name).post(f"/kpis/{kpi()}/measurements", data=data).status_code == status
    assert count(Measurement) == (status == 303)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"month": "2026-03"},
        {"month": "March", "value": "4"},
        {"month": "2026-03", "value": "four"},
        {"month": "2026-03", "value": "400"},
        {"month": "2026-03", "value": "4", "n": "-3"},
        {"month": "2026-03", "promoters": "4"},
        {"period_start": "2026-03-01", "value": "4"},
        {"period_start": "2026-03-05", "period_end": "2026-03-01", "value": "4"},
        {"month": "2999-01", "value": "4"},
    ],
)
def test_a_measurement_that_makes_no_sense_is_not_recorded(as_, kpi, data, count):
    answer = as_("mia").post(f"/kpis/{kpi()}/measurements", data=data)
    assert answer.status_code == 422
    assert "field__errors" in answer.text
    assert count(Measurement) == 0


def test_a_value_with_a_comma_is_recorded(as_, kpi, values_of):
    kpi_id = kpi()
    as_("alice").post(f"/kpis/{kpi_id}/measurements", data={"month": "2026-03", "value": "41,5"})
    assert values_of(Measurement.value) == [Decimal("41.5")]


def test_a_correction_starts_from_what_stands_there(as_, kpi, measure):
    kpi_id = kpi()
    wrong = measure(kpi_id, "2026-03", 42, n=7)
    page = as_("alice").get(f"/kpis/{kpi_id}/measurements/new?corrects={wrong}").text
    assert 'value="2026-03"' in page
    assert 'value="42"' in page
    other = kpi()
    assert as_("alice").get(f"/kpis/{other}/measurements/new?corrects={wrong}").status_code == 404


def test_a_measurement_can_be_withdrawn(as_, kpi, measure):
    kpi_id = kpi()
    wrong = measure(kpi_id, "2026-03", 42)
    address = f"/kpis/{kpi_id}/measurements/{wrong}"
    assert as_("bob").delete(address).status_code == 403
    assert as_("alice").post(f"{address}?_method=DELETE").status_code == 303
    assert as_("alice").delete(address).status_code == 404
    assert "Not measured yet" in as_("rita").get(f"/kpis/{kpi_id}").text


def test_the_table_can_be_downloaded(as_, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-03", 42)
    answer = as_("rita").get(f"/kpis/{kpi_id}/measurements.csv")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "nps-after-a-call.csv" in answer.headers["Content-Disposition"]


def upload(client, kpi_id: int, content: bytes, **more):
    data = {"file": (io.BytesIO(content), "figures.csv"), **more}
    return client.post(f"/kpis/{kpi_id}/imports", data=data)


def test_a_table_is_uploaded_with_its_bad_rows_named(as_, kpi, count):
    kpi_id = kpi()
    content = b"month,value\n2026-01,30\n2026-02,oops\n"
    assert upload(as_("bob"), kpi_id, content).status_code == 403
    tried = upload(as_("alice"), kpi_id, content, dry_run="y")
    assert "nothing was written" in tried.text
    assert count(Measurement) == 0
    answer = upload(as_("alice"), kpi_id, content)
    assert answer.status_code == 200
    assert "not a number" in answer.text
    assert count(Measurement) == 1
    assert upload(as_("alice"), kpi_id, b"month,value\n2026-03,3\n").status_code == 303


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"month\n2026-01\n", b"\x89PNG\x00\x01\n"])
def test_a_file_that_is_no_table_is_refused(as_, kpi, content, count):
    assert upload(as_("alice"), kpi(), content).status_code == 422
    assert count(Measurement) == 0


@pytest.mark.parametrize("path", ["/kpis/99999", "/kpis/99999/edit", "/kpis/99999/imports/new"])
def test_what_does_not_exist_is_not_found(as_, path):
    assert as_("mia").get(path).status_code == 404


def test_wrong_methods_are_refused(as_, kpi):
    kpi_id = kpi()
    assert as_("mia").delete(f"/kpis/{kpi_id}").status_code == 405
    assert as_("mia").get(f"/kpis/{kpi_id}/archival").status_code == 405


def test_the_list_asks_the_database_as_often_for_many_as_for_one(app, as_, kpi, measure):
    client = as_("mia")

    def queries() -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        client.get("/kpis/")
        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        client.get("/kpis/")
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    def fill(number: int) -> None:
        for _ in range(number):
            kpi_id = kpi()
            measure(kpi_id, "2026-02", 1)
            measure(kpi_id, "2026-03", 2)

    fill(1)
    few = queries()
    fill(19)
    assert queries() == few
