"""What a project shall have reached by which day."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from cxwiki import i18n, richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.projects.models import Milestone, Project

LONGEST_TITLE = 200


def is_late(milestone: Milestone) -> bool:
    """Whether it should have been reached before today."""
    return milestone.done_on is None and milestone.due_on < i18n.today()


@command
def plan(project: Project, title: str, due_on: date, by: User) -> Milestone:
    """Plan a milestone."""
    i18n.check_day(due_on, "due_on")
    milestone = Milestone(project_id=project.id, title=_title(title), due_on=due_on)
    db.session.add(milestone)
    _changed(project)
    record("project.milestone_planned", project, by=by, milestone_id=milestone.id)
    return milestone


@command
def edit(project: Project, milestone: Milestone, title: str, due_on: date, by: User) -> None:
    """Say it differently, or move its day."""
    i18n.check_day(due_on, "due_on")
    milestone.title, milestone.due_on = _title(title), due_on
    _changed(project)
    record("project.milestone_moved", project, by=by, milestone_id=milestone.id)


@command
def reach(project: Project, milestone: Milestone, by: User, on: date | None = None) -> None:
    """Say that it is reached, today unless another day is given. A second time changes nothing."""
    if milestone.done_on is not None:
        return
    on = on or i18n.today()
    i18n.check_day(on, "done_on")
    if on > i18n.today():
        raise DomainError(_("This day has not come yet."), "done_on")
    milestone.done_on = on
    _changed(project)
    record("project.milestone_reached", project, by=by, milestone_id=milestone.id)


@command
def reopen(project: Project, milestone: Milestone, by: User) -> None:
    """Say that it is not reached after all."""
    if milestone.done_on is not None:
        milestone.done_on = None
        _changed(project)
        record("project.milestone_reopened", project, by=by, milestone_id=milestone.id)


@command
def remove(project: Project, milestone: Milestone, by: User) -> None:
    """Take a milestone out of the plan."""
    record("project.milestone_removed", project, by=by, milestone_id=milestone.id)
    db.session.delete(milestone)
    _changed(project)


def _title(title: str) -> str:
    title = richtext.one_line(title)
    if not title:
        raise DomainError(_("Say what shall be reached."), "title")
    if len(title) > LONGEST_TITLE:
        raise DomainError(
            _("The title has at most %(number)s characters.", number=LONGEST_TITLE), "title"
        )
    return title


def _changed(project: Project) -> None:
    db.session.flush()
    db.session.expire(project, ["milestones"])
    project.touch()
