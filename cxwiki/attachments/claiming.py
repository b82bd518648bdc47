"""Uploads wait until a text that is saved names them; then they belong to what it is about."""

from __future__ import annotations

import re

from cxwiki.access import is_id
from cxwiki.attachments import service
from cxwiki.database import db
from cxwiki.discussion.models import Comment
from cxwiki.events import Event
from cxwiki.subjects import Subject

NAMED = re.compile(r"/attachments/(\d{1,10})/")
MOST = 500


def ids_in(text: str) -> set[int]:
    """The numbers of the attachments that a text links to or shows."""
    found = {int(number) for number in NAMED.findall(text)}
    newest = sorted((number for number in found if is_id(number)), reverse=True)
    return set(newest[:MOST])  # the older ones have been claimed before


def claim_for_text(event: Event) -> None:
    """Put what the saved text names on its subject."""
    if event.subject is not None:
        _claim(_text_of(event.subject), event, None)


def claim_for_comment(event: Event) -> None:
    """Put what a comment names on the subject that it is about, as internal as the comment is."""
    said = db.session.get(Comment, event.data.get("comment_id", 0))
    if said is not None:
        _claim(said.body, event, said.team_id)


def _claim(text: str, event: Event, team_id: int | None) -> None:
    ids = ids_in(text) if "/attachments/" in text else set()
    if ids and event.subject is not None and event.actor_id is not None:
        service.claim(ids, event.subject, event.actor_id, team_id)


def _text_of(subject: Subject) -> str:
    """Its Markdown, as it stands in the row: every text that is saved comes by here."""
    for name in ("body", "purpose", "description"):
        if written := getattr(subject, name, None):
            return str(written)
    return ""
