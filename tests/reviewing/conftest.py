"""Pages that are reviewed, made through the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki import i18n
from cxwiki.accounts.models import Membership
from cxwiki.database import db, transaction, utcnow
from cxwiki.events import Event
from cxwiki.insights.service import Draft, publish
from cxwiki.reviewing.models import Review
from tests.conftest import Cast

Practice = Callable[..., int]


@pytest.fixture
def practice(app: APIFlask, cast: Cast) -> Practice:
    """`practice("Title", by="carol", due=-3)`: a best practice, due in so many days."""

    def make(
        title: str = "Call back within an hour",
        by: str = "alice",
        due: int | None = None,
        outdated: str = "",
        **values: Any,
    ) -> int:
        with app.app_context():
            person = cast.person(by)
            draft = Draft(title=title, **{"kind": "best_practice", **values})
            number = publish(draft, person.home_team, person).id
            with transaction():
                review = db.session.get(Review, number)
                if review is not None and due is not None:
                    review.review_on = i18n.today() + timedelta(days=due)
                if review is not None and outdated:
                    review.outdated_why, review.outdated_at = outdated, utcnow()
            return number

    return make


@pytest.fixture
def review(app: APIFlask) -> Callable[[int], Review | None]:
    """The review of a page as it is in the database now."""

    def read(number: int) -> Review | None:
        with app.app_context():
            found = db.session.get(Review, number)
            db.session.expunge_all()
            return found

    return read


@pytest.fixture
def happened(app: APIFlask) -> Callable[[str], list[tuple[int | None, dict[str, Any]]]]:
    """(subject, data) of all events of a name, in order."""

    def read(name: str) -> list[tuple[int | None, dict[str, Any]]]:
        with app.app_context():
            query = select(Event).where(Event.name == name).order_by(Event.id)
            return [(event.subject_id, event.data) for event in db.session.scalars(query)]

    return read


@pytest.fixture
def lead(app: APIFlask, cast: Cast) -> Callable[[str], None]:
    """`lead("bob")` makes Bob lead his team."""

    def promote(name: str) -> None:
        with app.app_context(), transaction():
            person_id = getattr(cast, name)
            place = db.session.scalars(
                select(Membership).where(Membership.user_id == person_id)
            ).one()
            place.is_lead = True

    return promote
