"""Webhooks of teams: a chat room hears what happens to the team's entries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from cxwiki.accounts import texts
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.i18n import settings
from cxwiki.notifications import outbound
from cxwiki.notifications.models import TeamWebhook
from cxwiki.notifications.outbound import Why
from cxwiki.notifications.shapes import SHAPES
from cxwiki.notifications.topics import TEAM_TOPICS, Topic

MOST = 10
LONGEST_NAME = 80
_NO_ADDRESS = _l("This is no web address.")
_REFUSALS = {
    Why.OFF: _l("An administrator must allow webhooks first."),
    Why.NOT_HTTPS: _l("The address must begin with https://."),
    Why.PASSWORD: _l("The address must not hold a password."),
    Why.PORT: _l("The address must not name a port."),
}


@dataclass(frozen=True)
class Draft:
    """What somebody types in for a webhook."""

    name: str
    url: str
    shape: str
    topics: tuple[str, ...]
    language: str


def of(team: Team) -> Sequence[TeamWebhook]:
    """The team's webhooks, the oldest first."""
    query = select(TeamWebhook).where(TeamWebhook.team_id == team.id)
    return db.session.scalars(query.order_by(TeamWebhook.id)).all()


def find(team: Team, webhook_id: int) -> TeamWebhook | None:
    """One of the team's webhooks."""
    webhook = db.session.get(TeamWebhook, webhook_id)
    return webhook if webhook is not None and webhook.team_id == team.id else None


@command
def add(team: Team, draft: Draft, by: User) -> TeamWebhook:
    """Let a chat room hear of the team. Raises DomainError for what is not acceptable."""
    if len(of(team)) >= MOST:
        raise DomainError(_("The team has many webhooks: remove one first."), "url")
    url = draft.url.strip()
    _check_address(url)
    if draft.shape not in SHAPES:
        raise DomainError(_("Choose the program that the channel is in."), "shape")
    if draft.language not in settings().languages:
        raise DomainError(_("Please choose from the languages of this site."), "language")
    topics = [topic for topic in TEAM_TOPICS if topic in draft.topics]
    if not topics:
        raise DomainError(_("Choose what the channel hears of."), "topics")
    webhook = TeamWebhook(
        team_id=team.id,
        name=texts.required_name(draft.name, "name", LONGEST_NAME),
        url=url,
        shape=draft.shape,
        topics=",".join(topics),
        language=draft.language,
        made_by_id=by.id,
    )
    db.session.add(webhook)
    db.session.flush()
    record("webhook.added", None, by, webhook_id=webhook.id, team_id=team.id)
    return webhook


@command
def remove(webhook: TeamWebhook, by: User) -> None:
    """Forget a webhook and its address."""
    record("webhook.removed", None, by, webhook_id=webhook.id, team_id=webhook.team_id)
    db.session.delete(webhook)


@command
def set_running(webhook: TeamWebhook, by: User, *, running: bool) -> None:
    """Stop a webhook, or let it go on: what happened meanwhile is not told."""
    webhook.stopped_at = None if running else (webhook.stopped_at or utcnow())
    webhook.failures, webhook.last_error = (0, "") if running else (0, webhook.last_error)
    name = "webhook.started" if running else "webhook.stopped"
    record(name, None, by, webhook_id=webhook.id, team_id=webhook.team_id)


def topics_of(webhook: TeamWebhook) -> Collection[Topic]:
    """What the room hears of."""
    return {Topic(name) for name in webhook.topics.split(",") if name in set(Topic)}


def host_of(webhook: TeamWebhook) -> str:
    """Where it leads, without the secret."""
    return urlsplit(webhook.url).hostname or "?"


def hears_team_items(webhook: TeamWebhook) -> bool:
    """Whether the room hears what only the team may see: while whoever connected it sees that.

    A manager can connect any team's room, but not listen in on a team that way.
    """
    maker = db.session.get(User, webhook.made_by_id or 0)
    if maker is None or not maker.active:
        return False
    return maker.is_administrator or webhook.team_id in maker.team_ids


def are_possible() -> bool:
    """Whether an administrator allowed webhooks."""
    return settings().webhooks != outbound.OFF


def _check_address(url: str) -> None:
    try:
        outbound.check(url, settings().webhooks)
    except outbound.Forbidden as refusal:
        raise DomainError(str(_REFUSALS.get(refusal.why, _NO_ADDRESS)), "url") from None
