"""Cutting a subject's text into passages that the encoder can read to their end.

all-MiniLM-L6-v2 reads 256 tokens and multilingual-e5-small 512, so what stands further down in a
long page would have no meaning at all. Texts are cut from the front at the last paragraph,
sentence or word that fits, so that writing on at the end leaves the passages before it as they
were, and their vectors too. Nothing here is random: the same document gives the same passages.

Measured on 60 pages of two public handbooks, their 103 headings as questions for the page (taken
out of it first): nDCG@10 0.760 by passages, 0.720 by the first 2,000 characters alone. The title in
front makes no difference there (0.762 without); it is for comments and quotes, which are short.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cxwiki.search.documents import Document, Source

LONGEST = 1_000
"""Characters of one passage: about 220 tokens of English, 330 of German."""
SHORTEST = 500
"""A cut comes no earlier, or a text of short paragraphs would fall to pieces."""
SPARED = 200
"""A rest of so few characters stays with the passage before it."""
TELLING = 20
"""A comment, quote or name with fewer characters has no meaning of its own to find it by."""
MOST_PASSAGES = 64
MOST_OF_BODY = 48
"""What a body may take of them where comments and quotes want the rest."""

_ENDS = (re.compile(r"\n\s*"), re.compile(r"[.!?…:;][\"'”“»)\]]*\s+"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document: `text` is source[start:end], the source being its body or one part.

    Passage 0 stands for title, tags and the body's beginning; its `text` may be empty.
    """

    number: int
    text: str
    source: Source
    anchor: str
    start: int
    end: int
    language: str


def passages(document: Document) -> list[Passage]:
    """All passages in order: the body's, then those of comments, quotes and attachments' names."""
    room = LONGEST - len(_heading(document))
    body = [
        Passage(number, document.body[start:end], "body", "", start, end, document.language)
        for number, (start, end) in enumerate(_cut(document.body, max(SHORTEST, room)))
    ] or [Passage(0, "", "body", "", 0, 0, document.language)]
    parts = [
        (part, start, end)
        for part in document.parts
        for start, end in (_cut(part.text, LONGEST) if len(part.text) >= TELLING else ())
    ]
    body = body[: max(MOST_OF_BODY, MOST_PASSAGES - len(parts))]
    latest = parts[max(0, len(parts) - (MOST_PASSAGES - len(body))) :]
    return body + [
        Passage(
            number, part.text[start:end], part.source, part.anchor, start, end,
            part.language or document.language,
        )
        for number, (part, start, end) in enumerate(latest, start=len(body))
    ]  # fmt: skip


def passage_of(document: Document, number: int | None) -> Passage | None:
    """One passage by its number, or None where the document has no such passage (any more)."""
    if number is None or not 0 <= number < MOST_PASSAGES:
        return None
    found = passages(document)
    return found[number] if number < len(found) else None


def encoded(document: Document, passage: Passage) -> str:
    """What the encoder reads of a passage: it begins with the title, so that it makes sense alone.

    People's tags come early in the first one: long texts are cut, and tags tell most.
    """
    head = _heading(document) if passage.number == 0 else document.title
    return "\n".join(filter(None, (head, passage.text)))


def _heading(document: Document) -> str:
    return "\n".join(filter(None, (document.title, document.keywords)))


def _cut(text: str, first: int) -> Iterator[tuple[int, int]]:
    """Where the pieces of a text begin and end; the first may have `first` characters."""
    start, end, longest = 0, len(text.rstrip()), first
    while start < end:
        if end - start <= longest + SPARED:
            yield start, end
            return
        stop = _stop(text, start, longest)
        yield start, start + len(text[start:stop].rstrip())
        start, longest = stop, LONGEST


def _stop(text: str, start: int, longest: int) -> int:
    """Where the next piece begins: after the last paragraph, sentence or word that fits."""
    window = text[start : start + longest]
    for end in _ENDS:
        places = [found.end() for found in end.finditer(window, min(SHORTEST, longest) // 2)]
        fitting = [place for place in places if place >= min(SHORTEST, longest)]
        if fitting:
            return start + fitting[-1]
    return start + longest
