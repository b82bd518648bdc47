"""Atom feeds: what is new in a list, and what happens to a page, under a secret address.

Whoever has the address reads what its person may see at that moment and no more: the address is
shown once, only its hash is kept, and it can be revoked. Comments within a team are in no feed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from feedgen.feed import FeedGenerator
from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, select, update
from sqlalchemy.orm import lazyload, selectinload

from cxwiki import access, web, wording
from cxwiki.accounts.models import User
from cxwiki.actions import history
from cxwiki.actions.models import Action
from cxwiki.database import command, db, transaction, utcnow
from cxwiki.discussion.models import Comment
from cxwiki.errors import DomainError
from cxwiki.events import Event, record
from cxwiki.i18n import settings
from cxwiki.insights import listing
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Kpi
from cxwiki.notifications.models import FeedKey
from cxwiki.pages.models import Page
from cxwiki.projects.models import Project
from cxwiki.richtext import first_words
from cxwiki.subjects import Subject

MOST_KEYS = 30
MOST_ENTRIES = 50
LONGEST_SUMMARY = 300
USE_NOTED_EVERY = timedelta(hours=1)
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
LISTS: Mapping[str, type[Subject]] = {
    "insights": Insight,
    "pages": Page,
    "actions": Action,
    "projects": Project,
    "kpis": Kpi,
}


@dataclass(frozen=True)
class Entry:
    """One thing in a feed; `number` tells it from others about the same address."""

    number: str
    title: str
    address: str
    at: datetime
    who: str
    summary: str


@command
def make_key(person: User) -> str:
    """Make a secret, which is kept nowhere. Raises DomainError if there are too many."""
    if len(keys_of(person)) >= MOST_KEYS:
        raise DomainError(_("You have very many feed addresses: please revoke some first."))
    secret = secrets.token_urlsafe(32)
    key = FeedKey(user_id=person.id, token_hash=_hash(secret))
    db.session.add(key)
    db.session.flush()
    record("feed.opened", None, by=person, key_id=key.id)
    return secret


@command
def revoke(key: FeedKey, by: User) -> None:
    """Make the secret worthless."""
    if key.revoked_at is None:
        key.revoked_at = utcnow()
        record("feed.revoked", None, by=by, key_id=key.id)


def keys_of(person: Any) -> Sequence[FeedKey]:
    """The person's secrets that work, the latest first."""
    query = select(FeedKey).where(FeedKey.user_id == person.id, FeedKey.revoked_at.is_(None))
    return db.session.scalars(query.order_by(FeedKey.id.desc())).all()


def find(person: Any, key_id: int) -> FeedKey | None:
    """One of the person's own secrets."""
    key = db.session.get(FeedKey, key_id)
    return key if key is not None and key.user_id == person.id else None


def person_behind(secret: str) -> User | None:
    """Whose secret it is, if it works and they are still here; notes that it is read."""
    query = (
        select(FeedKey)
        .join(FeedKey.user)
        .where(FeedKey.token_hash == _hash(secret), FeedKey.revoked_at.is_(None), User.active)
    )
    key = db.session.scalar(query)
    if key is None:
        return None
    now = utcnow()
    if key.read_at is None or now - key.read_at >= USE_NOTED_EVERY:
        with transaction():
            db.session.execute(update(FeedKey).where(FeedKey.id == key.id).values(read_at=now))
    return db.session.get(User, key.user_id)


def of_insights(filters: listing.Filters) -> str:
    """The part of an address that names a list of insights with its filters."""
    given = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(filters).items()
        if value and name not in ("archived", "sort")
    }
    return f"insights.atom{'?' + urlencode(given) if given else ''}"


def list_feed(name: str, args: Mapping[str, str], person: User, base: str) -> bytes:
    """What is new in a list, as far as the person sees it; `base` is the site's address."""
    with force_locale(person.language or settings().languages[0]):
        found = _newest(name, args, person)
        entries = [_of_subject(subject, base) for subject in found]
        title = listing.in_words(listing.read(args)) if name == "insights" else _names()[name]
        given = urlencode(sorted(args.items()))
        return _atom(f"list-{name}-{given}", title, f"{base}{_page_of(name)}", entries)


def page_feed(subject: Subject, person: User, base: str) -> bytes:
    """What happens to a page, in words, as far as everybody who sees the page may know."""
    with force_locale(person.language or settings().languages[0]):
        query = select(Event).where(Event.subject_id == subject.id).order_by(Event.id.desc())
        happened = _public(db.session.scalars(query.limit(3 * MOST_ENTRIES)).all(), person)
        told = history.tell(happened)[:MOST_ENTRIES]
        link = base + web.address(subject)
        entries = [
            Entry(
                number=f"event-{one.event.id}",
                title=f"{one.who.name if one.who else _('CX Wiki')} {one.text}",
                address=link,
                at=one.event.at,
                who=one.who.name if one.who else _("CX Wiki"),
                summary="",
            )
            for one in told
        ]
        return _atom(f"page-{subject.id}", subject.title, link, entries)


def _newest(name: str, args: Mapping[str, str], person: User) -> Sequence[Subject]:
    model = LISTS[name]
    query: Select[Any] = (
        listing.query(listing.read({**args, "sort": "newest", "archived": ""}), person)
        if name == "insights"
        else access.visible(model, person).order_by(model.created_at.desc(), model.id.desc())
    )
    query = query.limit(MOST_ENTRIES).options(lazyload("*"), selectinload(Subject.author))
    return db.session.scalars(query).all()


def _of_subject(subject: Subject, base: str) -> Entry:
    body = getattr(subject, "body", "")
    return Entry(
        number=f"subject-{subject.id}",
        title=subject.title,
        address=base + web.address(subject),
        at=subject.created_at,
        who=subject.author.name if subject.author else _("somebody who left"),
        summary=first_words(body, LONGEST_SUMMARY) if body else "",
    )


def _public(happened: Sequence[Event], person: User) -> list[Event]:
    """Without links to what the person does not see, alerts, and comments within a team."""
    ids = {event.data["comment_id"] for event in happened if "comment_id" in event.data}
    query = select(Comment.id).where(Comment.id.in_(ids), Comment.team_id.is_(None))
    said = set(db.session.scalars(query)) if ids else set()
    everybodys = wording.names()
    return [
        event
        for event in history.seen_by(happened, person)
        if event.data.get("comment_id") in (None, *said)
        and event.name in everybodys
        and not event.name.startswith(("search.", "access.", "person."))
    ]


def _atom(number: str, title: str, link: str, entries: Iterable[Entry]) -> bytes:
    """RFC 4287; ids stay the same when a title, and with it an address, changes."""
    site = f"tag:{urlsplit(link).hostname},2026:"
    feed = FeedGenerator()
    feed.id(f"{site}{number}")
    feed.title(_writable(title))
    feed.link(href=link, rel="alternate")
    some = list(entries)
    feed.updated(max((entry.at for entry in some), default=_NEVER))
    for entry in some:
        one = feed.add_entry(order="append")
        one.id(f"{site}{entry.number}")
        one.title(_writable(entry.title))
        one.link(href=entry.address)
        one.updated(entry.at)
        one.published(entry.at)
        one.author({"name": _writable(entry.who)})
        if entry.summary:
            one.summary(_writable(entry.summary))
    return bytes(feed.atom_str(pretty=True))


def _writable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(
        letter
        for letter in text
        if letter in "\t\n" or (letter >= " " and letter not in "\ufffe\uffff")
    )


def _names() -> Mapping[str, str]:
    return {
        "pages": _("Pages"),
        "actions": _("Actions"),
        "projects": _("Projects"),
        "kpis": _("KPIs"),
    }


def _page_of(name: str) -> str:
    return url_for(f"{name}.index")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
