"""Updates: short dated notes on how a project goes, with a traffic light."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.projects.models import Light, Project, Update

LONGEST_TEXT = 2000


def told(project: Project) -> list[Update]:
    """The updates of a project, the latest first, without those that were withdrawn."""
    return [one for one in reversed(project.updates) if one.withdrawn_at is None]


def query(project: Project) -> Select[Update]:
    """The same as a select, for lists that are read page by page."""
    kept = select(Update).where(Update.project_id == project.id, Update.withdrawn_at.is_(None))
    return kept.order_by(Update.id.desc())


def latest_of(project_ids: Iterable[int]) -> dict[int, Update]:
    """The latest update of many projects with one query; projects without any are left out."""
    latest = (
        select(func.max(Update.id))
        .where(Update.project_id.in_(set(project_ids)), Update.withdrawn_at.is_(None))
        .group_by(Update.project_id)
    )
    found = db.session.scalars(select(Update).where(Update.id.in_(latest)))
    return {update.project_id: update for update in found}


@command
def post(project: Project, light: str, text: str, by: User) -> Update:
    """Tell how it goes."""
    if light not in set(Light):
        raise DomainError(_("Choose green, amber or red."), "light")
    text = richtext.clean(text).strip()
    if not text:
        raise DomainError(_("Say in a sentence how it goes."), "text")
    richtext.check_length(text, LONGEST_TEXT, "text")
    update = Update(project_id=project.id, light=light, text=text, by_id=by.id)
    db.session.add(update)
    db.session.flush()
    db.session.expire(project, ["updates"])
    project.touch()
    record("project.updated", project, by=by, update_id=update.id, light=str(light))
    return update


@command
def withdraw(project: Project, update: Update, by: User) -> None:
    """Take an update back; it is kept, but no longer shown."""
    if update.withdrawn_at is None:
        update.withdrawn_at = utcnow()
        db.session.flush()
        db.session.expire(project, ["updates"])
        project.touch()
        record("project.update_withdrawn", project, by=by, update_id=update.id)
