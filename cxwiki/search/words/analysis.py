"""What a document is found by: the terms of its texts, each text read in its own language.

A page often holds both languages: a German report with an English quote, comments from two
countries. So a long text is read in blocks of paragraphs, and the language of each is recognised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxwiki.search.documents import Document
from cxwiki.search.words.language import MAX_TEXT, detect, surfaces, terms

LONG = 600
"""A shorter body is in the document's language, which a person may have corrected."""
BLOCK = 300
"""Characters that a block of paragraphs has at least; fewer do not tell their language."""
TELLING = 40
"""A shorter part of unknown language is in the document's."""


def blocks(document: Document, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The texts of a document without its title, with their languages; at most `MAX_TEXT` long."""
    left = MAX_TEXT
    for text, language in _texts(document, languages):
        if left <= 0:
            return
        yield text[:left], language
        left -= len(text)


def title_terms(document: Document) -> list[str]:
    """The terms of the title in order."""
    return terms(document.title, document.language)


def body_terms(document: Document, languages: Sequence[str]) -> list[str]:
    """The terms of everything else: body, tags, comments, quotes, names of attachments."""
    return [
        term for text, language in blocks(document, languages) for term in terms(text, language)
    ]


def spelled(document: Document, languages: Sequence[str]) -> str:
    """All words as they are written, folded, with a space on either side: what phrases are found
    in. Between two texts stands a line break, so that no phrase reaches across."""
    texts = [document.title, *(text for text, _language in blocks(document, languages))]
    lines = [" ".join(surfaces(text)) for text in texts]
    return " " + " \n ".join(line for line in lines if line) + " "


def _texts(document: Document, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    allowed = (document.language, *(one for one in languages if one != document.language))
    if len(document.body) <= LONG:
        yield document.body, document.language
    else:
        for block in _paragraphs(document.body):
            yield block, detect(block, allowed)
    if document.tags:
        yield document.keywords, document.language
    for part in document.parts:
        known = part.language or (document.language if len(part.text) < TELLING else None)
        yield part.text, known or detect(part.text, allowed)


def _paragraphs(text: str) -> Iterator[str]:
    """The text in pieces of whole lines, each of at least `BLOCK` characters but the last."""
    lines: list[str] = []
    size = 0
    for line in text.splitlines(keepends=True):
        lines.append(line)
        size += len(line)
        if size >= BLOCK:
            yield "".join(lines)
            lines, size = [], 0
    if lines:
        yield "".join(lines)
