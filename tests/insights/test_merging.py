"""Merging: nothing is lost, nothing is shown to more people, and it can be taken back exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from flask import g
from sqlalchemy import select

from cxwiki.attachments.models import Attachment, Blob
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Comment, Watch
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import Event
from cxwiki.insights import following, listing, merging, service, voting
from cxwiki.insights.models import Evidence, Insight, LikelyDuplicate, Merge, Vote
from cxwiki.insights.service import Draft
from cxwiki.linking import listing as listing_of_links
from cxwiki.linking.models import TextLink
from cxwiki.search.service import search
from tests.conftest import Cast, SignIn


class Shelf:
    """Insights by a short name, with what hangs on them."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.ids: dict[str, int] = {}

    def post(self, name: str, by: str = "alice", **values: Any) -> Insight:
        person = self.cast.person(by)
        insight = service.publish(Draft(f"Title of {name}", **values), person.home_team, person)
        self.ids[name] = insight.id
        return insight

    def load(self, name: str) -> Insight:
        return db.session.get_one(Insight, self.ids[name])

    def merge(self, merged: str, into: str, by: str = "mia") -> Merge:
        return merging.merge(self.load(merged), self.load(into), self.cast.person(by), "The same")

    def unmerge(self, merged: str, by: str = "mia") -> None:
        merging.unmerge(self.load(merged), self.cast.person(by))

    def vote(self, name: str, *voters: str) -> None:
        for voter in voters:
            voting.cast(self.load(name), self.cast.person(voter))

    def fill(self, name: str, by: str) -> None:
        """A quote, a comment, an attachment and a link from another text."""
        insight, person = self.load(name), self.cast.person(by)
        service.add_evidence(insight, f"Said of {name}", person)
        discussion.comment(insight, f"Comment on {name}", person)
        with transaction():
            if db.session.get(Blob, "0" * 64) is None:
                db.session.add(Blob(sha256="0" * 64, size=1, media_type="text/plain"))
            db.session.flush()
            db.session.add(
                Attachment(subject_id=insight.id, sha256="0" * 64, filename=f"{name}.txt")
            )
            other = self.post(f"text that names {name}", by=by)
            title = f"Title of {name}"
            db.session.add(
                TextLink(from_id=other.id, to_id=insight.id, key=title.lower(), title=title)
            )

    def picture(self, name: str) -> dict[str, Any]:
        """Everything that hangs on an insight, and what is counted of it."""
        number = self.ids[name]

        def of(column: Any, where: Any) -> list[Any]:
            return sorted(db.session.scalars(select(column).where(where == number)))

        db.session.expire_all()
        insight = self.load(name)
        return {
            "votes": of(Vote.user_id, Vote.insight_id),
            "evidence": of(Evidence.text, Evidence.insight_id),
            "comments": of(Comment.body, Comment.subject_id),
            "watches": of(Watch.user_id, Watch.subject_id),
            "attachments": of(Attachment.filename, Attachment.subject_id),
            "links": of(TextLink.title, TextLink.to_id),
            "counted": (insight.votes_count, insight.reach),
            "state": (insight.archived_at, insight.merged_into_id, insight.title, insight.status),
        }


@pytest.fixture
def shelf(context: APIFlask, cast: Cast) -> Shelf:
    """Alice's insight of Service and Carol's of Billing, which say the same."""
    shelf = Shelf(cast)
    shelf.post("stays")
    shelf.post("goes", by="carol")
    return shelf


def test_everything_goes_along_and_votes_count_once_a_person(shelf: Shelf, cast: Cast) -> None:
    shelf.vote("stays", "bob", "mia")
    shelf.vote("goes", "bob", "carol")
    for name, by in (("stays", "alice"), ("goes", "carol")):
        shelf.fill(name, by)
    shelf.merge("goes", "stays")
    picture = shelf.picture("stays")
    assert picture["votes"] == sorted([cast.bob, cast.mia, cast.carol])
    assert picture["evidence"] == ["Said of goes", "Said of stays"]
    assert picture["comments"] == ["Comment on goes", "Comment on stays"]
    assert picture["attachments"] == ["goes.txt", "stays.txt"]
    links = listing_of_links.backlinks(shelf.load("stays"), cast.person("mia"))
    assert [one.title for one in links] == [
        "Title of text that names goes",
        "Title of text that names stays",
    ]
    assert set(picture["watches"]) >= {cast.alice, cast.bob, cast.carol, cast.mia}
    assert picture["counted"] == (3, 2)


def test_taking_it_out_restores_exactly_what_was(shelf: Shelf) -> None:
    shelf.vote("stays", "bob", "mia")
    shelf.vote("goes", "bob", "carol")
    for name, by in (("stays", "alice"), ("goes", "carol")):
        shelf.fill(name, by)
    before = {name: shelf.picture(name) for name in ("stays", "goes")}
    for _time in range(2):
        shelf.merge("goes", "stays")
        assert shelf.picture("stays") != before["stays"]
        shelf.unmerge("goes")
        assert {name: shelf.picture(name) for name in ("stays", "goes")} == before


def test_what_came_since_stays_with_the_survivor(shelf: Shelf, cast: Cast) -> None:
    shelf.vote("goes", "bob")
    shelf.merge("goes", "stays")
    shelf.vote("stays", "mia")
    discussion.comment(shelf.load("stays"), "Later", cast.person("bob"))
    shelf.unmerge("goes")
    assert shelf.picture("stays")["votes"] == [cast.mia]
    assert shelf.picture("stays")["comments"] == ["Later"]
    assert shelf.picture("goes")["votes"] == [cast.bob]


def test_who_took_a_carried_vote_back_has_none_afterwards(shelf: Shelf, cast: Cast) -> None:
    shelf.vote("goes", "bob")
    shelf.merge("goes", "stays")
    voting.withdraw(shelf.load("stays"), cast.person("bob"))
    shelf.unmerge("goes")
    assert shelf.picture("goes")["votes"] == []


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_merges_of_merges_come_apart_in_any_order(
    shelf: Shelf, cast: Cast, order: tuple[str, str]
) -> None:
    shelf.post("first", by="carol")
    shelf.post("second", by="bob")
    shelf.vote("first", "bob", "carol")
    shelf.vote("second", "carol", "mia")
    shelf.vote("stays", "carol")
    for name in ("first", "second", "stays"):
        shelf.fill(name, "alice")
    names = ("first", "second", "stays")
    before = {name: shelf.picture(name) for name in names}
    shelf.merge("first", "second")
    shelf.merge("second", "stays")
    assert shelf.picture("stays")["votes"] == sorted([cast.carol, cast.bob, cast.mia])
    assert len(shelf.picture("stays")["comments"]) == 3
    assert shelf.load("first").merged_into_id == shelf.ids["stays"]
    for name in order:
        shelf.unmerge(name)
        assert shelf.load(name).merged_into_id is None
    assert {name: shelf.picture(name) for name in names} == before


def test_the_middle_one_keeps_what_was_merged_into_it_before(shelf: Shelf) -> None:
    shelf.post("first", by="carol")
    shelf.post("second", by="bob")
    shelf.fill("first", "alice")
    shelf.merge("first", "second")
    merged = shelf.picture("second")
    shelf.merge("second", "stays")
    shelf.unmerge("second")
    assert shelf.picture("second") == merged
    assert shelf.load("first").merged_into_id == shelf.ids["second"]


def test_the_silo_of_the_merged_one_counts(shelf: Shelf) -> None:
    shelf.merge("goes", "stays")
    teams = [team.name for team, _votes in voting.voices(shelf.load("stays"))]
    assert teams == ["Service", "Billing"]
    assert shelf.load("stays").reach == 2
    shelf.unmerge("goes")
    assert shelf.load("stays").reach == 1


def test_a_merge_is_told_with_both_insights(shelf: Shelf) -> None:
    shelf.merge("goes", "stays")
    shelf.unmerge("goes")
    events = db.session.execute(
        select(Event.name, Event.subject_id, Event.data).order_by(Event.id)
    ).all()[-4:]
    goes, stays = shelf.ids["goes"], shelf.ids["stays"]
    assert [(name, subject_id) for name, subject_id, _data in events] == [
        ("insight.archived", goes),
        ("insight.merged", stays),
        ("insight.restored", goes),
        ("insight.unmerged", stays),
    ]
    assert events[1].data["merged_id"] == goes
    assert events[1].data["into_id"] == stays


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("merged", "into"), [("secret", "stays"), ("stays", "secret"), ("secret", "theirs")]
)
def test_what_other_people_see_is_not_merged(shelf: Shelf, merged: str, into: str) -> None:
    shelf.post("secret", visibility="team")
    shelf.post("theirs", by="carol", visibility="team")
    shelf.fill("secret", "alice")
    before = shelf.picture("secret")
    with pytest.raises(DomainError, match="same people"):
        shelf.merge(merged, into, by="admin")
    assert shelf.picture("secret") == before


def test_within_a_team_secrets_can_be_merged(shelf: Shelf, as_: SignIn) -> None:
    shelf.post("secret", visibility="team")
    shelf.post("another", by="bob", visibility="team")
    shelf.merge("secret", "another", by="alice")
    address = f"/insights/{shelf.ids['secret']}"
    assert as_("alice").get(address).status_code == 302
    g.pop("_login_user")
    assert as_("carol").get(address).status_code == 404
    assert as_("carol").post(f"{address}/vote").status_code == 404


def test_the_address_says_nothing_of_a_survivor_that_was_hidden_since(
    shelf: Shelf, as_: SignIn, cast: Cast
) -> None:
    shelf.merge("goes", "stays")
    with transaction():
        shelf.load("stays").visibility = "team"
    answer = as_("carol").get(f"/insights/{shelf.ids['goes']}")
    assert answer.status_code == 200
    assert "Title of stays" not in answer.text
    assert as_("carol").get(f"/insights/{shelf.ids['stays']}").status_code == 404
    number = shelf.ids["goes"]
    assert as_("carol").delete(f"/insights/{number}/merger").status_code == 404


def test_a_merged_one_is_in_no_list(shelf: Shelf, cast: Cast) -> None:
    shelf.merge("goes", "stays")
    mia = cast.person("mia")
    for archived in (False, True):
        query = listing.query(listing.Filters(archived=archived), mia)
        assert shelf.ids["goes"] not in {one.id for one in db.session.scalars(query)}


def test_the_preview_counts_only_what_one_may_know_of(shelf: Shelf, cast: Cast) -> None:
    shelf.vote("goes", "bob", "dave")
    shelf.vote("stays", "bob")
    shelf.fill("goes", "carol")
    with transaction():
        said = db.session.scalars(select(Comment)).one()
        said.team_id = cast.billing
    goes, stays = shelf.ids["goes"], shelf.ids["stays"]
    seen = following.preview(goes, stays, cast.person("carol"))
    assert seen[:3] == ["1 vote", "1 quote", "1 comment"]
    assert "1 comment" not in following.preview(goes, stays, cast.person("alice"))
    shelf.post("their text", by="carol", visibility="team")
    with transaction():
        link = db.session.scalars(select(TextLink)).one()
        link.from_id = shelf.ids["their text"]
    assert "1 link in another text" not in following.preview(goes, stays, cast.person("alice"))


# --- at the same time -----------------------------------------------------------------------------


def test_circles_and_second_merges_are_refused(shelf: Shelf) -> None:
    shelf.merge("goes", "stays")
    with pytest.raises(Conflict):
        shelf.merge("stays", "goes")
    with pytest.raises(Conflict):
        shelf.merge("goes", "stays")
    with pytest.raises(DomainError):
        shelf.merge("stays", "stays")
    shelf.unmerge("goes")
    with pytest.raises(Conflict):
        shelf.unmerge("goes")


def test_a_vote_in_the_moment_of_the_merge_is_for_the_survivor(shelf: Shelf, cast: Cast) -> None:
    shelf.merge("goes", "stays")
    voting.cast(shelf.load("goes"), cast.person("bob"))
    assert shelf.picture("stays")["votes"] == [cast.bob]
    assert shelf.picture("goes")["votes"] == []


def test_what_is_said_in_the_moment_of_the_merge_is_found_on_the_survivor(
    shelf: Shelf, cast: Cast
) -> None:
    shelf.merge("goes", "stays")
    discussion.comment(shelf.load("goes"), "Just now", cast.person("bob"))
    service.add_evidence(shelf.load("goes"), "Heard just now", cast.person("bob"))
    assert shelf.picture("stays")["comments"] == ["Just now"]
    assert shelf.picture("stays")["evidence"] == ["Heard just now"]
    told = db.session.scalars(select(Event.subject_id).where(Event.name == "comment.created"))
    assert set(told) == {shelf.ids["stays"]}


def test_a_merged_one_is_not_restored_without_what_it_had(shelf: Shelf, cast: Cast) -> None:
    shelf.merge("goes", "stays")
    with pytest.raises(DomainError, match="part of another"):
        service.restore(shelf.load("goes"), cast.person("mia"))


def test_merging_answers_the_suggestion_and_taking_out_is_a_no(shelf: Shelf) -> None:
    with transaction():
        first, second = sorted(shelf.ids.values())
        db.session.add(
            LikelyDuplicate(first_id=first, second_id=second, score=0.9, reason="meaning")
        )
    row = db.session.scalars(select(LikelyDuplicate)).one()
    shelf.merge("goes", "stays")
    assert row.answer == "yes"
    shelf.unmerge("goes")
    assert row.answer == "no"


# --- pages ----------------------------------------------------------------------------------------

Merging = Callable[..., Any]


def test_one_is_shown_both_and_merges_them(shelf: Shelf, as_: SignIn) -> None:
    goes, stays = shelf.ids["goes"], shelf.ids["stays"]
    mia = as_("mia")
    page = mia.get(f"/insights/{goes}/merger?other={stays}").text
    assert page.count("This one stays") == 2
    data = {"other": stays, "survivor": stays, "reason": "The same in Billing"}
    answer = mia.post(f"/insights/{goes}/merger", data=data)
    assert answer.status_code == 303
    assert f"/insights/{stays}" in answer.location
    old = mia.get(f"/insights/{goes}-whatever", follow_redirects=True).text
    assert "“Title of goes” was merged into this insight by Mia" in old
    assert "The same in Billing" in old
    alone = mia.get(f"/insights/{goes}?alone=1").text
    assert "Take it out again" in alone
    assert mia.delete(f"/insights/{goes}/merger").status_code == 303
    assert mia.get(f"/insights/{goes}").status_code == 200


def test_there_is_no_note_about_what_was_never_merged(shelf: Shelf, as_: SignIn) -> None:
    goes, stays = shelf.ids["goes"], shelf.ids["stays"]
    for wish in (goes, 999999, "x", -1):
        assert "was merged" not in as_("mia").get(f"/insights/{stays}?from={wish}").text


@pytest.mark.parametrize(
    ("person", "merged", "into", "status"),
    [
        ("mia", "goes", "stays", 303),
        ("admin", "goes", "stays", 303),
        ("carol", "goes", "stays", 303),
        ("carol", "stays", "goes", 403),
        ("bob", "goes", "stays", 403),
        ("rita", "goes", "stays", 403),
        ("dave", "goes", "stays", 403),
        ("eve", "goes", "stays", 302),
    ],
)
def test_who_may_put_it_away_may_merge_it(
    shelf: Shelf, as_: SignIn, person: str, merged: str, into: str, status: int
) -> None:
    data = {"other": shelf.ids[into], "survivor": shelf.ids[into]}
    address = f"/insights/{shelf.ids[merged]}/merger"
    assert as_(person).post(address, data=data).status_code == status
    db.session.rollback()
    is_merged = shelf.load(merged).merged_into_id is not None
    assert is_merged == (status == 303)


@pytest.mark.parametrize(
    ("person", "status"),
    [("bob", 403), ("rita", 403), ("eve", 302), ("carol", 303), ("mia", 303)],
)
def test_who_may_merge_it_may_take_it_out(
    shelf: Shelf, as_: SignIn, person: str, status: int
) -> None:
    shelf.merge("goes", "stays")
    answer = as_(person).delete(f"/insights/{shelf.ids['goes']}/merger")
    assert answer.status_code == status


@pytest.mark.parametrize("survivor", ["", "0", "999999", "x"])
def test_one_of_the_two_must_stay(shelf: Shelf, as_: SignIn, survivor: str) -> None:
    data = {"other": shelf.ids["stays"], "survivor": survivor}
    answer = as_("mia").post(f"/insights/{shelf.ids['goes']}/merger", data=data)
    assert answer.status_code == 422


def test_an_invisible_one_cannot_be_compared(shelf: Shelf, as_: SignIn) -> None:
    shelf.post("secret", visibility="team")
    secret, goes = shelf.ids["secret"], shelf.ids["goes"]
    carol = as_("carol")
    assert carol.get(f"/insights/{goes}/merger?other={secret}").status_code == 404
    data = {"other": secret, "survivor": secret}
    assert carol.post(f"/insights/{goes}/merger", data=data).status_code == 404
    assert "Title of secret" not in carol.get(f"/insights/{goes}/merger?q=secret+title").text


def test_what_was_said_of_it_is_found_under_the_one_that_stays_and_only_as_long(
    app: APIFlask, shelf: Shelf, cast: Cast, work_off: Callable[[], int]
) -> None:
    """The words of a comment are found where it hangs, not where it hung."""
    with app.app_context():
        discussion.comment(shelf.load("goes"), "Zebras everywhere", cast.person("alice"))
    work_off()

    def found(person: str) -> list[int]:
        with app.test_request_context():
            items = search("zebras", cast.person(person)).items
            return [one.subject.id for one in items]

    assert found("carol") == [shelf.ids["goes"]]
    with app.app_context():
        shelf.merge("goes", "stays")
    work_off()
    assert found("carol") == [shelf.ids["stays"]]
    with app.app_context():
        shelf.unmerge("goes")
        goes = shelf.load("goes")
        hidden = Draft(goes.title, visibility="team")
        author = goes.author
        service.revise(goes, hidden, author, goes.revision_number)
        outsider = "alice" if author.id == cast.carol else "carol"
    work_off()
    assert found(outsider) == []
