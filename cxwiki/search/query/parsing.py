"""The query language: what a person typed, understood. Any text is a query, none is an error.

Plain words are looked for one and all; who has more of them comes first. `"a phrase"` must be there
word for word (one word alone in any of its forms), `-word` and `-"phrase"` must not, and of
`this OR that` (ODER, |) one must. `name:value` filters (`cxwiki.search.query.operators`), `#tag` is
`tag:tag`, and `word*` stands for all words that begin so. What makes no sense is looked for as
words: `team:` without such a team, `before:` with no date, `http://…`, a lone minus. `mine` is an
operator where nothing else, or other operators alone, were typed; beside words it is a word, since
"mine" is one in English; `is:mine` always filters.

How the values of a Query are to be read by an engine: a sequence of one Word matches in any of the
word's terms. In a longer one each Word has one term, its folded surface (`language.surfaces`), and
the text must have these one after another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cxwiki.search.documents import Filters, Query, Sequence_, Word
from cxwiki.search.query import operators
from cxwiki.search.query.lexing import LONGEST, Lexeme, lexemes
from cxwiki.search.words.language import clean, forms_of, surfaces, tokens
from cxwiki.search.words.stop_words import ALL_STOP_WORDS

MAX_WORDS = 64
"""Words of one query that are looked up; the result says when there were more."""
MAX_CONDITIONS = 16
"""Phrases, excluded words and alternatives of one query that are checked."""
MAX_PHRASE = 32
"""Words of one phrase."""
LONGEST_TEXT = 2_000
"""Characters that the encoder is given: it reads no more."""


def parse(text: str, person: Any = None) -> Query:
    """Understand a query as `person` means it: whose "mine" it is.

    The language of a query is not asked for: three words do not tell it.
    """
    return _Parser(person).parse(text)


class _Parser:
    """What has been understood so far."""

    def __init__(self, person: Any) -> None:
        self._person = person
        self._filters = Filters()
        self._operators = 0
        self._text: list[str] = []
        self._words: dict[tuple[str, ...], tuple[str, bool]] = {}
        self._required: list[tuple[Sequence_, ...]] = []
        self._excluded: list[Sequence_] = []
        self._telling = 0
        self._cut = False

    def parse(self, text: str) -> Query:
        """Read all pieces."""
        self._cut = len(text) > LONGEST
        found = self._without_operators(list(lexemes(clean(text))))
        place = 0
        while place < len(found):
            group = _alternatives(found, place)
            if len(group) > 1:
                self._require([self._sequence(one) for one in group])
            for one in group:
                self._take(one, is_alternative=len(group) > 1)
            place += max(1, 2 * len(group) - 1)
        words = self._ranked()
        return Query(
            " ".join(" ".join(self._text).split())[:LONGEST_TEXT],
            words,
            tuple(self._required),
            tuple(self._excluded),
            self._filters,
            self._cut,
        )

    def _without_operators(self, found: list[Lexeme]) -> list[Lexeme]:
        """Obey the operators that make sense; the others become words."""
        left: list[Lexeme] = []
        for one in found:
            filters = None
            if (
                one.kind == "operator"
                and not one.negated
                and self._operators < operators.MOST_OPERATORS
            ):
                self._operators += 1
                filters = operators.narrowed(self._filters, one.name, one.value, self._person)
            if filters is not None:
                self._filters = filters
            elif one.kind == "operator":
                left.append(Lexeme("word", one.raw, one.raw))
            else:
                left.append(one)
        if [(one.kind, one.value) for one in left if not one.negated] == [("word", "mine")]:
            filters = operators.mine(self._filters, self._person)
            if filters is not None:
                self._filters = filters
                left = [one for one in left if one.negated]
        return left

    def _take(self, one: Lexeme, is_alternative: bool) -> None:
        """One word or phrase that is no operator."""
        if one.kind == "or":
            return
        if one.negated:
            self._exclude(self._sequence(one))
            return
        self._text.append(one.raw)
        if self._telling <= MAX_WORDS:
            self._score(one.value, explicit_prefix=one.value.endswith("*"))
        if one.kind == "phrase" and not is_alternative:
            self._require([self._sequence(one)])

    def _sequence(self, one: Lexeme) -> Sequence_:
        """What must, or must not, be there: one word in any form, or several word for word."""
        found = [surface for _start, _end, surface in tokens(one.value)][: MAX_PHRASE + 1]
        if len(found) == 1:
            form, terms = (forms_of(found[0]) or [("", ())])[-1]
            return (_word(form, terms, one.value.endswith("*")),) if terms else ()
        folded = surfaces(one.value)
        self._cut = self._cut or len(folded) > MAX_PHRASE
        return tuple(Word(((term, 1.0),), term) for term in folded[:MAX_PHRASE])

    def _require(self, sequences: Iterable[Sequence_]) -> None:
        wanted = tuple(dict.fromkeys(one for one in sequences if one))
        if not wanted or wanted in self._required:
            return
        if self._conditions() + len(wanted) > MAX_CONDITIONS:
            self._cut = True
        else:
            self._required.append(wanted)

    def _exclude(self, sequence: Sequence_) -> None:
        if not sequence or sequence in self._excluded:
            return
        if self._conditions() >= MAX_CONDITIONS:
            self._cut = True
        else:
            self._excluded.append(sequence)

    def _conditions(self) -> int:
        return len(self._excluded) + sum(len(group) for group in self._required)

    def _score(self, text: str, explicit_prefix: bool) -> None:
        for _start, _end, surface in tokens(text):
            for form, terms in forms_of(surface):
                if terms in self._words or not terms:
                    continue
                self._telling += form not in ALL_STOP_WORDS
                if self._telling > MAX_WORDS:
                    self._cut = True
                    return
                shown = f"{form}*" if explicit_prefix else form
                self._words[terms] = (shown, form in ALL_STOP_WORDS)

    def _ranked(self) -> tuple[Word, ...]:
        """The words to score by: stop words only where there is nothing else."""
        telling = {
            terms: surface for terms, (surface, is_stop) in self._words.items() if not is_stop
        } or {terms: surface for terms, (surface, _is_stop) in self._words.items()}
        self._cut = self._cut or len(telling) > MAX_WORDS
        return tuple(_word(surface, terms) for terms, surface in list(telling.items())[:MAX_WORDS])


def _alternatives(found: list[Lexeme], place: int) -> list[Lexeme]:
    """The pieces from `place` on that an OR joins; the piece alone where none does."""
    group = [found[place]]
    if not _can_join(found[place]):
        return group
    while place + 2 < len(found) and found[place + 1].kind == "or" and _can_join(found[place + 2]):
        place += 2
        group.append(found[place])
    return group


def _can_join(one: Lexeme) -> bool:
    return one.kind in ("word", "phrase") and not one.negated


def _word(surface: str, terms: tuple[str, ...], is_prefix: bool = False) -> Word:
    shown = surface + "*" if is_prefix else surface
    return Word(tuple((term, 1.0) for term in terms), shown)
