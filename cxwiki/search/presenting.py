"""Results as people read them: the passage that shows why, and the address of its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cxwiki import web
from cxwiki.database import db
from cxwiki.search import marks, registry
from cxwiki.search.documents import Document, Hit, Query, Source
from cxwiki.search.facts import Facts
from cxwiki.search.meaning.passages import passage_of
from cxwiki.search.words.snippets import snippet
from cxwiki.subjects import Subject

Marked = list[tuple[str, bool]]
DEEP = 600
"""A passage that begins so many characters into a text is led to by its words."""
WIDTH = 220
FRAGMENT = 6
"""Words of a text that its address names: enough to be the only place, few enough for one line."""
MOST_PARTS = 40
LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Why:
    """Why something was found: it has these words of the query, or it means the same."""

    by: Literal["words", "meaning", "filters"]
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Found:
    """One result: its title and the passage that shows why, as (text, is a match), and its place.

    `source` says whose text the passage is: the subject's body, a comment, a quote, a file's name.
    `fragment` is the part of the page's address that leads to the passage, if it is not at its top.
    """

    subject: Subject
    title: Marked
    passage: Marked
    source: Source
    score: float
    why: Why
    fragment: str
    facts: Facts
    marks: Sequence[marks.Mark] = ()

    @property
    def link(self) -> str:
        """The address of the passage; needs a request, so commands do not ask for it."""
        page = web.address(self.subject)
        return f"{page}#{self.fragment}" if self.fragment else page


@dataclass(frozen=True, slots=True)
class _Place:
    """A passage, and where on the page it is: an anchor, or words of the body far down."""

    passage: Marked
    source: Source = "body"
    anchor: str = ""
    words: str = ""


def present(
    hits: Sequence[Hit], facts: dict[int, Facts], query: Query, by_words: Collection[int]
) -> list[Found]:
    """Load a page of hits: one query a type, however many hits there are."""
    types = {hit.subject_id: facts[hit.subject_id].type for hit in hits}
    subjects = registry.load(types, selectinload(Subject.team))
    documents = {one.subject_id: one for one in registry.documents_of(subjects)}
    marked = marks.of(list(documents))
    return [
        replace(
            _found(
                subjects[hit.subject_id],
                documents[hit.subject_id],
                hit,
                facts[hit.subject_id],
                query,
                hit.subject_id in by_words,
            ),
            marks=marked.get(hit.subject_id, ()),
        )
        for hit in hits
        if hit.subject_id in documents
    ]


def load(ids: Iterable[int]) -> dict[int, Subject]:
    """Load subjects of all types with one query a type."""
    types: dict[str, list[int]] = {}
    for type_name, subject_id in db.session.execute(
        select(Subject.type, Subject.id).where(Subject.id.in_(list(ids)))
    ):
        types.setdefault(type_name, []).append(subject_id)
    loaded: dict[int, Subject] = {}
    for type_name, some in types.items():
        model = registry.findables()[type_name].model
        loaded.update(
            (one.id, one) for one in db.session.scalars(select(model).where(model.id.in_(some)))
        )
    return loaded


def _found(
    subject: Subject, document: Document, hit: Hit, facts: Facts, query: Query, has_words: bool
) -> Found:
    terms = {name for word in query.words for name in word.names}
    title = snippet(document.title, terms, document.language, LONGEST_TITLE)
    place = _by_words(document, terms)
    words = _matches(title, place.passage)
    if not has_words and query.words:
        place = _by_meaning(document, hit.passage) or place
    by: Literal["words", "meaning", "filters"] = "words" if has_words else "meaning"
    return Found(
        subject,
        title,
        place.passage,
        place.source,
        hit.score,
        Why(by if query.words else "filters", words if has_words else ()),
        place.anchor or (text_fragment(place.words) if place.words else ""),
        facts,
    )


def _by_words(document: Document, terms: set[str]) -> _Place:
    """The text with the most of the words: the body, or what hangs on the subject."""
    best = _Place(snippet(document.body, terms, document.language, WIDTH))
    most = len(_matches(best.passage))
    for part in document.parts[:MOST_PARTS] if terms else ():
        passage = snippet(part.text, terms, part.language or document.language, WIDTH)
        if len(_matches(passage)) > most:
            best, most = _Place(passage, part.source, part.anchor), len(_matches(passage))
    if best.source == "body" and most:
        best = replace(best, words=_deep_words(document.body, best.passage))
    return best


def _by_meaning(document: Document, number: int | None) -> _Place | None:
    """The passage whose meaning matched; None for the beginning, which is shown anyway."""
    found = passage_of(document, number)
    if found is None or found.number == 0:
        return None
    words = ""
    if found.source == "body" and found.start >= DEEP:
        words = _some_words(found.text.strip().split("\n", 1)[0])
    shown = snippet(found.text, (), found.language, WIDTH)
    return _Place(shown, found.source, found.anchor, words)


def _deep_words(body: str, passage: Marked) -> str:
    """Words that begin at the first match, if that is far down; they stand in one line there."""
    marked = next(number for number, (_text, is_match) in enumerate(passage) if is_match)
    following = "".join(text for text, _is_match in passage[marked:]).rstrip("…").split()
    start = 0
    for line in body.split("\n"):
        flat = " ".join(line.split())
        for count in range(min(FRAGMENT, len(following)), 0, -1):
            words = " ".join(following[:count])
            place = flat.find(words)
            if place >= 0 and (count > 1 or len(following) == 1):
                return words if start + place >= DEEP else ""
        start += len(line) + 1
    return ""


def _some_words(line: str) -> str:
    return " ".join(line.split()[:FRAGMENT])


def _matches(*passages: Marked) -> list[str]:
    """The matched words as they are written, each once, in their order."""
    words = [text for passage in passages for text, is_match in passage if is_match]
    return list({word.lower(): word for word in reversed(words)}.values())[::-1]


def text_fragment(text: str) -> str:
    """The end of an address that makes a browser scroll to a text (WICG, URL text fragments).

    Everything is percent-encoded, and the hyphen too: it has a meaning there.
    """
    return ":~:text=" + quote(text, safe="").replace("-", "%2D")
