"""The list and the board: their filters live in the address and are said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select, select

from cxwiki import access, i18n
from cxwiki.accounts.models import Team, User
from cxwiki.actions import labels, progress, reading, stalled
from cxwiki.actions.models import Action, Priority, Status
from cxwiki.actions.progress import FINISHED
from cxwiki.database import db
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme
from cxwiki.themes.service import label as theme_label

S = TypeVar("S", bound=Subject)
UNFINISHED = "unfinished"
LANES = tuple(labels.LANE_PHRASES)
SORTS: dict[str, tuple[Any, ...]] = {
    "due": (Action.due_on.is_(None), Action.due_on, reading.URGENCY, Action.id),
    "priority": (reading.URGENCY, Action.due_on.is_(None), Action.due_on, Action.id),
    "newest": (Action.created_at.desc(), Action.id.desc()),
    "changed": (Action.updated_at.desc(), Action.id.desc()),
    "status": reading.WORK_ORDER,
    "score": reading.WORK_ORDER,  # list_page.py puts the scores above it
}


@dataclass(frozen=True)
class Filters:
    """What to list. Empty means everything that the reader may see.

    `mine` and `ours` follow the reader: a view with them means something else to everybody.
    `lanes` says by what the board is cut into lanes.
    """

    status: str | None = None
    owner: int | None = None
    team: int | None = None
    project: int | None = None
    theme: int | None = None
    priority: str | None = None
    overdue: bool = False
    stalled: bool = False
    mine: bool = False
    ours: bool = False
    archived: bool = False
    sort: str = "status"
    lanes: str | None = None

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self != Filters(sort=self.sort, lanes=self.lanes)

    def as_args(self, **other: Any) -> dict[str, Any]:
        """What an address must carry to mean these filters, with some of them changed."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__} | other
        if values["sort"] == "status":
            values["sort"] = None
        return {
            name: 1 if value is True else value
            for name, value in values.items()
            if value not in (None, False)
        }


def read(args: Mapping[str, str]) -> Filters:
    """Read the filters from an address; what makes no sense is ignored."""

    def one_of(name: str, allowed: Any) -> str | None:
        value = args.get(name, "")
        return value if value in {str(entry) for entry in allowed} else None

    def whole(name: str) -> int | None:
        return access.number_in(args.get(name, ""))

    return Filters(
        status=one_of("status", [*Status, UNFINISHED]),
        owner=whole("owner"),
        team=whole("team"),
        project=whole("project"),
        theme=whole("theme"),
        priority=one_of("priority", Priority),
        overdue=args.get("overdue") == "1",
        stalled=args.get("stalled") == "1",
        mine=args.get("mine") == "1",
        ours=args.get("ours") == "1",
        archived=args.get("archived") == "1",
        sort=one_of("sort", SORTS) or "status",
        lanes=one_of("lanes", LANES),
    )


def select_actions(filters: Filters, person: Any = None) -> Select[Action]:
    """Build the select without an order; it begins with what the person may see."""
    person = person or current_user
    found = access.visible(Action, person, archived=filters.archived)
    if filters.status == UNFINISHED:
        found = found.where(Action.status.not_in(FINISHED))
    elif filters.status:
        found = found.where(Action.status == filters.status)
    if filters.owner:
        found = found.where(Action.owner_id == filters.owner)
    if filters.mine:
        found = found.where(Action.owner_id == person.id)
    if filters.team:
        found = found.where(Action.team_id == filters.team)
    if filters.ours:
        found = found.where(Action.team_id.in_(person.team_ids))
    if filters.project:
        # Who does not see the project is not told what belongs to it.
        seen = select(Project.id).where(access.visible_to(person, Project))
        found = found.where(Action.project_id == filters.project, Action.project_id.in_(seen))
    if filters.theme:
        known = select(Theme.id).where(access.visible_to(person, Theme))
        found = found.where(Action.theme_id == filters.theme, Action.theme_id.in_(known))
    if filters.priority:
        found = found.where(Action.priority == filters.priority)
    if filters.overdue:
        found = found.where(progress.overdue())
    if filters.stalled:
        found = found.where(stalled.stalled())
    return found


def query(filters: Filters, person: Any = None) -> Select[Action]:
    """Build the select of the list; its order is total."""
    return select_actions(filters, person).order_by(*SORTS[filters.sort])


def in_words(filters: Filters) -> str:
    """Say what is listed: "My actions of Service, in progress, urgent, overdue"."""
    parts = [_what(filters)]
    if filters.status == UNFINISHED:
        parts.append(_("unfinished"))
    elif filters.status:
        parts.append(i18n.in_sentence(labels.STATUSES[Status(filters.status)]))
    if filters.priority:
        parts.append(str(labels.PRIORITY_PHRASES[Priority(filters.priority)]))
    if filters.owner and (owner := db.session.get(User, filters.owner)):
        parts.append(_("owned by %(name)s", name=owner.name))
    if project := _seen(Project, filters.project):
        parts.append(_("in the project “%(title)s”", title=project.title))
    if theme := _seen(Theme, filters.theme):
        parts.append(_("for the theme “%(title)s”", title=theme_label(theme)))
    if filters.overdue:
        parts.append(_("overdue"))
    if filters.stalled:
        parts.append(_("stalled"))
    if filters.lanes:
        parts.append(str(labels.LANE_PHRASES[filters.lanes]))
    sentence = ", ".join(parts)
    return sentence[0].upper() + sentence[1:]


def _seen(model: type[S], subject_id: int | None) -> S | None:
    subject = db.session.get(model, subject_id) if subject_id else None
    return subject if subject is not None and access.sees(current_user, subject) else None


def _what(filters: Filters) -> str:
    what = _("my actions") if filters.mine else _("actions")
    if not filters.active:
        what = _("all actions")
    if filters.archived:
        what = _("archived %(what)s", what=what)
    if filters.ours:
        what = _("%(what)s of my teams", what=what)
    team = db.session.get(Team, filters.team) if filters.team else None
    return _("%(what)s of %(team)s", what=what, team=team.shown_name) if team else what
