"""Votes: once a person, counted by team, and how far an insight reaches."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.discussion.service import is_watching
from cxwiki.events import Event
from cxwiki.insights import service, voting
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft, current_draft
from tests.conftest import Cast


@pytest.fixture
def trouble(context: APIFlask, cast: Cast) -> Insight:
    """Alice's insight, which is of Service."""
    return service.publish(Draft("Trouble"), cast.team("service"), cast.person("alice"))


def names_of_events() -> list[str]:
    return list(db.session.scalars(select(Event.name).order_by(Event.id)))


def test_before_anybody_votes_it_reaches_its_own_team(trouble: Insight) -> None:
    assert (trouble.votes_count, trouble.reach) == (0, 1)
    assert [(team.name, votes) for team, votes in voting.voices(trouble)] == [("Service", 0)]


def test_a_vote_counts_once_a_person(trouble: Insight, cast: Cast) -> None:
    for _time in range(3):
        voting.cast(trouble, by=cast.person("bob"))
    assert (trouble.votes_count, trouble.reach) == (1, 1)
    assert names_of_events().count("insight.voted") == 1
    assert is_watching(trouble, cast.person("bob"))


def test_reach_is_its_own_team_and_those_of_the_voters(trouble: Insight, cast: Cast) -> None:
    for name in ("bob", "carol", "alice"):
        voting.cast(trouble, by=cast.person(name))
    assert (trouble.votes_count, trouble.reach) == (3, 2)
    voices = [(team.name, votes) for team, votes in voting.voices(trouble)]
    assert voices == [("Service", 2), ("Billing", 1)]


def test_the_company_is_no_silo(trouble: Insight, cast: Cast) -> None:
    voting.cast(trouble, by=cast.person("mia"))
    assert (trouble.votes_count, trouble.reach) == (1, 1)
    mia = cast.person("mia")
    everybodys = service.publish(Draft("Everybody's"), mia.home_team, mia)
    assert everybodys.reach == 0
    voting.cast(everybodys, by=cast.person("carol"))
    assert everybodys.reach == 1
    assert [team.name for team, _votes in voting.voices(everybodys)] == ["Billing"]


def test_a_vote_can_be_taken_back(trouble: Insight, cast: Cast) -> None:
    carol = cast.person("carol")
    voting.cast(trouble, by=carol)
    voting.withdraw(trouble, by=carol)
    voting.withdraw(trouble, by=carol)
    assert (trouble.votes_count, trouble.reach) == (0, 1)
    assert not voting.has_voted(trouble, carol)
    assert names_of_events().count("insight.vote_withdrawn") == 1


def test_a_vote_stays_with_the_team_for_which_it_was_cast(trouble: Insight, cast: Cast) -> None:
    carol = cast.person("carol")
    voting.cast(trouble, by=carol)
    carol.home_team_id = cast.service
    db.session.commit()
    voting.cast(trouble, by=cast.person("bob"))
    assert trouble.reach == 2


@pytest.mark.parametrize(("team", "reach"), [("billing", 1), ("service", 2)])
def test_reach_follows_when_an_insight_moves_to_another_team(
    trouble: Insight, cast: Cast, team: str, reach: int
) -> None:
    voting.cast(trouble, by=cast.person("carol"))
    draft = Draft(**{**current_draft(trouble).__dict__, "body": "More"})
    service.revise(trouble, draft, cast.person("mia"), 1, team=cast.team(team))
    assert trouble.reach == reach == len(voting.voices(trouble))


def test_many_insights_are_counted_at_once(trouble: Insight, cast: Cast) -> None:
    other = service.publish(Draft("Other"), cast.team("billing"), cast.person("carol"))
    voting.cast(trouble, by=cast.person("carol"))
    reached = voting.reached_teams([trouble, other])
    assert {key: [team.name for team in teams] for key, teams in reached.items()} == {
        trouble.id: ["Service", "Billing"],
        other.id: ["Billing"],
    }
    assert voting.reached_teams([]) == {}
