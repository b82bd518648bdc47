"""After a renaming: the links that name the old title are written anew, without telling anybody.

Only links that everybody who reads the text may follow are touched: else a new title would come to
the eyes of people who may not know it. The others still lead there by the former title.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import or_, select

from cxwiki import richtext
from cxwiki.database import command, db, utcnow
from cxwiki.events import Event, record
from cxwiki.i18n import settings
from cxwiki.linking.models import FormerTitle, TextLink, TitleKey
from cxwiki.linking.titles import can_be_linked, key_of
from cxwiki.richtext import marks
from cxwiki.subjects import Subject, Visibility
from cxwiki.writing import revisions, texts

RELINKED = "text.relinked"
_CODE = re.compile(
    r"^(?P<fence>```+|~~~+).*?(?:^(?P=fence)|\Z)|(?P<ticks>`+)[^`].*?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)


def rewritten(
    body: str, old: Collection[str], title: str, number: int, *, by_number: bool = False
) -> str:
    """The Markdown with links to titles that fold to one of `old` leading to `title`.

    They name the number if asked to, or if brackets or the like keep links from naming the title.
    """
    name = f"#{number}" if by_number or not can_be_linked(title) else title

    def write(found: re.Match[str]) -> str:
        if key_of(found[1]) not in old:
            return found[0]
        label = (found[2] or "").strip()
        if not label and name != title:
            label = " ".join(re.sub(r"[\[\]|]", " ", title).split())
        bar = "\\|" if "\\|" in found[0] else "|"
        return f"[[{name}{bar}{label}]]" if label else f"[[{name}]]"

    pieces, end = [], 0
    for code in _CODE.finditer(body):
        pieces += [marks.WIKI_LINK.sub(write, body[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*pieces, marks.WIKI_LINK.sub(write, body[end:])])


def follow_renaming(happened: Sequence[Event]) -> None:
    """Rewrite the links to what was renamed, each text in a transaction of its own."""
    for event in happened:
        subject = event.subject
        if subject is None:
            continue
        for text_id in _linking(subject):
            _rewrite(text_id, subject.id, _who_renamed(event))


def _linking(subject: Subject) -> Sequence[int]:
    """The ids of texts that name a former title of the subject and mean it."""
    query = (
        select(TextLink.from_id)
        .join(
            FormerTitle,
            (FormerTitle.key == TextLink.key) & (FormerTitle.subject_id == TextLink.to_id),
        )
        .where(TextLink.to_id == subject.id)
    )
    if subject.visibility == Visibility.TEAM:
        query = query.join(Subject, Subject.id == TextLink.from_id).where(
            Subject.visibility == Visibility.TEAM, Subject.team_id == subject.team_id
        )
    return db.session.scalars(query.distinct().order_by(TextLink.from_id)).all()


def _old_names(subject: Subject, text: Subject) -> set[str]:
    """The former titles by which the text means the subject; others may have some of them now."""
    query = (
        select(FormerTitle.key)
        .join(TextLink, TextLink.key == FormerTitle.key)
        .where(
            FormerTitle.subject_id == subject.id,
            TextLink.to_id == subject.id,
            TextLink.from_id == text.id,
        )
    )
    return set(db.session.scalars(query))


def _who_renamed(event: Event) -> int | None:
    """Who did the last thing to the subject before the renaming was noticed: the renaming."""
    query = select(Event.actor_id).where(
        Event.subject_id == event.subject_id,
        Event.id < event.id,
        or_(Event.name.endswith(".edited"), Event.name.endswith(".restored")),
    )
    return db.session.scalar(query.order_by(Event.id.desc()).limit(1))


def _shares_title(subject: Subject, text: Subject) -> bool:
    """Whether something else that all readers of the text may see has the same title now."""
    readers_see = Subject.visibility == Visibility.COMPANY
    if text.visibility == Visibility.TEAM:
        readers_see = or_(readers_see, Subject.team_id == text.team_id)
    others = (
        select(TitleKey.subject_id)
        .join(Subject, Subject.id == TitleKey.subject_id)
        .where(TitleKey.key == key_of(subject.title), Subject.id != subject.id, readers_see)
    )
    return db.session.scalar(others.limit(1)) is not None


@command
def _rewrite(text_id: int, subject_id: int, by_id: int | None) -> None:
    text: Any = db.session.get(Subject, text_id)
    subject = db.session.get(Subject, subject_id)
    if text is None or subject is None or not texts.is_text(text):
        return
    # A save that began before waits here or finds a new revision, and is merged with it.
    db.session.refresh(text, with_for_update=True)
    names = _old_names(subject, text)
    shared = _shares_title(subject, text)
    body = rewritten(text.body, names, subject.title, subject.id, by_number=shared)
    if body == text.body or len(body) > richtext.LONGEST:
        return
    fields = texts.of(text).content(text).fields
    text.body, text.html = body, richtext.to_html(body)
    text.revision_number += 1
    text.version += 1
    with force_locale(text.language if text.language in settings().languages else "en"):
        comment = _("Links follow the new title “%(title)s”", title=subject.title)
    saved = revisions.new(text, fields, by_id, based_on=text.revision_number - 1, comment=comment)
    saved.created_at = utcnow()
    db.session.add(saved)
    record(RELINKED, text, revision=text.revision_number)
