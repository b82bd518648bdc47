"""The matrix: ranked by score, counted over what the reader may see, at a constant cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.actions import priorities, scoring, weighting
from cxwiki.actions.drafts import Effect
from cxwiki.actions.listing import Filters
from cxwiki.actions.models import Action, Weighting
from cxwiki.actions.score_parts import Weights
from cxwiki.actions.scores import Score, Way
from cxwiki.database import db, transaction
from cxwiki.errors import DomainError
from cxwiki.insights import voting
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Measurement, Target
from cxwiki.kpis.periods import month_of
from tests.actions.conftest import Make
from tests.conftest import Cast, SignIn

Scored = Callable[..., Score]


@pytest.fixture
def scored(app: APIFlask, cast: Cast) -> Scored:
    """The score of an action as somebody sees it."""

    def read(action_id: int, name: str = "alice", way: Way = Way.OWN) -> Score:
        with app.app_context():
            action = db.session.get_one(Action, action_id)
            made = scoring.score_of([action], cast.person(name), way, Weights(1, 1, 1, 1))
            return made[action_id]

    return read


@pytest.fixture
def estimate(app: APIFlask) -> Callable[..., None]:
    """Write down what people estimate."""

    def write(action_id: int, **values: Any) -> None:
        with app.app_context(), transaction():
            for name, value in values.items():
                setattr(db.session.get_one(Action, action_id), name, value)

    return write


def points(score: Score) -> dict[str, float | None]:
    return {part.name: part.points for part in score.parts}


def test_severity_customers_and_silos_come_from_the_insights(
    app: APIFlask, cast: Cast, insight: Make, action: Make, scored: Scored
) -> None:
    one = insight("Bills are late", by="alice", severity=3, customers_affected=100)
    other = insight("Bills are wrong", by="carol", severity=5)
    made = action(insight_ids=(one, other))
    assert points(scored(made)) == {"customers": 50, "severity": 100, "spread": 40, "kpi_gap": None}


def test_who_votes_for_another_team_widens_the_spread(
    app: APIFlask, cast: Cast, insight: Make, action: Make, scored: Scored
) -> None:
    one = insight("Bills are late", by="alice")
    made = action(insight_ids=(one,))
    before = points(scored(made))["spread"]
    with app.app_context():
        voting.cast(db.session.get_one(Insight, one), cast.person("carol"))
    assert (before, points(scored(made))["spread"]) == (20, 40)


def test_what_is_estimated_for_the_action_goes_before_its_insights(
    insight: Make, action: Make, scored: Scored, estimate: Callable[..., None]
) -> None:
    made = action(insight_ids=(insight("Late", customers_affected=100),))
    estimate(made, customers_affected=10_000)
    assert points(scored(made))["customers"] == 100


def test_an_insight_that_the_reader_may_not_see_counts_for_nothing(
    insight: Make, action: Make, scored: Scored
) -> None:
    hidden = insight("Our hotline is short of people", visibility="team", severity=5)
    made = action(insight_ids=(hidden,), visibility="team")
    assert points(scored(made, "bob"))["severity"] == 100
    assert points(scored(made, "carol"))["severity"] is None
    assert points(scored(made, "carol"))["spread"] is None


def test_the_gap_is_that_of_the_kpi_to_its_target(
    context: APIFlask, cast: Cast, kpi: Make, action: Make, scored: Scored
) -> None:
    rate = kpi("Complaint rate", statistic="share")
    made = action(effects=(Effect(rate),))
    assert "“Complaint rate” has no target" in scored(made).sentence
    with transaction():
        db.session.add(Target(kpi_id=rate, value=Decimal(20)))
    assert "“Complaint rate” is not measured yet" in scored(made).sentence
    with transaction():
        start, end = month_of(date(2026, 5, 1))
        db.session.add(
            Measurement(kpi_id=rate, period_start=start, period_end=end, value=Decimal(25))
        )
    # 5 above a target of 20: a quarter of it, and half of it would give all points
    assert points(scored(made))["kpi_gap"] == pytest.approx(50)


def test_a_kpi_of_another_team_gives_nothing_away(
    context: APIFlask, cast: Cast, kpi: Make, action: Make, scored: Scored
) -> None:
    hidden = kpi("Margin", visibility="team", team_id=cast.service)
    made = action(effects=(Effect(hidden),), visibility="team")
    assert "Margin" in scored(made, "alice").sentence
    assert "Margin" not in scored(made, "carol").sentence


def test_the_matrix_ranks_open_actions_and_says_why(
    as_: SignIn, insight: Make, action: Make, estimate: Callable[..., None]
) -> None:
    grave = insight("Bills are late", severity=5)
    light = insight("Letters are grey", severity=1)
    action("Print in black", insight_ids=(light,), effort_days=Decimal(2))
    action("Send bills on time", insight_ids=(grave,), effort_days=Decimal(3))
    action("Already done", insight_ids=(grave,), status="done")
    page = as_("alice").get("/actions/matrix").get_data(as_text=True)
    assert re.findall(r'class="row__title"[^>]*>([^<]*)', page) == [
        "Send bills on time",
        "Print in black",
    ]
    assert "severity 5 of 5: 100 points" in page
    assert "customers affected (nobody said how many)" in page
    assert 'aria-label="1. Send bills on time: score 68"' in page


def test_without_an_effort_an_action_is_ranked_but_has_no_place(
    as_: SignIn, insight: Make, action: Make
) -> None:
    action("Send bills on time", insight_ids=(insight("Late", severity=5),))
    page = as_("alice").get("/actions/matrix").get_data(as_text=True)
    assert "effort not known" in page
    assert "1 action of this page has no place yet" in page


def test_the_presets_rank_by_what_people_estimated(
    as_: SignIn, action: Make, estimate: Callable[..., None]
) -> None:
    hard, easy = action("Hard"), action("Easy")
    estimate(hard, impact=9, confidence=50, ease=1)
    estimate(easy, impact=5, confidence=90, ease=9)
    action("Nobody knows")
    page = as_("alice").get("/actions/matrix?by=ice").get_data(as_text=True)
    assert re.findall(r'class="row__title"[^>]*>([^<]*)', page) == ["Easy", "Hard", "Nobody knows"]
    assert "40.5: impact 5 of 10 × confidence 90% × ease 9 of 10." in page


def test_the_matrix_holds_nothing_that_only_another_team_may_see(
    as_: SignIn, insight: Make, action: Make
) -> None:
    action("Hire for the hotline", visibility="team")
    assert "Hire for the hotline" in as_("bob").get("/actions/matrix").get_data(as_text=True)
    assert "Hire for the hotline" not in as_("carol").get("/actions/matrix").get_data(as_text=True)


def test_dots_do_not_cover_each_other(
    app: APIFlask, cast: Cast, insight: Make, action: Make
) -> None:
    origin = insight("Late", severity=3)
    for number in range(12):
        action(f"Same {number}", insight_ids=(origin,), effort_days=Decimal(5))
    with app.app_context():
        dots = [
            one.dot
            for one in priorities.matrix(Filters(), Way.OWN, cast.person("alice")).page.items
        ]
    places = {(round(dot.x), round(dot.y)) for dot in dots if dot}
    assert len(places) == 12
    for dot in dots:
        others = [one for one in dots if one is not dot]
        assert all(
            (dot.x - one.x) ** 2 + (dot.y - one.y) ** 2 >= (2 * priorities.RADIUS) ** 2 - 1e-6
            for one in others
        )


def test_an_action_says_its_score_on_its_own_page(as_: SignIn, insight: Make, action: Make) -> None:
    made = action(insight_ids=(insight("Late", severity=5),), effort_days=Decimal(3))
    page = as_("alice").get(f"/actions/{made}").get_data(as_text=True)
    assert "Priority by score" in page
    assert "Do first" in page


def test_managers_say_what_counts_and_the_scores_follow(
    app: APIFlask, as_: SignIn, insight: Make, action: Make
) -> None:
    action(insight_ids=(insight("Late", severity=5),), effort_days=Decimal(3))
    answer = as_("mia").post(
        "/actions/weighting", data={"customers": 0, "severity": 0, "spread": 5, "kpi_gap": 0}
    )
    assert answer.status_code == 303
    page = as_("alice").get("/actions/matrix").get_data(as_text=True)
    assert "silo spread 1 team: 20 points, weight 5" in page
    assert "severity 5 of 5" not in page


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 403), ("dave", 403), ("rita", 403), ("mia", 200)]
)
def test_only_managers_change_the_weights(as_: SignIn, name: str, status: int) -> None:
    assert as_(name).get("/actions/weighting").status_code == status
    sent = as_(name).post("/actions/weighting", data=dict.fromkeys(Weights.__dataclass_fields__, 1))
    assert sent.status_code == (403 if status == 403 else 303)


@pytest.mark.parametrize(
    "wrong", [{"severity": 11}, {"severity": -1}, {"severity": "x"}, {"severity": 0}]
)
def test_weights_that_make_no_sense_are_refused(
    app: APIFlask, as_: SignIn, wrong: dict[str, Any]
) -> None:
    data = {"customers": 0, "severity": 0, "spread": 0, "kpi_gap": 0} | wrong
    assert as_("mia").post("/actions/weighting", data=data).status_code == 422
    with app.app_context():
        assert db.session.query(Weighting).count() == 0


def test_the_same_weights_again_are_no_news(context: APIFlask, cast: Cast) -> None:
    first = weighting.set_weights(Weights(1, 2, 3, 4), cast.person("mia"))
    again = weighting.set_weights(Weights(1, 2, 3, 4), cast.person("mia"))
    assert first.id == again.id
    with pytest.raises(DomainError):
        weighting.set_weights(Weights(0, 0, 0, 0), cast.person("mia"))
    assert weighting.weights_in_force() == Weights(1, 2, 3, 4)


def test_thirty_actions_cost_as_many_statements_as_one(
    as_: SignIn,
    insight: Make,
    action: Make,
    kpi: Make,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    client = as_("alice")

    def add(number: int) -> None:
        origin = insight(f"Late {number}", severity=3)
        action(f"Mend {number}", insight_ids=(origin,), effects=(Effect(kpi(f"KPI {number}")),))

    add(0)
    client.get("/actions/matrix")
    few = count_queries(lambda: client.get("/actions/matrix"))
    for number in range(1, 30):
        add(number)
    assert count_queries(lambda: client.get("/actions/matrix")) <= few


@pytest.fixture
def program(app: APIFlask, cast: Cast) -> Callable[..., Any]:
    """`program("alice", "GET", "")` asks the API for priorities."""
    from cxwiki.accounts import tokens

    def send(name: str, method: str, path: str, **body: Any) -> Any:
        with app.app_context():
            bearer = {"Authorization": f"Bearer {tokens.issue(cast.person(name), 'test')}"}
        return app.test_client().open(
            f"/api/v1/priorities{path}", method=method, headers=bearer, json=body or None
        )

    return send


def test_programs_read_the_ranking_with_every_ingredient(
    program: Callable[..., Any], insight: Make, action: Make
) -> None:
    origin = insight("Late", severity=5)
    made = action("Send bills on time", insight_ids=(origin,), effort_days=Decimal(3))
    action("Hire for the hotline", by="carol", visibility="team")
    answer = program("alice", "GET", "").json
    assert answer["total"] == 1
    (first,) = answer["items"]
    assert (first["rank"], first["id"], first["quarter"]) == (1, made, "first")
    assert {part["name"]: part["points"] for part in first["parts"]} == {
        "customers": None,
        "severity": 100,
        "spread": 20,
        "kpi_gap": None,
    }
    assert first["low"] < first["score"] < first["high"]
    assert program("alice", "GET", "?by=ice").json["items"][0]["score"] is None
    assert program("alice", "GET", "?by=guess").status_code == 422
    assert program("alice", "GET", "?team=Billing").json["total"] == 0


def test_programs_of_managers_set_the_weights(program: Callable[..., Any]) -> None:
    given = {"customers": 1, "severity": 2, "spread": 3, "kpi_gap": 4}
    assert program("alice", "POST", "/weighting", **given).status_code == 403
    assert program("mia", "POST", "/weighting", **given).json == given
    assert program("rita", "GET", "/weighting").json == given
    nothing = dict.fromkeys(given, 0)
    assert program("mia", "POST", "/weighting", **nothing).status_code == 422


def test_a_corner_can_be_looked_at_alone_with_the_ranks_of_the_whole(
    as_: SignIn, insight: Make, action: Make
) -> None:
    grave, light = insight("Bills are late", severity=5), insight("Letters are grey", severity=1)
    action("Send bills on time", insight_ids=(grave,), effort_days=Decimal(3))
    action("Print in black", insight_ids=(light,), effort_days=Decimal(2))
    action("Think about it")
    page = as_("alice").get("/actions/matrix?quarter=aside").get_data(as_text=True)
    assert re.findall(r'class="row__title"[^>]*>([^<]*)', page) == ["Print in black"]
    assert "2. Print in black" in page
    assert 'aria-label="Do first: 1 action"' in page
    assert 'class="priorities__around" d="M' in page
