"""Links that turn off the mails about a topic without signing in (RFC 8058)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from cxwiki.accounts import mail
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.notifications import wishes
from cxwiki.notifications.topics import Topic


@dataclass(frozen=True)
class Wish:
    """Whose mails about which topics are to end."""

    person: User
    topics: Sequence[Topic]


def link(person: User, topics: Collection[Topic]) -> str:
    """The full address that ends the person's mails about these topics; it works for ever."""
    content = [person.id, sorted(str(topic) for topic in topics)]
    return mail.link("notifications.unsubscribe", token=_signer().dumps(content))


def read(token: str) -> Wish | None:
    """What a link asks for; None if it is none of ours or the person left."""
    try:
        person_id, names = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    person = db.session.get(User, person_id)
    topics = [Topic(name) for name in names if name in set(Topic)]
    if person is None or not person.active or not topics:
        return None
    return Wish(person, topics)


def fulfil(wish: Wish) -> None:
    """End the mails. Twice changes nothing."""
    wishes.turn_off(wish.person, wish.topics)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="notifications.unsubscribe")
