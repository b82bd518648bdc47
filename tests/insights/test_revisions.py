"""Revising, evidence, status, archiving: nothing that was written is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.discussion.service import is_watching, tags_of
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import Event
from cxwiki.insights import service
from cxwiki.insights.models import Evidence, Insight
from cxwiki.insights.service import Draft, current_draft
from cxwiki.writing import revisions
from cxwiki.writing.models import Revision
from tests.conftest import Cast


@pytest.fixture
def trouble(context: APIFlask, cast: Cast) -> Insight:
    """Alice's insight, at its first revision."""
    draft = Draft("Trouble", "First words.", tags=("old",), severity=2)
    return service.publish(draft, cast.team("service"), cast.person("alice"))


def revise(insight: Insight, cast: Cast, by: str, based_on: int, **values: object) -> None:
    draft = replace(current_draft(insight), **values)
    service.revise(insight, draft, cast.person(by), based_on, comment=str(values.get("title", "")))


def events(name: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name).order_by(Event.id)))


def test_a_revision_is_added_and_the_first_one_stays(trouble: Insight, cast: Cast) -> None:
    revise(trouble, cast, "bob", 1, title="More trouble", body="Second words.", tags=("new",))
    second, first = revisions.of(trouble)
    assert (trouble.title, trouble.revision_number, tags_of(trouble)) == (
        "More trouble",
        2,
        ["new"],
    )
    assert "Second words." in trouble.html
    assert (first.number, first.title, first.body) == (1, "Trouble", "First words.")
    assert first.fields["tags"] == ["old"]
    assert "First words." in first.html
    assert (second.number, second.based_on, second.author_id) == (2, 1, cast.bob)
    assert second.comment == "More trouble"


def test_who_edits_is_recorded_and_watches(trouble: Insight, cast: Cast) -> None:
    revise(trouble, cast, "bob", 1, body="Second words.")
    [edited] = events("insight.edited")
    assert (edited.actor_id, edited.data["revision"]) == (cast.bob, 2)
    assert is_watching(trouble, cast.person("bob"))
    assert trouble.version == 2


def test_a_stale_edit_is_a_conflict_and_changes_nothing(trouble: Insight, cast: Cast) -> None:
    revise(trouble, cast, "bob", 1, body="Bob's words.")
    with pytest.raises(Conflict):
        revise(trouble, cast, "carol", 1, body="Carol's words.")
    assert (trouble.body, trouble.revision_number) == ("Bob's words.", 2)
    assert len(revisions.of(trouble)) == 2
    assert not is_watching(trouble, cast.person("carol"))


@pytest.mark.parametrize("based_on", [0, 2, -1])
def test_an_edit_of_what_never_was_is_a_conflict_too(
    trouble: Insight, cast: Cast, based_on: int
) -> None:
    with pytest.raises(Conflict):
        revise(trouble, cast, "bob", based_on, body="Other words.")


@pytest.mark.parametrize("title", ["Trouble", "  Trouble\n"])
def test_what_changes_nothing_is_no_revision(trouble: Insight, cast: Cast, title: str) -> None:
    revise(trouble, cast, "bob", 1, title=title)
    assert len(revisions.of(trouble)) == 1
    assert events("insight.edited") == []
    assert not is_watching(trouble, cast.person("bob"))


def test_a_refused_edit_leaves_nothing(trouble: Insight, cast: Cast) -> None:
    with pytest.raises(DomainError):
        revise(trouble, cast, "bob", 1, tags=tuple(f"tag {n}" for n in range(21)))
    db.session.expire_all()
    assert (trouble.revision_number, tags_of(trouble)) == (1, ["old"])


def test_moving_it_to_another_team_is_a_revision(trouble: Insight, cast: Cast) -> None:
    service.revise(
        trouble, current_draft(trouble), cast.person("mia"), 1, team=cast.team("billing")
    )
    assert (trouble.team.name, trouble.revision_number) == ("Billing", 2)


def test_nobody_hides_it_from_themselves(trouble: Insight, cast: Cast) -> None:
    with pytest.raises(DomainError) as refusal:
        revise(trouble, cast, "carol", 1, visibility="team")
    assert refusal.value.field == "visibility"
    db.session.expire_all()
    assert trouble.visibility == "company"


def test_revisions_belong_to_their_insight(trouble: Insight, cast: Cast) -> None:
    other = service.publish(Draft("Other"), cast.team("service"), cast.person("alice"))
    revise(trouble, cast, "bob", 1, body="Second words.")
    assert revisions.numbered(trouble, 2) is not None
    assert revisions.numbered(other, 2) is None
    assert [saved.title for saved in revisions.of(other)] == ["Other"]


# --- evidence -------------------------------------------------------------------------------------


def test_quotes_are_added_and_removed(trouble: Insight, cast: Cast) -> None:
    bob = cast.person("bob")
    said = service.add_evidence(trouble, "  Never again!  ", bob, " Call ", date(2026, 5, 1))
    kept = service.add_evidence(trouble, "I waited.", bob)
    assert (said.text, said.source, said.said_on) == ("Never again!", "Call", date(2026, 5, 1))
    service.remove_evidence(said, by=bob)
    assert db.session.scalars(select(Evidence)).all() == [kept]
    assert len(events("insight.evidence_added")) == 2
    assert len(events("insight.evidence_removed")) == 1


def test_a_quote_needs_words(trouble: Insight, cast: Cast) -> None:
    with pytest.raises(DomainError) as refusal:
        service.add_evidence(trouble, " \x00\n ", cast.person("bob"))
    assert refusal.value.field == "text"
    assert db.session.scalars(select(Evidence)).all() == []


def test_what_no_database_can_store_is_left_out(trouble: Insight, cast: Cast) -> None:
    said = service.add_evidence(trouble, "A\x00b", cast.person("bob"), "Ca\x00ll")
    assert (said.text, said.source) == ("Ab", "Call")
    revise(trouble, cast, "bob", 1, title="New\x00")
    assert revisions.of(trouble)[0].comment == "New"


# --- status ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["in_action", "resolved"])
def test_a_status_is_set_and_recorded(trouble: Insight, cast: Cast, status: str) -> None:
    service.set_status(trouble, status, cast.person("bob"))
    [changed] = events("insight.status_changed")
    assert trouble.status == status
    assert (changed.data["before"], changed.data["after"]) == ("open", status)


@pytest.mark.parametrize("reason", ["", "  ", "\x00"])
def test_dismissing_needs_a_reason(trouble: Insight, cast: Cast, reason: str) -> None:
    with pytest.raises(DomainError) as refusal:
        service.set_status(trouble, "dismissed", cast.person("bob"), reason)
    assert refusal.value.field == "reason"
    assert trouble.status == "open"
    service.set_status(trouble, "dismissed", cast.person("bob"), " A mistake ")
    assert (trouble.status, trouble.status_reason) == ("dismissed", "A mistake")


def test_a_better_reason_is_kept(trouble: Insight, cast: Cast) -> None:
    service.set_status(trouble, "dismissed", cast.person("bob"), "A mistake")
    service.set_status(trouble, "dismissed", cast.person("alice"), "Posted twice")
    assert trouble.status_reason == "Posted twice"


def test_the_same_status_again_is_no_event(trouble: Insight, cast: Cast) -> None:
    for _time in range(2):
        service.set_status(trouble, "resolved", cast.person("bob"), "Fixed")
    service.set_status(trouble, "resolved", cast.person("bob"))
    assert trouble.status_reason == "Fixed"
    assert len(events("insight.status_changed")) == 1


def test_a_status_that_does_not_exist_is_refused(trouble: Insight, cast: Cast) -> None:
    with pytest.raises(DomainError) as refusal:
        service.set_status(trouble, "sideways", cast.person("bob"))
    assert refusal.value.field == "status"


# --- archiving ------------------------------------------------------------------------------------


def test_archiving_is_undone_by_restoring(trouble: Insight, cast: Cast) -> None:
    alice, before = cast.person("alice"), current_draft(trouble)
    for _time in range(2):
        service.archive(trouble, by=alice)
    assert trouble.is_archived
    for _time in range(2):
        service.restore(trouble, by=alice)
    assert not trouble.is_archived
    assert current_draft(trouble) == before
    assert [len(events(f"insight.{name}")) for name in ("archived", "restored")] == [1, 1]
    assert len(db.session.scalars(select(Revision)).all()) == 1


def test_only_who_answers_for_it_may_hide_an_insight_from_the_company(
    context: APIFlask, cast: Cast
) -> None:
    """Another writer could else take it out of everybody's sight, under the name of an edit."""
    alice, bob = cast.person("alice"), cast.person("bob")
    insight = service.publish(service.Draft("Seen by all"), cast.team("service"), alice)
    hidden = service.Draft("Seen by all", visibility="team")
    with pytest.raises(DomainError) as refused:
        service.revise(insight, hidden, bob, based_on=1)
    assert refused.value.field == "visibility"
    assert service.revise(insight, hidden, alice, based_on=1).visibility == "team"
