"""What the people of a project decided among themselves, written down with the reason."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from cxwiki import i18n, richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.projects.models import Project, Resolution

LONGEST_TEXT, LONGEST_REASON = 500, 1000


@command
def write_down(
    project: Project, text: str, by: User, *, reason: str = "", decided_on: date | None = None
) -> Resolution:
    """Write down what was decided, today unless another day is given."""
    text = _text(text, "text", LONGEST_TEXT)
    if not text:
        raise DomainError(_("Say what was decided."), "text")
    decided_on = decided_on or i18n.today()
    i18n.check_day(decided_on, "decided_on")
    if decided_on > i18n.today():
        raise DomainError(_("This day has not come yet."), "decided_on")
    resolution = Resolution(
        project_id=project.id,
        text=text,
        reason=_text(reason, "reason", LONGEST_REASON),
        decided_on=decided_on,
        by_id=by.id,
    )
    db.session.add(resolution)
    db.session.flush()
    db.session.expire(project, ["resolutions"])
    project.touch()
    record("project.resolved", project, by=by, resolution_id=resolution.id)
    return resolution


def _text(text: str, field: str, longest: int) -> str:
    text = richtext.one_line(text)
    richtext.check_length(text, longest, field)
    return text
