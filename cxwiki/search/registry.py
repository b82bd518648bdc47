"""What can be found: features register their records here, search knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import lazyload
from sqlalchemy.sql.base import ExecutableOption

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
_flags: dict[str, Callable[[], Select[int]]] = {}
_findables: dict[str, Findable] = {}
_embedded: list[Callable[[Sequence[int]], None]] = []


def register(type_name: str, findable: Findable) -> None:
    """Let subjects of a type be found."""
    _findables[type_name] = findable


def register_parts(load: Parts) -> None:
    """Let texts that hang on subjects be found: given subjects' ids, gives their parts in order."""
    if load not in _parts:
        _parts.append(load)


def register_flag(name: str, select_ids: Callable[[], Select[int]]) -> None:
    """Let subjects of several types be searched for as `is:name`, beside those of `Findable`."""
    _flags[name] = select_ids


def flagged(name: str) -> list[Select[int]]:
    """The selects of the ids that `is:name` asks for; none for a word that is no flag."""
    found = [
        select(one.model.id).where(one.flags[name]())
        for one in _findables.values()
        if name in one.flags
    ]
    return [*found, _flags[name]()] if name in _flags else found


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
    query = select(Subject.id, Subject.type).where(
        Subject.id.in_(list(ids)), Subject.archived_at.is_(None), Subject.type.in_(_findables)
    )
    return documents_of(load({row.id: row.type for row in db.session.execute(query)}))


def load(types: Mapping[int, str], *options: ExecutableOption) -> dict[int, Subject]:
    """Load subjects, given the type of each, with one query a type.

    Nothing that they relate to is read, but for what `options` say.
    """
    by_type: dict[str, list[int]] = {}
    for subject_id, type_name in types.items():
        by_type.setdefault(type_name, []).append(subject_id)
    loaded: dict[int, Subject] = {}
    for type_name, ids in by_type.items():
        model = _findables[type_name].model
        query = select(model).where(model.id.in_(ids)).options(lazyload("*"), *options)
        loaded.update((subject.id, subject) for subject in db.session.scalars(query))
    return loaded


def documents_of(subjects: Mapping[int, Subject]) -> list[Document]:
    """The documents of loaded subjects."""
    parts = [load_parts(list(subjects)) for load_parts in _parts] if subjects else []
    by_type: dict[str, list[Subject]] = {}
    for subject in subjects.values():
        by_type.setdefault(subject.type, []).append(subject)
    for type_name, some in by_type.items():
        _findables[type_name].prepare(some)
    return [_document(subject, parts) for some in by_type.values() for subject in some]


def findable_ids() -> Select[int]:
    """The select of the ids of everything that can be found."""
    return select(Subject.id).where(Subject.archived_at.is_(None), Subject.type.in_(_findables))


def anything() -> bool:
    """Whether there is anything to find."""
    return db.session.scalar(findable_ids().limit(1)) is not None


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


def _document(subject: Any, parts: Sequence[Mapping[int, Sequence[Part]]]) -> Document:
    findable = _findables[subject.type]
    return Document(
        subject_id=subject.id,
        type=subject.type,
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
