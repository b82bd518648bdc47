"""Pages say how they stand: on themselves, in lists, on the team's page, and in search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from apiflask import APIFlask

from cxwiki.database import db
from cxwiki.reviewing.models import Review, Verification
from cxwiki.search import indexing, service
from cxwiki.search.query.parsing import parse
from tests.conftest import Cast, SignIn
from tests.reviewing.conftest import Practice


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


class TestOnThePageItself:
    def test_an_overdue_page_says_so_before_its_text(self, practice: Practice, as_: SignIn) -> None:
        page = text(as_("carol"), f"/insights/{practice(due=-3)}")
        assert "It may no longer be true." in page
        assert "Review overdue" in page

    def test_an_outdated_page_says_what_is_wrong(self, practice: Practice, as_: SignIn) -> None:
        page = text(as_("carol"), f"/insights/{practice(outdated='The <form> is gone')}")
        assert "The &lt;form&gt; is gone" in page

    def test_a_page_that_holds_says_until_when_and_by_whom(
        self, practice: Practice, as_: SignIn
    ) -> None:
        page = text(as_("carol"), f"/insights/{practice()}")
        assert "Verified" in page
        assert "It may no longer be true." not in page

    def test_a_plain_insight_asks_for_nothing(self, practice: Practice, as_: SignIn) -> None:
        number = practice(kind="pain_point")
        assert "Name an owner and a date" in text(as_("alice"), f"/insights/{number}")
        assert "Up to date?" not in text(as_("rita"), f"/insights/{number}")

    def test_readers_see_no_buttons(self, practice: Practice, as_: SignIn) -> None:
        page = text(as_("rita"), f"/insights/{practice(due=-3)}")
        assert "verifications" not in page
        assert "Review overdue" in page


class TestOneClick:
    def test_still_true(self, practice: Practice, as_: SignIn, app: APIFlask) -> None:
        number = practice(due=-3)
        answer = as_("bob").post(f"/reviews/{number}/verifications", data={"note": "Checked"})
        assert (answer.status_code, answer.location) == (303, answer.location)
        with app.app_context():
            assert db.session.query(Verification).one().note == "Checked"
        assert "Checked" in text(as_("carol"), f"/reviews/{number}")

    def test_it_leads_back_to_the_list_where_it_was_clicked(
        self, practice: Practice, as_: SignIn
    ) -> None:
        number = practice(due=-3)
        url = f"/reviews/{number}/verifications"
        answer = as_("bob").post(url, data={"next": "/reviews/?team=2"})
        assert answer.location == "/reviews/?team=2"
        answer = as_("bob").post(url, data={"next": "https://elsewhere.example"})
        assert answer.location.startswith("/insights/")

    def test_outdated_with_a_reason(self, practice: Practice, as_: SignIn) -> None:
        number = practice()
        assert as_("bob").post(f"/reviews/{number}/doubts", data={"why": ""}).status_code == 422
        answer = as_("bob").post(f"/reviews/{number}/doubts", data={"why": "Gone"})
        assert answer.status_code == 303
        again = as_("bob").post(f"/reviews/{number}/doubts", data={"why": "Again"})
        assert again.status_code == 409

    def test_owner_and_date(
        self, practice: Practice, as_: SignIn, cast: Cast, review: Callable, today: date
    ) -> None:
        number = practice(kind="pain_point")
        url = f"/reviews/{number}"
        day = today + timedelta(days=100)
        data = {"owner": cast.bob, "months": 6, "review_on": day.isoformat()}
        assert as_("alice").post(url, data=data).status_code == 303
        assert (review(number).owner_id, review(number).review_on) == (cast.bob, day)
        data = {"owner": "", "months": "", "review_on": ""}
        assert as_("alice").post(url, data=data).status_code == 303
        assert (review(number).owner_id, review(number).review_on) == (None, None)

    @pytest.mark.parametrize(
        "data",
        [
            {"owner": "x", "months": 6},
            {"months": "0.5"},
            {"months": 7},
            {"owner": "", "months": 6, "review_on": "1999-01-01"},
            {"owner": "", "months": 6, "review_on": "9999-01-01"},
            {"owner": "999999999999999999999", "months": 6},
        ],
    )
    def test_what_makes_no_sense_is_answered_with_the_form(
        self, practice: Practice, as_: SignIn, data: dict[str, object]
    ) -> None:
        assert as_("alice").post(f"/reviews/{practice()}", data=data).status_code == 422


class TestWhoMay:
    @pytest.mark.parametrize(
        ("name", "status"), [("carol", 404), ("mia", 404), ("rita", 404), ("eve", 302)]
    )
    def test_a_teams_page_does_not_exist_for_others(
        self, practice: Practice, as_: SignIn, name: str, status: int
    ) -> None:
        number = practice(visibility="team")
        assert as_(name).get(f"/reviews/{number}").status_code == status
        for part in ("", "/verifications", "/doubts"):
            answer = as_(name).post(f"/reviews/{number}{part}", data={"why": "x"})
            assert answer.status_code in (status, 403), part

    @pytest.mark.parametrize("name", ["rita", "dave"])
    def test_readers_and_sponsors_change_nothing(
        self, practice: Practice, as_: SignIn, name: str, app: APIFlask
    ) -> None:
        number = practice()
        for part in ("", "/verifications", "/doubts"):
            answer = as_(name).post(f"/reviews/{number}{part}", data={"why": "x"})
            assert answer.status_code == 403
        with app.app_context():
            assert db.session.query(Verification).count() == 0

    def test_what_cannot_be_reviewed_has_no_such_page(self, as_: SignIn, app: APIFlask) -> None:
        assert as_("alice").get("/reviews/12345").status_code == 404
        with app.app_context():
            from cxwiki.database import transaction
            from cxwiki.kpis.models import Kpi

            with transaction():
                kpi = Kpi(title="NPS", unit="", direction="higher", statistic="mean", team_id=1)
                db.session.add(kpi)
                db.session.flush()
                number = kpi.id
        assert as_("alice").get(f"/reviews/{number}").status_code == 404


class TestLists:
    def test_the_most_urgent_first(self, practice: Practice, as_: SignIn) -> None:
        for title, due in (("Later", 5), ("Long overdue", -50), ("Overdue", -2), ("Fine", 90)):
            practice(title, due=due)
        practice("Wrong", due=90, outdated="x")
        page = text(as_("carol"), "/reviews/")
        places = [
            page.index(f">{title}<") for title in ("Wrong", "Long overdue", "Overdue", "Later")
        ]
        assert places == sorted(places)
        assert ">Fine<" not in page
        assert ">Fine<" in text(as_("carol"), "/reviews/?state=verified")

    def test_filters_that_make_no_sense_do_not_narrow(
        self, practice: Practice, as_: SignIn
    ) -> None:
        practice("Late", due=-2)
        for address in ("state=x", "team=abc", "owner=-1", "owner=99999999999999", "page=0"):
            assert ">Late<" in text(as_("carol"), f"/reviews/?{address}")

    def test_no_list_and_no_count_names_what_a_team_keeps_to_itself(
        self, practice: Practice, as_: SignIn, cast: Cast
    ) -> None:
        practice("Hidden practice", due=-2, visibility="team")
        for path in ("/reviews/", f"/teams/{cast.service}", "/reviews/?state=all&owner=1"):
            page = text(as_("carol"), path)
            assert "Hidden practice" not in page
            assert "1 page" not in page
        assert "Hidden practice" in text(as_("bob"), f"/teams/{cast.service}")

    def test_the_list_of_insights_says_what_is_overdue(
        self, practice: Practice, as_: SignIn
    ) -> None:
        practice("Fine")
        assert "Review overdue" not in text(as_("carol"), "/insights/")
        practice("Late", due=-2)
        assert "Review overdue" in text(as_("carol"), "/insights/")

    def test_the_administrator_sees_what_somebody_looks_after(
        self, practice: Practice, as_: SignIn, cast: Cast
    ) -> None:
        practice()
        assert "Looks after" in text(as_("admin"), f"/administration/people/{cast.alice}")
        assert "Looks after" not in text(as_("admin"), f"/administration/people/{cast.bob}")


class TestSearch:
    @pytest.fixture(autouse=True)
    def texts(self, app: APIFlask, practice: Practice) -> dict[str, int]:
        found = {
            "fine": practice("Callback fine"),
            "due": practice("Callback due", due=3),
            "overdue": practice("Callback overdue", due=-3),
            "outdated": practice("Callback outdated", outdated="Gone"),
            "plain": practice("Callback plain", kind="pain_point"),
            "hidden": practice("Callback hidden", due=-3, visibility="team"),
        }
        with app.app_context():
            indexing.rebuild_keyword()
        return found

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("is:due", {"due", "overdue"}),
            ("ist:fällig", {"due", "overdue"}),
            ("is:overdue", {"overdue"}),
            ("ist:veraltet", {"outdated"}),
            ("is:verified", {"fine"}),
            ("callback is:outdated", {"outdated"}),
        ],
    )
    def test_states_are_operators(
        self, app: APIFlask, texts: dict[str, int], cast: Cast, query: str, names: set[str]
    ) -> None:
        with app.test_request_context():
            results = service.search(query, cast.person("carol"))
            assert {found.subject.id for found in results.items} == {texts[n] for n in names}

    def test_an_unknown_state_is_a_word(self, context: APIFlask) -> None:
        assert parse("is:rotten").filters.ids is None

    def test_hits_say_what_is_overdue(self, as_: SignIn) -> None:
        page = text(as_("carol"), "/search?q=callback")
        assert page.count("Review overdue") == 1
        assert page.count("Outdated") >= 1
        assert "Callback hidden" not in page


def test_the_form_never_loses_an_owner_who_left(
    app: APIFlask, practice: Practice, as_: SignIn, cast: Cast
) -> None:
    from cxwiki.accounts import administering

    number = practice()
    with app.app_context():
        administering.deactivate(cast.person("alice"), by=cast.person("admin"))
    page = text(as_("mia"), f"/reviews/{number}")
    assert f'<option selected value="{cast.alice}">' in page
    data = {"owner": cast.alice, "months": 24, "review_on": ""}
    assert as_("mia").post(f"/reviews/{number}", data=data).status_code == 303
    with app.app_context():
        found = db.session.get(Review, number)
        assert found is not None
        assert (found.months, found.owner_id) == (24, cast.alice)


def test_an_outdated_page_names_who_said_so_and_can_be_true_again(
    practice: Practice, as_: SignIn
) -> None:
    number = practice()
    as_("carol").post(f"/reviews/{number}/doubts", data={"why": "The form is gone"})
    page = text(as_("bob"), f"/insights/{number}")
    assert "Carol said: The form is gone" in page
    assert "True again" in page
    assert "No longer true?" not in page
