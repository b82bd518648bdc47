"""Pages of the cast, made through the services."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask

from cxwiki.database import db
from cxwiki.pages import service
from cxwiki.pages.models import Page
from cxwiki.pages.service import PageDraft
from cxwiki.pages.tree import Place
from tests.conftest import Cast

Make = Callable[..., int]


@pytest.fixture
def page(app: APIFlask, cast: Cast) -> Make:
    """`page("Invoices", by="carol", below=3)` writes for the person's home team, gives the id."""

    def make(
        title: str = "Handbook",
        by: str = "alice",
        below: int | None = None,
        position: int = 0,
        **values: object,
    ) -> int:
        with app.app_context():
            person = cast.person(by)
            draft = PageDraft(title=title, **values)  # type: ignore[arg-type]
            return service.publish(draft, person.home_team, person, Place(below, position)).id

    return make


@pytest.fixture
def term(page: Make) -> Make:
    """`term("FCR", "Solved at once.")` explains a word and gives the id."""

    def make(title: str, definition: str = "What it means.", **values: object) -> int:
        return page(title, kind="term", definition=definition, **values)

    return make


@pytest.fixture
def stored(app: APIFlask) -> Callable[[int], Page]:
    """The page as it is in the database now; its columns are loaded."""

    def read(number: int) -> Page:
        with app.app_context():
            found = db.session.get(Page, number)
            assert found is not None
            db.session.expunge_all()
            return found

    return read
