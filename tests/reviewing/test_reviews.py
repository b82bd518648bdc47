"""Owners and dates: by default for practices, by wish for everything; still true is one click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki import access, wording
from cxwiki.accounts import administering
from cxwiki.database import db, transaction, utcnow
from cxwiki.discussion.service import watch
from cxwiki.errors import Conflict, DomainError
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft, Posting, current_draft
from cxwiki.notifications.models import Notice
from cxwiki.reviewing import finding, reminders, service
from cxwiki.reviewing.models import Review, Verification
from cxwiki.reviewing.states import GRACE, State, after_months
from tests.conftest import Cast
from tests.reviewing.conftest import Practice

Read = Callable[[int], Review | None]


def load(number: int) -> Insight:
    found = db.session.get(Insight, number)
    assert found is not None
    return found


class TestByDefault:
    def test_a_new_best_practice_has_its_author_as_owner_and_a_date_in_a_year(
        self, practice: Practice, review: Read, cast: Cast, today: date
    ) -> None:
        found = review(practice())
        assert found is not None
        assert (found.owner_id, found.months) == (cast.alice, 12)
        assert found.review_on == after_months(today, 12)

    @pytest.mark.parametrize("kind", ["pain_point", "workshop_insight"])
    def test_other_insights_have_none_until_somebody_wishes_it(
        self, practice: Practice, review: Read, kind: str
    ) -> None:
        assert review(practice(kind=kind)) is None

    def test_an_insight_that_turns_into_a_practice_gets_one(
        self, context: APIFlask, practice: Practice, cast: Cast
    ) -> None:
        found = load(practice(kind="pain_point"))
        draft = current_draft(found)
        changed = Draft(**{**draft.__dict__, "kind": "best_practice"})
        insights.revise(found, changed, cast.person("bob"), found.revision_number)
        assert db.session.get(Review, found.id) is not None

    def test_a_date_that_was_taken_away_does_not_come_back_with_an_edit(
        self, context: APIFlask, practice: Practice, cast: Cast
    ) -> None:
        found, bob = load(practice()), cast.person("bob")
        service.plan(found, None, None, None, bob)
        draft = Draft(**{**current_draft(found).__dict__, "body": "More words"})
        insights.revise(found, draft, bob, found.revision_number)
        left = db.session.get(Review, found.id)
        assert left is not None
        assert (left.review_on, left.months, left.owner_id) == (None, None, None)

    def test_an_old_practice_that_is_imported_has_a_month(
        self, context: APIFlask, cast: Cast, today: date
    ) -> None:
        posting = Posting(
            insights.check(Draft("Old", kind="best_practice")),
            cast.team("service"),
            cast.alice,
            created_at=utcnow() - timedelta(days=2000),
            source="import",
        )
        old = insights.publish_many([posting], cast.person("admin"))[0]
        review = db.session.get(Review, old.id)
        assert review is not None
        assert review.review_on == today + GRACE

    def test_an_author_who_may_not_change_pages_owns_none(
        self, context: APIFlask, cast: Cast
    ) -> None:
        posting = Posting(insights.check(Draft("By a reader", kind="best_practice")),
                          cast.team("billing"), cast.rita, source="import")  # fmt: skip
        made = insights.publish_many([posting], cast.person("admin"))[0]
        review = db.session.get(Review, made.id)
        assert review is not None
        assert review.owner_id is None


class TestStillTrue:
    def test_one_word_makes_it_hold_for_another_interval(
        self, context: APIFlask, practice: Practice, cast: Cast, today: date
    ) -> None:
        found = load(practice(due=-30))
        review = service.verify(found, cast.person("bob"), "Checked with the hotline")
        assert review.review_on == after_months(today, 12)
        assert review.verified_by_id == cast.bob
        assert finding.state(review) == State.VERIFIED
        said = db.session.query(Verification).one()
        assert (said.by_id, said.note) == (cast.bob, "Checked with the hotline")

    def test_it_is_outdated_no_more(
        self, context: APIFlask, practice: Practice, cast: Cast
    ) -> None:
        found = load(practice(outdated="The tool is gone"))
        review = service.verify(found, cast.person("bob"))
        assert (review.outdated_at, review.outdated_why) == (None, "")

    def test_who_says_it_of_a_page_without_owner_looks_after_it(
        self, context: APIFlask, practice: Practice, cast: Cast, today: date
    ) -> None:
        review = service.verify(load(practice(kind="pain_point")), cast.person("bob"))
        assert (review.owner_id, review.months) == (cast.bob, 12)

    def test_a_note_has_an_end(self, context: APIFlask, practice: Practice, cast: Cast) -> None:
        with pytest.raises(DomainError, match="500") as refused:
            service.verify(load(practice()), cast.person("bob"), "x" * 501)
        assert refused.value.field == "note"


class TestOutdated:
    def test_it_needs_a_reason(self, context: APIFlask, practice: Practice, cast: Cast) -> None:
        with pytest.raises(DomainError):
            service.call_outdated(load(practice()), cast.person("bob"), "  ")

    def test_the_first_reason_is_not_lost_to_a_second(
        self, context: APIFlask, practice: Practice, cast: Cast
    ) -> None:
        found = load(practice())
        service.call_outdated(found, cast.person("bob"), "The form is gone")
        with pytest.raises(Conflict):
            service.call_outdated(found, cast.person("mia"), "Another")
        review = db.session.get(Review, found.id)
        assert review is not None
        assert review.outdated_why == "The form is gone"

    def test_owner_and_watchers_are_told_with_the_reason(
        self, app: APIFlask, practice: Practice, cast: Cast, work_off: Callable[[], int]
    ) -> None:
        number = practice()
        with app.app_context(), transaction():
            watch(load(number), cast.person("mia"))
        work_off()
        with app.app_context():
            service.call_outdated(load(number), cast.person("bob"), "The form is gone")
        work_off()
        with app.app_context():
            told = [n for n in db.session.query(Notice) if n.event.name == "review.outdated"]
            assert {notice.user_id for notice in told} == {cast.alice, cast.mia}
            with app.test_request_context():
                assert "The form is gone" in wording.say(told[0].event)


class TestPlan:
    def test_an_owner_must_see_the_page(
        self, context: APIFlask, practice: Practice, cast: Cast
    ) -> None:
        found = load(practice(visibility="team"))
        with pytest.raises(DomainError) as refused:
            service.plan(found, cast.person("carol"), 12, None, cast.person("alice"))
        assert refused.value.field == "owner"

    @pytest.mark.parametrize("name", ["dave", "rita"])
    def test_an_owner_must_be_able_to_change_it(
        self, context: APIFlask, practice: Practice, cast: Cast, name: str
    ) -> None:
        with pytest.raises(DomainError):
            service.plan(load(practice()), cast.person(name), 12, None, cast.person("alice"))

    def test_an_owner_must_be_here(self, context: APIFlask, practice: Practice, cast: Cast) -> None:
        administering.deactivate(cast.person("bob"), by=cast.person("admin"))
        with pytest.raises(DomainError):
            service.plan(load(practice()), cast.person("bob"), 12, None, cast.person("alice"))

    def test_a_day_that_is_over_is_refused(
        self, context: APIFlask, practice: Practice, cast: Cast, today: date
    ) -> None:
        found, alice = load(practice()), cast.person("alice")
        with pytest.raises(DomainError) as refused:
            service.plan(found, alice, 12, today - timedelta(days=1), alice)
        assert refused.value.field == "review_on"

    def test_an_overdue_page_can_change_hands_without_a_new_date(
        self, context: APIFlask, practice: Practice, cast: Cast, today: date
    ) -> None:
        number = practice(due=-5)
        past = today - timedelta(days=5)
        review = service.plan(load(number), cast.person("bob"), 12, past, cast.person("alice"))
        assert (review.owner_id, review.review_on) == (cast.bob, past)

    def test_the_new_owner_is_told_and_nobody_else(
        self, app: APIFlask, practice: Practice, cast: Cast, work_off: Callable[[], int]
    ) -> None:
        number = practice()
        work_off()
        with app.app_context():
            service.plan(load(number), cast.person("bob"), 6, None, cast.person("mia"))
        work_off()
        with app.app_context():
            told = [n for n in db.session.query(Notice) if n.event.name.startswith("review.")]
            assert [(n.user_id, n.event.name) for n in told] == [(cast.bob, "review.handed_over")]


class TestWhoMay:
    @pytest.mark.parametrize(
        ("name", "may"),
        [("alice", True), ("carol", True), ("mia", True), ("dave", False), ("rita", False)],
    )
    def test_who_may_change_a_page_may_review_it(
        self, context: APIFlask, practice: Practice, cast: Cast, name: str, may: bool
    ) -> None:
        assert access.can("review.edit", load(practice()), cast.person(name)) is may

    @pytest.mark.parametrize(
        ("name", "may"),
        [("alice", True), ("bob", False), ("carol", False), ("mia", True), ("admin", True)],
    )
    def test_handing_over_is_for_the_owner_the_lead_and_managers(
        self, context: APIFlask, practice: Practice, cast: Cast, name: str, may: bool
    ) -> None:
        assert access.can("review.hand_over", load(practice()), cast.person(name)) is may

    def test_an_archived_page_is_not_reviewed(
        self, context: APIFlask, practice: Practice, cast: Cast
    ) -> None:
        found = load(practice())
        insights.archive(found, cast.person("alice"))
        assert not access.can("review.edit", found, cast.person("alice"))


def test_the_conditions_of_the_database_say_the_same_as_the_pure_function(
    context: APIFlask, practice: Practice, cast: Cast, today: date
) -> None:
    numbers = {practice(str(days), due=days): days for days in (-400, -1, 0, 13, 14, 15, 300)}
    numbers[practice("said", due=40, outdated="Gone")] = 40
    for state in State:
        found = set(db.session.scalars(finding.flag(state)()))
        expected = {n for n in numbers if finding.state(_review(n)) == state}
        assert found == expected, state


def _review(number: int) -> Review:
    found: Any = db.session.get(Review, number)
    return found


def test_existing_practices_get_a_date_once_the_worker_looks(
    context: APIFlask, practice: Practice
) -> None:
    number, other = practice(), practice(kind="pain_point")
    with transaction():
        db.session.delete(_review(number))
    assert reminders.begin_missing() == 1
    assert reminders.begin_missing() == 0
    assert _review(number) is not None
    assert _review(other) is None
