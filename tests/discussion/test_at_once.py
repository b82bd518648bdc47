"""Tags and watches that begin at the same moment: both people get theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki.database import db, transaction
from cxwiki.discussion import service
from cxwiki.discussion.models import Tag, Watch
from cxwiki.insights.service import Draft, publish
from cxwiki.subjects import Subject
from tests.actions.test_at_once import at_once
from tests.conftest import Cast

__all__ = ["at_once"]

AtOnce = Callable[..., list[Any]]
ROUNDS = range(5)


@pytest.fixture
def numbers(app: APIFlask, cast: Cast) -> list[int]:
    """Two insights, Alice's and Carol's."""
    with app.app_context():
        people = (cast.person("alice"), cast.person("carol"))
        return [publish(Draft("Trouble"), person.home_team, person).id for person in people]


@pytest.mark.parametrize("round_", ROUNDS)
def test_two_begin_the_same_tag(
    app: APIFlask, numbers: list[int], at_once: AtOnce, round_: int
) -> None:
    def tag(number: int) -> Callable[[], str]:
        def act() -> str:
            with transaction():
                service.tag_many({number: ["letters", f"only {number}"]})
            return "tagged"

        return act

    assert at_once(*map(tag, numbers)) == ["tagged", "tagged"]
    with app.app_context():
        of = service.tags_by_subject(numbers)
        assert [of[number] for number in numbers] == [
            ["letters", f"only {number}"] for number in numbers
        ]
        assert db.session.scalar(select(func.count()).where(Tag.name == "letters")) == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_one_watches_twice(
    app: APIFlask, cast: Cast, numbers: list[int], at_once: AtOnce, round_: int
) -> None:
    number = numbers[0]

    def watch() -> str:
        with transaction():
            service.watch(db.session.get_one(Subject, number), cast.person("carol"))
        return "watches"

    assert at_once(watch, watch) == ["watches", "watches"]
    with app.app_context():
        watching = select(func.count()).where(
            Watch.subject_id == number, Watch.user_id == cast.carol
        )
        assert db.session.scalar(watching) == 1
