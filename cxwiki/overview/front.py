"""What a person sees first: their work, what moved in what they watch, themes across teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import lazyload, selectinload

from cxwiki import access, wording
from cxwiki.accounts.models import RoleName
from cxwiki.actions.history import Told, seen_by, tell
from cxwiki.actions.models import Action
from cxwiki.actions.models import Status as ActionStatus
from cxwiki.database import db, utcnow
from cxwiki.discussion.models import Watch
from cxwiki.events import Event
from cxwiki.insights import voting
from cxwiki.insights.models import Evidence, Insight
from cxwiki.overview import sponsor
from cxwiki.pages import glossary, tree
from cxwiki.pages.tree import Branch
from cxwiki.projects.models import Project, Stage
from cxwiki.reviewing import finding
from cxwiki.subjects import Subject
from cxwiki.themes import counting
from cxwiki.themes import service as themes
from cxwiki.themes.models import Theme, ThemeMember

LATELY = timedelta(days=14)
OPEN = (ActionStatus.PROPOSED, ActionStatus.ACCEPTED, ActionStatus.IN_PROGRESS)


@dataclass(frozen=True)
class Spread:
    """A theme with customers' words that stand for it."""

    theme: Theme
    quotes: Sequence[Evidence]


def page_for(person: Any, show: str = "") -> tuple[str, dict[str, Any]]:
    """The template and content of the person's first page: sponsors begin with their decisions."""
    if person.role == RoleName.SPONSOR:
        return "overview/sponsor.html", sponsor_page(person, show)
    return "overview/home.html", gather(person)


def gather(person: Any) -> dict[str, Any]:
    """Everything on the home page."""
    growing = db.session.scalars(themes.query("growth", person).limit(4)).all()
    latest = db.session.scalars(
        access.visible(Insight, person)
        .order_by(Insight.created_at.desc(), Insight.id.desc())
        .limit(6)
    ).all()
    return {
        "work": my_work(person),
        "watched": watched(person),
        "growing": growing,
        "growth": counting.growth([theme.id for theme in growing]),
        "latest": latest,
        "reached": voting.reached_teams(latest),
        "guides": guides(person),
        "terms": glossary.count(person),
        "reviews": reviews_waiting(person),
        "decisions": decisions_waiting(person),
    }


def sponsor_page(person: Any, show: str = "") -> dict[str, Any]:
    """Everything on the sponsor's page; `show` is the tab: all, poc, project or over."""
    return {
        "overview": sponsor.overview_for(person, show),
        "decisions": decisions_waiting(person),
        "spreads": widest(person),
    }


def my_work(person: Any, limit: int = 8) -> Sequence[Action]:
    """The person's open actions, the most urgent first."""
    query = access.visible(Action, person).where(
        Action.owner_id == person.id, Action.status.in_(OPEN)
    )
    return db.session.scalars(
        query.order_by(Action.due_on.is_(None), Action.due_on, Action.id).limit(limit)
    ).all()


def reviews_waiting(person: Any) -> int:
    """How many pages that the person looks after are due, overdue or outdated."""
    mine = finding.query(finding.Filters(owner=person.id), person).order_by(None)
    return db.session.scalar(mine.with_only_columns(func.count(Subject.id))) or 0


def guides(person: Any, limit: int = 3) -> list[Branch]:
    """The first guides of the wiki, with how much stands below each."""
    tops = db.session.scalars(tree.tops(person).limit(limit).options(lazyload("*"))).all()
    return tree.branches(tops, person, most=0)


def watched(person: Any, limit: int = 10) -> Sequence[Told]:
    """What others lately did to what the person watches; of each subject the latest."""
    mine = select(Watch.subject_id).where(Watch.user_id == person.id, Watch.muted.is_(False))
    latest = (
        select(func.max(Event.id))
        .join(Subject, Subject.id == Event.subject_id)
        .where(
            Event.subject_id.in_(mine),
            Event.at >= utcnow() - LATELY,
            Event.actor_id.is_not(None),
            Event.actor_id != person.id,
            Event.name.in_(wording.names()),
            Subject.archived_at.is_(None),
            access.visible_to(person),
        )
        .group_by(Event.subject_id)
    )
    query = select(Event).where(Event.id.in_(latest)).order_by(Event.id.desc())
    happened = db.session.scalars(query.limit(limit * 3)).all()
    return tell(seen_by(happened, person)[:limit])


def decisions_waiting(person: Any) -> Sequence[Project]:
    """Proofs of concept at whose gate this person decides, the earliest due first."""
    query = access.visible(Project, person).where(
        Project.is_poc,
        Project.sponsor_id == person.id,
        or_(
            Project.stage == Stage.DECISION,
            and_(Project.stage == Stage.IDEA, Project.asked_at.is_not(None)),
        ),
    )
    return db.session.scalars(
        query.order_by(Project.decision_due_on.is_(None), Project.decision_due_on, Project.id)
    ).all()


def widest(person: Any, limit: int = 3) -> list[Spread]:
    """The themes that most silos share, in customers' words."""
    query = themes.query("spread", person).limit(limit).options(lazyload("*"))
    found = db.session.scalars(query).all()
    return [Spread(theme, _quotes(theme, person)) for theme in found]


def _quotes(theme: Theme, person: Any) -> Sequence[Evidence]:
    seen = (
        access.visible(Insight, person)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(ThemeMember.theme_id == theme.id)
        .with_only_columns(Insight.id)
    )
    query = select(Evidence).where(Evidence.insight_id.in_(seen)).order_by(Evidence.id.desc())
    with_insight = selectinload(Evidence.insight).lazyload("*")
    return db.session.scalars(query.limit(2).options(with_insight)).all()
