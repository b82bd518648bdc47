"""Targets of teams and segments, KPIs that move together, and targets that pull apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.kpis import conflicts, relations, series, targets
from cxwiki.kpis.models import Kpi, KpiRelation, Target
from tests.conftest import Cast, SignIn
from tests.kpis.conftest import MakeKpi

Aim = Callable[..., int]


@pytest.fixture
def aim(app: APIFlask, cast: Cast) -> Aim:
    """`aim(kpi, 300, team="service")` sets a target and returns its id."""

    def make(kpi_id: int, value: Any, team: str | None = None, **more: Any) -> int:
        with app.app_context():
            whose = cast.team(team) if team else None
            kpi = db.session.get_one(Kpi, kpi_id)
            by = cast.person("mia")
            return targets.set_target(kpi, Decimal(str(value)), by, team=whose, **more).id

    return make


@pytest.fixture
def link(app: APIFlask, cast: Cast) -> Callable[..., None]:
    def make(one: int, other: int, pulls: str = "against") -> None:
        with app.app_context():
            kpis = [db.session.get_one(Kpi, kpi_id) for kpi_id in (one, other)]
            relations.relate(*kpis, pulls, cast.person("mia"))

    return make


@pytest.fixture
def said(app: APIFlask, cast: Cast) -> Callable[..., list[str]]:
    """What conflicts somebody is told."""

    def read(name: str = "alice", team: str | None = None) -> list[str]:
        with app.app_context():
            team_id = getattr(cast, team) if team else None
            found = conflicts.conflicts(cast.person(name), team_id)
            return [conflict.sentence for conflict in found]

    return read


def seconds(title: str = "Handling time") -> dict[str, Any]:
    return {"title": title, "kind": "own", "direction": "lower", "unit": "s", "scale_min": Decimal(0),
            "scale_max": None}  # fmt: skip


def percent(title: str = "First-contact resolution") -> dict[str, Any]:
    return {"title": title, "kind": "fcr", "unit": "%", "scale_min": Decimal(0), "scale_max": Decimal(100)}  # fmt: skip


# --- targets -------------------------------------------------------------------------------------


def test_each_team_and_segment_has_a_target_of_its_own(
    context: APIFlask, kpi: MakeKpi, aim: Aim
) -> None:
    made = kpi()
    aim(made, 40)
    aim(made, 50, "service")
    aim(made, 30, "service", segment="channel=app")
    aim(made, 45)
    found = targets.targets_in_force([made])
    assert [(one.segment, targets.party(one), one.value) for one in found] == [
        ("", "Company", 45),
        ("", "Service", 50),
        ("channel=app", "Service", 30),
    ]
    assert series.targets_of([made])[made].value == 45


def test_a_target_of_a_team_leaves_the_companys_alone(
    context: APIFlask, kpi: MakeKpi, aim: Aim
) -> None:
    made = kpi()
    aim(made, 50, "service")
    assert series.targets_of([made]) == {}


def test_saying_the_same_again_is_no_new_target(kpi: MakeKpi, aim: Aim) -> None:
    made = kpi()
    day = date(2027, 1, 1)
    assert aim(made, 50, "service", due_on=day) == aim(made, 50, "service", due_on=day)
    assert aim(made, 50, "service") != aim(made, 51, "service")


def test_a_target_off_the_scale_is_refused(kpi: MakeKpi, aim: Aim) -> None:
    with pytest.raises(DomainError) as refused:
        aim(kpi(), 101)
    assert refused.value.field == "value"


def test_a_target_that_is_taken_back_does_not_bring_an_older_one_into_force(
    context: APIFlask, cast: Cast, kpi: MakeKpi, aim: Aim
) -> None:
    made = kpi()
    aim(made, 40, "service")
    latest = aim(made, 50, "service")
    other = aim(made, 30, "billing")
    targets.withdraw_target(db.session.get_one(Target, latest), cast.person("mia"))
    assert [one.id for one in targets.targets_in_force([made])] == [other]


@pytest.mark.parametrize(
    ("name", "status"), [("mia", 303), ("alice", 303), ("bob", 403), ("dave", 403)]
)
def test_managers_and_the_owner_set_targets(
    as_: SignIn, cast: Cast, kpi: MakeKpi, name: str, status: int
) -> None:
    sent = as_(name).post(f"/kpis/{kpi()}/targets", data={"value": "50", "team": cast.billing})
    assert sent.status_code == status


@pytest.mark.parametrize(
    "wrong", [{"value": "lots"}, {"value": ""}, {"value": "500"}, {"segment": "app"}, {"team": 99}]
)
def test_a_form_that_makes_no_sense_comes_back(
    as_: SignIn, cast: Cast, kpi: MakeKpi, wrong: dict[str, Any]
) -> None:
    data = {"value": "50", "team": cast.billing} | wrong
    assert as_("mia").post(f"/kpis/{kpi()}/targets", data=data).status_code == 422


def test_the_page_lists_targets_and_takes_one_back(as_: SignIn, kpi: MakeKpi, aim: Aim) -> None:
    made = kpi()
    target = aim(made, 50, "billing", segment="channel=app")
    page = as_("rita").get(f"/kpis/{made}/targets").get_data(as_text=True)
    assert "Billing" in page
    assert "app" in page
    assert "50 points" in page.replace("\u00a0", " ")
    assert "Set a target" not in page
    gone = as_("mia").delete(f"/kpis/{made}/targets/{target}")
    assert gone.status_code == 303
    assert "Nobody has set a target yet." in as_("rita").get(f"/kpis/{made}/targets").get_data(
        as_text=True
    )


def test_a_target_is_taken_back_only_at_its_own_kpi(as_: SignIn, kpi: MakeKpi, aim: Aim) -> None:
    mine, other = kpi(), kpi(title="Another")
    assert as_("mia").delete(f"/kpis/{other}/targets/{aim(mine, 50)}").status_code == 404


def test_the_kpis_page_shows_its_targets_and_relations(
    as_: SignIn, kpi: MakeKpi, aim: Aim, link: Callable[..., None]
) -> None:
    one, other = kpi(**seconds()), kpi(**percent())
    aim(one, 300, "billing")
    link(one, other)
    page = as_("alice").get(f"/kpis/{one}").get_data(as_text=True)
    assert "Billing" in page
    assert "First-contact resolution" in page
    assert "It tends to get worse" in page


# --- relations -----------------------------------------------------------------------------------


def test_a_relation_holds_from_both_sides_once(
    context: APIFlask, cast: Cast, kpi: MakeKpi, link: Callable[..., None]
) -> None:
    one, other = kpi(**seconds()), kpi(**percent())
    link(other, one)
    link(one, other, "same")
    rows = db.session.scalars(select(KpiRelation)).all()
    assert [(row.kpi_id, row.other_id, row.pulls) for row in rows] == [(one, other, "same")]
    for kpi_id, expected in ((one, other), (other, one)):
        found = relations.related(db.session.get_one(Kpi, kpi_id), cast.person("alice"))
        assert [(near.kpi.id, near.pulls) for near in found] == [(expected, "same")]


def test_a_kpi_is_not_related_to_itself(kpi: MakeKpi, link: Callable[..., None]) -> None:
    made = kpi()
    with pytest.raises(DomainError):
        link(made, made)


def test_relations_are_made_and_taken_away_on_their_page(as_: SignIn, kpi: MakeKpi) -> None:
    one, other = kpi(**seconds()), kpi(**percent())
    client = as_("mia")
    assert (
        client.post(f"/kpis/{one}/relations", data={"other": other, "pulls": "against"}).status_code
        == 303
    )
    assert "First-contact resolution" in client.get(f"/kpis/{one}/relations").get_data(as_text=True)
    assert client.delete(f"/kpis/{one}/relations/{other}").status_code == 303
    assert "No other KPI is linked yet." in client.get(f"/kpis/{one}/relations").get_data(
        as_text=True
    )


def test_a_relation_to_a_kpi_of_another_team_is_neither_shown_nor_made(
    as_: SignIn, kpi: MakeKpi, link: Callable[..., None]
) -> None:
    open_one = kpi(owner="carol", **percent())
    hidden = kpi(visibility="team", **seconds("Sick leave"))
    link(open_one, hidden)
    assert "Sick leave" in as_("alice").get(f"/kpis/{open_one}/relations").get_data(as_text=True)
    client = as_("carol")
    for path in (f"/kpis/{open_one}/relations", f"/kpis/{open_one}"):
        assert "Sick leave" not in client.get(path).get_data(as_text=True)
    sent = client.post(f"/kpis/{open_one}/relations", data={"other": hidden, "pulls": "same"})
    assert sent.status_code == 422


# --- conflicts -----------------------------------------------------------------------------------


def test_two_teams_on_either_side_of_the_value_pull_one_kpi_apart(
    kpi: MakeKpi, measure: Callable[..., int], aim: Aim, said: Callable[..., list[str]]
) -> None:
    made = kpi(**seconds())
    measure(made, "2026-05", 350)
    aim(made, 300, "service")
    aim(made, 420, "billing")
    (sentence,) = said()
    assert sentence.replace("\u00a0", " ") == (
        "“Handling time”: Billing aims at 420 s, Service at 300 s. Now it is 350 s. "
        "Billing wants the value to rise, Service wants it to fall."
    )


@pytest.mark.parametrize("now", [500, 420, 300, 200])
def test_two_teams_that_want_the_same_way_do_not_pull_apart(
    kpi: MakeKpi, measure: Callable[..., int], aim: Aim, said: Callable[..., list[str]], now: int
) -> None:
    made = kpi(**seconds())
    measure(made, "2026-05", now)
    aim(made, 300, "service")
    aim(made, 420, "billing")
    assert said() == []


def test_a_team_and_the_company_can_pull_apart_too(
    kpi: MakeKpi, measure: Callable[..., int], aim: Aim, said: Callable[..., list[str]]
) -> None:
    made = kpi(**seconds())
    measure(made, "2026-05", 350)
    aim(made, 300)
    aim(made, 420, "billing")
    assert "Company wants it to fall" in said()[0]


def test_targets_for_different_segments_do_not_meet(
    kpi: MakeKpi, measure: Callable[..., int], aim: Aim, said: Callable[..., list[str]]
) -> None:
    made = kpi(**seconds())
    for segment in ("", "channel=app"):
        measure(made, "2026-05", 350, segment=segment)
    aim(made, 300, "service")
    aim(made, 420, "billing", segment="channel=app")
    assert said() == []


def test_different_targets_without_a_measurement_are_told_as_such(
    kpi: MakeKpi, aim: Aim, said: Callable[..., list[str]]
) -> None:
    made = kpi(**seconds())
    aim(made, 300, "service")
    aim(made, 420, "billing")
    assert "none has been measured yet" in said()[0]


def test_two_kpis_that_pull_against_each_other_conflict_while_both_have_a_way_to_go(
    kpi: MakeKpi,
    measure: Callable[..., int],
    aim: Aim,
    link: Callable[..., None],
    said: Callable[..., list[str]],
) -> None:
    time, solved = kpi(**seconds()), kpi(**percent())
    measure(time, "2026-05", 350)
    measure(solved, "2026-05", 71)
    aim(time, 300, "service")
    aim(solved, 80, "billing")
    assert said() == []
    link(time, solved, "same")
    assert said() == []
    link(time, solved, "against")
    (sentence,) = said()
    assert "“Handling time”: Service aims at 300" in sentence
    assert "“First-contact resolution”: Billing aims at 80%" in sentence
    assert "When one of them gets better, the other tends to get worse." in sentence
    measure(solved, "2026-06", 82)
    assert said() == []


def test_a_scale_turned_round_changes_nothing(
    kpi: MakeKpi,
    measure: Callable[..., int],
    aim: Aim,
    link: Callable[..., None],
    said: Callable[..., list[str]],
) -> None:
    time = kpi(**seconds())
    effort = kpi(title="CES", kind="ces", direction="lower", unit="", scale_min=Decimal(1), scale_max=Decimal(7))  # fmt: skip
    measure(time, "2026-05", 350)
    measure(effort, "2026-05", "3.2")
    aim(time, 300, "service")
    aim(effort, "2.5", "billing")
    link(time, effort, "against")
    assert len(said()) == 1


def test_conflicts_name_nothing_that_the_reader_may_not_see(
    kpi: MakeKpi, aim: Aim, link: Callable[..., None], said: Callable[..., list[str]]
) -> None:
    hidden, solved = kpi(visibility="team", **seconds("Sick leave")), kpi(**percent())
    aim(hidden, 300, "service")
    aim(solved, 80, "billing")
    link(hidden, solved)
    assert len(said("alice")) == 1
    assert said("carol") == []


def test_a_team_hears_of_its_own_conflicts(
    kpi: MakeKpi, aim: Aim, said: Callable[..., list[str]]
) -> None:
    made = kpi(team="service", **seconds())
    aim(made, 300)
    aim(made, 420, "service")
    assert len(said(team="service")) == 1
    assert said(team="billing") == []


# --- API -----------------------------------------------------------------------------------------


@pytest.fixture
def program(app: APIFlask, cast: Cast) -> Callable[..., Any]:
    from cxwiki.accounts import tokens

    def send(name: str, method: str, path: str, **body: Any) -> Any:
        with app.app_context():
            bearer = {"Authorization": f"Bearer {tokens.issue(cast.person(name), 'test')}"}
        return app.test_client().open(
            f"/api/v1/kpis{path}", method=method, headers=bearer, json=body or None
        )

    return send


def test_programs_set_targets_and_relations_and_read_conflicts(
    program: Callable[..., Any], kpi: MakeKpi
) -> None:
    time, solved = kpi(**seconds()), kpi(**percent())
    made = program("mia", "POST", f"/{time}/targets", value=300, team="Service")
    assert made.status_code == 201
    assert (made.json["team"], made.json["value"]) == ("Service", 300)
    assert program("mia", "POST", f"/{solved}/targets", value=80).json["team"] is None
    assert (
        program("mia", "POST", f"/{time}/relations", kpi_id=solved, pulls="against").status_code
        == 201
    )
    assert program("rita", "GET", f"/{solved}/relations").json["items"] == [
        {"kpi_id": time, "title": "Handling time", "pulls": "against"}
    ]
    (conflict,) = program("rita", "GET", "/conflicts").json["items"]
    assert conflict["kpi_ids"] == [time, solved]


def test_programs_are_told_what_is_wrong(program: Callable[..., Any], kpi: MakeKpi) -> None:
    made, hidden = kpi(owner="carol"), kpi(title="Sick leave", visibility="team")
    assert "value" in program("mia", "POST", f"/{made}/targets", value=500).json["errors"]
    assert (
        "team" in program("mia", "POST", f"/{made}/targets", value=5, team="Nobody").json["errors"]
    )
    assert program("bob", "POST", f"/{made}/targets", value=5).status_code == 403
    assert program("carol", "GET", f"/{hidden}/targets").status_code == 404
    assert (
        program("carol", "POST", f"/{made}/relations", kpi_id=hidden, pulls="same").status_code
        == 404
    )
    assert (
        program("mia", "POST", f"/{made}/relations", kpi_id=made, pulls="same").status_code == 422
    )
