"""The list of projects: its filters live in the address and are said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, case, select

from cxwiki import access, i18n
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.projects import labels
from cxwiki.projects.models import Project, ProjectTeam, Stage

_ORDER = case(
    {
        Stage.DECISION: 0,
        Stage.RUNNING: 1,
        Stage.IDEA: 2,
        Stage.SCALED: 3,
        Stage.STOPPED: 4,
    },
    value=Project.stage,
)


@dataclass(frozen=True)
class Filters:
    """What to list. Empty means everything that the reader may see."""

    stage: str | None = None
    poc: bool = False
    team: int | None = None
    person: int | None = None
    archived: bool = False

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()


def read(args: Mapping[str, str]) -> Filters:
    """Read the filters from an address; what makes no sense is ignored."""

    def whole(name: str) -> int | None:
        return access.number_in(args.get(name, ""))

    stage = args.get("stage", "")
    return Filters(
        stage=stage if stage in set(Stage) else None,
        poc=args.get("poc") == "1",
        team=whole("team"),
        person=whole("person"),
        archived=args.get("archived") == "1",
    )


def query(filters: Filters, person: Any = None) -> Select[Project]:
    """Build the select: begins with what the person may see; what awaits a decision comes first."""
    found = access.visible(Project, person, archived=filters.archived)
    if filters.stage:
        found = found.where(Project.stage == filters.stage)
    if filters.poc:
        found = found.where(Project.is_poc)
    if filters.team:
        works_on_it = select(ProjectTeam.project_id).where(ProjectTeam.team_id == filters.team)
        found = found.where((Project.team_id == filters.team) | Project.id.in_(works_on_it))
    if filters.person:
        leads, sponsors = Project.lead_id == filters.person, Project.sponsor_id == filters.person
        found = found.where(leads | sponsors)
    return found.order_by(_ORDER, Project.updated_at.desc(), Project.id.desc())


def in_words(filters: Filters) -> str:
    """Say what is listed: "Proofs of concept of Service, running"."""
    what = _("proofs of concept") if filters.poc else _("projects")
    if filters.archived:
        what = _("archived %(what)s", what=what)
    team = db.session.get(Team, filters.team) if filters.team else None
    parts = [_("%(what)s of %(team)s", what=what, team=team.shown_name) if team else what]
    if filters.stage:
        parts.append(i18n.in_sentence(labels.STAGES[Stage(filters.stage)]))
    if filters.person and (person := db.session.get(User, filters.person)):
        parts.append(_("led or sponsored by %(name)s", name=person.name))
    sentence = ", ".join(parts)
    return sentence[0].upper() + sentence[1:]
