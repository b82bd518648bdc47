"""A site full of work and figures, written straight into its database: no texts of real people.

10,000 insights in 400 themes, 2,000 actions, 40 projects of which 30 are proofs of concept, and
50 KPIs × 36 months × (10 segments and the total).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import insert

from cxwiki.accounts.models import Company, Membership, Role, RoleName, Team, User
from cxwiki.actions.models import Action, ActionInsight, ActionKpi
from cxwiki.database import db, transaction, utcnow
from cxwiki.insights.models import Evidence, Insight, Vote
from cxwiki.kpis.models import Kpi, KpiRelation, Measurement, Target
from cxwiki.kpis.periods import month_of
from cxwiki.projects.models import BudgetEntry, Criterion, Project, ProjectInsight, ProjectKpi
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme, ThemeMember

INSIGHTS, THEMES, ACTIONS, PROJECTS, KPIS, MONTHS = 10_000, 400, 2_000, 40, 50, 36
TEAMS = ("Cards", "Payments", "Transfers", "App", "Support", "Shop", "Field service", "Billing")
SEGMENTS = [f"team={name}" for name in TEAMS] + ["channel=app", "channel=phone"]
MANAGER = "bench-manager"
PEOPLE = 40
Row = dict[str, Any]


@dataclass
class Made:
    """The ids of what was made, by kind."""

    teams: list[int]
    people: list[int]
    kpis: list[int]
    insights: list[int]
    themes: list[int]
    projects: list[int]
    actions: list[int]


def build() -> None:
    """Make the tables and fill them, in one transaction."""
    db.create_all()
    chance = random.Random(4)
    ids = count(1)
    with transaction():
        teams, people = _company()
        made = Made(
            teams, people, *(_take(ids, n) for n in (KPIS, INSIGHTS, THEMES, PROJECTS, ACTIONS))
        )
        _subjects(made, chance)
        for table, rows in _everything(made, chance):
            for part in _chunks(list(rows), 5000):
                db.session.execute(insert(table), part)


def _take(ids: Iterator[int], number: int) -> list[int]:
    return [next(ids) for _ in range(number)]


def _company() -> tuple[list[int], list[int]]:
    db.session.add(Company(name="Bench", languages=["en", "de"]))
    db.session.add(Team(id=1, name="Company", counts_as_silo=False, is_builtin=True))
    db.session.add_all(Role(name=name) for name in RoleName)
    teams = [Team(id=2 + place, name=name) for place, name in enumerate(TEAMS)]
    db.session.add_all(teams)
    db.session.flush()
    for number in range(1, PEOPLE + 1):
        team = teams[number % len(teams)]
        role = {1: RoleName.MANAGER, 2: RoleName.SPONSOR}.get(number, RoleName.MEMBER)
        db.session.add(
            User(
                id=number,
                name=f"Person {number}",
                email=f"p{number}@example.org",
                fs_uniquifier=MANAGER if number == 1 else f"bench-{number}",
                role=role,
                home_team_id=team.id,
                language="en",
                memberships=[Membership(team=team)],
            )
        )
    db.session.flush()
    return [team.id for team in teams], list(range(1, PEOPLE + 1))


def _subjects(made: Made, chance: random.Random) -> None:
    """The common row of each record; one in twenty is for its team alone."""
    titles = {
        "kpi": (made.kpis, "Figure"), "insight": (made.insights, "Customers wait for an answer"),
        "theme": (made.themes, "Waiting"), "project": (made.projects, "Answer sooner"),
        "action": (made.actions, "Rewrite the letter"),
    }  # fmt: skip
    rows = []
    for kind, (ids, title) in titles.items():
        for number in ids:
            at = _moment(chance, 700)
            hidden = kind in ("insight", "action") and chance.random() < 0.05
            rows.append(
                {
                    "id": number, "type": kind, "title": f"{title} {number}",
                    "team_id": 1 if kind == "theme" else chance.choice(made.teams),
                    "visibility": "team" if hidden else "company", "language": "en",
                    "author_id": chance.choice(made.people), "version": 1,
                    "created_at": at, "updated_at": at,
                }
            )  # fmt: skip
    for part in _chunks(rows, 5000):
        db.session.execute(insert(Subject.__table__), part)


def _everything(made: Made, chance: random.Random) -> Iterator[tuple[Any, Iterable[Row]]]:
    yield Kpi.__table__, _kpis(made)
    yield Measurement.__table__, _measurements(made, chance)
    yield Target.__table__, _targets(made, chance)
    yield KpiRelation.__table__, _relations(made)
    yield Insight.__table__, (_insight(number, chance) for number in made.insights)
    yield Vote.__table__, _votes(made, chance)
    yield Evidence.__table__, _evidence(made)
    yield Theme.__table__, (_theme(number, chance) for number in made.themes)
    yield ThemeMember.__table__, _members(made, chance)
    yield Project.__table__, (_project(number, made, chance) for number in made.projects)
    yield ProjectKpi.__table__, _pairs("project_id", made.projects, "kpi_id", made.kpis, 2, chance)
    yield (
        ProjectInsight.__table__,
        _pairs("project_id", made.projects, "insight_id", made.insights, 12, chance),
    )
    yield Criterion.__table__, _criteria(made, chance)
    yield BudgetEntry.__table__, _budget(made, chance)
    yield Action.__table__, (_action(number, made, chance) for number in made.actions)
    yield (
        ActionInsight.__table__,
        _pairs("action_id", made.actions, "insight_id", made.insights, 2, chance),
    )
    yield ActionKpi.__table__, _pairs("action_id", made.actions, "kpi_id", made.kpis, 1, chance)


def _kpis(made: Made) -> Iterator[Row]:
    for place, number in enumerate(made.kpis):
        yield {
            "id": number, "kind": "own", "statistic": "share", "description": "", "unit": "%",
            "scale_min": Decimal(0), "scale_max": Decimal(100), "cadence": "monthly",
            "direction": "lower" if place % 3 else "higher", "nature": "perception",
        }  # fmt: skip


def _measurements(made: Made, chance: random.Random) -> Iterator[Row]:
    today = date.today()  # noqa: DTZ011
    months = [month_of(_months_before(today, ago)) for ago in range(MONTHS, 0, -1)]
    for kpi in made.kpis:
        level = chance.uniform(0.3, 0.7)
        for segment in ("", *SEGMENTS):
            n = 2000 if not segment else 200
            for place, (start, end) in enumerate(months):
                share = min(max(level + 0.1 * place / MONTHS + chance.gauss(0, 0.02), 0), 1)
                successes = round(share * n)
                yield {
                    "kpi_id": kpi, "period_start": start, "period_end": end, "segment": segment,
                    "value": Decimal(100 * successes) / n, "n": n, "successes": successes,
                    "source": "", "note": "", "from_answers": False, "recorded_at": utcnow(),
                }  # fmt: skip


def _months_before(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)


def _targets(made: Made, chance: random.Random) -> Iterator[Row]:
    for place, kpi in enumerate(made.kpis):
        whose = [None, made.teams[place % 8]] if place % 2 else [None]
        for team in whose:
            yield {
                "kpi_id": kpi, "segment": "", "team_id": team, "set_at": utcnow(),
                "value": Decimal(chance.randint(35, 85)), "due_on": _day(chance, -200, 0),
            }  # fmt: skip


def _relations(made: Made) -> Iterator[Row]:
    for one, other in zip(made.kpis[::2], made.kpis[1::2], strict=True):
        yield {"kpi_id": one, "other_id": other, "pulls": "same" if one % 3 else "against"}


def _insight(number: int, chance: random.Random) -> Row:
    body = "Customers say that they have to call twice before anybody answers."
    return {
        "id": number, "kind": chance.choice(("pain_point", "pain_point", "best_practice")),
        "status": chance.choice(("open", "open", "in_action", "resolved")), "status_reason": "",
        "body": body, "html": f"<p>{body}</p>", "severity": chance.choice((None, 1, 2, 3, 4, 5)),
        "customers_affected": chance.choice((None, None, 20, 300, 4000)),
        "revision_number": 1, "votes_count": 1, "reach": 2,
    }  # fmt: skip


def _votes(made: Made, chance: random.Random) -> Iterator[Row]:
    for number in made.insights[::2]:
        yield {
            "insight_id": number, "user_id": chance.choice(made.people),
            "team_id": chance.choice(made.teams), "created_at": utcnow(),
        }  # fmt: skip


def _evidence(made: Made) -> Iterator[Row]:
    said = {"text": "I called twice and nobody knew.", "source": "Call", "added_at": utcnow()}
    return ({"insight_id": number} | said for number in made.insights)


def _theme(number: int, chance: random.Random) -> Row:
    return {
        "id": number, "labels": {"en": f"Waiting {number}", "de": f"Warten {number}"},
        "summary": "", "size": INSIGHTS // THEMES, "silo_spread": chance.randint(1, 8),
        "shaped": False, "locked": False, "retired": False,
    }  # fmt: skip


def _members(made: Made, chance: random.Random) -> Iterator[Row]:
    for number in made.insights:
        yield {
            "insight_id": number, "theme_id": chance.choice(made.themes), "confidence": 0.9,
            "since": utcnow(),
        }  # fmt: skip


def _project(number: int, made: Made, chance: random.Random) -> Row:
    is_poc = number % 4 != 0
    return {
        "id": number, "is_poc": is_poc, "stage": chance.choice(("running", "decision", "scaled")),
        "purpose": "Customers wait less.", "html": "<p>Customers wait less.</p>",
        "hypothesis": "Who is called back waits less.", "lead_id": chance.choice(made.people),
        "sponsor_id": 2 if is_poc else None, "starts_on": _day(chance, 100, 400),
        "decision_due_on": _day(chance, -60, 60), "idea": "", "audience": "", "outcome": "",
        "measure": "", "touchpoint": "", "learned": "", "stage_since": utcnow(),
    }  # fmt: skip


def _criteria(made: Made, chance: random.Random) -> Iterator[Row]:
    for number in made.projects:
        for place in range(3):
            yield {
                "project_id": number, "position": place, "text": f"Demand {place}",
                "kpi_id": chance.choice(made.kpis), "comparison": "at_least",
                "threshold": Decimal(chance.randint(30, 70)), "minimum_n": 100,
            }  # fmt: skip


def _budget(made: Made, chance: random.Random) -> Iterator[Row]:
    for number in made.projects:
        for place in range(9):
            yield {
                "project_id": number, "kind": ("planned", "committed", "spent")[place % 3],
                "amount": Decimal(chance.randint(1, 50) * 100), "currency": "EUR",
                "dated_on": _day(chance, 0, 300), "note": "",
            }  # fmt: skip


def _action(number: int, made: Made, chance: random.Random) -> Row:
    status = chance.choice(("proposed", "accepted", "in_progress", "done", "done", "dropped"))
    return {
        "id": number, "status": status, "status_reason": "", "body": "", "html": "",
        "owner_id": chance.choice(made.people), "due_on": _day(chance, -90, 60),
        "priority": chance.choice(("low", "normal", "high", "urgent")), "meeting": "",
        "effort_days": chance.choice((None, Decimal(1), Decimal(5), Decimal(20))),
        "project_id": chance.choice((None, *made.projects)),
        "theme_id": chance.choice((None, *made.themes)),
        "completed_at": _moment(chance, 300) if status == "done" else None,
        "active_at": _moment(chance, 30), "customers_affected": chance.choice((None, 100, 2000)),
        "impact": chance.choice((None, 3, 7)), "confidence": chance.choice((None, 50, 80)),
        "ease": chance.choice((None, 2, 8)),
    }  # fmt: skip


def _pairs(
    name: str, ids: Sequence[int], other: str, others: Sequence[int], each: int,
    chance: random.Random,
) -> Iterator[Row]:  # fmt: skip
    for number in ids:
        for choice in chance.sample(others, each):
            yield {name: number, other: choice, "at": utcnow()}


def _day(chance: random.Random, least: int, most: int) -> date:
    """A day so many days ago."""
    return date.today() - timedelta(days=chance.randint(least, most))  # noqa: DTZ011


def _moment(chance: random.Random, days: int) -> datetime:
    return utcnow() - timedelta(days=chance.uniform(0, days))


def _chunks(rows: list[Row], size: int) -> Iterator[list[Row]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
