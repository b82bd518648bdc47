"""Two people decide, move a card or tick a step at the same moment: once each, and in one order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.actions import progress, subtasks
from cxwiki.actions.models import Action, Subtask
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.projects import basis, evidence, gates
from cxwiki.projects.models import GateDecision, Project
from tests.actions.conftest import action, project
from tests.actions.test_at_once import at_once
from tests.conftest import Cast
from tests.projects.ready import bring_to, make_ready

__all__ = ["action", "at_once", "project"]

AtOnce = Callable[..., list[Any]]
ROUNDS = range(4)


def events(app: APIFlask, subject_id: int, name: str) -> list[dict[str, Any]]:
    """What is told of a record under this name, in order."""
    with app.app_context():
        query = select(Event.data).where(Event.subject_id == subject_id, Event.name == name)
        return list(db.session.scalars(query.order_by(Event.id)))


# --- deciding ----------------------------------------------------------------------------------


@pytest.fixture
def poc(app: APIFlask, cast: Cast, project) -> Callable[[str], int]:
    """A proof of concept whose sponsor Dave may decide, at the gate where it stands."""

    def make(stage: str) -> int:
        number = project(is_poc=True, sponsor_id=cast.dave)
        with app.app_context():
            found, mia = db.session.get_one(Project, number), cast.person("mia")
            make_ready(found, mia)
            bring_to(found, stage, mia)
        return number

    return make


def deciding(number: int, cast: Cast, verdict: str, seen: str | None) -> Callable[[], str]:
    def act() -> str:
        found = db.session.get_one(Project, number)
        note = f"Because of {verdict}."
        gates.decide(found, verdict, note, cast.person("dave"), based_on=seen, changes="Less.")
        return verdict

    return act


def decisions(app: APIFlask, number: int) -> list[GateDecision]:
    with app.app_context():
        query = select(GateDecision).where(GateDecision.project_id == number)
        return list(db.session.scalars(query.order_by(GateDecision.id)))


@pytest.mark.parametrize("verdicts", [("scale", "stop"), ("scale", "scale"), ("stop", "adjust")])
def test_of_two_decisions_on_one_page_one_is_recorded(
    app, cast, poc, at_once: AtOnce, verdicts: tuple[str, str]
) -> None:
    number = poc("decision")
    with app.app_context():
        seen = basis.key(db.session.get_one(Project, number))
    results = at_once(*(deciding(number, cast, verdict, seen) for verdict in verdicts))
    assert results.count("refused") == 1
    [recorded] = [result for result in results if result != "refused"]
    last = decisions(app, number)[-1]
    assert (last.gate, last.verdict, last.supersedes_id) == ("decision", recorded, None)
    assert len(decisions(app, number)) == 2  # the start, and this one
    with app.app_context():
        stage = db.session.get_one(Project, number).stage
    assert stage == {"scale": "scaled", "stop": "stopped", "adjust": "running"}[recorded]
    told = events(app, number, "project.decided")
    assert [one["verdict"] for one in told] == ["start", recorded]


def test_a_project_is_started_once(app, cast, poc, at_once: AtOnce) -> None:
    number = poc("idea")
    results = at_once(*[deciding(number, cast, "start", None)] * 3)
    assert sorted(results) == ["refused", "refused", "start"]
    assert [one.verdict for one in decisions(app, number)] == ["start"]


def test_a_decision_rests_on_all_evidence_or_notices_that_some_came(
    app, cast, poc, at_once: AtOnce
) -> None:
    number = poc("decision")
    with app.app_context():
        seen = basis.key(db.session.get_one(Project, number))

    def attach() -> str:
        found = db.session.get_one(Project, number)
        return evidence.attach(found, "And one more thing.", cast.person("mia")).text

    results = at_once(deciding(number, cast, "scale", seen), attach)
    with app.app_context():
        found = db.session.get_one(Project, number)
        late = [one for one in found.evidence if one.text == "And one more thing."]
        decided = found.stage == "scaled"
    assert len(late) == 1
    # Whichever came first: the decision does not claim what its sponsor had not read.
    assert decided == ("refused" not in results)
    assert late[0].decision_id is None


# --- moving ------------------------------------------------------------------------------------


def moving(number: int, person: str, cast: Cast, status: str) -> Callable[[], str]:
    def act() -> str:
        found = db.session.get_one(Action, number)
        progress.set_status(found, status, cast.person(person), "We take it up again")
        return status

    return act


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_card_that_two_people_move_has_one_history(
    app, cast, action, at_once: AtOnce, _round: int
) -> None:
    number = action()
    ends = ("accepted", "in_progress", "done")
    at_once(*(moving(number, who, cast, to) for who, to in zip(("alice", "bob", "mia"), ends)))  # noqa: B905
    steps = [(one["before"], one["after"]) for one in events(app, number, "action.status_changed")]
    assert [before for before, _after in steps] == [
        "proposed",
        *(after for _b, after in steps[:-1]),
    ]
    assert sorted(after for _before, after in steps) == sorted(ends)
    with app.app_context():
        found = db.session.get_one(Action, number)
        assert found.status == steps[-1][1]
        assert (found.completed_at is not None) == (found.status == "done")


def test_moved_to_the_same_place_by_two_it_is_told_once(app, cast, action, at_once: AtOnce) -> None:
    number = action()
    at_once(*(moving(number, who, cast, "done") for who in ("alice", "bob", "mia")))
    assert len(events(app, number, "action.status_changed")) == 1


# --- ticking -----------------------------------------------------------------------------------


@pytest.fixture
def steps(app: APIFlask, cast: Cast, action) -> tuple[int, list[int]]:
    """An action with four steps."""
    number = action()
    with app.app_context():
        found = db.session.get_one(Action, number)
        made = subtasks.add(found, "One\nTwo\nThree\nFour", cast.person("alice"))
        return number, [step.id for step in made]


def ticking(number: int, step: int, cast: Cast, *, done: bool = True) -> Callable[[], None]:
    def act() -> None:
        found = db.session.get_one(Action, number), db.session.get_one(Subtask, step)
        assert found[1].text  # read before, as a page does
        subtasks.set_done(found[0], found[1], done=done, by=cast.person("bob"))

    return act


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_step_that_two_people_tick_is_told_once(
    app, cast, steps, at_once: AtOnce, _round: int
) -> None:
    number, ids = steps
    at_once(*[ticking(number, ids[0], cast)] * 4)
    assert [one["done"] for one in events(app, number, "action.subtask_done")] == [1]
    at_once(*[ticking(number, ids[0], cast, done=False)] * 4)
    assert [one["done"] for one in events(app, number, "action.subtask_reopened")] == [0]


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_last_step_says_that_all_are_done(
    app, cast, steps, at_once: AtOnce, _round: int
) -> None:
    """Each says how many are done; the owner waits for the one that says: all of them."""
    number, ids = steps
    at_once(*(ticking(number, step, cast) for step in ids))
    told = events(app, number, "action.subtask_done")
    assert [(one["done"], one["total"]) for one in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_step_is_taken_off_while_it_is_ticked(app, cast, steps, at_once: AtOnce) -> None:
    number, ids = steps

    def removing() -> None:
        found = db.session.get_one(Action, number), db.session.get_one(Subtask, ids[0])
        assert found[1].text
        subtasks.remove(found[0], found[1], cast.person("alice"))

    results = at_once(ticking(number, ids[0], cast), removing, removing)
    assert results == [None] * 3
    assert len(events(app, number, "action.subtask_removed")) == 1
    with app.app_context():
        left = subtasks.steps_of(db.session.get_one(Action, number))
        assert [step.id for step in left] == ids[1:]
