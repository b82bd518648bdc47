"""The list of insights: filters, orders, pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db, transaction
from cxwiki.insights import listing, service, voting
from cxwiki.insights.listing import SORTS, Filters
from cxwiki.insights.models import Insight
from cxwiki.insights.routes import PER_PAGE
from cxwiki.insights.service import Draft, Posting
from tests.conftest import Cast, SignIn


@pytest.fixture
def shelf(app: APIFlask, cast: Cast) -> None:
    """Three insights that differ in everything, one archived, one that only Service may see."""
    with app.app_context():
        alice, carol = cast.person("alice"), cast.person("carol")
        first, second, third, old, _secret = (
            post(cast, *values)
            for values in [
                (Draft("First", tags=("app",), severity=5, channel="app"), "alice", 1),
                (Draft("Second", kind="best_practice", channel="phone"), "carol", 2),
                (Draft("Third", kind="workshop_insight", tags=("App",)), "alice", 3),
                (Draft("Old", tags=("app",)), "alice", 4),
                (Draft("Secret", visibility="team", tags=("app",), severity=5), "alice", 5),
            ]
        )
        service.set_status(second, "resolved", carol)
        service.archive(old, by=alice)
        voting.cast(third, by=alice)
        voting.cast(third, by=cast.person("bob"))
        voting.cast(first, by=carol)


def post(cast: Cast, draft: Draft, by: str, day: int) -> Insight:
    person = cast.person(by)
    posting = Posting(
        service.check(draft),
        person.home_team,
        person.id,
        created_at=datetime(2026, 5, day, 12, tzinfo=UTC),
    )
    return service.publish_many([posting], person)[0]


def titles(page: str) -> list[str]:
    """The titles of the insights in a page, from above."""
    return re.findall(r"/insights/\d+-[a-z0-9-]+\"[^>]*>\s*([^<]+?)\s*<", page)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", ["Third", "Second", "First"]),
        ("kind=best_practice", ["Second"]),
        ("status=resolved", ["Second"]),
        ("status=open", ["Third", "First"]),
        ("team={billing}", ["Second"]),
        ("author={alice}", ["Third", "First"]),
        ("channel=app", ["First"]),
        ("tag=app", ["First"]),
        ("tag=%20APP%20", ["First"]),
        ("since=2026-05-02", ["Third", "Second"]),
        ("until=2026-05-02", ["Second", "First"]),
        ("since=2026-05-02&until=2026-05-02", ["Second"]),
        ("archived=1", ["Old"]),
        ("author={alice}&kind=workshop_insight", ["Third"]),
        ("tag=nowhere", []),
    ],
)
def test_each_filter(as_: SignIn, cast: Cast, shelf: None, address: str, found: list[str]) -> None:
    address = address.format(billing=cast.billing, alice=cast.alice)
    answer = as_("carol").get(f"/insights/?{address}")
    assert answer.status_code == 200
    assert titles(answer.text) == found


@pytest.mark.parametrize(
    "address",
    [
        "kind=rumour", "status=sideways", "team=x", "team=-1", "author=99999999999999999999",
        "channel=pigeon", "since=yesterday", "until=2026-13-01", "since=0001-01-01",
        "until=9999-12-31", "sort=best", "archived=maybe", "page=x", "page=-1", "page=0",
        "colour=blue", "tag=", "since=2026-05-31T10:00",
    ],
)  # fmt: skip
def test_nonsense_is_ignored(as_: SignIn, shelf: None, address: str) -> None:
    answer = as_("carol").get(f"/insights/?{address}")
    assert answer.status_code == 200
    assert titles(answer.text) == ["Third", "Second", "First"]


def test_a_day_is_a_day_of_the_site(context: APIFlask, cast: Cast) -> None:
    with transaction():
        post(cast, Draft("Late"), "alice", 1).created_at = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)
    person = cast.person("alice")
    for day, found in [(1, 0), (2, 1)]:
        filters = Filters(since=date(2026, 5, day), until=date(2026, 5, day))
        assert len(db.session.scalars(listing.query(filters, person)).all()) == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("newest", ["Third", "Second", "First"]),
        ("oldest", ["First", "Second", "Third"]),
        ("votes", ["Third", "First", "Second"]),
        ("reach", ["First", "Third", "Second"]),
        ("severity", ["First", "Third", "Second"]),
    ],
)
def test_each_order(as_: SignIn, shelf: None, sort: str, order: list[str]) -> None:
    assert titles(as_("carol").get(f"/insights/?sort={sort}").text) == order


def test_what_changed_last_comes_first(as_: SignIn, app: APIFlask, cast: Cast, shelf: None) -> None:
    with app.app_context():
        first = db.session.scalars(select(Insight).where(Insight.title == "First")).one()
        service.add_evidence(first, "Words", cast.person("bob"))
    assert titles(as_("carol").get("/insights/?sort=changed").text)[0] == "First"


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_total(context: APIFlask, cast: Cast, sort: str) -> None:
    """All are alike, and still no page shows what another one showed."""
    person = cast.person("alice")
    checked, moment = service.check(Draft("Alike")), datetime(2026, 5, 1, tzinfo=UTC)
    posting = Posting(checked, person.home_team, person.id, created_at=moment)
    service.publish_many([posting] * 7, person)
    query = listing.query(Filters(sort=sort), person).with_only_columns(Insight.id)
    seen = [db.session.scalar(query.limit(1).offset(place)) for place in range(7)]
    assert all(
        later > before if sort == "oldest" else later < before for before, later in pairwise(seen)
    )


def test_what_carol_may_not_see_has_no_count(as_: SignIn, shelf: None) -> None:
    for address in ("", "?tag=app", "?sort=severity", "?since=2026-05-05"):
        hidden = as_("carol").get(f"/insights/{address}").text
        shown = as_("bob").get(f"/insights/{address}").text
        assert "Secret" not in hidden
        assert "Secret" in shown
        assert count(shown) == count(hidden) + 1


def count(page: str) -> int:
    found = re.search(r'class="result-count">(\d+)', page)
    return int(found[1]) if found else 0


def test_pages_keep_the_filters(as_: SignIn, app: APIFlask, cast: Cast) -> None:
    with app.app_context():
        person = cast.person("alice")
        checked = service.check(Draft("Alike", kind="best_practice", tags=("ä b",)))
        many = [Posting(checked, person.home_team, person.id)] * (PER_PAGE + 1)
        service.publish_many(many, person)
    carol, filters = as_("carol"), "kind=best_practice&tag=ä+b&sort=oldest"
    first = carol.get(f"/insights/?{filters}")
    assert (count(first.text), len(titles(first.text))) == (PER_PAGE + 1, PER_PAGE)
    links = re.findall(r'href="(/insights/\?[^"]*page=2)"', first.text)
    assert links
    for link in links:
        assert "kind=best_practice" in link
        assert "tag=%C3%A4+b" in link
        assert "sort=oldest" in link
    second = carol.get(links[0].replace("&amp;", "&")).text
    assert len(titles(second)) == 1
    assert titles(carol.get(f"/insights/?{filters}&page=3").text) == []


def test_the_filters_are_said_in_words(as_: SignIn, cast: Cast, shelf: None) -> None:
    page = as_("carol").get(
        f"/insights/?kind=pain_point&team={cast.service}&tag=app&author={cast.alice}"
    )
    assert "Pain points of Service, #app, by Alice" in page.text


def test_an_empty_list_says_what_to_do(as_: SignIn) -> None:
    assert "No insights yet" in as_("carol").get("/insights/").text
    page = as_("carol").get("/insights/?kind=best_practice").text
    assert "Nothing matches" in page


def test_who_may_list(as_: SignIn) -> None:
    for name in ("rita", "dave", "mia", "admin"):
        assert as_(name).get("/insights/").status_code == 200
    assert as_("eve").get("/insights/").status_code == 302
    assert as_("bob").delete("/insights/").status_code == 405
