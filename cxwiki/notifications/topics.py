"""Topics of notices, by which people choose when they get a mail; and why somebody is told."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from cxwiki.actions import telling
from cxwiki.insights.contributing import PROVED
from cxwiki.notifications.models import How
from cxwiki.search import alerts


class Topic(StrEnum):
    """What a notice is about, in the terms in which people choose."""

    OUTCOME = "outcome"
    MENTION = "mention"
    DUTY = "duty"
    COMMENT = "comment"
    CHANGE = "change"
    NEW = "new"
    SEARCH = "search"


class Reason(StrEnum):
    """Why somebody is told; the first five are those for which one watches a page."""

    ASKED = "asked"
    WROTE = "wrote"
    VOTED = "voted"
    COMMENTED = "commented"
    MENTIONED = "mentioned"
    PROVED = PROVED
    CONTRIBUTED = "contributed"
    OWNER = "owner"
    NAMED = "named"
    MANAGER = "manager"
    TAG = "tag"
    TEAM = "team"
    PROJECT = "project"
    SEARCH = "search"


LABELS = {
    Topic.OUTCOME: _l("What became of it"),
    Topic.MENTION: _l("Mentions"),
    Topic.DUTY: _l("My work"),
    Topic.COMMENT: _l("Comments"),
    Topic.CHANGE: _l("Changes"),
    Topic.NEW: _l("New entries"),
    Topic.SEARCH: _l("Saved searches"),
}
HELP = {
    Topic.OUTCOME: _l(
        "What you wrote, voted for or gave evidence for becomes an action, is resolved or "
        "dismissed, or shows its effect."
    ),
    Topic.MENTION: _l("Somebody mentions you or your team."),
    Topic.DUTY: _l("Actions, reviews and decisions that wait for you."),
    Topic.COMMENT: _l("Somebody comments on what you watch."),
    Topic.CHANGE: _l("Something that you watch is edited or moves on."),
    Topic.NEW: _l("Something new with a tag, of a team, theme or project that you watch."),
    Topic.SEARCH: _l("Something new is found by a search whose alert you turned on."),
}
DEFAULTS = {
    Topic.OUTCOME: How.AT_ONCE,
    Topic.MENTION: How.AT_ONCE,
    Topic.DUTY: How.AT_ONCE,
    Topic.COMMENT: How.DAILY,
    Topic.CHANGE: How.DAILY,
    Topic.NEW: How.DAILY,
    Topic.SEARCH: How.DAILY,
}
HOWS = {
    How.AT_ONCE: _l("At once"),
    How.DAILY: _l("Once a day"),
    How.WEEKLY: _l("Once a week"),
    How.OFF: _l("No mail"),
}
BECAUSE = {
    Reason.ASKED: _l("because you watch it"),
    Reason.WROTE: _l("because you wrote it or worked on it"),
    Reason.VOTED: _l("because you said that it concerns your team too"),
    Reason.COMMENTED: _l("because you commented on it"),
    Reason.MENTIONED: _l("because you were mentioned"),
    Reason.PROVED: _l("because you gave evidence for it"),
    Reason.CONTRIBUTED: _l("because you contributed to what it came from"),
    Reason.OWNER: _l("because you are responsible for it"),
    Reason.NAMED: _l("because it needs you"),
    Reason.MANAGER: _l("because you are a manager"),
    Reason.TAG: _l("because you watch one of its tags"),
    Reason.TEAM: _l("because you watch its team"),
    Reason.PROJECT: _l("because you watch its project"),
    Reason.SEARCH: _l("because you saved a search that finds it"),
}
TEAM_TOPICS = (Topic.OUTCOME, Topic.NEW, Topic.COMMENT, Topic.CHANGE)
"""What a team's chat room can hear; the others concern single people."""

_TOPICS = {
    "insight.status_changed": Topic.OUTCOME,
    "insight.merged": Topic.OUTCOME,
    "action.insight_linked": Topic.OUTCOME,
    "project.insight_linked": Topic.OUTCOME,
    "project.decided": Topic.OUTCOME,
    telling.SHOWN: Topic.OUTCOME,
    "person.mentioned": Topic.MENTION,
    "comment.created": Topic.COMMENT,
    "comment.resolved": Topic.COMMENT,
    "team_comment.created": Topic.COMMENT,
    "comment.edited": Topic.COMMENT,
    "insight.created": Topic.NEW,
    "page.created": Topic.NEW,
    "action.created": Topic.NEW,
    "project.created": Topic.NEW,
    "kpi.created": Topic.NEW,
    "theme.grew": Topic.NEW,
    alerts.MATCHED: Topic.SEARCH,
    alerts.DIGESTED: Topic.SEARCH,
}


def topic_of(event_name: str, reason: str = "") -> Topic:
    """The topic of a notice: what one is responsible for is one's work, whatever happened to it."""
    known = _TOPICS.get(event_name)
    if reason == Reason.NAMED:
        return known or Topic.DUTY
    if reason == Reason.OWNER and known not in (Topic.OUTCOME, Topic.COMMENT):
        return Topic.DUTY
    if known is None and reason in (Reason.TAG, Reason.TEAM, Reason.PROJECT):
        return Topic.NEW
    return known or Topic.CHANGE


def because(reason: str) -> str:
    """Why one is told, as the end of a sentence; empty for notices from before it was kept."""
    return str(BECAUSE[Reason(reason)]) if reason in set(Reason) else ""
