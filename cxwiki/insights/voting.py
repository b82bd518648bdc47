"""Votes: once a person, counted by team, because reach across silos is what matters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select, union

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Why
from cxwiki.events import record
from cxwiki.insights.models import Insight, Vote
from cxwiki.subjects import Subject, Visibility


@command
def cast(insight: Insight, by: User) -> None:
    """Say that it affects the person's team too. A second time changes nothing.

    If it was merged into another one in this moment, the vote is for that one.
    """
    db.session.refresh(insight, with_for_update=True)
    if insight.merged_into_id is not None:
        survivor = db.session.get_one(Insight, insight.merged_into_id)
        if access.sees(by, survivor):
            cast(survivor, by)
        return
    if db.session.get(Vote, (insight.id, by.id)) is not None:
        return
    db.session.add(Vote(insight=insight, user_id=by.id, team_id=by.home_team_id))
    discussion.watch(insight, by, Why.VOTED)
    recount(insight)
    record("insight.voted", insight, by=by, team_id=by.home_team_id)


@command
def withdraw(insight: Insight, by: User) -> None:
    """Take one's vote back."""
    db.session.refresh(insight, with_for_update=True)
    vote = db.session.get(Vote, (insight.id, by.id))
    if vote is None:
        return
    insight.votes.remove(vote)
    recount(insight)
    record("insight.vote_withdrawn", insight, by=by)


def recount(insight: Insight) -> None:
    """Write down how many votes the insight has and how many silos it reaches."""
    db.session.flush()
    insight.votes_count = (
        db.session.scalar(
            select(func.count()).select_from(Vote).where(Vote.insight_id == insight.id)
        )
        or 0
    )
    insight.reach = len(reached_teams([insight])[insight.id])


def has_voted(insight: Insight, person: User) -> bool:
    """Whether the person said that it affects their team too."""
    return db.session.get(Vote, (insight.id, person.id)) is not None


def voices(insight: Insight) -> list[tuple[Team, int]]:
    """The silos that an insight reaches, with their votes: its own first."""
    votes = dict(
        db.session.execute(
            select(Vote.team_id, func.count())
            .where(Vote.insight_id == insight.id)
            .group_by(Vote.team_id)
        )
        .tuples()
        .all()
    )
    return [(team, votes.get(team.id, 0)) for team in reached_teams([insight])[insight.id]]


def reached_teams(insights: Sequence[Insight]) -> dict[int, list[Team]]:
    """The silos that each insight reaches: its own first, then those that voted for it.

    Those whose insights were merged into it count like voters.
    """
    ids = [insight.id for insight in insights]
    votes = select(Vote.insight_id, Vote.team_id).where(Vote.insight_id.in_(ids))
    merged = select(Subject.merged_into_id, Subject.team_id).where(
        Subject.merged_into_id.in_(ids), Subject.visibility == Visibility.COMPANY
    )
    sharing = union(votes, merged).subquery()
    voters = db.session.execute(
        select(sharing.c.insight_id, Team)
        .join(Team, Team.id == sharing.c.team_id)
        .where(Team.counts_as_silo)
        .order_by(sharing.c.insight_id, Team.name)
    )
    teams: dict[int, list[Team]] = defaultdict(list)
    for insight in insights:
        teams[insight.id] = [insight.team] if insight.team.counts_as_silo else []
    for insight_id, team in voters:
        if team not in teams[insight_id]:
            teams[insight_id].append(team)
    return teams
