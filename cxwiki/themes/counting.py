"""How big a theme is, how many silos it spans, how it grows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import func, select, union

from cxwiki.accounts.models import Team
from cxwiki.database import db, utcnow
from cxwiki.insights.models import Insight, Vote
from cxwiki.subjects import Subject, Visibility
from cxwiki.themes.models import Theme, ThemeMember

LATELY = timedelta(days=28)
WEEKS = 12


def recount(theme_ids: Iterable[int]) -> None:
    """Count anew the company-visible members and the silos of their authors and voters.

    Who wrote what was merged into a member counts like its voters.
    """
    ids = list(theme_ids)
    members = (
        select(ThemeMember.theme_id, Insight.id, Insight.team_id)
        .join(Insight, Insight.id == ThemeMember.insight_id)
        .where(
            ThemeMember.theme_id.in_(ids),
            Insight.archived_at.is_(None),
            Insight.visibility == Visibility.COMPANY,
        )
        .subquery()
    )
    sizes: dict[int, int] = dict(
        db.session.execute(select(members.c.theme_id, func.count()).group_by(members.c.theme_id))
        .tuples()
        .all()
    )
    voices = union(
        select(members.c.theme_id, members.c.team_id),
        select(members.c.theme_id, Vote.team_id).join(Vote, Vote.insight_id == members.c.id),
        select(members.c.theme_id, Subject.team_id)
        .join(Subject, Subject.merged_into_id == members.c.id)
        .where(Subject.visibility == Visibility.COMPANY),
    ).subquery()
    spreads: dict[int, int] = dict(
        db.session.execute(
            select(voices.c.theme_id, func.count(func.distinct(Team.id)))
            .join(Team, Team.id == voices.c.team_id)
            .where(Team.counts_as_silo)
            .group_by(voices.c.theme_id)
        )
        .tuples()
        .all()
    )
    for theme in db.session.scalars(select(Theme).where(Theme.id.in_(ids))):
        theme.size, theme.silo_spread = sizes.get(theme.id, 0), spreads.get(theme.id, 0)


def growth(theme_ids: Sequence[int]) -> dict[int, int]:
    """How many company-visible members each theme won in the last four weeks."""
    query = (
        select(ThemeMember.theme_id, func.count())
        .join(Insight, Insight.id == ThemeMember.insight_id)
        .where(
            ThemeMember.theme_id.in_(theme_ids),
            Insight.archived_at.is_(None),
            Insight.visibility == Visibility.COMPANY,
            Insight.created_at >= utcnow() - LATELY,
        )
        .group_by(ThemeMember.theme_id)
    )
    return dict(db.session.execute(query).tuples().all())


def trend(theme: Theme) -> list[int]:
    """New company-visible members by week over the last twelve weeks, the oldest first."""
    weeks, now = [0] * WEEKS, utcnow()
    moments = db.session.scalars(
        select(Insight.created_at)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(
            ThemeMember.theme_id == theme.id,
            Insight.archived_at.is_(None),
            Insight.visibility == Visibility.COMPANY,
            Insight.created_at >= now - timedelta(weeks=WEEKS),
        )
    )
    for moment in moments:
        weeks[WEEKS - 1 - min(WEEKS - 1, max(0, (now - moment).days // 7))] += 1
    return weeks
