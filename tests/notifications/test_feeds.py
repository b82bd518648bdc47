"""Atom feeds: what a secret address shows, to whom, and that it can be revoked."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.insights import merging
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from cxwiki.notifications import feeds
from cxwiki.notifications.models import FeedKey

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def address(as_):
    """`address("carol", "insights.atom?kind=pain_point")`: a new address of somebody's."""

    def make(name: str, of: str = "insights.atom") -> str:
        page = as_(name).post("/notifications/feeds", data={"of": of})
        assert page.status_code == 201
        found = re.search(r'value="http://localhost(/notifications/feeds/[^"]+)"', page.text)
        assert found
        return found[1].replace("&amp;", "&")

    return make


@pytest.fixture
def titles(as_):
    """The titles of the entries that somebody who is not signed in reads there."""

    def read(path: str) -> list[str]:
        answer = as_("eve").get(path)
        assert answer.status_code == 200, path
        assert answer.mimetype == "application/atom+xml"
        root = ElementTree.fromstring(answer.data)
        return [entry.findtext(f"{ATOM}title") or "" for entry in root.iter(f"{ATOM}entry")]

    return read


def test_a_list_shows_the_newest_first_with_what_an_entry_needs(as_, address, insight):
    insight("Older")
    number = insight("Newer", body="It is **unreadable**.")
    root = ElementTree.fromstring(as_("eve").get(address("carol")).data)
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Newer", "Older"]
    assert entries[0].find(f"{ATOM}link").get("href") == f"http://localhost/insights/{number}-newer"
    assert entries[0].findtext(f"{ATOM}summary") == "It is unreadable."
    assert entries[0].findtext(f"{ATOM}author/{ATOM}name") == "Alice"
    assert entries[0].findtext(f"{ATOM}updated")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2


def test_the_filters_of_a_list_hold(address, titles, insight):
    insight("A pain", tags=("invoice",))
    insight("A practice", kind="best_practice", tags=("invoice",))
    insight("Another pain")
    path = address("carol", "insights.atom?kind=pain_point&tag=invoice")
    assert titles(path) == ["A pain"]


def test_everybody_reads_what_they_may_see_and_no_more(address, titles, insight):
    insight("Between us", visibility="team")
    insight("For all")
    assert titles(address("bob")) == ["For all", "Between us"]
    assert titles(address("carol")) == ["For all"]


def test_who_leaves_a_team_reads_its_entries_no_more(app, cast, address, titles, insight):
    insight("Between us", visibility="team")
    path = address("bob")
    assert titles(path) == ["Between us"]
    with app.app_context(), transaction():
        bob = cast.person("bob")
        bob.memberships.clear()
    assert titles(path) == []


@pytest.mark.parametrize("name", sorted(feeds.LISTS))
def test_every_list_can_be_read_empty_or_not(address, titles, insight, action, project, name):
    path = address("alice", f"{name}.atom")
    titles(path)
    insight("One")
    action("Two")
    project("Three")
    titles(path)


def test_a_page_tells_what_happened_to_it(address, titles, insight, say, dismiss):
    number = insight("The invoice")
    say(number)
    dismiss(number)
    path = address("carol", f"subjects/{number}.atom")
    assert titles(path)[:2] == ["Mia dismissed it", "Bob commented"]


def test_comments_within_a_team_are_in_no_feed(app, cast, address, titles, insight):
    number = insight("The invoice")
    with app.app_context():
        said = discussion.comment(db.session.get_one(Insight, number), "Psst", cast.person("bob"))
        with transaction():
            said.team_id = cast.service
    for name in ("alice", "carol"):
        assert "Bob commented" not in titles(address(name, f"subjects/{number}.atom"))


def test_the_feed_of_a_hidden_page_is_none(address, as_, insight):
    number = insight("Between us", visibility="team")
    for name, status in (("bob", 200), ("carol", 404), ("admin", 200)):
        path = address(name, f"subjects/{number}.atom")
        assert as_("eve").get(path).status_code == status


def test_nothing_that_xml_cannot_hold_breaks_it(app, address, titles, insight):
    number = insight("One", body="x")
    with app.app_context(), transaction():
        row = db.session.get_one(Insight, number)
        row.title = "A\x0bB <script>alert(1)</script> & \ufffe\x1b]]>"
    assert titles(address("carol")) == ["AB <script>alert(1)</script> & ]]>"]
    titles(address("carol", f"subjects/{number}.atom"))


def test_a_reader_that_has_it_gets_nothing_again(as_, address, insight):
    insight("One")
    path = address("carol")
    first = as_("eve").get(path)
    again = as_("eve").get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_revoked_address_shows_nothing(app, as_, address, insight):
    path = address("carol")
    with app.app_context():
        number = db.session.scalars(select(FeedKey.id)).one()
    assert as_("bob").post(f"/notifications/feeds/{number}/revocation").status_code == 404
    assert as_("eve").get(path).status_code == 200
    assert as_("carol").post(f"/notifications/feeds/{number}/revocation").status_code == 303
    assert as_("eve").get(path).status_code == 404


def test_who_left_reads_nothing(app, cast, as_, address):
    path = address("carol")
    with app.app_context(), transaction():
        cast.person("carol").active = False
    assert as_("eve").get(path).status_code == 404


def test_the_secret_is_kept_nowhere(app, address):
    secret = address("carol").split("/")[3]
    with app.app_context():
        assert secret not in {row.token_hash for row in db.session.scalars(select(FeedKey))}


def test_wrong_addresses_lead_nowhere(as_, cast, address):
    path = address("carol")
    eve = as_("eve")
    assert eve.get(path.replace("insights.atom", "users.atom")).status_code == 404
    assert eve.get("/notifications/feeds/guess/insights.atom").status_code == 404
    assert eve.get(path.replace("insights.atom", "subjects/99.atom")).status_code == 404
    assert eve.get(f"{path}?team=x&since=yesterday&kind=%00").status_code == 200


def test_there_are_not_too_many(as_, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_KEYS", 1)
    carol = as_("carol")
    assert carol.post("/notifications/feeds").status_code == 201
    assert carol.post("/notifications/feeds").status_code == 422
    assert "revoke some first" in carol.post("/notifications/feeds").text


def test_many_entries_cost_as_much_as_one(as_, address, insight, count_queries):
    path, eve = address("carol"), as_("eve")
    page = address("carol", f"subjects/{insight('One')}.atom")
    for first in (path, page):  # that a new address is read is noted
        eve.get(first)
    few, few_on_page = (count_queries(lambda p=p: eve.get(p)) for p in (path, page))
    for number in range(8):
        insight(f"Insight {number}")
    assert count_queries(lambda: eve.get(path)) == few
    assert count_queries(lambda: eve.get(page)) == few_on_page


@pytest.mark.parametrize("tag", ["%EF%BF%BE", "%01", "%ED%A0%80", "%3Cb%3E"])
def test_whatever_a_filter_says_the_feed_is_well_formed(address, titles, insight, tag):
    insight("One")
    path = address("carol", "insights.atom")
    assert titles(f"{path}?tag={tag}") == []


def test_a_merge_with_what_is_hidden_is_not_told(app, cast, address, titles, insight):
    """Both were the team's; then the one that stayed was opened."""
    goes, stays = (insight(title, visibility="team") for title in ("Goes", "Stays"))
    with app.app_context():
        alice, survivor = cast.person("alice"), db.session.get_one(Insight, stays)
        merging.merge(db.session.get_one(Insight, goes), survivor, alice)
        insights.revise(survivor, Draft("Stays"), alice, 1)
    told = {
        name: [
            title for title in titles(address(name, f"subjects/{stays}.atom")) if "merged" in title
        ]
        for name in ("bob", "carol")
    }
    assert (len(told["bob"]), told["carol"]) == (1, [])
