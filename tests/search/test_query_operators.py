"""Operators that ask the site: teams, people, flags, what is mine."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from apiflask import APIFlask

from cxwiki.accounts.models import Team
from cxwiki.database import db, transaction
from cxwiki.search.documents import Filters
from cxwiki.search.query.parsing import parse
from tests.conftest import Cast


@pytest.fixture(autouse=True)
def field_service(context: APIFlask, cast: Cast) -> int:
    with transaction():
        team = Team(name="Field service")
        db.session.add(team)
        db.session.flush()
        return team.id


class TestTeams:
    @pytest.mark.parametrize("text", ["team:billing", "team:BILL", 'team:"Billing"'])
    def test_a_team_is_found_by_its_name_or_an_only_beginning(self, cast: Cast, text: str) -> None:
        assert parse(text).filters == Filters(team_ids=frozenset({cast.billing}))

    def test_a_name_of_several_words_stands_in_quotation_marks(self, field_service: int) -> None:
        query = parse('team:"field service" Rechnung')
        assert query.filters.team_ids == {field_service}
        assert query.text == "Rechnung"

    def test_an_exact_name_comes_before_those_that_begin_so(self, cast: Cast) -> None:
        with transaction():
            db.session.add(Team(name="Billing North"))
        assert parse("team:billing").filters.team_ids == {cast.billing}

    def test_a_beginning_of_several_names_says_nothing(self, cast: Cast) -> None:
        with transaction():
            db.session.add(Team(name="Billings"))
        assert parse("team:bill").filters == Filters()

    def test_the_built_in_team_has_its_name_in_both_languages(self) -> None:
        assert parse("team:company").filters.team_ids == {1}


class TestPeople:
    def test_an_author_is_found_by_name(self, cast: Cast) -> None:
        name = cast.person("carol").name
        assert parse(f'author:"{name}"').filters.author_ids == {cast.carol}
        assert parse(f"autor:{name.split()[0].lower()}").filters.author_ids == {cast.carol}

    def test_i_am_an_author_too(self, cast: Cast) -> None:
        assert parse("author:me", cast.person("alice")).filters.author_ids == {cast.alice}

    def test_nobody_is_found_by_an_address(self, cast: Cast) -> None:
        assert parse(f"author:{cast.person('carol').email}").filters == Filters()


class TestMine:
    @pytest.mark.parametrize("text", ["is:mine", "mine", "ist:meine", "mine kind:pain_point"])
    def test_only_mine(self, cast: Cast, text: str) -> None:
        assert parse(text, cast.person("alice")).filters.ids == frozenset()

    @pytest.mark.parametrize("text", ["Mine", '"mine"', "mine craft", "coal mine"])
    def test_beside_words_or_as_a_word_it_is_one(self, cast: Cast, text: str) -> None:
        query = parse(text, cast.person("alice"))
        assert query.filters.ids is None
        assert "mine" in [word.surface for word in query.words]


class TestFlags:
    def test_an_unknown_flag_is_a_word(self, cast: Cast) -> None:
        assert parse("is:purple", cast.person("alice")).filters == Filters()

    def test_two_flags_narrow(self, cast: Cast) -> None:
        query = parse("is:mine is:mine", cast.person("alice"))
        assert query.filters.ids == frozenset()


class TestLanguages:
    @pytest.mark.parametrize(
        ("text", "filters"),
        [
            ("art:Schmerzpunkt", Filters(kinds=frozenset({"pain_point"}))),
            ('art:"Best Practice"', Filters(kinds=frozenset({"best_practice"}))),
            ("typ:Erkenntnis", Filters(types=frozenset({"insight"}))),
            ("kanal:Telefon", Filters(channels=frozenset({"phone"}))),
            ("status:Aufgegriffen", Filters(statuses=frozenset({"in_action"}))),
            ('status:"in action"', Filters(statuses=frozenset({"in_action"}))),
        ],
    )
    def test_values_are_called_as_people_read_them(self, text: str, filters: Filters) -> None:
        assert parse(text).filters == filters

    def test_a_day_begins_in_the_time_zone_of_the_site(self) -> None:
        assert parse("after:2026-07-01").filters.created_from == datetime(
            2026, 6, 30, 22, tzinfo=UTC
        )
