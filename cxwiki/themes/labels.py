"""What a theme is called: a phrase that members wrote, or else its telling words (no models).

Words are weighed by class-based TF-IDF (Grootendorst 2022, "BERTopic", formula 2):
tf(word, theme) · log(1 + A / f(word)), where A is the average number of words in a theme and f the
word's frequency in all of them. A word counts once a text, so that nobody's long page names a
theme. Whoever calls hands in company-visible texts only: labels are shown to everybody.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, count

import numpy as np
from numpy.typing import NDArray

from cxwiki.search.words.language import clean, fold, is_in_dictionary, tokens, word_terms
from cxwiki.search.words.stop_words import ALL_STOP_WORDS
from cxwiki.themes.grammar import COURTESIES, Role, role
from cxwiki.themes.phrases import NOT, Phrase, alike, phrases
from cxwiki.themes.vectors import Vectors, normalise

WORDS = 3
LONGEST_TEXT = 600
"""Characters of a text that are looked at: what comes first says what it is about."""
_LONGEST_WORD = 40
_ENOUGH = 2
_CANDIDATES = 8
_TELLING = 0.3
"""A third word is shown when it weighs this share of the first."""
_PHRASE = 0.5
"""A phrase is taken when its words weigh this share of the two heaviest."""
_NOUNS = 5
_ONE_NOUN = 0.4
_PAIR = 0.25
"""What a noun by itself, or two that the software joins, are worth beside what somebody wrote."""
_OWN_TURN = 0.15
"""As in `phrases`: what nobody else's words bear out is worth little."""
_AND = {"en": "and", "de": "und"}

_BEFORE_NOUNS = (Role.DETERMINER, Role.PREPOSITION, Role.TELLS)


def label(
    texts_by_theme: Mapping[int, Sequence[str]],
    background: Iterable[str],
    language: str,
    taken: Iterable[str] = (),
) -> dict[int, str]:
    """For each theme a heading in `language`, like "Card not arrived" or "Delivery, card".

    All texts are of that language, the most central first, with the title on the first line; call
    once for each language. `background` are texts without a theme, `taken` the names that people
    gave. No two themes get the same words or a taken name; the theme with more texts chooses first.
    A theme with a single text in the language, or without a telling word, is left out: show its
    label in another language, or its summary.
    """
    vocabulary = _Vocabulary(language)
    texts = {
        theme: [clean(text[:LONGEST_TEXT]) for text in some]
        for theme, some in texts_by_theme.items()
    }
    counts = {theme: vocabulary.count(some) for theme, some in texts.items()}
    frequency = vocabulary.count(clean(text[:LONGEST_TEXT]) for text in background)
    sizes = [counted.total() for counted in [*counts.values(), frequency] if counted]
    for counted in counts.values():
        frequency.update(counted)
    average = sum(sizes) / max(len(sizes), 1)
    used = {_key(name.replace(",", " ").split()) for name in taken}
    labels: dict[int, str] = {}
    for theme in sorted(counts, key=lambda theme: (-len(texts[theme]), theme)):
        some = texts[theme]
        if len(some) < _ENOUGH:
            continue
        weights = _weights(counts[theme], frequency, average, len(some))
        for heading, key in _headings(some, weights, vocabulary):
            if not key & used:
                used |= key
                labels[theme] = heading
                break
    return labels


def _headings(
    texts: Sequence[str], weights: Mapping[str, float], vocabulary: "_Vocabulary"
) -> Iterator[tuple[str, set[frozenset[str]]]]:
    """Labels for a theme, the best first, with what no other theme's label may share."""
    telling = [weight for term, weight in weights.items() if term != NOT]
    least = _PHRASE * sum(telling[:2])
    written = phrases(texts, weights, vocabulary.term, vocabulary.language)
    named = [*written, *_nouns(texts, weights, vocabulary)]
    for phrase in sorted(named, key=lambda phrase: -phrase.worth):
        if phrase.mass >= least:
            yield _heading(phrase.text), {_key(phrase.text.split()), frozenset(phrase.terms)}
    for phrase in written:
        if phrase.whole:
            yield _heading(phrase.text), {_key(phrase.text.split())}
    for words in _choices(weights, vocabulary):
        terms = frozenset(vocabulary.term(word) or word for word in words)
        yield _heading(", ".join(words)), {_key(words), terms}


def _nouns(
    texts: Sequence[str], weights: Mapping[str, float], vocabulary: "_Vocabulary"
) -> Iterator[Phrase]:
    """The heaviest nouns, one by one and in pairs: "Reminders", "Meter and bill"."""
    nouns = [term for term in weights if vocabulary.is_noun(term)][:_NOUNS]
    said = [vocabulary.terms(text) for text in texts]
    having = {term: {at for at, terms in enumerate(said) if term in terms} for term in nouns}
    for term in nouns:
        worth = weights[term] * (_OWN_TURN + len(having[term]) / len(texts)) * _ONE_NOUN
        yield Phrase(vocabulary.surface(term), (term,), weights[term], worth)
    for one, other in combinations([term for term in nouns if vocabulary.is_noun(term, 2)], 2):
        together = len(having[one] & having[other])
        if together <= _ENOUGH or alike(one, other):
            continue
        mass = weights[one] + weights[other]
        text = f" {_AND.get(vocabulary.language, '+')} ".join(map(vocabulary.surface, (one, other)))
        worth = mass * (_OWN_TURN + together / len(texts)) * _PAIR
        yield Phrase(text, (one, other), mass, worth)


def _heading(text: str) -> str:
    if text.isupper() and " " in text:
        text = text.lower()
    return text[:1].upper() + text[1:]


def most_central(vectors: Vectors) -> NDArray[np.int64]:
    """Row numbers of a theme's unit vectors (n, d), the nearest to their mean first."""
    if len(vectors) == 0:
        return np.zeros(0, dtype=np.int64)
    return np.argsort(-(vectors @ normalise(vectors.mean(axis=0))), kind="stable")


class _Vocabulary:
    """Lemmas of texts in one language, and how people write them."""

    def __init__(self, language: str) -> None:
        self.language = language
        courtesies = COURTESIES.get(language, "").split()
        self._courtesies = {fold(word) for word in courtesies}
        self._courtesies |= {term for word in courtesies for term in word_terms(word, language)}
        self._empty = {fold(word) for word in ALL_STOP_WORDS} | self._courtesies
        self._known: dict[str, str] = {}
        self._inside: dict[str, Counter[str]] = {}
        self._opening: dict[str, Counter[str]] = {}
        self._named: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()

    def terms(self, text: str) -> set[str]:
        """The telling lemmas of a text."""
        return {term for _, _, word in tokens(text) if (term := self.term(word))}

    def count(self, texts: Iterable[str]) -> Counter[str]:
        """In how many of the texts each telling lemma occurs; in titles it counts twice."""
        counted: Counter[str] = Counter()
        for text in texts:
            title, _, body = text.partition("\n")
            named = self._terms(title)
            counted.update(named)
            counted.update(named | self._terms(body))
        return counted

    def term(self, word: str) -> str:
        """The lemma of a telling word, or an empty text."""
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._term(word)
        return known

    def _term(self, word: str) -> str:
        found = next(iter(word_terms(word, self.language)), "")
        if not 3 <= len(found) <= _LONGEST_WORD or not found.isalpha():
            return ""
        if self.language == "en":
            found = _verb(found)
        if found in self._empty or fold(word) in self._empty:
            return ""
        return found

    def is_noun(self, term: str, one_in: int = 3) -> bool:
        """Whether a lemma, one time in so many at least, stands where nouns do: behind an article
        and before a little word; in German with a capital inside the sentence."""
        if self.language == "de":
            forms = self._inside.get(term) or self._opening.get(term) or Counter()
            return sum(n for form, n in forms.items() if form[:1].isupper()) * 2 > sum(
                forms.values()
            )
        return self._named[term] * 3 >= self._seen[term] > 0

    def surface(self, term: str) -> str:
        """The most frequent way to write a lemma inside a sentence.

        The first word of a sentence has a capital for that reason alone, so it is asked only for
        lemmas seen nowhere else: then a German one is taken for a noun, as it mostly is.
        """
        forms = self._inside.get(term) or self._opening[term]
        written = min(forms, key=lambda form: (-forms[form], len(form), form))
        opening = term not in self._inside and self.language != "de" and written.istitle()
        return written.lower() if opening else written

    def _terms(self, text: str) -> set[str]:
        """The telling lemmas of a text, `NOT` among them if it denies something."""
        found = set()
        end = 0
        before = Role.FILLS
        waiting = ""  # a lemma behind an article: a noun, unless the next word goes on telling
        for start, stop, word in tokens(text):
            between = text[end:start] if end else "."
            end = stop
            what = role(word, self.language)
            if waiting and (what is not Role.TELLS or between.strip()):
                self._named[waiting] += 1
            waiting = ""
            if what in (Role.NOT, Role.CANNOT):
                found.add(NOT)
            term = self.term(word)
            if term:
                found.add(term)
                opens = any(sign in between for sign in ".!?…:\n")
                forms = self._opening if opens else self._inside
                forms.setdefault(term, Counter())[word] += 1
                self._seen[term] += 1
                if before in _BEFORE_NOUNS and not between.strip():
                    waiting = term
            before = Role.FILLS if word.casefold() == "to" else what
        if waiting:
            self._named[waiting] += 1
        return found


@lru_cache(maxsize=5_000)
def _verb(lemma: str) -> str:
    """The verb of an English noun that is its form in -ing: tracking and track are one word."""
    if not lemma.endswith("ing") or len(lemma) < 6:
        return lemma
    stem = lemma[:-3]
    bases = (stem[:-1], stem) if stem[-1] == stem[-2] else (stem, stem + "e")
    return next((base for base in bases if is_in_dictionary(base)), lemma)


def _weights(
    counted: Counter[str], frequency: Counter[str], average: float, texts: int
) -> dict[str, float]:
    """c-TF-IDF of a theme's lemmas, the heaviest first; of three texts on, one says too little."""
    least = 3 if texts >= 3 else 1
    total = counted.total()
    weights = {
        term: times / total * math.log(1 + average / frequency[term])
        for term, times in counted.items()
        if times >= least
    }
    return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0])))


def _choices(weights: Mapping[str, float], vocabulary: _Vocabulary) -> Iterator[tuple[str, ...]]:
    """Labels for a theme, the best first; from some point on numbered, so that one is free."""
    words: list[str] = []
    terms: list[str] = []
    for term in weights:
        if term != NOT and not any(alike(term, other) for other in terms):
            terms.append(term)
            words.append(vocabulary.surface(term))
        if len(terms) == _CANDIDATES:
            break
    if not words:
        return
    tells = len(terms) >= WORDS and weights[terms[WORDS - 1]] >= _TELLING * weights[terms[0]]
    best = tuple(words[: WORDS if tells else WORDS - 1])
    yield best
    yield from combinations(words, WORDS)
    yield from combinations(words, WORDS - 1)
    for number in count(2):
        yield (*best, str(number))


def _key(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)
