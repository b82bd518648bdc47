"""The demo company's data files: complete, consistent, and true to their own figures."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[2] / "cxwiki" / "demo" / "data"

Row = dict[str, Any]


def read(pattern: str, name: str) -> list[Row]:
    files = sorted(DATA.glob(pattern))
    return [row for file in files for row in tomllib.loads(file.read_text("utf-8")).get(name, [])]


COMPANY = tomllib.loads((DATA / "company.toml").read_text("utf-8"))
TEAMS: list[Row] = COMPANY["team"]
PEOPLE: list[Row] = COMPANY["person"]
INSIGHTS = read("insights*.toml", "insight")
PROJECTS = read("projects.toml", "project")
KPIS = read("kpis.toml", "kpi")
ACTIONS = read("actions.toml", "action")

TEAM_KEYS = {team["key"] for team in TEAMS} | {""}  # "" is the built-in team Company
PERSON = {person["key"]: person for person in PEOPLE}
INSIGHT = {insight["key"]: insight for insight in INSIGHTS}
KPI = {kpi["key"]: kpi for kpi in KPIS}
PROJECT = {project["key"]: project for project in PROJECTS}
WRITERS = {"administrator", "manager", "member"}
CHANNELS = {"phone", "email", "web", "app", "shop", "field", "chat", "letter"}
KPI_KINDS = {"nps", "csat", "ces", "fcr", "ttr", "repeat_contact_rate", "complaint_rate", "own"}


def by_key(rows: list[Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row["key"] for row in rows])


def members(team: str) -> set[str]:
    return {p["key"] for p in PEOPLE if p["team"] == team or team in p["also_teams"]}


def measurements() -> Iterator[tuple[Row, Row]]:
    return ((kpi, m) for kpi in KPIS for m in kpi.get("measurement", []))


def newest(kpi: Row) -> tuple[float, int]:
    """The latest value and its number of answers, given or counted."""
    if "measurement" in kpi:
        last = min(kpi["measurement"], key=lambda m: m["months_ago"])
        return last["value"], last["n"]
    counted = [c["counts"] for c in kpi["answers"]["counts"] if c["months_ago"] == 0]
    n = sum(map(sum, counted))
    scores = sum(score * times for counts in counted for score, times in enumerate(counts, 1))
    return scores / n, n


def is_rounded(value: float, numerator: int, denominator: int) -> bool:
    """Whether value is the fraction rounded to the decimals that value is written with."""
    given = Decimal(str(value))
    exact = Decimal(numerator) / Decimal(denominator)
    return given in {exact.quantize(given, mode) for mode in (ROUND_HALF_EVEN, ROUND_HALF_UP)}


def test_there_is_enough_to_look_at() -> None:
    assert len(TEAMS) == 6
    assert 20 <= len(PEOPLE) <= 26
    assert len(INSIGHTS) >= 145
    assert len(ACTIONS) == 26
    assert Counter(p["kind"] for p in PROJECTS) == {"poc": 3, "project": 2}
    assert len(KPIS) == 10


@pytest.mark.parametrize("rows", [TEAMS, PEOPLE, INSIGHTS, PROJECTS, KPIS, ACTIONS])
def test_keys_are_unique(rows: list[Row]) -> None:
    assert [k for k, n in Counter(row["key"] for row in rows).items() if n > 1] == []


def test_no_two_titles_are_equal() -> None:
    titles = Counter(row["title"].casefold() for row in INSIGHTS + PROJECTS + KPIS + ACTIONS)
    assert [title for title, n in titles.items() if n > 1] == []


def test_no_customer_says_the_same_twice() -> None:
    said = Counter(e["text"] for insight in INSIGHTS for e in insight.get("evidence", []))
    assert [text for text, n in said.items() if n > 1] == []


def test_nothing_is_dated_absolutely() -> None:
    for file in DATA.glob("*.toml"):
        assert not re.search(r"\b(19|20)\d\d-\d\d-\d\d\b|\b20[12]\d\b", file.read_text("utf-8")), (
            file
        )


def test_every_role_is_there_and_every_team_has_a_lead() -> None:
    assert {p["role"] for p in PEOPLE} == WRITERS | {"sponsor", "reader"}
    assert {p["team"] for p in PEOPLE if p["is_lead"]} == TEAM_KEYS - {""}


@by_key(PEOPLE)
def test_person(row: Row) -> None:
    assert {row["team"], *row["also_teams"]} <= TEAM_KEYS
    assert row["team"] not in row["also_teams"]
    assert row["language"] in COMPANY["languages"]
    assert row["email"].endswith(".example")
    assert row["title"]


@by_key(INSIGHTS)
def test_insight(row: Row) -> None:
    assert row["title"]
    assert row["body"]
    assert row["team"] in members_teams(row["author"])
    assert PERSON[row["author"]]["role"] in WRITERS
    assert row["days_ago"] > 0
    assert row["kind"] in {"pain_point", "best_practice", "workshop_insight"}
    assert row["status"] in {"open", "in_action", "resolved", "dismissed"}
    assert row["visibility"] in {"company", "team"}
    assert row["language"] in COMPANY["languages"]
    assert row.get("channel", "phone") in CHANNELS
    assert ("severity" in row) == (row["kind"] == "pain_point")
    assert row.get("severity", 1) in range(1, 6)
    assert bool(row.get("dismissed_reason")) == (row["status"] == "dismissed")
    for evidence in row.get("evidence", []):
        assert evidence["text"]
        assert evidence["source"]
        assert evidence["days_ago"] > 0
    for comment in row.get("comment", []):
        assert comment["body"]
        assert 0 <= comment["days_ago"] <= row["days_ago"]
        assert PERSON[comment["author"]]["role"] in WRITERS | {"sponsor"}
    votes = row.get("votes", [])
    assert len(set(votes)) == len(votes)
    assert row["author"] not in votes
    assert {PERSON[voter]["role"] for voter in votes} <= WRITERS


def members_teams(person: str) -> set[str]:
    return {PERSON[person]["team"], *PERSON[person]["also_teams"]}


def test_team_visible_insights_are_touched_by_their_team_only() -> None:
    hidden = [i for i in INSIGHTS if i["visibility"] == "team"]
    assert 5 <= len(hidden) <= 6
    for insight in hidden:
        hands = {*insight.get("votes", []), *(c["author"] for c in insight.get("comment", []))}
        assert hands <= members(insight["team"]), insight["key"]
    referenced = {key for row in ACTIONS + PROJECTS for key in row["insights"]}
    assert not referenced & {i["key"] for i in hidden}


def test_both_languages_and_all_kinds_are_present() -> None:
    share = Counter(i["language"] for i in INSIGHTS)
    assert 0.5 <= share["de"] / len(INSIGHTS) <= 0.7
    assert min(Counter(i["kind"] for i in INSIGHTS).values()) >= 15


def test_insight_statuses_fit_their_actions() -> None:
    at_work = {
        key
        for action in ACTIONS
        if action["status"] in {"accepted", "in_progress", "done"}
        for key in action["insights"]
    }
    assert [
        i["key"] for i in INSIGHTS if i["status"] == "in_action" and i["key"] not in at_work
    ] == []
    assert [key for key in at_work if INSIGHT[key]["status"] in {"open", "dismissed"}] == []


@by_key(PROJECTS)
def test_project(row: Row) -> None:
    assert row["stage"] in {"idea", "running", "decision", "scaled", "stopped"}
    assert row["purpose"]
    assert PERSON[row["lead"]]["role"] in WRITERS
    assert row["team"] in TEAM_KEYS
    assert set(row["insights"]) <= set(INSIGHT)
    assert set(row["kpis"]) <= set(KPI)
    assert row["starts_days_ago"] > -row["ends_in_days"]
    assert all(b["kind"] in {"planned", "committed", "spent"} for b in row["budget"])
    assert all(b["amount"] > 0 and b["currency"] == "EUR" for b in row["budget"])


@by_key([p for p in PROJECTS if p["kind"] == "poc"])
def test_proof_of_concept(row: Row) -> None:
    assert PERSON[row["sponsor"]]["role"] == "sponsor"
    assert all(row[part] for part in ("idea", "audience", "outcome", "measure"))
    assert row["criterion"]
    for criterion in row["criterion"]:
        assert criterion["kpi"] in row["kpis"]
        assert criterion["comparison"] in {"at_least", "at_most"}
        assert criterion["minimum_n"] > 0
    for decision in row.get("decision", []):
        assert decision["decision"] in {"scale", "adjust", "stop"}
        assert decision["by"] == row["sponsor"]
        assert decision["note"]
        assert 0 < decision["days_ago"] < row["starts_days_ago"]


def criteria_met(project: Row) -> list[bool]:
    met = []
    for criterion in project["criterion"]:
        value, n = newest(KPI[criterion["kpi"]])
        assert n >= criterion["minimum_n"]
        above = value >= criterion["threshold"]
        below = value <= criterion["threshold"]
        met.append(above if criterion["comparison"] == "at_least" else below)
    return met


def test_the_scaled_proof_met_its_criteria_and_the_waiting_one_is_hard_to_decide() -> None:
    assert PROJECT["vorschau"]["stage"] == "scaled"
    assert PROJECT["vorschau"]["decision"][-1]["decision"] == "scale"
    assert criteria_met(PROJECT["vorschau"]) == [True, True, True]
    assert PROJECT["ankunft"]["stage"] == "decision"
    assert PROJECT["ankunft"]["decision_due_in_days"] > 0
    assert sorted(criteria_met(PROJECT["ankunft"])) == [False, True]


@by_key(ACTIONS)
def test_action(row: Row) -> None:
    assert row["title"]
    assert row["body"]
    assert row["status"] in {"proposed", "accepted", "in_progress", "done", "dropped"}
    assert row["priority"] in {"low", "normal", "high", "urgent"}
    assert PERSON[row["owner"]]["role"] in WRITERS
    assert row["team"] in TEAM_KEYS
    assert row.get("project", "vorschau") in PROJECT
    assert row["insights"]
    assert set(row["insights"]) <= set(INSIGHT)
    assert {k["kpi"] for k in row["kpis"]} <= set(KPI)
    assert all({"kpi", "expected_value", "expected_in_days"} == set(k) for k in row["kpis"])
    assert row["due_in_days"] > -row["created_days_ago"]
    assert row["effort_days"] > 0
    assert ("completed_days_ago" in row) == (row["status"] == "done")
    assert 0 <= row.get("completed_days_ago", 0) < row["created_days_ago"]
    assert bool(row.get("dropped_reason")) == (row["status"] == "dropped")
    for comment in row.get("comment", []):
        assert 0 <= comment["days_ago"] <= row["created_days_ago"]
        assert PERSON[comment["author"]]["role"] in WRITERS | {"sponsor"}


def test_actions_are_in_all_states_and_some_are_overdue() -> None:
    assert len({action["status"] for action in ACTIONS}) == 5
    unfinished = [a for a in ACTIONS if a["status"] in {"proposed", "accepted", "in_progress"}]
    assert any(a["due_in_days"] < 0 for a in unfinished)


@by_key(KPIS)
def test_kpi(row: Row) -> None:
    assert row["direction"] in {"higher", "lower"}
    assert row["nature"] in {"perception", "behaviour", "operational"}
    assert row["unit"]
    assert row["description"]
    assert PERSON[row["owner"]]["role"] in WRITERS
    assert row["team"] in TEAM_KEYS
    assert row["target"]
    told = row.get("measurement") or row["answers"]["counts"]
    months = sorted({m["months_ago"] for m in told}, reverse=True)
    assert len(months) in {18, 19}
    assert months == list(range(months[0], -1, -1))
    for m in row.get("measurement", []):
        assert m["n"] > 0
        assert row["scale_min"] <= m["value"] <= row.get("scale_max", m["value"])


def test_raw_answers_are_counts_of_every_score_in_a_known_segment() -> None:
    for kpi in KPIS:
        scores = kpi["scale_max"] - kpi["scale_min"] + 1 if "answers" in kpi else 0
        known = {f"{d['dimension']}={key}" for d in kpi.get("dimensions", []) for key in d["keys"]}
        for given in kpi.get("answers", {}).get("counts", []):
            assert len(given["counts"]) == scores
            assert given["segment"] in known
            assert sum(given["counts"]) > 0


def test_there_are_kpis_of_every_kind() -> None:
    assert {kpi["kind"] for kpi in KPIS} == KPI_KINDS


def test_values_equal_their_counts() -> None:
    checked: Counter[str] = Counter()
    for kpi, m in measurements():
        where = f"{kpi['key']}, {m['months_ago']} months ago"
        if kpi["kind"] == "nps":
            assert m["promoters"] + m["passives"] + m["detractors"] == m["n"], where
            balance = m["promoters"] - m["detractors"]
            assert is_rounded(m["value"], 100 * balance, m["n"]), where
        elif "sum" in m:
            assert is_rounded(m["value"], m["sum"], m["n"]), where
            top = kpi["scale_max"] * m["n"] * m["sum"]
            assert m["sum"] ** 2 <= m["n"] * m["sum_squares"] <= top, where
        elif kpi["kind"] != "ttr":
            per = 1000 if kpi["kind"] == "complaint_rate" else 100
            assert m["successes"] <= m["n"], where
            assert is_rounded(m["value"], per * m["successes"], m["n"]), where
        else:
            continue
        checked[kpi["key"]] += 1
    assert set(checked.values()) == {19}
    assert len(checked) == 8


def test_the_story_three_teams_two_actions_and_a_figure_that_moved() -> None:
    voiced = [INSIGHT[key] for key in PROJECT["vorschau"]["insights"]]
    assert len({i["team"] for i in voiced if i["kind"] == "pain_point"}) >= 3
    assert {i["language"] for i in voiced} == {"de", "en"}
    done = [a for a in ACTIONS if a.get("project") == "vorschau" and a["status"] == "done"]
    assert len(done) == 2
    finished = (
        max(a["completed_days_ago"] for a in done),
        min(a["completed_days_ago"] for a in done),
    )
    decided = PROJECT["vorschau"]["decision"][-1]["days_ago"]
    assert decided < finished[1]
    points = KPI["repeat_bill"]["measurement"]
    before = [m for m in points if m["months_ago"] * 30 > finished[0]]
    after = [m for m in points if m["months_ago"] * 30 < finished[1] - 15]
    assert 30 <= weighted(before) <= 33
    assert 19 <= weighted(after) <= 21


def test_the_replica_takes_over_from_a_scaled_proof_with_what_was_learned() -> None:
    for row in (p for p in PROJECTS if "replicates" in p):
        model = PROJECT[row["replicates"]]
        assert model["stage"] == "scaled"
        assert model["learned"]
        assert row["pilot_team"] != model["pilot_team"]
        assert row["starts_days_ago"] + 21 < model["decision"][-1]["days_ago"]


def weighted(points: list[Row]) -> float:
    successes: int = sum(m["successes"] for m in points)
    n: int = sum(m["n"] for m in points)
    return 100 * successes / n
