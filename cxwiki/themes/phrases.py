"""Phrases of two to five words that titles have in common with what their theme is about."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cxwiki.search.words.language import tokens

_LONGEST = 5
_TITLES = 60
"""Titles that phrases are taken from: those of the most central members."""
_LONGEST_TITLE = 200
_LONGEST_PHRASE = 60
_ONE_MORE_WORD = 0.9
"""What a word that tells nothing takes from a phrase's worth: short ones read better."""
_OWN_TURN = 0.2
"""The share of its worth that a phrase has which nobody else's words bear out."""
_SPACE = re.compile(r"\s+")

_POSSESSIVE = re.compile("['’]s?$")

_JOINING = """
a an and are as at be been before after by during for from in into is isn't not no of off on or out
over per than the to too under until up via was wasn't were with without
am als auf aus bei beim bis das dem den der des die durch ein eine einem einen einer eines für gegen
im ins ist kein keine keinen keiner mit nach nicht noch oder ohne seit sind statt trotz über um und
unter vom von vor war wegen werden wird wurde zu zum zur zwischen
"""
_INSIDE = frozenset(_JOINING.split())
"""Words of a phrase that tell nothing themselves: they stand inside, never at its ends."""


@dataclass(frozen=True)
class Phrase:
    """What a member wrote, its telling words' lemmas, and how much of the theme these weigh."""

    text: str
    terms: tuple[str, ...]
    mass: float
    worth: float


def phrases(
    texts: Sequence[str],
    weights: Mapping[str, float],
    term: Callable[[str], str],
    joins: Callable[[str], bool],
) -> list[Phrase]:
    """The phrases of a theme's titles, the worthiest first.

    `texts` have their title on the first line, the most central first; `weights` are those of the
    theme's lemmas; `term` gives the lemma of a telling word, or nothing; `joins` says of others
    whether they may stand inside. A phrase starts and ends
    with a word that has a weight, and is worth the weight of its lemmas times the share of texts
    that have all of them, and a little more, so that one member's turn of phrase does not speak
    for all.
    """
    found: dict[str, Phrase] = {}
    having = _texts_having(texts, weights, term)
    for text in texts[:_TITLES]:
        for words, terms in _spans(text.partition("\n")[0][:_LONGEST_TITLE], weights, term, joins):
            if words.casefold() in found or len(terms) < 2:
                continue
            together = set.intersection(*(having[one] for one in terms))
            mass = sum(weights[one] for one in terms)
            extra = len(words.split()) - len(terms)
            share = len(together) / max(len(texts), 1)
            worth = mass * (_OWN_TURN + share) * _ONE_MORE_WORD**extra
            found[words.casefold()] = Phrase(words, terms, mass, worth)
    return sorted(found.values(), key=lambda phrase: (-phrase.worth, phrase.text))


def alike(one: str, other: str) -> bool:
    """Whether two lemmas would read as the same word: deliver and delivery, Karte and Karten."""
    shared = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return shared >= 4 and shared >= min(len(one), len(other)) - 1


def _texts_having(
    texts: Sequence[str], weights: Mapping[str, float], term: Callable[[str], str]
) -> dict[str, set[int]]:
    having: dict[str, set[int]] = {one: set() for one in weights}
    for number, text in enumerate(texts):
        for _, _, word in tokens(text):
            if (lemma := term(word)) in having:
                having[lemma].add(number)
    return having


def _spans(
    title: str,
    weights: Mapping[str, float],
    term: Callable[[str], str],
    joins: Callable[[str], bool],
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The phrases of a title as written, each with its lemmas."""
    words = [(start, stop, word, term(word)) for start, stop, word in tokens(title)]
    for first, (start, _, _, opening) in enumerate(words):
        if opening not in weights:
            continue
        terms = [opening]
        for (_, before, _, _), (after, stop, word, lemma) in zip(
            words[first : first + _LONGEST - 1], words[first + 1 : first + _LONGEST], strict=False
        ):
            if title[before:after].strip() or stop - start > _LONGEST_PHRASE:
                break
            if lemma not in weights:
                if word.casefold() not in _INSIDE and not joins(word):
                    break
                continue
            if any(alike(lemma, other) for other in terms):
                break
            terms.append(lemma)
            if _POSSESSIVE.search(word):
                continue
            yield _SPACE.sub(" ", title[start:stop]), tuple(terms)
