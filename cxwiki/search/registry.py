"""What can be found: features register their records here, search knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import lazyload

from cxwiki.database import db
from cxwiki.search.documents import Document, Part
from cxwiki.subjects import Subject

CHUNK = 500
Text = Callable[[Any], str]
Tags = Callable[[Any], Sequence[str]]
Prepare = Callable[[Sequence[Any]], None]
Mine = Callable[[Any], ColumnElement[bool]]
Flag = Callable[[], ColumnElement[bool]]
Parts = Callable[[Sequence[int]], Mapping[int, Sequence[Part]]]


@dataclass(frozen=True)
class Findable:
    """A type of subject that can be found: its model and the text that it is found by.

    `prepare` loads for many at once what `text` needs, so that indexing costs few queries. `kind`,
    `status`, `channel`, `votes` and `spread` are columns of the model, where it has such a thing.
    `mine` says which are a person's beside those that they wrote; `flags` are conditions that
    people can search for as `is:name`.
    """

    model: type[Subject]
    text: Text
    prepare: Prepare = lambda _subjects: None
    tags: Tags = lambda _subject: ()
    kind: Any = None
    status: Any = None
    channel: Any = None
    votes: Any = None
    spread: Any = None
    mine: Mine | None = None
    flags: Mapping[str, Flag] = field(default_factory=dict)


_parts: list[Parts] = []
_findables: dict[str, Findable] = {}
_embedded: list[Callable[[Sequence[int]], None]] = []


def register(type_name: str, findable: Findable) -> None:
    """Let subjects of a type be found."""
    _findables[type_name] = findable


def register_parts(load: Parts) -> None:
    """Let texts that hang on subjects be found: given subjects' ids, gives their parts in order."""
    if load not in _parts:
        _parts.append(load)


def findables() -> dict[str, Findable]:
    """All types that can be found."""
    return _findables


def after_embedding(callback: Callable[[Sequence[int]], None]) -> None:
    """Call with the ids of subjects that got a new vector; in the worker, and maybe twice."""
    if callback not in _embedded:
        _embedded.append(callback)


def embedded(ids: Sequence[int]) -> None:
    """Tell who waits for vectors."""
    for callback in _embedded:
        callback(ids)


def documents(ids: Iterable[int]) -> list[Document]:
    """The documents of those subjects that exist, are not archived and can be found."""
    query = select(Subject.type, Subject.id).where(
        Subject.id.in_(list(ids)), Subject.archived_at.is_(None)
    )
    by_type: dict[str, list[int]] = {}
    for type_name, subject_id in db.session.execute(query):
        by_type.setdefault(type_name, []).append(subject_id)
    return [
        document
        for type_name, found in by_type.items()
        if type_name in _findables
        for document in _documents_of(type_name, found)
    ]


def findable_ids() -> Select[int]:
    """The select of the ids of everything that can be found."""
    return select(Subject.id).where(Subject.archived_at.is_(None), Subject.type.in_(_findables))


def all_ids() -> Iterator[list[int]]:
    """The ids of everything that can be found, in chunks, so that memory stays small."""
    last = 0
    query = findable_ids().order_by(Subject.id).limit(CHUNK)
    while ids := list(db.session.scalars(query.where(Subject.id > last))):
        yield ids
        last = ids[-1]


def all_documents() -> Iterator[Document]:
    """Everything that can be found."""
    for ids in all_ids():
        yield from documents(ids)
        db.session.expunge_all()


def _documents_of(type_name: str, ids: list[int]) -> list[Document]:
    findable = _findables[type_name]
    # Words are wanted alone: nobody's team is read for them.
    query = select(findable.model).where(findable.model.id.in_(ids)).options(lazyload("*"))
    subjects = db.session.scalars(query).all()
    findable.prepare(subjects)
    parts = [load(ids) for load in _parts]
    return [
        Document(
            subject_id=subject.id,
            type=type_name,
            title=subject.title,
            body=findable.text(subject),
            language=subject.language,
            team_id=subject.team_id,
            visibility=subject.visibility,
            kind=getattr(subject, "kind", None),
            status=getattr(subject, "status", None) or getattr(subject, "stage", None),
            channel=getattr(subject, "channel", None),
            author_id=subject.author_id,
            created_at=subject.created_at,
            tags=tuple(findable.tags(subject)),
            parts=tuple(part for loaded in parts for part in loaded.get(subject.id, ())),
        )
        for subject in subjects
    ]
