"""The worker turns events into notices; every page shows how many wait."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cxwiki import concern, web
from cxwiki.accounts.models import Team
from cxwiki.database import command, db
from cxwiki.discussion import watching
from cxwiki.events import Event, after
from cxwiki.insights import listing
from cxwiki.notifications import feeds, hearers, rooms, service, words
from cxwiki.subjects import Subject


@command
def notify(happened: Sequence[Event]) -> None:
    """Tell everybody whom the events concern, and the chat rooms of their teams."""
    # What was loaded before this transaction began would be loaded again one by one.
    ids = [event.id for event in happened]
    query = select(Event).where(Event.id.in_(ids)).options(selectinload(Event.subject))
    for event in db.session.scalars(query.order_by(Event.id)).all():
        service.tell(event, hearers.of(event))
        rooms.tell(event)


def bell(_nothing: object) -> str:
    """The number beside the bell."""
    if not current_user.is_authenticated:
        return ""
    return render_template("notifications/_bell.html", unread=service.count_unread(current_user))


def menu_items(_nothing: object) -> str:
    """The ways to one's own watches, mails and feeds."""
    return render_template("notifications/_menu_items.html")


def list_tools(filters: listing.Filters) -> str:
    """Watching the tag and the team of a list, and the list as a feed."""
    tag = watching.find_tag(filters.tag, current_user) if filters.tag else None
    team = db.session.get(Team, filters.team) if filters.team else None
    return render_template(
        "notifications/_list_tools.html", tag=tag, team=team, feed=feeds.of_insights(filters)
    )


def team_tools(team: Team) -> str:
    """Watching a team, and its chat rooms."""
    return render_template("notifications/_team_tools.html", team=team)


def feed_link(subject: Subject) -> str:
    """A page as a feed."""
    return render_template("notifications/_feed_link.html", subject=subject)


def connect() -> None:
    """Listen to what concerns people, fill the bell and give words to events."""
    after(*hearers.HEARD_OF, *sorted(concern.names() - set(hearers.HEARD_OF)), batch=20)(notify)
    words.register()
    web.fill_slot("layout.bell", bell)
    web.fill_slot("layout.person", menu_items, order=20)
    web.fill_slot("insights.list", list_tools)
    web.fill_slot("team.actions", team_tools)
    web.fill_slot("subject.watch", feed_link)
