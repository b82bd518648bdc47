"""Swim lanes: by what the board can be cut, and what each lane is called.

What the reader does not see gives no lane: such actions stand with those that have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Integer, case, null, select

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.actions.models import Action
from cxwiki.database import db
from cxwiki.projects.models import Project
from cxwiki.themes.models import Theme
from cxwiki.themes.service import label

MOST = 60
"""More lanes than anybody looks through; the filters lead to the others."""


def key(by: str | None, person: Any) -> Any:
    """What decides in which lane an action stands, as a column: an id, or null."""
    if by == "team":
        return Action.team_id
    if by == "owner":
        return Action.owner_id
    if by == "project":
        seen = select(Project.id).where(access.visible_to(person, Project))
        return case((Action.project_id.in_(seen), Action.project_id), else_=None)
    if by == "theme":
        known = select(Theme.id).where(access.visible_to(person, Theme))
        return case((Action.theme_id.in_(known), Action.theme_id), else_=None)
    return null().cast(Integer)


def named(keys: Iterable[int | None], by: str | None, person: Any) -> list[tuple[int | None, str]]:
    """The lanes with their names in the order of the board; the reader's own come first."""
    known = set(keys)
    if by is None:
        return [(None, "")]
    names = _names({one for one in known if one is not None}, by)
    own = {"team": person.team_ids, "owner": {person.id}}.get(by, frozenset())
    order = sorted(names, key=lambda one: (one not in own, names[one].casefold(), one))
    lanes: list[tuple[int | None, str]] = [(one, names[one]) for one in order]
    if None in known:
        nothing = {
            "owner": _("Nobody yet"),
            "project": _("Without a project"),
            "theme": _("Without a theme"),
        }
        lanes.append((None, nothing[by]))
    return lanes


def _names(ids: set[int], by: str) -> dict[int, str]:
    if by == "team":
        teams = db.session.scalars(select(Team).where(Team.id.in_(ids)))
        return {team.id: team.shown_name for team in teams}
    if by == "owner":
        people = select(User.id, User.name).where(User.id.in_(ids))
        return dict(db.session.execute(people).tuples().all())
    if by == "project":
        projects = select(Project.id, Project.title).where(Project.id.in_(ids))
        return dict(db.session.execute(projects).tuples().all())
    themes = db.session.scalars(select(Theme).where(Theme.id.in_(ids)))
    return {theme.id: label(theme) for theme in themes}
