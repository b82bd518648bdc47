"""The search log: what is looked for, never by whom; and a person's own latest searches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki import events, i18n, jobs
from cxwiki.daily import DAY_BEGAN
from cxwiki.database import db, transaction
from cxwiki.search import recent, searchlog
from cxwiki.search.models import RecentSearch, SearchCount
from tests.conftest import Cast, SignIn
from tests.search.site import Shelf, page

Write = Callable[[], None]


@pytest.fixture
def write(app: APIFlask) -> Write:
    """Write what was noted since the last time; what other tests noted is forgotten."""
    log = app.extensions["search_log"]
    log._counts.clear()
    log._recent.clear()

    def run() -> None:
        with app.app_context():
            log.write()

    return run


def counted(app: APIFlask) -> dict[str, tuple[int, int]]:
    with app.app_context():
        rows = db.session.scalars(select(SearchCount))
        return {row.query: (row.times, row.in_vain) for row in rows}


def test_searches_are_counted_however_they_are_written(
    app: APIFlask, as_: SignIn, write: Write
) -> None:
    for name, text in (("alice", "Zebra  crossing"), ("bob", "zebra crossing "), ("carol", "Bill")):
        as_(name).get("/search", query_string={"q": text})
    write()
    as_("dave").get("/search?q=zebra+crossing&page=1")
    write()
    assert counted(app) == {"zebra crossing": (3, 3), "bill": (1, 1)}


def test_in_vain_is_what_that_reader_did_not_find(
    app: APIFlask, shelf: Shelf, as_: SignIn, write: Write
) -> None:
    for name in ("bob", "carol"):
        page(as_, name, "/search?q=trouble")
    write()
    assert counted(app) == {"trouble": (2, 1)}


def test_further_pages_and_searches_narrowed_to_nothing_do_not_count_as_missing(
    app: APIFlask, shelf: Shelf, as_: SignIn, write: Write
) -> None:
    as_("bob").get("/search?q=invoice&page=2")
    as_("bob").get("/search?q=invoice&channel=letter")
    write()
    assert counted(app) == {"invoice": (1, 0)}


def test_a_filter_changed_on_the_result_page_is_no_new_search(
    app: APIFlask, as_: SignIn, write: Write
) -> None:
    alice = as_("alice")
    alice.get("/search?q=zebra")
    here = {"HX-Request": "true", "HX-Current-URL": "http://localhost/search?q=zebra"}
    alice.get("/search?q=zebra&kind=pain_point", headers=here)
    alice.get("/search?q=zebra+crossing", headers=here)
    write()
    assert counted(app) == {"zebra": (1, 1), "zebra crossing": (1, 1)}


@pytest.mark.parametrize(
    "query",
    ["anna@example.org", "contract 12345", "0171 234 56 78", "x" * 101, "author:Anna bill", "  ",
     "?!", "call Anna Moor", "\x00"],
)  # fmt: skip
def test_nothing_personal_is_kept(
    app: APIFlask, cast: Cast, as_: SignIn, write: Write, query: str
) -> None:
    with app.app_context(), transaction():
        cast.person("bob").name = "Anna Moor"
    as_("alice").get("/search", query_string={"q": query})
    write()
    assert counted(app) == {}


@pytest.mark.parametrize("name", ["alice", "carol", "dave", "rita"])
def test_only_managers_see_what_people_look_for(as_: SignIn, name: str) -> None:
    assert as_(name).get("/search/log").status_code == 403


def test_managers_see_what_was_looked_for_more_than_once(
    shelf: Shelf, as_: SignIn, write: Write
) -> None:
    for _again in range(2):
        page(as_, "carol", "/search?q=unicorn")
        page(as_, "carol", "/search?q=invoice")
    page(as_, "carol", "/search?q=onceonly")
    write()
    log = page(as_, "mia", "/search/log")
    assert "unicorn" in log
    assert "2 times without a result" in log
    assert "/insights/new?title=unicorn" in log
    assert "onceonly" not in log
    assert searchlog.in_vain()[0].query == "unicorn"
    assert {one.query for one in searchlog.most_wanted()} == {"unicorn", "invoice"}


def test_after_90_days_it_is_forgotten(context: APIFlask) -> None:
    with transaction():
        for days in (0, 89, 90, 400):
            day = i18n.today() - timedelta(days=days)
            db.session.add(SearchCount(day=day, query=f"{days} days", times=2, in_vain=2))
    assert {one.query for one in searchlog.most_wanted()} == {"0 days", "89 days"}
    with transaction():
        events.record(DAY_BEGAN, None, day="2026-06-01")
    assert jobs.run_until_idle() == 0
    assert len(db.session.scalars(select(SearchCount)).all()) == 2


def test_programs_are_counted_but_their_searches_are_not_remembered(
    app: APIFlask, cast: Cast, write: Write
) -> None:
    from cxwiki.accounts import tokens

    with app.app_context():
        token = tokens.issue(cast.person("alice"), "test")
    app.test_client().get("/api/v1/search?q=zebra", headers={"Authorization": f"Bearer {token}"})
    write()
    assert counted(app) == {"zebra": (1, 1)}
    with app.app_context():
        assert recent.of(cast.person("alice")) == []


def test_ones_own_latest_searches_are_kept_and_forgotten_when_one_wants(
    app: APIFlask, cast: Cast, as_: SignIn, write: Write
) -> None:
    for number in (*range(12), 3):
        as_("alice").get(f"/search?q=word+{number}")
        write()
    with app.app_context():
        own = recent.of(cast.person("alice"))
        assert own[:2] == ["word 3", "word 11"]
        assert len(own) == len(db.session.scalars(select(RecentSearch)).all()) == recent.KEPT
        assert recent.of(cast.person("bob")) == []
        assert recent.of(cast.person("alice"), "11") == ["word 11"]
    assert as_("alice").post("/search/recent?_method=DELETE").status_code == 303
    with app.app_context():
        assert recent.of(cast.person("alice")) == []


def test_memory_has_an_end(app: APIFlask, cast: Cast, write: Write) -> None:
    with app.app_context():
        for number in range(searchlog.MOST_NOTED + 50):
            searchlog.note(f"word a{number}b", cast.person("alice"), in_vain=False)
        app.extensions["search_log"].write()
    assert len(counted(app)) == searchlog.MOST_NOTED
