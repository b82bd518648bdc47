"""Telling chat rooms: which hear of an event, and sending it, each at most once.

A post is marked as sent before it is sent. It is tried again only when it certainly did not
arrive; when nobody answers in time, the room may have it and is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import or_, select

from cxwiki import concern, jobs, web
from cxwiki.accounts.models import Team
from cxwiki.actions import history
from cxwiki.database import command, db, utcnow
from cxwiki.discussion.models import Comment
from cxwiki.events import Event
from cxwiki.i18n import settings
from cxwiki.notifications import outbound, presenting, webhooks
from cxwiki.notifications.models import TeamWebhook, WebhookPost
from cxwiki.notifications.newcomers import CREATED
from cxwiki.notifications.outbound import Answer, Forbidden, NotSent, Unknown
from cxwiki.notifications.shapes import News, body
from cxwiki.notifications.topics import topic_of
from cxwiki.subjects import Subject, Visibility

log = logging.getLogger(__name__)

POST = "notifications.post_to_room"
MOST_FAILURES = 20
PAUSE, LONGEST_PAUSE = 30.0, 3600.0
NEWS = timedelta(days=2)
"""What could not be told for so long is no news any more."""
_PERSONAL = ("action.assigned", "project.sponsor_named", "insight.bridged")


@command
def tell(event: Event) -> None:
    """Queue the event for the rooms that hear of it; called twice, it does nothing more."""
    subject = event.subject
    if subject is None or event.at < utcnow() - NEWS or not _is_told(event, subject):
        return
    rooms = [room for room in _rooms_of(subject) if room.made_at <= event.at]
    found = [room for room in rooms if _hears(room, event, subject)]
    if not found:
        return
    query = select(WebhookPost.webhook_id).where(WebhookPost.event_id == event.id)
    known = set(db.session.scalars(query))
    posts = [
        WebhookPost(webhook_id=room.id, event_id=event.id) for room in found if room.id not in known
    ]
    db.session.add_all(posts)
    db.session.flush()
    jobs.add([POST], [post.id for post in posts])


@jobs.handler(POST)
def post_to_room(post_ids: Sequence[int]) -> None:
    """Send one post."""
    for post_id in post_ids:
        _send(post_id)


def try_out(webhook: TeamWebhook) -> str:
    """Send a greeting. Returns what went wrong, or nothing."""
    with force_locale(webhook.language):
        news = News(
            who="CX Wiki",
            text=_("can be heard in this channel"),
            title=webhook.team.shown_name,
            address=settings().url or "https://example.org",
            open_label=_("Open"),
        )
    try:
        answer = outbound.post(webhook.url, body(webhook.shape, news), settings().webhooks)
    except (Forbidden, NotSent, Unknown) as error:
        return str(error)[:300]
    return "" if answer.status < 300 else f"{answer.status} {answer.text}".strip()[:300]


def _is_told(event: Event, subject: Subject) -> bool:
    """Neither what concerns single people, nor what other systems send by the thousand."""
    if event.name in _PERSONAL or not concern.is_for_watchers(event):
        return False
    return not (event.name in CREATED and subject.source is not None)


def _rooms_of(subject: Subject) -> Sequence[TeamWebhook]:
    """The running webhooks of the subject's team, and of Company for what everybody may see."""
    query = select(TeamWebhook).join(Team, Team.id == TeamWebhook.team_id)
    own = TeamWebhook.team_id == subject.team_id
    if subject.visibility == Visibility.COMPANY:
        query = query.where(or_(own, Team.is_builtin))
    else:
        query = query.where(own)
    return db.session.scalars(query.where(TeamWebhook.stopped_at.is_(None))).all()


def _hears(room: TeamWebhook, event: Event, subject: Subject) -> bool:
    """Whether the room may and wants to hear it, now."""
    topic = topic_of(event.name)
    if topic not in webhooks.topics_of(room):
        return False
    hidden = subject.visibility == Visibility.TEAM
    if hidden and (subject.team_id != room.team_id or not webhooks.hears_team_items(room)):
        return False
    if subject.team_id != room.team_id and not room.team.is_builtin:
        return False
    said = event.data.get("comment_id")
    comment = db.session.get(Comment, said) if said is not None else None
    if comment is None:
        return True
    if comment.archived_at is not None:
        return False
    if comment.team_id is None:
        return True
    return comment.team_id == room.team_id and webhooks.hears_team_items(room)


def _send(post_id: int) -> None:
    claimed = _claim(post_id)
    if claimed is None:
        return
    url, content, failures = claimed
    try:
        answer = outbound.post(url, content, settings().webhooks)
    except Forbidden as error:
        _failed(post_id, str(error), stop=True)
    except Unknown as error:
        _failed(post_id, str(error))
    except NotSent as error:
        _retry(post_id, str(error), min(PAUSE * 2**failures, LONGEST_PAUSE))
    else:
        _answered(post_id, answer, failures)


def _answered(post_id: int, answer: Answer, failures: int) -> None:
    said = f"{answer.status} {answer.text}".strip()
    if answer.status < 300:
        _succeeded(post_id)
    elif answer.status == 429 or answer.status >= 500:
        wait = answer.retry_after or PAUSE * 2**failures
        pause = max(1.0, min(wait, LONGEST_PAUSE))
        if answer.status == 429:  # it works, and asks for patience
            _unclaim(post_id)
            raise jobs.Later(pause)
        _retry(post_id, said, pause)
    else:
        _failed(post_id, said, stop=answer.status in (404, 410))


@command
def _claim(post_id: int) -> tuple[str, bytes, int] | None:
    """Mark as sent and return where to, what, and how often it failed lately."""
    post = db.session.get(WebhookPost, post_id, with_for_update=True, populate_existing=True)
    room = db.session.get(TeamWebhook, post.webhook_id) if post is not None else None
    if post is None or room is None or post.sent_at is not None or room.stopped_at is not None:
        return None
    event = db.session.get(Event, post.event_id)
    subject = event.subject if event is not None else None
    if event is None or subject is None or event.at < utcnow() - NEWS:
        return None
    if not _hears(room, event, subject):
        return None
    with current_app.test_request_context(base_url=_base()), force_locale(room.language):
        news = _news(event, subject)
    post.sent_at = utcnow()
    return (room.url, body(room.shape, news), room.failures) if news is not None else None


def _news(event: Event, subject: Subject) -> News | None:
    told = history.tell([event])
    if not told:
        return None
    return News(
        who=told[0].who.name if told[0].who else "CX Wiki",
        text=told[0].text,
        title=subject.title,
        address=_host() + web.address(subject),
        reason=presenting.words_of_decision(event, subject),
        open_label=_("Open"),
    )


def _base() -> str:
    return f"{settings().url or 'http://localhost'}/"


def _host() -> str:
    """Paths of pages hold the part of the public address that comes after the host."""
    parts = urlsplit(_base())
    return f"{parts.scheme}://{parts.netloc}"


@command
def _succeeded(post_id: int) -> None:
    room = _room(post_id)
    if room is not None:
        room.failures, room.last_error, room.last_sent_at = 0, "", utcnow()


@command
def _failed(post_id: int, error: str, *, stop: bool = False) -> None:
    """Note that a post is lost; a room that is gone, or fails again and again, is left alone."""
    room = _room(post_id)
    if room is None:
        return
    log.warning("webhook %s failed: %s", room.id, error)
    room.failures += 1
    room.last_error = error[:300]
    if stop or room.failures >= MOST_FAILURES:
        room.stopped_at = room.stopped_at or utcnow()


def _retry(post_id: int, error: str, pause: float) -> None:
    _unclaim(post_id)
    _failed(post_id, error)
    raise jobs.Later(pause)


@command
def _unclaim(post_id: int) -> None:
    post = db.session.get(WebhookPost, post_id)
    if post is not None:
        post.sent_at = None


def _room(post_id: int) -> TeamWebhook | None:
    post = db.session.get(WebhookPost, post_id)
    return db.session.get(TeamWebhook, post.webhook_id) if post is not None else None
