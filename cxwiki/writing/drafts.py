"""Drafts: what somebody writes is kept on the server until it is saved or thrown away.

Each open form carries a signed note of whose it is, so that a text which arrives after its session
ended is still put among the drafts of the person who wrote it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import delete, select

from cxwiki.database import command, db, utcnow
from cxwiki.richtext import clean, first_words
from cxwiki.subjects import Subject
from cxwiki.writing.models import Draft

FORMS = ("insight", "page", "comment")
WORDS = ("title", "body", "quote", "definition")
"""The fields whose text is worth keeping; a form with nothing in them is no draft."""
NOT_KEPT = frozenset({"csrf_token", "draft", "based_on", "next", "confirmed", "_method"})
MOST_DRAFTS, MOST_FIELDS, LONGEST_NAME = 100, 60, 60
KEPT_FOR = timedelta(days=180)
FORM_LIVES = timedelta(days=30)


@dataclass(frozen=True)
class Key:
    """Which open form a draft comes from: whose, of what kind, on what."""

    user_id: int
    form: str
    subject_id: int | None
    key: str


def new_key(user_id: int, form: str, subject_id: int | None) -> Key:
    """A key for a form that is shown now."""
    if form not in FORMS:
        raise ValueError(form)
    return Key(user_id, form, subject_id, secrets.token_hex(8))


def key_of(draft: Draft) -> Key:
    """The key of the form in which the draft is written on."""
    return Key(draft.user_id, draft.form, draft.subject_id, draft.key)


def seal(key: Key) -> str:
    """The note that the form carries; nobody else can make one."""
    return _signer().dumps([key.user_id, key.form, key.subject_id, key.key])


def unseal(note: str) -> Key | None:
    """Whose form it was, or None if the note is not ours or too old."""
    try:
        return Key(*_signer().loads(note, max_age=int(FORM_LIVES.total_seconds())))
    except (BadSignature, TypeError):
        return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="draft")


@command
def keep(key: Key, values: Mapping[str, Sequence[str]], based_on: int | None) -> Draft | None:
    """Keep what the form says now; a form in which nothing is written has no draft."""
    kept = _worth_keeping(values)
    draft = of_key(key)
    if not any(kept.get(name, [""])[0].strip() for name in WORDS):
        if draft is not None:
            db.session.delete(draft)
        return None
    if draft is None:
        draft = Draft(
            user_id=key.user_id, form=key.form, subject_id=key.subject_id, key=key.key, values={}
        )
        db.session.add(draft)
        _make_room(key.user_id)
    draft.values, draft.based_on, draft.updated_at = kept, based_on, utcnow()
    return draft


def _worth_keeping(values: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    names = [name for name in values if name not in NOT_KEPT and len(name) <= LONGEST_NAME]
    return {name: [clean(text) for text in values[name]] for name in names[:MOST_FIELDS]}


def _make_room(user_id: int) -> None:
    """The oldest drafts of somebody who keeps very many make room for the newest."""
    newest = select(Draft.id).where(Draft.user_id == user_id).order_by(Draft.updated_at.desc())
    surplus = db.session.scalars(newest.offset(MOST_DRAFTS)).all()
    db.session.execute(delete(Draft).where(Draft.id.in_(surplus)))


def of_key(key: Key) -> Draft | None:
    """The draft of an open form."""
    query = select(Draft).where(
        Draft.user_id == key.user_id,
        Draft.key == key.key,
        Draft.form == key.form,
        Draft.subject_id.is_not_distinct_from(key.subject_id),
    )
    return db.session.scalar(query)


def of_form(user_id: int, form: str, subject_id: int | None) -> Sequence[Draft]:
    """A person's drafts of this form on this subject, the newest first."""
    query = select(Draft).where(
        Draft.user_id == user_id,
        Draft.form == form,
        Draft.subject_id.is_not_distinct_from(subject_id),
    )
    return db.session.scalars(query.order_by(Draft.updated_at.desc(), Draft.id.desc())).all()


def of_person(user_id: int) -> Sequence[Draft]:
    """All drafts of a person, the newest first."""
    query = select(Draft).where(Draft.user_id == user_id)
    return db.session.scalars(query.order_by(Draft.updated_at.desc(), Draft.id.desc())).all()


def own(user_id: int, draft_id: int) -> Draft | None:
    """The person's draft of this number."""
    draft = db.session.get(Draft, draft_id)
    return draft if draft is not None and draft.user_id == user_id else None


@command
def throw_away(draft: Draft) -> None:
    """Forget a draft for good."""
    db.session.delete(draft)


@command
def forget(key: Key) -> None:
    """Forget the draft of a form that was sent: its text is saved."""
    if (draft := of_key(key)) is not None:
        db.session.delete(draft)


@command
def forget_of_text(user_id: int, form: str, subject_id: int) -> None:
    """Forget what the person had changed in a text, because it is saved."""
    db.session.execute(
        delete(Draft).where(
            Draft.user_id == user_id, Draft.form == form, Draft.subject_id == subject_id
        )
    )


@command
def forget_old() -> None:
    """Forget drafts that nobody wrote on for half a year."""
    db.session.execute(delete(Draft).where(Draft.updated_at < utcnow() - KEPT_FOR))


def title_of(draft: Draft, subject: Subject | None = None) -> str:
    """What the draft is called in a list: its title, else its first words, else its subject's."""
    text: dict[str, Any] = draft.values
    title = str((text.get("title") or [""])[0]).strip()
    return (
        title
        or first_words((text.get("body") or [""])[0][:500])
        or (subject.title if subject else "")
    )
