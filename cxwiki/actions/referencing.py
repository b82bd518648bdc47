"""Saying that a running project works on something already, instead of making new work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, or_, select
from sqlalchemy.orm import selectinload

from cxwiki import access, concern, wording
from cxwiki.accounts.models import User
from cxwiki.actions import audience
from cxwiki.actions.models import Action, ActionInsight
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import Event
from cxwiki.insights import contributing
from cxwiki.insights.models import Insight
from cxwiki.projects import links
from cxwiki.projects.models import Project, ProjectInsight, ProjectTheme, Stage
from cxwiki.themes.models import Theme, ThemeMember

UNDER_WAY = (Stage.IDEA, Stage.RUNNING, Stage.DECISION)
OFFERED = 8


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see solved: insights, and perhaps a theme."""

    insight_ids: tuple[int, ...] = ()
    theme_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that a project could work on."""
        return not self.insight_ids and self.theme_id is None


def offered(wish: Wish, words: str, person: Any) -> Sequence[Project]:
    """Projects under way that the person sees, all words in the title.

    First those that touch the same insights or theme already, by a link or by an action.
    """
    wish = _possible(wish)
    themes = select(ThemeMember.theme_id).where(ThemeMember.insight_id.in_(wish.insight_ids))
    aimed_at = [wish.theme_id] if wish.theme_id is not None else []
    near = or_(
        Project.id.in_(
            select(ProjectInsight.project_id).where(ProjectInsight.insight_id.in_(wish.insight_ids))
        ),
        Project.id.in_(
            select(ProjectTheme.project_id).where(
                or_(ProjectTheme.theme_id.in_(aimed_at), ProjectTheme.theme_id.in_(themes))
            )
        ),
        Project.id.in_(_seen_actions(wish, person)),
    )
    query = access.visible(Project, person).where(Project.stage.in_(UNDER_WAY))
    for word in words.split()[:8]:
        query = query.where(Project.title.icontains(word, autoescape=True))
    order = (case((near, 0), else_=1), Project.updated_at.desc(), Project.id.desc())
    return db.session.scalars(query.order_by(*order).limit(OFFERED)).all()


@command
def reference(project: Project, wish: Wish, by: User) -> None:
    """Link the insights and the theme with the project. Twice changes nothing.

    Raises DomainError if the project is over, or if `by` does not see one of them.
    """
    if project.stage not in UNDER_WAY:
        raise DomainError(_("This project is over. Choose one that is under way."), "project")
    ends = [
        *audience.seen(Insight, wish.insight_ids, by, "insights"),
        *audience.seen(Theme, [wish.theme_id], by, "theme_id"),
    ]
    for end in ends:
        links.link(project, end, by)


def contributors(event: Event) -> Iterable[int]:
    """Who contributed to an insight that a project took up, as far as they see it."""
    insight = db.session.get(Insight, event.data.get("insight_id", 0))
    if insight is None:
        return []
    ids = contributing.contributors([insight.id])[insight.id]
    query = select(User).where(User.id.in_(ids)).options(selectinload(User.memberships))
    return [person.id for person in db.session.scalars(query) if access.sees(person, insight)]


def connect() -> None:
    """Tell those who brought an insight forward that a project takes it up."""
    concern.register("project.insight_linked", contributors, alone=True)
    if not wording.knows("project.insight_linked"):
        wording.register("project.insight_linked", lambda _event: _("took up an insight"))


def _possible(wish: Wish) -> Wish:
    """Without numbers that no record can have: those cannot be looked for."""
    theme_id = wish.theme_id if wish.theme_id is not None and access.is_id(wish.theme_id) else None
    return Wish(tuple(filter(access.is_id, wish.insight_ids)), theme_id)


def _seen_actions(wish: Wish, person: Any) -> Any:
    """Projects of actions that come from the same insights or aim at the same theme."""
    linked = select(ActionInsight.action_id).where(ActionInsight.insight_id.in_(wish.insight_ids))
    aimed_at = [wish.theme_id] if wish.theme_id is not None else []
    return select(Action.project_id).where(
        access.visible_to(person, Action),
        Action.project_id.is_not(None),
        or_(Action.id.in_(linked), Action.theme_id.in_(aimed_at)),
    )
