"""Calendar feeds: due dates under a secret address that a calendar program reads (RFC 5545).

Whoever has the address reads what its person may see at that moment, and no more: the address is
shown once, only its hash is kept, and it can be revoked.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry
from sqlalchemy import Select, select, update

from cxwiki import access, i18n, web
from cxwiki.accounts.models import Team, User
from cxwiki.actions import labels
from cxwiki.actions.models import Action, CalendarFeed, Status
from cxwiki.actions.progress import FINISHED
from cxwiki.database import command, db, transaction, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.i18n import settings
from cxwiki.projects.models import Milestone, Project, Stage

MOST_FEEDS = 30
MOST_ENTRIES = 2000
USE_NOTED_EVERY = timedelta(hours=1)
REFRESH = timedelta(hours=4)
UNDECIDED = (Stage.IDEA, Stage.RUNNING, Stage.DECISION)


@command
def open_feed(person: User, team_id: int | None = None, project_id: int | None = None) -> str:
    """Make an address and return its secret, which is kept nowhere: of oneself, a team, a project.

    Raises DomainError if there is no such team or project for the person, or too many feeds.
    """
    if len(feeds_of(person)) >= MOST_FEEDS:
        raise DomainError(_("You have very many calendars: please revoke some first."), "what")
    team = db.session.get(Team, team_id) if team_id is not None else None
    project = db.session.get(Project, project_id) if project_id is not None else None
    if team_id is not None and (team is None or team.archived_at is not None):
        raise DomainError(_("Choose a team."), "what")
    if project_id is not None and (project is None or not access.sees(person, project)):
        raise DomainError(_("There is no such project."), "what")
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        user_id=person.id, token_hash=_hash(secret), team_id=team_id, project_id=project_id
    )
    db.session.add(feed)
    db.session.flush()
    record("calendar.opened", None, by=person, feed_id=feed.id)
    return secret


@command
def revoke(feed: CalendarFeed, by: User) -> None:
    """Make the address worthless."""
    if feed.revoked_at is None:
        feed.revoked_at = utcnow()
        record("calendar.revoked", None, by=by, feed_id=feed.id)


def feeds_of(person: Any) -> Sequence[CalendarFeed]:
    """The person's addresses that work, the latest first."""
    query = select(CalendarFeed).where(
        CalendarFeed.user_id == person.id, CalendarFeed.revoked_at.is_(None)
    )
    return db.session.scalars(query.order_by(CalendarFeed.id.desc())).all()


def find(person: Any, feed_id: int) -> CalendarFeed | None:
    """One of the person's own addresses."""
    feed = db.session.get(CalendarFeed, feed_id)
    return feed if feed is not None and feed.user_id == person.id else None


def feed_behind(secret: str) -> CalendarFeed | None:
    """The feed of a secret, if it works and its person is still here; notes that it is read."""
    query = (
        select(CalendarFeed)
        .join(CalendarFeed.user)
        .where(
            CalendarFeed.token_hash == _hash(secret), CalendarFeed.revoked_at.is_(None), User.active
        )
    )
    feed = db.session.scalar(query)
    if feed is None:
        return None
    now = utcnow()
    if feed.read_at is None or now - feed.read_at >= USE_NOTED_EVERY:
        with transaction():
            seen = update(CalendarFeed).where(CalendarFeed.id == feed.id).values(read_at=now)
            db.session.execute(seen)
    return db.session.get(CalendarFeed, feed.id)


def names(feeds: Sequence[CalendarFeed], person: Any) -> dict[int, str]:
    """What each calendar is called; a project that is hidden by now is not named."""
    teams = select(Team).where(Team.id.in_({feed.team_id for feed in feeds}))
    projects = select(Project).where(
        Project.id.in_({feed.project_id for feed in feeds}), access.visible_to(person, Project)
    )
    team_names = {team.id: team.shown_name for team in db.session.scalars(teams)}
    titles = {project.id: project.title for project in db.session.scalars(projects)}
    return {feed.id: _name(feed, team_names, titles) for feed in feeds}


def as_ical(feed: CalendarFeed, base: str) -> bytes:
    """The calendar in its person's language; `base` is the site's address, for links."""
    person = feed.user
    with force_locale(person.language or settings().languages[0]):
        calendar = Calendar()
        calendar.add("prodid", "-//CX Wiki//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", names([feed], person)[feed.id])
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        for entry in _entries(feed, person, base):
            calendar.add_component(entry)
        return bytes(calendar.to_ical())


def _entries(feed: CalendarFeed, person: User, base: str) -> Iterator[Entry]:
    found = _actions_in(feed, person).where(
        Action.due_on.is_not(None), Action.status.not_in(FINISHED)
    )
    order = (Action.due_on, Action.id)
    for action in db.session.scalars(found.order_by(*order).limit(MOST_ENTRIES)):
        details = [
            str(labels.STATUSES[Status(action.status)]),
            _("Team: %(name)s", name=action.team.shown_name),
            _("Owner: %(name)s", name=action.owner.name if action.owner else _("Nobody yet")),
        ]
        yield _entry(f"action-{action.id}", action.title, action.due_on, action.updated_at,
                     base + web.address(action), details)  # fmt: skip
    if feed.project_id is not None:
        yield from _of_project(feed.project_id, person, base)


def _of_project(project_id: int, person: User, base: str) -> Iterator[Entry]:
    """Milestones ahead, and the day of the decision."""
    project = db.session.get(Project, project_id)
    if project is None or project.is_archived or not access.sees(person, project):
        return
    link = base + web.address(project)
    ahead = select(Milestone).where(Milestone.project_id == project_id, Milestone.done_on.is_(None))
    for milestone in db.session.scalars(ahead.order_by(Milestone.due_on, Milestone.id)):
        title = _("Milestone: %(title)s", title=milestone.title)
        yield _entry(f"milestone-{milestone.id}", title, milestone.due_on, project.updated_at,
                     link, [project.title])  # fmt: skip
    if project.is_poc and project.decision_due_on is not None and project.stage in UNDECIDED:
        title = _("Decision: %(title)s", title=project.title)
        yield _entry(f"decision-{project.id}", title, project.decision_due_on,
                     project.updated_at, link, [])  # fmt: skip


def _actions_in(feed: CalendarFeed, person: User) -> Select[Action]:
    found = access.visible(Action, person)
    if feed.team_id is not None:
        return found.where(Action.team_id == feed.team_id)
    if feed.project_id is not None:
        seen = select(Project.id).where(access.visible_to(person, Project))
        return found.where(Action.project_id == feed.project_id, Action.project_id.in_(seen))
    return found.where(Action.owner_id == person.id)


def _entry(
    name: str, title: str, day: date | None, changed: datetime, link: str, details: list[str]
) -> Entry:
    """A whole day that does not make anybody busy."""
    assert day is not None
    entry = Entry()
    entry.add("uid", f"{name}@{_host(link)}")
    entry.add("dtstamp", changed)
    entry.add("last-modified", changed)
    entry.add("summary", title)
    entry.add("dtstart", day)
    if day < i18n.LATEST_DAY:  # older data may hold the last day that there is
        entry.add("dtend", day + timedelta(days=1))
    entry.add("transp", "TRANSPARENT")
    entry.add("url", link)
    entry.add("description", "\n".join([*details, link]))
    return entry


def _host(link: str) -> str:
    return link.split("/")[2]


def _name(feed: CalendarFeed, teams: dict[int, str], projects: dict[int, str]) -> str:
    if feed.team_id is not None:
        return _("Actions of %(team)s", team=teams.get(feed.team_id, "–"))
    if feed.project_id is not None:
        return _("Project: %(title)s", title=projects.get(feed.project_id, "–"))
    return _("My actions")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
