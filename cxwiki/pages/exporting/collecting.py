"""What is exported: the texts that a person may see, where each one goes, and their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import access
from cxwiki.attachments import service as attachments
from cxwiki.attachments.models import Attachment
from cxwiki.attachments.names import in_address
from cxwiki.database import db
from cxwiki.discussion.service import tags_by_subject
from cxwiki.errors import DomainError
from cxwiki.linking import resolving
from cxwiki.pages.models import Page
from cxwiki.richtext import marks
from cxwiki.subjects import Subject
from cxwiki.writing import texts

MOST_TEXTS = 5000
MOST_BYTES = 1_000_000_000
FILES, CONTENTS = "files", "contents"


@dataclass(frozen=True)
class More:
    """What a feature adds to the export of its texts: facts for the front matter, and Markdown."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    below: str = ""


@dataclass
class Bundle:
    """Texts in order, the path of each without its ending, their files and where those go.

    `targets` are the subjects that wiki links mean, `more` is what features add to single texts.
    """

    subjects: Sequence[Subject]
    paths: dict[int, str]
    files: dict[int, list[Attachment]]
    file_paths: dict[int, str]
    targets: Mapping[str, Any]
    more: dict[int, More]
    tags: Mapping[int, list[str]]


Adding = Callable[[Sequence[Any]], Mapping[int, More]]
_adding: dict[str, Adding] = {}


def register(type_name: str, add: Adding) -> None:
    """Let a feature add to the export of its texts; `add` is called once for many."""
    _adding[type_name] = add


def of_subjects(ids: Sequence[int], person: Any) -> Bundle:
    """Gather those of the texts that the person may see. Raises DomainError for too many."""
    if len(ids) > MOST_TEXTS:
        raise DomainError(
            _("At most %(number)s texts can be exported at once: choose fewer.", number=MOST_TEXTS)
        )
    subjects = _seen(ids, person)
    numbers = [subject.id for subject in subjects]
    files: dict[int, list[Attachment]] = {}
    for entry in attachments.for_export(numbers, person):
        assert entry.subject_id is not None
        files.setdefault(entry.subject_id, []).append(entry)
    every = [entry for some in files.values() for entry in some]
    if sum(entry.blob.size for entry in every) > MOST_BYTES:
        raise DomainError(
            _(
                "The files of these texts are larger than %(size)s MB: choose fewer.",
                size=MOST_BYTES // 1_000_000,
            )
        )
    titles = list(dict.fromkeys(one for text in subjects for one in marks.titles(_html(text))))
    more: dict[int, More] = {}
    for type_name, add in _adding.items():
        more |= add([subject for subject in subjects if subject.type == type_name])
    return Bundle(
        subjects,
        _paths(subjects),
        files,
        {entry.id: f"{FILES}/{entry.id}/{in_address(entry.filename)}" for entry in every},
        _targets(titles, person),
        more,
        tags_by_subject(numbers),
    )


def _targets(titles: Sequence[str], person: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for start in range(0, len(titles), 1000):
        found |= resolving.targets(titles[start : start + 1000], person)
    return found


def below(page: Page, person: Any) -> list[int]:
    """The numbers of a guide and of everything below it that the person sees, in order."""
    found, level = [page.id], [page.id]
    while level and len(found) <= MOST_TEXTS:
        query = access.visible(Page, person).where(Page.parent_id.in_(level))
        level = list(db.session.scalars(query.with_only_columns(Page.id)))
        found += level
    return found


def _seen(ids: Sequence[int], person: Any) -> list[Subject]:
    """The texts among the subjects, loaded with one query a type, in the wished order."""
    query = select(Subject.id, Subject.type).where(
        Subject.id.in_(ids), access.visible_to(person), Subject.merged_into_id.is_(None)
    )
    by_type: dict[str, list[int]] = {}
    for subject_id, type_name in db.session.execute(query):
        by_type.setdefault(type_name, []).append(subject_id)
    loaded: dict[int, Subject] = {}
    for type_name, some in by_type.items():
        model = texts.models().get(type_name)
        if model is not None:
            rows = db.session.scalars(select(model).where(model.id.in_(some)))
            loaded.update((row.id, row) for row in rows)
    return [loaded[number] for number in dict.fromkeys(ids) if number in loaded]


def _html(subject: Any) -> str:
    return subject.html or ""


def _paths(subjects: Sequence[Any]) -> dict[int, str]:
    """A path for each text: what stands below a guide lies in its folder."""
    known = {subject.id: subject for subject in subjects}
    parents = {getattr(subject, "parent_id", None) for subject in subjects} & known.keys()
    taken = {f"{CONTENTS}."}
    folders: dict[int, str] = {}
    paths: dict[int, str] = {}

    def folder_of(subject: Any, seen: tuple[int, ...] = ()) -> str:
        parent = known.get(getattr(subject, "parent_id", None) or 0)
        if parent is None or parent.id in seen:
            return ""
        if parent.id not in folders:
            name = f"{folder_of(parent, (*seen, subject.id))}{_name(parent)}"
            folders[parent.id] = f"{name}-{parent.id}/" if f"{name}/" in taken else f"{name}/"
            taken.update((folders[parent.id], f"{folders[parent.id]}index."))
        return folders[parent.id]

    for subject in subjects:
        place = folder_of(subject)
        if subject.id in parents:
            folder_of(next(one for one in subjects if _is_below(one, subject)))
            paths[subject.id] = f"{folders[subject.id]}index"
            continue
        path = f"{place}{_name(subject)}"
        if f"{path}." in taken:
            path = f"{path}-{subject.id}"
        taken.add(f"{path}.")
        paths[subject.id] = path
    return paths


def _is_below(subject: Any, parent: Subject) -> bool:
    return getattr(subject, "parent_id", None) == parent.id


def _name(subject: Subject) -> str:
    return subject.slug[:60].strip("-") or str(subject.id)
