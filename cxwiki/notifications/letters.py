"""Writing the mail about some notices: in the person's language, of what they may see now."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from textwrap import shorten
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from cxwiki import web
from cxwiki.accounts import company, mail
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.i18n import settings
from cxwiki.notifications import presenting, service, unsubscribing
from cxwiki.notifications.models import Notice
from cxwiki.notifications.presenting import Group, Line
from cxwiki.notifications.topics import Topic, topic_of

MOST_LINES = 100
"""Of more than so many news a mail tells the latest, and how many there are beside."""
LONGEST_SUBJECT = 150
SHORTEST_SENTENCE = 60


@dataclass(frozen=True)
class Letter:
    """A mail and the notices that it tells."""

    message: EmailMessage
    told: frozenset[int]


@dataclass(frozen=True)
class Entry:
    """A group of notices with the full address of what it is about."""

    group: Group
    address: str


def write(person: User, notice_ids: Collection[int], *, digest: bool) -> Letter | None:
    """The mail about those of the notices that are unread and visible to the person now.

    Raises Refused if no mail can be written to the person's address.
    """
    query = service.inbox(person).where(Notice.id.in_(notice_ids), Notice.read_at.is_(None))
    notices = db.session.scalars(query).all()
    if not notices:
        return None
    topics = sorted({topic_of(one.event.name, one.reason) for one in notices})
    with (
        current_app.test_request_context(base_url=f"{settings().url}/"),
        force_locale(person.language or settings().languages[0]),
    ):
        lines = presenting.lines(notices[:MOST_LINES], person)
        if not lines:
            return None
        message = _message(person, notices, presenting.by_subject(lines), topics, digest=digest)
    message["Message-ID"] = _message_id(person.id, notice_ids)
    return Letter(message, frozenset(notice.id for notice in notices))


def _message(
    person: User,
    notices: Sequence[Notice],
    groups: Sequence[Group],
    topics: Sequence[Topic],
    *,
    digest: bool,
) -> EmailMessage:
    end = unsubscribing.link(person, topics)
    context = {
        "person": person,
        "entries": [Entry(group, _full(web.address(group.subject))) for group in groups],
        "more": len(notices) - sum(len(group.lines) for group in groups),
        "digest": digest,
        "topics": topics,
        "all_notices": _full(web.form_url("notifications.index")),
        "preferences": _full(web.form_url("notifications.preferences")),
        "unsubscribe": end,
    }
    message = mail.letter_to(person, _subject(groups, len(notices), digest=digest))
    message["List-Unsubscribe"] = f"<{end}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["X-Auto-Response-Suppress"] = "All"
    if len(groups) == 1 and not digest:  # mail programs show what belongs together as one thread
        message["References"] = f"<subject-{groups[0].subject.id}@{mail.host()}>"
    message.set_content(render_template("notifications/mail/news.txt", **context))
    html = render_template("notifications/mail/news.html", **context)
    message.add_alternative(html, subtype="html")
    return message


def _subject(groups: Sequence[Group], count: int, *, digest: bool) -> str:
    first = groups[0]
    if digest:
        text = ngettext("%(num)s news from %(name)s", "%(num)s news from %(name)s", count,
                        name=company.shown_company().name)  # fmt: skip
    elif len(groups) == 1:
        # Long words of who decided are cut, so that the title is still to be read.
        room = max(LONGEST_SUBJECT - len(first.subject.title) - 2, SHORTEST_SENTENCE)
        said = shorten(sentence(first.latest), room, placeholder=" …")
        text = f"{said}: {first.subject.title}"
    else:
        text = _("%(title)s, and %(number)s more", title=first.subject.title,
                 number=len(groups) - 1)  # fmt: skip
    return " ".join(text.split())[:LONGEST_SUBJECT]


def sentence(line: Line) -> str:
    """Who did what."""
    return f"{line.who.name if line.who else _('CX Wiki')} {line.text}"


def _full(path: str) -> str:
    parts = urlsplit(settings().url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _message_id(person_id: int, notice_ids: Collection[int]) -> str:
    """The same for the same notices: a mail that had to be sent again is recognised by it."""
    content = f"{person_id}:{','.join(map(str, sorted(notice_ids)))}"
    return f"<{hashlib.sha256(content.encode()).hexdigest()[:32]}@{mail.host()}>"
