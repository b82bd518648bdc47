"""The words of some documents: which terms they have, how people write them, how many have them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cxwiki.search.documents import Document
from cxwiki.search.words.language import MAX_WORD, clean, tokens, word_terms
from cxwiki.search.words.stop_words import ALL_STOP_WORDS

SHORTEST = 3
"""Letters of the shortest term that is learnt."""
_MOST_SPELLINGS = 8
"""Spellings of a term that are counted."""


@dataclass(slots=True)
class Seen:
    """A term in some documents: how many company-visible ones have it, and how it is written.

    While only team-visible text has a term, `spellings` are theirs; they are forgotten as soon as
    company-visible text has it. `german` says whether German text is among it.
    """

    company: int = 0
    german: bool = False
    spellings: Counter[str] = field(default_factory=Counter)

    @property
    def surface(self) -> str:
        """The most usual spelling."""
        return max(self.spellings.items(), key=lambda item: (item[1], item[0]))[0]


class Vocabulary:
    """Terms with what was seen of them; documents may be added twice only by mistake."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self.seen: dict[str, Seen] = {}
        for document in documents:
            self.add(document)

    def passing(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents as they come, their words noted on the way."""
        for document in documents:
            self.add(document)
            yield document

    def add(self, document: Document) -> None:
        """Note the words of a document."""
        is_company = document.visibility == "company"
        counted: set[str] = set()
        for text, language in _texts(document):
            for _start, _end, written in tokens(clean(text)):
                found = word_terms(written, language)
                for number, term in enumerate(found):
                    if not is_learnt(term):
                        continue
                    seen = self.seen.setdefault(term, Seen())
                    if is_company and term not in counted:
                        if not seen.company:
                            seen.spellings.clear()
                        seen.company += 1
                        counted.add(term)
                    if number == 0 and (is_company or not seen.company):
                        _note(seen, written, language)

    def items(self) -> Iterator[tuple[str, Seen]]:
        """The terms that were seen written as a word of their own, in alphabetical order."""
        for term in sorted(self.seen):
            seen = self.seen[term]
            if not seen.spellings:
                seen.spellings[term] = 1  # only ever seen inside of "Online-Banking"
            yield term, seen


def is_learnt(term: str) -> bool:
    """Whether a term is a word worth offering: letters alone, no stop word."""
    return SHORTEST <= len(term) < MAX_WORD and term.isalpha() and term not in ALL_STOP_WORDS


def _note(seen: Seen, written: str, language: str) -> None:
    spelling = unicodedata.normalize("NFC", written).replace("\u00ad", "")[:MAX_WORD]
    if spelling in seen.spellings or len(seen.spellings) < _MOST_SPELLINGS:
        seen.spellings[spelling] += 1
    seen.german = seen.german or language == "de"


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    """The document's texts, each with its language, as the keyword engines take them."""
    yield document.title, document.language
    yield document.body, document.language
    yield document.keywords, document.language
    for part in document.parts:
        yield part.text, part.language or document.language
