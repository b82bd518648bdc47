"""Saving on a stale base: what does not touch is merged, the rest is for the person to choose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import Conflict
from cxwiki.subjects import Subject
from cxwiki.writing import revisions, texts, three_way
from cxwiki.writing.models import Revision
from cxwiki.writing.texts import Content
from cxwiki.writing.three_way import Piece

MINE, THEIRS, BOTH = "mine", "theirs", "both"


@dataclass(frozen=True)
class Field:
    """A field that both sides changed differently."""

    name: str
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merge:
    """My text and the one that was saved meanwhile, as revision `number`, put together.

    `fields` are those that need no choice.
    """

    number: int
    title: Piece
    body: list[Piece]
    fields: dict[str, Any]
    open_fields: list[Field]

    @property
    def is_clean(self) -> bool:
        """Whether nobody has to choose anything."""
        return not self.open_fields and all(one.is_settled for one in [self.title, *self.body])

    def chosen(self, choices: dict[str, str]) -> Content:
        """The text that the choices make: by "title", "body-0", "body-1", …, "field-<name>".

        Raises KeyError for a place that was not chosen.
        """
        fields = dict(self.fields)
        for field in self.open_fields:
            mine = choices[f"field-{field.name}"] == MINE
            fields[field.name] = field.mine if mine else field.theirs
        body = "".join(
            _chosen(piece, choices.get(f"body-{place}")) for place, piece in enumerate(self.body)
        )
        return Content(_chosen(self.title, choices.get("title")), body, fields)


class EditsTouch(Conflict):
    """Both sides changed the same places; the merge says which."""

    def __init__(self, merge: Merge) -> None:
        super().__init__(_("Somebody else saved this while you were writing."))
        self.merge = merge


@dataclass(frozen=True)
class Saved:
    """How the saving went; `others` are the names of those whose changes were merged in."""

    others: tuple[str, ...] = ()
    merged: bool = False


@command
def save(text: Subject, mine: Content, by: User, based_on: int, comment: str = "") -> Saved:
    """Save a text that was written on revision `based_on`; one that there is not is none.

    What others saved meanwhile is kept. Raises EditsTouch when both changed the same places, and
    DomainError when the text is not acceptable.
    """
    db.session.refresh(text, with_for_update=True)
    way, present = texts.of(text), number_of(text)
    based_on = based_on if 0 < based_on <= present else 0
    if based_on == present:
        way.save(text, mine, by, based_on, comment)
        return Saved()
    merge = compare(text, mine, by, based_on)
    if not merge.is_clean:
        raise EditsTouch(merge)
    way.save(text, merge.chosen({}), by, present, comment)
    return Saved(_others(text, by, based_on), merged=True)


def compare(text: Subject, mine: Content, person: User, based_on: int) -> Merge:
    """Put together what somebody wrote on revision `based_on` and what the text says now."""
    theirs, base = texts.of(text).content(text), None
    if 0 < based_on < number_of(text):
        base = revisions.readable(text, based_on, person)
    title, body = richtext.one_line(mine.title), richtext.clean(mine.body).strip()
    if base is None or base.suppressed_at is not None:
        names = [name for name, value in mine.fields.items() if theirs.fields.get(name) != value]
        known, fields = None, dict(theirs.fields)
        pieces = three_way.without_base(body, theirs.body)
    else:
        known = revisions.content(base)
        fields, names = three_way.merge_values(known.fields, mine.fields, theirs.fields)
        pieces = three_way.merge(known.body, body, theirs.body)
    return Merge(
        number=number_of(text),
        title=Piece(known.title if known else None, title, theirs.title),
        body=pieces,
        fields={name: value for name, value in fields.items() if name not in names},
        open_fields=[Field(name, mine.fields[name], theirs.fields.get(name)) for name in names],
    )


def number_of(text: Subject) -> int:
    """The number of the revision that a text is at."""
    number: int = text.revision_number  # type: ignore[attr-defined]
    return number


def _others(text: Subject, by: User, based_on: int) -> tuple[str, ...]:
    query = (
        select(User.name, Revision.fields)
        .join(Revision, Revision.author_id == User.id)
        .where(Revision.subject_id == text.id, Revision.number > based_on, User.id != by.id)
    )
    rows = db.session.execute(query)
    return tuple(sorted({name for name, fields in rows if revisions.may_read(by, text, fields)}))


def _chosen(piece: Piece, choice: str | None) -> str:
    if piece.is_settled:
        return piece.settled
    return {MINE: piece.mine, THEIRS: piece.theirs, BOTH: piece.both}[choice or ""]


def missing(merge: Merge, choices: dict[str, str]) -> set[str]:
    """The places that still need a choice; only words of the body can be had from both."""
    return {
        place
        for place in places(merge)
        if choices.get(place) not in (MINE, THEIRS)
        and not (place.startswith("body-") and choices.get(place) == BOTH)
    }


def places(merge: Merge) -> Iterable[str]:
    """The names of all places that need a choice, in reading order."""
    if not merge.title.is_settled:
        yield "title"
    for place, piece in enumerate(merge.body):
        if not piece.is_settled:
            yield f"body-{place}"
    for field in merge.open_fields:
        yield f"field-{field.name}"
