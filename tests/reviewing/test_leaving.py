"""When an owner leaves, their pages are listed, told to who can hand them over, and handed over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask

from cxwiki.accounts import administering
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.notifications.models import Notice
from cxwiki.reviewing import finding, leaving
from cxwiki.reviewing.finding import Filters
from cxwiki.reviewing.models import Review
from cxwiki.subjects import Subject
from tests.conftest import Cast, SignIn
from tests.reviewing.conftest import Practice

ORPHANS = Filters(state=finding.ALL, without_owner=True)


@pytest.fixture
def leave(app: APIFlask, cast: Cast) -> Callable[[str], None]:
    def run(name: str) -> None:
        with app.app_context():
            administering.deactivate(cast.person(name), by=cast.person("admin"))

    return run


@pytest.fixture
def orphans(app: APIFlask, cast: Cast) -> Callable[[str], list[int]]:
    def run(name: str) -> list[int]:
        with app.app_context():
            found: list[Subject] = list(
                db.session.scalars(finding.query(ORPHANS, cast.person(name)))
            )
            return sorted(subject.id for subject in found)

    return run


def owner_of(app: APIFlask, number: int) -> int | None:
    with app.app_context():
        return db.session.query(Review.owner_id).filter_by(subject_id=number).scalar()


def test_pages_of_somebody_who_left_are_without_an_owner(
    practice: Practice, leave: Callable, orphans: Callable
) -> None:
    number, secret = practice(), practice("Only we", visibility="team")
    practice("Carol's own", by="carol")
    assert orphans("mia") == []
    leave("alice")
    assert orphans("mia") == [number], "what a team keeps to itself is not a manager's either"
    assert orphans("carol") == [number]
    assert orphans("bob") == [number, secret]


def test_a_team_page_of_an_owner_who_moved_away_is_without_an_owner(
    app: APIFlask, practice: Practice, orphans: Callable, cast: Cast
) -> None:
    from cxwiki.accounts import membership

    practice()
    secret = practice("Only we", visibility="team")
    with app.app_context():
        membership.remove_member(
            cast.team("service"), cast.person("alice"), by=cast.person("admin")
        )
    assert orphans("bob") == [secret]


class TestWhoIsTold:
    def test_the_leads_once_a_team_and_with_the_number(
        self, app: APIFlask, practice: Practice, leave: Callable, happened: Callable,
        lead: Callable, cast: Cast, work_off: Callable[[], int],
    ) -> None:  # fmt: skip
        lead("bob")
        first = practice()
        practice("Second", visibility="team")
        leave("alice")
        assert happened("review.owner_left") == [
            (first, {"person_id": cast.alice, "count": 2, "user_ids": [cast.bob]})
        ]
        work_off()
        with app.app_context():
            told = [n for n in db.session.query(Notice) if n.event.name == "review.owner_left"]
            assert [n.user_id for n in told] == [cast.bob]

    def test_without_leads_the_managers_hear_of_what_they_see(
        self, practice: Practice, leave: Callable, happened: Callable, cast: Cast
    ) -> None:
        practice("Secret", visibility="team")
        seen = practice()
        leave("alice")
        assert happened("review.owner_left") == [
            (seen, {"person_id": cast.alice, "count": 1, "user_ids": [cast.mia]})
        ]

    def test_what_only_the_team_sees_is_told_to_nobody_but_administrators(
        self, practice: Practice, leave: Callable, happened: Callable, cast: Cast
    ) -> None:
        practice("Secret", visibility="team")
        leave("alice")
        assert [data["user_ids"] for _subject, data in happened("review.owner_left")] == [
            [cast.admin]
        ]

    def test_who_owned_nothing_leaves_in_silence(
        self, practice: Practice, leave: Callable, happened: Callable
    ) -> None:
        practice()
        leave("carol")
        assert happened("review.owner_left") == []


class TestHandingOver:
    def test_many_at_once(
        self, app: APIFlask, practice: Practice, leave: Callable, cast: Cast
    ) -> None:
        numbers = [practice(str(number)) for number in range(3)]
        leave("alice")
        with app.app_context():
            report = leaving.hand_over(numbers, cast.person("bob"), cast.person("mia"))
        assert report.handed == numbers
        assert {owner_of(app, number) for number in numbers} == {cast.bob}

    def test_what_cannot_be_handed_over_says_why_and_spoils_nothing(
        self, app: APIFlask, practice: Practice, cast: Cast
    ) -> None:
        good, secret = practice(), practice("Secret", visibility="team")
        with app.app_context():
            numbers = [good, secret, 99_999]
            report = leaving.hand_over(numbers, cast.person("carol"), cast.person("alice"))
        assert report.handed == [good]
        assert [one.subject_id for one in report.refused] == [secret, 99_999]
        assert owner_of(app, secret) == cast.alice

    def test_a_hidden_page_looks_like_none(
        self, app: APIFlask, practice: Practice, cast: Cast
    ) -> None:
        secret = practice("Secret", visibility="team")
        with app.app_context():
            report = leaving.hand_over([secret, 99_999], cast.person("carol"), cast.person("carol"))
        hidden, missing = report.refused
        assert (hidden.subject, hidden.message) == (missing.subject, missing.message)

    def test_nobody_hands_over_what_others_own(
        self, app: APIFlask, practice: Practice, cast: Cast
    ) -> None:
        number = practice()
        with app.app_context():
            report = leaving.hand_over([number], cast.person("carol"), cast.person("carol"))
        assert not report.handed
        assert owner_of(app, number) == cast.alice

    @pytest.mark.parametrize("numbers", [[], list(range(1, 300)), [0, -1, 2**40]])
    def test_none_or_too_many_are_refused(
        self, app: APIFlask, cast: Cast, numbers: list[int]
    ) -> None:
        with app.app_context(), pytest.raises(DomainError):
            leaving.hand_over(numbers, cast.person("bob"), cast.person("mia"))

    def test_on_the_page(
        self, app: APIFlask, practice: Practice, leave: Callable, as_: SignIn, cast: Cast
    ) -> None:
        number = practice()
        leave("alice")
        page = as_("mia").get("/reviews/?owner=nobody&state=all").get_data(as_text=True)
        assert f'name="page" value="{number}"' in page
        answer = as_("mia").post("/reviews/handovers", data={"page": [number], "owner": cast.bob})
        assert answer.status_code == 303
        assert owner_of(app, number) == cast.bob

    def test_a_choice_that_makes_no_sense_is_answered_with_the_page(
        self, practice: Practice, as_: SignIn, cast: Cast
    ) -> None:
        practice()
        for data in (
            {},
            {"page": "x", "owner": cast.bob},
            {"page": "1", "owner": "99999"},
            {"page": ["1"] * 3, "owner": cast.rita},
            {"page": "99999999999999999999", "owner": cast.bob},
        ):
            assert as_("mia").post("/reviews/handovers", data=data).status_code == 422
