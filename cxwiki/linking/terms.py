"""Explained terms: the first use of each in a text is underlined and says what it means.

Words are compared by light stems, so that "Kündigungen" is "Kündigung" and "callbacks" "callback".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Any

from flask import has_request_context, request

from cxwiki import web
from cxwiki.search.words.language import fold
from cxwiki.subjects import Subject

MOST_TEXT = 100_000
"""Characters of a text in which terms are looked for; what follows stays as it is."""
_WORDS_OF_A_TERM = 5
_ACRONYM = 5
_PARTS = re.compile(r"<[^>]*>|[^<]+")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_WORD = re.compile(r"(?:&amp;|[^\W_])+(?:['’\-\u2010\u2011](?:&amp;|[^\W_])+)*")
_UNTOUCHED = {"a", "code", "pre", "kbd", "abbr", "h2", "h3", "h4", "h5", "h6", "q", "del", "table"}
_ENDINGS = {"de": ("ern", "em", "en", "er", "es", "e", "n", "s"), "en": ("es", "s")}


@dataclass(frozen=True)
class Term:
    """A term of the glossary: its page, all words for it, its language and what it means."""

    page: web.Addressed
    words: tuple[str, ...]
    language: str
    meaning: Callable[[], str]


Provider = Callable[[Any], Sequence[Term]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a feature bring terms; it is called once a shown text with the reader, whom it must not
    tell of more than they may see."""
    if provider not in _providers:
        _providers.append(provider)


def explain(html: str, subject: Subject, person: Any) -> str:
    """The text with the first use on a page of each term marked up; links, code, tables and
    titles stay."""
    if not html:
        return html
    done = _explained_on_this_page()
    terms = [
        term
        for provider in _providers
        for term in provider(person)
        if term.page.id != subject.id and term.page.id not in done
    ]
    return _Text(_Lexicon(terms), subject.language, done).marked(html) if terms else html


def _explained_on_this_page() -> set[int]:
    """The numbers of the terms that another text of the same page has explained before."""
    if not has_request_context():
        return set()
    done: set[int] = request.environ.setdefault("cxwiki.explained_terms", set())
    return done


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The word without accents, capitals and the ending of its case or number."""
    folded = fold(word)
    for ending in _ENDINGS.get(language, ("s",)):
        if folded.endswith(ending) and len(folded) - len(ending) >= 4:
            return folded[: -len(ending)]
    return folded


class _Lexicon:
    """All words for all terms, by their stems."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.entries: dict[tuple[str, ...], list[tuple[Term, str]]] = {}
        for term in terms:
            for name in term.words:
                parts = _WORD.findall(escape(name, quote=False))
                if 0 < len(parts) <= _WORDS_OF_A_TERM:
                    key = tuple(stem(unescape(part), term.language) for part in parts)
                    self.entries.setdefault(key, []).append((term, name))
        self.first = {key[0] for key in self.entries}
        self.longest = max(map(len, self.entries), default=0)

    def find(self, words: Sequence[str], language: str) -> tuple[Term, int] | None:
        """The term whose words these begin with, and how many they are; the longest one."""
        keys = [stem(word, language) for word in words[: self.longest]]
        for count in range(len(keys), 0, -1):
            for term, name in self.entries.get(tuple(keys[:count]), ()):
                if _is_written_so(words[0], name, term.language):
                    return term, count
        return None


def _is_written_so(word: str, name: str, language: str) -> bool:
    """Whether capitals allow it: "IT" is not "it", and German "Leiter" is not "leiten"."""
    if len(name) <= _ACRONYM and name.isupper():
        return word[: len(name)] == name
    return not (language == "de" and name[:1].isupper() and word[:1].islower())


class _Text:
    """One text in which each term is marked once, unless it is done already."""

    def __init__(self, lexicon: _Lexicon, language: str, done: set[int]) -> None:
        self.lexicon = lexicon
        self.language = language
        self.done = done

    def marked(self, html: str) -> str:
        """The HTML with terms marked up, outside of what stays untouched."""
        pieces: list[str] = []
        inside = 0
        end = len(html) if len(html) <= MOST_TEXT else max(0, html.rfind("<", 0, MOST_TEXT))
        for part in _PARTS.finditer(html[:end]):
            piece = part[0]
            if piece.startswith("<"):
                tag = _TAG.match(piece)
                if tag and tag[2] in _UNTOUCHED:
                    inside = max(0, inside + (-1 if tag[1] else 1))
            elif inside == 0:
                piece = "".join(self._words(piece))
            pieces.append(piece)
        return "".join(pieces) + html[end:]  # no tag is cut in two

    def _words(self, text: str) -> Iterator[str]:
        found = list(_WORD.finditer(text))
        words = [unescape(word[0]) for word in found]
        end = at = 0
        while at < len(found):
            start = found[at].start()
            match = None
            if stem(words[at], self.language) in self.lexicon.first:
                row = _in_a_row(text, found, at, self.lexicon.longest)
                match = self.lexicon.find(words[at : at + row], self.language)
            if match is None or match[0].page.id in self.done:
                at += match[1] if match else 1
                continue
            term, count = match
            self.done.add(term.page.id)
            yield text[end:start]
            at += count
            end = found[at - 1].end()
            yield _markup(term, text[start:end])
        yield text[end:]


def _in_a_row(text: str, found: Sequence[re.Match[str]], at: int, longest: int) -> int:
    """How many words stand beside each other with nothing but blanks between."""
    count = 1
    while count < longest and at + count < len(found):
        if text[found[at + count - 1].end() : found[at + count].start()].strip():
            break
        count += 1
    return count


def _markup(term: Term, words: str) -> str:
    """The words as a link to the term's page, described by what it means on hover and focus."""
    number = f"term-{term.page.id}"
    return (
        f'<span class="term"><a class="term__word" href="{escape(web.address(term.page))}"'
        f' aria-describedby="{number}">{words}</a>'
        f'<span class="term__meaning" role="tooltip" id="{number}">'
        f"{escape(term.meaning(), quote=False)}</span></span>"
    )
