"""Templates: what the text of a kind can begin with. Built in, until managers write their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import LazyString, force_locale
from sqlalchemy import select

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.events import record
from cxwiki.i18n import settings
from cxwiki.writing.models import TextTemplate

LONGEST = 10_000


@dataclass(frozen=True)
class Kind:
    """A kind of text: what people call it, and the headings of its built-in template."""

    label: str | LazyString
    headings: Sequence[str | LazyString]


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Let texts of a kind begin with a template; in the order in which managers see them."""
    _kinds[name] = kind


def kinds() -> dict[str, Kind]:
    """All kinds of text that have a template."""
    return _kinds


def built_in(name: str, language: str) -> str:
    """The template that a kind has from the start, as Markdown with a heading for each part."""
    with force_locale(language):
        return "\n\n\n".join(f"## {heading}" for heading in _kinds[name].headings) + "\n\n"


def written(name: str, language: str) -> TextTemplate | None:
    """The template that managers wrote instead, if they did."""
    return db.session.get(TextTemplate, (name, language))


def text_of(name: str, language: str) -> str:
    """What a text of this kind begins with in this language."""
    own = written(name, language)
    return own.body if own is not None else built_in(name, language)


def all_written() -> dict[tuple[str, str], TextTemplate]:
    """The templates that managers wrote, by kind and language."""
    return {(own.kind, own.language): own for own in db.session.scalars(select(TextTemplate))}


@command
def change(name: str, language: str, body: str, by: User) -> None:
    """Let texts of a kind begin with this; what is written already stays as it is."""
    text = richtext.clean(body).strip()
    richtext.check_length(text, min(LONGEST, settings().max_text), "body")
    own = written(name, language) or TextTemplate(kind=name, language=language)
    own.body, own.changed_by_id, own.changed_at = f"{text}\n" if text else "", by.id, utcnow()
    db.session.add(own)
    record("template.changed", None, by=by, kind=name, language=language)


@command
def take_back(name: str, language: str, by: User) -> None:
    """Let texts of a kind begin with the built-in template again."""
    if (own := written(name, language)) is not None:
        db.session.delete(own)
        record("template.changed", None, by=by, kind=name, language=language)
