"""Taking German compounds apart: Vertretungsplan is Vertretung and Plan, Versand is one word.

After Koehn & Knight, Empirical Methods for Compound Splitting (EACL 2003): of the ways in which a
word is a chain of known words and joints, the one with the highest geometric mean of the words'
frequencies wins. Frequencies come from the site's own company-visible text; a noun of the general
dictionary counts a little as well, so that small sites have compounds too. Where the paper lets a
common word stay whole, grammar decides here: the last part is a noun, prefixes and suffixes are no
parts, and a prefix before a known word ("Ver-stand") makes no compound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log

from cxwiki.search.words.compound_words import NEVER, NO_NOUNS, PREFIXES, SHORT, SHORT_FIRST, WHOLE
from cxwiki.search.words.language import can_begin, fold, lemma, noun_lemma, verb_or_other_lemma

Frequency = Callable[[str], int]
"""In how many company-visible documents a term is."""

LEAST = 4
"""Letters of the shortest part, but for a few known ones of three."""
SHORTEST = 6
"""Letters of the shortest compound."""
LONGEST = 48
"""Longer words are identifiers or addresses and stay whole."""

_DERIVED = (
    ("ung", "en"), ("ung", "n"), ("ungen", "en"), ("ungen", "n"), ("er", "en"), ("heit", ""),
    ("keit", ""),
)  # fmt: skip
"""Bescheinigung of bescheinigen, Regelung of regeln, Verbraucher, Notwendigkeit."""
_LONGEST_OF_A_VERB = 16
"""The dictionary has "krankenversichern" as well."""
_UNKNOWN_JOINTS = ("", "s", "n", "en")
_NEEDS_S = ("ung", "heit", "keit", "schaft", "ion", "tät", "ling", "tum")
_NOUN, _OTHER, _VERB, _UNLIKELY = 1.0, 0.5, 0.3, 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a compound: where it begins, its own form without joint, its term, its weight."""

    start: int
    text: str
    term: str
    weight: float


def split(word: str, frequency: Frequency) -> tuple[Part, ...]:
    """The parts of a lower-case German noun, in order; none if it is no compound."""
    if not SHORTEST <= len(word) <= LONGEST or not word.isalpha() or _is_one(word):
        return ()
    if prefix := _prefix_of(word):
        return _behind_prefix(word, prefix, frequency)
    chain = _Chains(word, frequency).best(0)
    return tuple(_finer(chain, frequency)) if len(chain) > 1 else ()


def spans(parts: tuple[Part, ...]) -> Iterator[tuple[int, int]]:
    """Every run of neighbouring parts but the whole, as first and past-the-end number."""
    count = len(parts)
    for first in range(count):
        for end in range(first + 1, count + 1):
            if end - first < count:
                yield first, end


def terms_in(word: str, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """The terms under which a compound can be found: its parts, and longer runs of them.

    Of "Krankheitsvertretungsplan" also "Krankheitsvertretung" and "Vertretungsplan".
    """
    found = []
    for first, end in spans(parts):
        last = parts[end - 1]
        text = word[parts[first].start : last.start] + last.text
        found.append(last.term if end - first == 1 else lemma(text, "de"))
    return tuple(dict.fromkeys(term for term in found if term != lemma(word, "de")))


def _is_one(word: str) -> bool:
    """Whether a word is made of a known verb or adjective, or its parts do not tell its meaning."""
    if (noun_lemma(word) or word).lower() in WHOLE or _participle(word):
        return True
    if len(word) > _LONGEST_OF_A_VERB:
        return False
    return any(
        word.endswith(ending) and verb_or_other_lemma(base) == base
        for ending, added in _DERIVED
        for base in [word.removesuffix(ending) + added]
    )


def _participle(word: str) -> bool:
    """Whether the word is a form of "folgend", "beitragend" and the like."""
    stem = word.rstrip("mnrs").removesuffix("e") if not word.endswith("end") else word
    return stem.endswith("end") and verb_or_other_lemma(stem[:-1]) == stem[:-1]


def _prefix_of(word: str) -> str:
    """The longest prefix that makes the word out of another known one ("ver" in "verstand")."""
    found = ""
    for prefix in PREFIXES:
        rest = word[len(prefix) :]
        longer = word.startswith(prefix) and len(rest) > 2 and len(prefix) > len(found)
        if longer and (noun_lemma(rest) or verb_or_other_lemma(rest)):
            found = prefix
    return found


def _behind_prefix(word: str, prefix: str, frequency: Frequency) -> tuple[Part, ...]:
    """Parts of the word where what follows the prefix is a compound ("Über|stunden|konto")."""
    inner = split(word[len(prefix) :], frequency)
    if not inner:
        return ()
    start = inner[1].start + len(prefix)
    first = _modifier(word, 0, start, frequency)
    rest = [Part(part.start + len(prefix), part.text, part.term, part.weight) for part in inner]
    return (first, *rest[1:]) if first else ()


class _Chains:
    """The best chain of parts from each place of a word to its end."""

    def __init__(self, word: str, frequency: Frequency) -> None:
        self.word = word
        self.frequency = frequency
        self._known: dict[int, tuple[Part, ...]] = {}

    def best(self, begin: int) -> tuple[Part, ...]:
        """The chain with the fewest parts, then with the highest mean of logarithms."""
        if begin not in self._known:
            self._known[begin] = max(self._all(begin), key=_rank, default=())
        return self._known[begin]

    def _all(self, begin: int) -> Iterator[tuple[Part, ...]]:
        if begin and (head := _head(self.word, begin, self.frequency)):
            yield (head,)
        for end in range(begin + 3, len(self.word) - 2):
            rest = self.best(end) if can_begin(self.word[end:]) else ()
            if rest and (first := _modifier(self.word, begin, end, self.frequency)):
                yield (first, *rest)


def _rank(chain: tuple[Part, ...]) -> tuple[int, float]:
    return -len(chain), sum(log(part.weight) for part in chain) / len(chain)


def _finer(chain: tuple[Part, ...], frequency: Frequency) -> Iterator[Part]:
    """The parts of a chain, those that are compounds themselves taken apart."""
    for part in chain:
        inner = split(part.text, frequency)
        for each in inner:
            yield Part(each.start + part.start, each.text, each.term, each.weight)
        if not inner:
            yield part


def _part(start: int, text: str, form: str, prior: float, frequency: Frequency) -> Part:
    term = lemma(form, "de")
    return Part(start, text, term, frequency(term) + prior)


def _head(word: str, start: int, frequency: Frequency) -> Part | None:
    text = word[start:]
    if text in NEVER or (text == "weise" and word[:start].endswith("er")):
        return None
    if found := _noun(text, SHORT, frequency):
        return _part(start, text, found, _NOUN, frequency)
    return _own(word, start, len(word), ("",), frequency)


def _noun(form: str, short: frozenset[str], frequency: Frequency) -> str:
    """The form if the dictionary has it as a noun that may be a part, else nothing."""
    found = (noun_lemma(form) or "").lower() if len(form) > 2 else ""
    if not found or found in NEVER or form in NEVER:
        return ""
    if len(found) <= LEAST and found not in short and form not in short:
        return form if len(found) == LEAST and frequency(lemma(form, "de")) else ""
    return form


def _own(
    word: str, start: int, end: int, joints: tuple[str, ...], frequency: Frequency
) -> Part | None:
    """A part that the dictionary lacks and the site's text has ("Wallbox")."""
    for joint in joints:
        text = word[start : end - len(joint)]
        fits = word[:end].endswith(joint) and len(text) >= LEAST
        if fits and not verb_or_other_lemma(text) and (documents := frequency(fold(text))):
            return Part(start, text, fold(text), documents)
    return None


def _modifier(word: str, start: int, end: int, frequency: Frequency) -> Part | None:
    """The part between two places, with or without its joint."""
    text = word[start:end]
    if text in NEVER or (text in ("ende", "enden") and _participle(word[:end])):
        return None
    if text in NO_NOUNS:
        return _part(start, text, text, _OTHER, frequency)
    for form in _noun_forms(text):
        if _noun(form, SHORT_FIRST, frequency):
            base = form if text.startswith(form) else text
            likely = _NOUN if text != form or not form.endswith(_NEEDS_S) else _UNLIKELY
            return _part(start, base, form, likely, frequency)
    for verb in (text + "en", text + "n"):
        if len(text) >= LEAST and verb_or_other_lemma(verb) == verb:
            return _part(start, text, verb, _VERB, frequency)
    return _own(word, start, end, _UNKNOWN_JOINTS, frequency)


def _noun_forms(text: str) -> Iterator[str]:
    """The nouns that a first part may be: as it is, without its joint, with what it lost."""
    yield text
    for joint in ("s", "es", "n", "en", "er", "e", "ns", "ens"):
        if text.endswith(joint):
            yield text[: -len(joint)]
    if len(text) >= LEAST or text == "erd":
        yield text + "e"
