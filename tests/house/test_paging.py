"""Paging: nonsense in the address is the first page, and filters survive turning the page."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki import paging
from cxwiki.accounts.models import Team
from cxwiki.database import db, transaction
from cxwiki.paging import Page


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("/", 1),
        ("/?page=3", 3),
        ("/?page=0", 1),
        ("/?page=-2", 1),
        ("/?page=two", 1),
        ("/?page=²", 1),
        ("/?page=1.5", 1),
        ("/?page=999999999999999999999", 1),
        ("/?page=", 1),
        ("/?page=2&page=3", 2),
    ],
)
def test_the_page_number_is_read_or_the_first(app: APIFlask, address: str, number: int) -> None:
    with app.test_request_context(address):
        assert paging.page_number() == number


@pytest.mark.parametrize(
    ("total", "per_page", "pages"), [(0, 10, 1), (1, 10, 1), (10, 10, 1), (11, 10, 2), (100, 30, 4)]
)
def test_an_empty_list_has_one_page(total: int, per_page: int, pages: int) -> None:
    assert Page([], total, 1, per_page).pages == pages


def test_turning_the_page_keeps_the_filters(app: APIFlask) -> None:
    page = Page([], 100, 2, 10)
    with app.test_request_context("/insights/?tag=a%26b&kind=pain_point&page=2"):
        assert page.url(3) == "/insights/?tag=a%26b&kind=pain_point&page=3"
        assert page.url(1) == "/insights/?tag=a%26b&kind=pain_point"
    with app.test_request_context("/insights/"):
        assert page.url(1) == "/insights/"


def test_a_page_holds_its_rows_in_the_order_that_was_asked_for(context: APIFlask) -> None:
    with transaction():
        db.session.add_all(Team(name=f"Team {number:02}") for number in range(25))
    query = select(Team).where(Team.name.startswith("Team ")).order_by(Team.name.desc())

    second = paging.paginate(query, Team, 2, 10)
    assert [team.name for team in second.items] == [f"Team {n:02}" for n in range(14, 4, -1)]
    assert (second.total, second.pages) == (25, 3)
    beyond = paging.paginate(query, Team, 4, 10)
    assert (list(beyond.items), beyond.total) == ([], 25)
