"""A project that serves a theme follows it when the theme goes up in another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from cxwiki.database import db
from cxwiki.projects.models import ProjectTheme
from cxwiki.themes import following
from cxwiki.themes.following import Pointers


def _at(theme_id: int) -> Iterable[int]:
    return db.session.scalars(
        select(ProjectTheme.project_id).where(ProjectTheme.theme_id == theme_id)
    )


def _turn(project_ids: Sequence[int], source: int, target: int) -> None:
    for project_id in project_ids:
        link = db.session.get(ProjectTheme, (project_id, source))
        if link is None:
            continue
        if db.session.get(ProjectTheme, (project_id, target)) is None:
            link.theme_id = target
        else:
            db.session.delete(link)
    db.session.flush()


def _add(project_ids: Sequence[int], theme_id: int) -> None:
    for project_id in project_ids:
        if db.session.get(ProjectTheme, (project_id, theme_id)) is None:
            db.session.add(ProjectTheme(project_id=project_id, theme_id=theme_id))
    db.session.flush()


def connect() -> None:
    """Register with themes."""
    following.register(Pointers("projects", _at, _turn, _add))
