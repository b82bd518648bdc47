"""How people want to hear by mail, topic by topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from flask_babel import gettext as _
from sqlalchemy import select, update

from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import Event
from cxwiki.notifications.models import How, MailState, MailWish, Notice
from cxwiki.notifications.topics import DEFAULTS, Topic, topic_of

Wishes = Mapping[Topic, How]
_WAITING = (MailState.AT_ONCE, MailState.DAILY, MailState.WEEKLY)


def of(person_ids: Collection[int]) -> dict[int, Wishes]:
    """What each person wants; where they said nothing, the topic's default holds."""
    wishes: dict[int, dict[Topic, How]] = {one: dict(DEFAULTS) for one in person_ids}
    query = select(MailWish).where(MailWish.user_id.in_(person_ids))
    for wish in db.session.scalars(query):
        if wish.topic in set(Topic):
            wishes[wish.user_id][Topic(wish.topic)] = How(wish.how)
    return dict(wishes)


@command
def keep(person: User, wanted: Mapping[str, str]) -> None:
    """Remember what the person wants, topic by topic; what waits for a mail follows.

    Raises DomainError for a topic or a manner that does not exist.
    """
    for topic, how in wanted.items():
        if topic not in set(Topic) or how not in set(How):
            raise DomainError(_("Choose when you want to get mails."), topic)
    for topic, how in wanted.items():
        wish = db.session.get(MailWish, (person.id, topic))
        if wish is None:
            db.session.add(MailWish(user_id=person.id, topic=topic, how=how))
        else:
            wish.how = how
    _rearrange(person.id, {Topic(topic): How(how) for topic, how in wanted.items()})


def turn_off(person: User, topics: Iterable[Topic]) -> None:
    """No more mails about these topics, not even those that wait."""
    keep(person, {str(topic): str(How.OFF) for topic in topics})


def _rearrange(person_id: int, wanted: Wishes) -> None:
    query = (
        select(Notice.id, Notice.reason, Event.name, Notice.mail)
        .join(Event, Event.id == Notice.event_id)
        .where(Notice.user_id == person_id, Notice.mail.in_(_WAITING))
    )
    moved: dict[How, list[int]] = defaultdict(list)
    for notice_id, reason, name, mail in db.session.execute(query).tuples():
        how = wanted.get(topic_of(name, reason))
        if how is not None and how != mail:
            moved[how].append(notice_id)
    for how, ids in moved.items():
        # What waited for a digest is not sent at once now: a flood would be no service.
        state = {How.OFF: MailState.NONE, How.WEEKLY: MailState.WEEKLY}.get(how, MailState.DAILY)
        db.session.execute(update(Notice).where(Notice.id.in_(ids)).values(mail=state))
