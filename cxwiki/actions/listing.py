"""The list and the board: their filters live in the address and are said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select, case, func, select

from cxwiki import access, i18n
from cxwiki.accounts.models import Team, User
from cxwiki.actions import labels, reading
from cxwiki.actions.models import Action, Priority, Status
from cxwiki.actions.progress import FINISHED
from cxwiki.database import db
from cxwiki.projects.models import Project

UNFINISHED = "unfinished"
CARDS_PER_COLUMN = 40
SORTS: dict[str, tuple[Any, ...]] = {
    "due": (Action.due_on.is_(None), Action.due_on, reading.URGENCY, Action.id),
    "priority": (reading.URGENCY, Action.due_on.is_(None), Action.due_on, Action.id),
    "newest": (Action.created_at.desc(), Action.id.desc()),
    "changed": (Action.updated_at.desc(), Action.id.desc()),
    "status": reading.WORK_ORDER,
}


@dataclass(frozen=True)
class Filters:
    """What to list. Empty means everything that the reader may see."""

    status: str | None = None
    owner: int | None = None
    team: int | None = None
    project: int | None = None
    priority: str | None = None
    overdue: bool = False
    mine: bool = False
    archived: bool = False
    sort: str = "status"

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self != Filters(sort=self.sort)

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


@dataclass(frozen=True)
class Column:
    """A column of the board: how many actions stand there, and the first of them."""

    status: str
    total: int
    actions: Sequence[Action]

    @property
    def is_capped(self) -> bool:
        """Whether some are not shown."""
        return self.total > len(self.actions)


def read(args: Mapping[str, str]) -> Filters:
    """Read the filters from an address; what makes no sense is ignored."""

    def one_of(name: str, allowed: Any) -> str | None:
        value = args.get(name, "")
        return value if value in {str(entry) for entry in allowed} else None

    def whole(name: str) -> int | None:
        value = args.get(name, "")
        return int(value) if value.isdecimal() and len(value) < 10 else None

    return Filters(
        status=one_of("status", [*Status, UNFINISHED]),
        owner=whole("owner"),
        team=whole("team"),
        project=whole("project"),
        priority=one_of("priority", Priority),
        overdue=args.get("overdue") == "1",
        mine=args.get("mine") == "1",
        archived=args.get("archived") == "1",
        sort=one_of("sort", SORTS) or "status",
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
    if filters.project:
        # Who does not see the project is not told what belongs to it.
        seen = select(Project.id).where(access.visible_to(person, Project))
        found = found.where(Action.project_id == filters.project, Action.project_id.in_(seen))
    if filters.priority:
        found = found.where(Action.priority == filters.priority)
    if filters.overdue:
        found = found.where(Action.due_on < i18n.today(), Action.status.not_in(FINISHED))
    return found


def query(filters: Filters, person: Any = None) -> Select[Action]:
    """Build the select of the list; its order is total."""
    return select_actions(filters, person).order_by(*SORTS[filters.sort])


def board(filters: Filters, person: Any = None) -> list[Column]:
    """The columns of the board, each with its most pressing or latest actions: three queries."""
    found = select_actions(filters, person)
    totals = reading.count_by_status(found)
    is_over = Action.status.in_(FINISHED)
    rank = func.row_number().over(
        partition_by=Action.status,
        order_by=(
            case((is_over, 0), else_=reading.URGENCY),
            case((is_over, 1), (Action.due_on.is_(None), 1), else_=0),
            case((is_over, None), else_=Action.due_on),
            Action.updated_at.desc(),
            Action.id.desc(),
        ),
    )
    ranked = found.with_only_columns(Action.id, rank.label("rank")).subquery()
    ids = select(ranked.c.id, ranked.c.rank).where(ranked.c.rank <= CARDS_PER_COLUMN)
    ranks: dict[int, int] = dict(db.session.execute(ids).tuples().all())
    cards = db.session.scalars(select(Action).where(Action.id.in_(ranks))).all()
    cards = sorted(cards, key=lambda action: ranks[action.id])
    return [
        Column(status, totals[status], [action for action in cards if action.status == status])
        for status in Status
    ]


def in_words(filters: Filters) -> str:
    """Say what is listed: "My actions of Service, in progress, urgent, overdue"."""
    what = _("my actions") if filters.mine else _("actions")
    if not filters.active:
        what = _("all actions")
    if filters.archived:
        what = _("archived %(what)s", what=what)
    team = db.session.get(Team, filters.team) if filters.team else None
    parts = [_("%(what)s of %(team)s", what=what, team=team.shown_name) if team else what]
    if filters.status == UNFINISHED:
        parts.append(_("unfinished"))
    elif filters.status:
        parts.append(i18n.in_sentence(labels.STATUSES[Status(filters.status)]))
    if filters.priority:
        parts.append(str(labels.PRIORITY_PHRASES[Priority(filters.priority)]))
    if filters.owner and (owner := db.session.get(User, filters.owner)):
        parts.append(_("owned by %(name)s", name=owner.name))
    if filters.project:
        project = db.session.get(Project, filters.project)
        if project is not None and access.sees(current_user, project):
            parts.append(_("in the project “%(title)s”", title=project.title))
    if filters.overdue:
        parts.append(_("overdue"))
    sentence = ", ".join(parts)
    return sentence[0].upper() + sentence[1:]
