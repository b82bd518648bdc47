"""Helping a query: compounds, halves of them, beginnings of words, and misspelt words.

Every word keeps its own terms at weight 1; what is added weighs less, so that a text with the word
itself comes first. Nothing is replaced: what was probably meant is offered as a correction. Words
of phrases stay as they are. Four queries to the lexicon and three questions to the engine at most,
however many words there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cxwiki.search.documents import Filters, Query, Scope, Word
from cxwiki.search.port import KeywordEngine
from cxwiki.search.words import compounds, dictionary, spelling
from cxwiki.search.words.dictionary import Entry
from cxwiki.search.words.language import fold, forms_of, is_in_dictionary, lemma, tokens
from cxwiki.search.words.stop_words import ALL_STOP_WORDS
from cxwiki.search.words.vocabulary import is_learnt

HEAD, MODIFIER, PART, PREFIX, TYPO, JOINED, PARTICLE = 0.7, 0.6, 0.5, 0.6, 0.5, 0.5, 0.4
"""Weights of Stundenplan for Plan and for Stunde; of both for Stundenplan; of Rechnung for Rechn
and for Rechnugn; of Login for "log in"; of "log" for Login."""

MOST_WORDS = 24
"""Words of a query that are helped."""
MOST_COMPOUNDS, MOST_BEGUN, MOST_MEANT = 20, 20, 3
MOST_SIMILAR = 200
"""Terms that are compared with a misspelt word where the engine chooses them."""
MOST_MISSPELT = 4
"""Words of a query for which likely meant ones are looked for."""
SHORTEST_PREFIX = 3
_PARTICLES = ("in", "up", "out", "off", "on", "back", "down", "over")


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as it was typed and what was probably meant."""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Expanded:
    """A query with more terms for its words, and what may be offered instead of some of them."""

    query: Query
    corrections: tuple[Correction, ...] = ()


def expand(query: Query, engine: KeywordEngine, scope: Scope) -> Expanded:
    """Add terms to the words of a query. Raises IndexUnavailable."""
    exact = _exact(query)
    starred = [word for one in _conditions(query) for word in one if _is_prefix(word)]
    chosen = [word for word in query.words if fold(word.surface) not in exact][:MOST_WORDS]
    words = list(dict.fromkeys([*chosen, *starred]))
    if not words:
        return Expanded(query)
    helper = _Helper(words, _neighbours(query), engine, scope)
    found = helper.help()
    return Expanded(
        replace(
            query,
            words=tuple(_with(word, found) for word in query.words),
            required=tuple(
                tuple(_conditioned(sequence, found) for sequence in group)
                for group in query.required
            ),
            excluded=tuple(_conditioned(sequence, found) for sequence in query.excluded),
        ),
        tuple(helper.corrections),
    )


class _Helper:
    """What the lexicon has to say to the words of one query."""

    def __init__(
        self,
        words: Sequence[Word],
        joined: Mapping[str, Sequence[str]],
        engine: KeywordEngine,
        scope: Scope,
    ) -> None:
        self.words = words
        self.joined = joined
        self.engine = engine
        self.scope = scope
        self.corrections: list[Correction] = []
        self._added: dict[Word, dict[str, float]] = {word: {} for word in words}
        self._entries: dict[str, Entry] = {}
        self._halves: dict[Word, list[Entry]] = {}

    def help(self) -> dict[Word, dict[str, float]]:
        """The terms to add to each word, with their weights."""
        self._entries = dictionary.entries(self._asked_for())
        for word in self.words:
            self._add_neighbours(word)
            self._add_halves(word)
        self._add_compounds()
        unknown = [word for word in self.words if not self._is_known(word) and _letters(word)]
        begun = self._begun([word for word in self.words if _is_prefix(word) or word in unknown])
        missing = [
            word
            for word in unknown
            if not _is_prefix(word) and not _visible(begun[word]) and _may_be_misspelt(word)
        ]
        meant = self._meant(self._in_vain(missing[:MOST_MISSPELT]))
        self._add_live(begun, meant)
        return self._added

    def _asked_for(self) -> set[str]:
        asked = {name for word in self.words for name in word.names}
        for word in self.words:
            letters = fold(_letters(word))
            asked.update(self.joined.get(letters, ()))
            if compounds.LEAST + 3 <= len(letters) <= compounds.LONGEST:
                places = range(compounds.LEAST - 1, len(letters) - 1)
                asked.update(letters[:place] for place in places)
                asked.update(letters[place:] for place in places if place < len(letters) - 2)
            asked.update(letters.removesuffix(one) for one in _PARTICLES if letters.endswith(one))
        return {term for term in asked if term}

    def _frequency(self, term: str) -> int:
        entry = self._entries.get(term)
        return entry.documents if entry else 0

    def _is_known(self, word: Word) -> bool:
        return any(self._frequency(name) for name in word.names)

    def _add(self, word: Word, term: str, weight: float) -> None:
        if term and term not in word.names:
            added = self._added[word]
            added[term] = max(weight, added.get(term, 0.0))

    def _add_neighbours(self, word: Word) -> None:
        """Of "log in" also "login", if there is such a word; of "login" also "log"."""
        letters = fold(_letters(word))
        for term in self.joined.get(letters, ()):
            if self._frequency(term):
                self._add(word, term, JOINED)
        for particle in _PARTICLES:
            stem = letters.removesuffix(particle)
            if stem != letters and len(stem) >= SHORTEST_PREFIX and self._frequency(stem):
                self._add(word, stem, PARTICLE)

    def _add_halves(self, word: Word) -> None:
        """The parts of a German compound."""
        typed = _letters(word).lower()
        parts = compounds.split(typed, self._frequency)
        for term in compounds.terms_in(typed, parts):
            if is_learnt(term):
                self._add(word, term, PART)

    def _add_compounds(self) -> None:
        found = dictionary.compounds(
            {name for word in self.words for name in word.names}, MOST_COMPOUNDS
        )
        for word in self.words:
            for name in word.names:
                for term in found.get(name, ()):
                    self._add(word, term, HEAD if term.endswith(name) else MODIFIER)

    def _begun(self, words: Sequence[Word]) -> dict[Word, list[Entry]]:
        """Longer words that begin so."""
        prefixes = {word: _beginnings(_letters(word)) for word in words}
        asked = {one for each in prefixes.values() for one in each}
        found = dictionary.beginning_with(asked, MOST_BEGUN)
        return {word: [e for one in each for e in found[one]] for word, each in prefixes.items()}

    def _in_vain(self, words: Sequence[Word]) -> list[Word]:
        """Those that no text has which the reader may see."""
        if not self.scope.everything and not self.scope.team_ids:
            return list(words)
        hidden = [word for word in words if any(name in self._entries for name in word.names)]
        return [word for word in words if word not in hidden or not self._finds(word)]

    def _finds(self, word: Word) -> bool:
        own = Query(words=(Word(word.terms, word.surface),))
        return bool(self.engine.search(own, self.scope, Filters(), 1).total)

    def _meant(self, words: Sequence[Word]) -> dict[Word, list[Entry]]:
        """Words that a misspelt one, or a half of it, may stand for."""
        typed = {word: fold(_letters(word)) for word in words}
        halves = {word: self._misspelt_half(one) for word, one in typed.items()}
        pieces = {one for one in (*typed.values(), *halves.values()) if one}
        entries = self._spelled_nearly_like(pieces)
        self._halves = {
            word: spelling.corrections(half, entries, 1) for word, half in halves.items() if half
        }
        return {
            word: spelling.corrections(letters, entries, MOST_MEANT)
            for word, letters in typed.items()
        }

    def _spelled_nearly_like(self, pieces: Iterable[str]) -> Iterable[Entry]:
        """Words to compare with misspelt ones: by trigrams, or by their beginnings and ends."""
        wanted = sorted(pieces)
        if not wanted:
            return []
        terms = self.engine.similar_terms(wanted, MOST_SIMILAR)
        if terms is not None:
            return dictionary.entries(terms).values()
        near = [spelling.neighbourhood(piece) for piece in wanted]
        return dictionary.alike((begin for begin, _ in near), (end for _, end in near))

    def _misspelt_half(self, letters: str) -> str:
        """What is left of a word when a known word is taken from its end or beginning."""
        places = range(compounds.LEAST, len(letters) - compounds.LEAST + 1)
        for place in places:
            if self._frequency(letters[place:]):
                return letters[:place].removesuffix("s")
        for place in reversed(places):
            if self._frequency(letters[:place]):
                return letters[place:].removeprefix("s")
        return ""

    def _add_live(
        self, begun: Mapping[Word, Sequence[Entry]], meant: Mapping[Word, Sequence[Entry]]
    ) -> None:
        """Take over what present company-visible text has: the lexicon may be a moment behind."""
        entries = [
            one for found in (begun, meant, self._halves) for ones in found.values() for one in ones
        ]
        live = self.engine.frequencies({one.term for one in entries}) if entries else {}
        for word, ones in begun.items():
            for one in ones:
                if live.get(one.term) or not one.documents:
                    self._add(word, one.term, PREFIX)
        for word, ones in meant.items():
            present = [one for one in ones if live.get(one.term)]
            for one in present:
                self._add(word, one.term, TYPO)
            if present:
                self.corrections.append(Correction(word.surface, present[0].surface))
            else:
                for one in self._halves.get(word, ()):
                    if live.get(one.term):
                        self._add(word, one.term, TYPO)


def _with(word: Word, found: Mapping[Word, Mapping[str, float]]) -> Word:
    added = found.get(word)
    return replace(word, terms=(*word.terms, *added.items())) if added else word


def _conditioned(
    sequence: tuple[Word, ...], found: Mapping[Word, Mapping[str, float]]
) -> tuple[Word, ...]:
    """A condition is exact, but that `word*` stands for all that begins so."""
    return tuple(_with(word, found) if _is_prefix(word) else word for word in sequence)


def _conditions(query: Query) -> Iterable[tuple[Word, ...]]:
    yield from query.excluded
    for group in query.required:
        yield from group


def _exact(query: Query) -> set[str]:
    """The folded words of phrases."""
    return {
        fold(word.surface) for one in _conditions(query) if len(one) > 1 for word in one
    }  # fmt: skip


def _is_prefix(word: Word) -> bool:
    return word.surface.endswith("*")


def _letters(word: Word) -> str:
    """What was typed, if it is one word of letters."""
    typed = word.surface.rstrip("*")
    return typed if typed.isalpha() and typed.lower() not in ALL_STOP_WORDS else ""


def _may_be_misspelt(word: Word) -> bool:
    letters = _letters(word).lower()
    return bool(spelling.allowed_errors(len(fold(letters)))) and not is_in_dictionary(letters)


def _beginnings(typed: str) -> list[str]:
    """The folded letters, and those of ä where "ae" was typed."""
    forms = dict.fromkeys((fold(typed), spelling.without_transcription(fold(typed))))
    return [form for form in forms if len(form) >= SHORTEST_PREFIX]


def _visible(entries: Iterable[Entry]) -> bool:
    return any(entry.documents for entry in entries)


def _neighbours(query: Query) -> dict[str, list[str]]:
    """For each word, folded, the terms that it makes with the one behind it."""
    found: dict[str, list[str]] = {}
    written = [surface for _, _, surface in tokens(query.text) if surface.isalpha()][:MOST_WORDS]
    for first, second in pairwise(written):
        if min(len(first), len(second)) < 2 or len(first) + len(second) < 5:
            continue
        whole = (first + second).lower()
        for form, _terms in forms_of(first):
            found.setdefault(fold(form), []).extend({lemma(whole, "de"), lemma(whole, "en")})
    return found
