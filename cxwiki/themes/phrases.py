"""Headings that a member wrote: stretches of titles, cut where a person would cut them.

No grammar is parsed. What little words do (`grammar`) says where a stretch may begin and end; what
other members have in common with it says whether it speaks for the theme.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cxwiki.search.words.language import tokens
from cxwiki.themes.grammar import PARTICLES, Role, goes_on, role

NOT = "¬"
"""The term of every word that says no."""

_LONGEST = 6
_TITLES = 60
"""Titles that phrases are taken from: those of the most central members."""
_LONGEST_TITLE = 200
_LONGEST_PHRASE = 48
_ONE_MORE_WORD = 0.94
"""What a word that tells nothing takes from a phrase's worth: short ones read better."""
_STRANGE = 0.55
"""What a word takes that hardly another member uses."""
_WHOLE = 1.3
"""What a clause is worth more than a piece of one: somebody meant it to stand by itself."""
_DENIED = 0.4
"""What is left of a phrase whose clause says "not" somewhere else."""
_LOOSELY = frozenset(
    ["to", "this", "that", "these", "dieser", "diese", "dieses", "diesen", "diesem"]
)
_LOOSE = 0.8
"""What words take that often point out of the phrase ("this fee") or say the same anywhere."""
_HALF = 0.7
"""What is left of a phrase on one side of an "and", and of a verb cut off from "the card"."""
_DENIAL = 3
"""Telling words of a phrase like "Can't activate my card"; "Don't live" says too little."""
_MIDDLE = 0.3
"""What the title farthest from the middle of the theme takes."""
_USUAL = 0.15
_OFTEN = 10
"""A phrase in ten titles is worth 10 ** 0.15, 1.4 times as much as one in a single title."""
_OWN_TURN = 0.15
"""The share of its worth that a phrase has which nobody else's words bear out."""
_SPACE = re.compile(r"\s+")
_POSSESSIVE = re.compile("['’]s?$")
_INFLECTED = re.compile("(e|en|em|er|es)$")

_HELPED = frozenset(("be", "been", "being"))
"""Forms that need another word before them: "has been", "will be"."""
_STOPS = frozenset({Role.PERSON, Role.OBJECT, Role.CLAUSE, Role.ASKS, Role.NUMBER})
_TELLING = frozenset({Role.TELLS, Role.NUMBER, Role.NOT})


@dataclass(frozen=True)
class Phrase:
    """What a member wrote, its telling words' lemmas, and how much of the theme these weigh."""

    text: str
    terms: tuple[str, ...]
    mass: float
    worth: float
    whole: bool = False
    """Whether somebody wrote it as a clause by itself."""


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    stop: int
    text: str
    role: Role
    term: str
    """The lemma of a word that tells something, `NOT`, or nothing."""


def phrases(
    texts: Sequence[str],
    weights: Mapping[str, float],
    term: Callable[[str], str],
    language: str,
) -> list[Phrase]:
    """The phrases of a theme's titles, the worthiest first.

    `texts` have their title on the first line, the most central first; `weights` are those of the
    theme's lemmas; `term` gives the lemma of a telling word, or nothing. A phrase is worth the
    weight of its lemmas times the share of texts that have all of them, and a little more, so that
    one member's turn of phrase does not speak for all.
    """
    having = _texts_having(texts, weights, term, language)
    found: dict[str, list[tuple[str, Phrase]]] = {}
    central = texts[:_TITLES]
    for place, text in enumerate(central):
        title = text.partition("\n")[0][:_LONGEST_TITLE]
        for clause in _clauses(title, term, language):
            for first, last, whole in _spans(clause, weights, language):
                words = clause[first : last + 1]
                terms = tuple(dict.fromkeys(w.term for w in words if w.term in weights))
                if _repeats(terms) or not any(one != NOT for one in terms):
                    continue
                written = _SPACE.sub(" ", title[words[0].start : words[-1].stop])
                together = having[terms[0]]
                for one in terms[1:]:
                    together &= having[one]
                mass = sum(weights[one] for one in terms)
                worth = mass * (_OWN_TURN + together.bit_count() / len(texts))
                worth *= _form(clause, first, last, whole, weights)
                worth *= 1 - _MIDDLE * place / len(central)
                found.setdefault(written.casefold(), []).append(
                    (title, Phrase(written, terms, mass, worth, whole))
                )
    return sorted(map(_said, found.values()), key=lambda phrase: (-phrase.worth, phrase.text))


def _said(times: Sequence[tuple[str, Phrase]]) -> Phrase:
    """The best of the times that members wrote a phrase, worth more the more titles have it."""
    best = max((phrase for _, phrase in times), key=lambda phrase: phrase.worth)
    titles = len({title.casefold() for title, _ in times})
    return replace(best, worth=best.worth * min(titles, _OFTEN) ** _USUAL)


def _form(
    clause: Sequence[_Word], first: int, last: int, whole: bool, weights: Mapping[str, float]
) -> float:
    """How well a stretch reads by itself."""
    words = clause[first : last + 1]
    strange = sum(bool(word.term) and word.term not in weights for word in words)
    telling = len({word.term for word in words if word.term in weights})
    loose = sum(
        word.text.casefold() in _LOOSELY or (word.role is Role.TELLS and not word.term)
        for word in words
    )
    form = _ONE_MORE_WORD ** (len(words) - telling) * _STRANGE**strange * _LOOSE**loose
    if whole:
        form *= _WHOLE
    if any(word.term == NOT for word in clause) and not any(word.term == NOT for word in words):
        form *= _DENIED
    if first and clause[first - 1].role is Role.JOINS:
        form *= _HALF
    if words[0].role is Role.CANNOT and telling < _DENIAL:
        form *= _HALF
    after = clause[last + 1].role if last + 1 < len(clause) else Role.FILLS
    if after in (Role.JOINS, Role.DETERMINER):
        form *= _HALF
    return form


def alike(one: str, other: str) -> bool:
    """Whether two lemmas would read as the same word: deliver and delivery, Karte and Karten."""
    shared = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return shared >= 4 and shared >= min(len(one), len(other)) - 1


def says_no(word: str, language: str) -> bool:
    """Whether a word denies: not, kein, can't."""
    return role(word, language) in (Role.NOT, Role.CANNOT)


def _repeats(terms: Sequence[str]) -> bool:
    return any(alike(one, other) for at, one in enumerate(terms) for other in terms[at + 1 :])


def _texts_having(
    texts: Sequence[str], weights: Mapping[str, float], term: Callable[[str], str], language: str
) -> dict[str, int]:
    """For each lemma the texts that have it, as bits."""
    having = dict.fromkeys(weights, 0)
    for number, text in enumerate(texts):
        for _, _, word in tokens(text):
            lemma = NOT if says_no(word, language) else term(word)
            if lemma in having:
                having[lemma] |= 1 << number
    return having


def _clauses(title: str, term: Callable[[str], str], language: str) -> Iterator[list[_Word]]:
    """The words of a title between its punctuation marks."""
    clause: list[_Word] = []
    end = 0
    for start, stop, text in tokens(title):
        between = title[end:start]
        if clause and between.strip() and between != ".":
            yield clause
            clause = []
        end = stop
        what = role(text, language)
        lemma = NOT if what in (Role.NOT, Role.CANNOT) else ""
        if what is Role.TELLS:
            lemma = term(text)
        clause.append(_Word(start, stop, text, what, lemma))
    if clause:
        yield clause


def _spans(
    clause: Sequence[_Word], weights: Mapping[str, float], language: str
) -> Iterator[tuple[int, int, bool]]:
    """First and last place of each stretch that can stand by itself; whether it is the clause."""
    opening = next((at for at, word in enumerate(clause) if word.role in _TELLING), len(clause))
    for first, word in enumerate(clause):
        if not _begins(clause, first, weights, language):
            continue
        for last in range(first + 1, min(first + _LONGEST, len(clause))):
            here = clause[last]
            if here.role in _STOPS or here.stop - word.start > _LONGEST_PHRASE:
                break
            if language == "en" and _unsaid(clause, first, last):
                break
            whole = first <= opening and last == len(clause) - 1
            if _ends(clause, first, last, weights, whole, language):
                yield first, last, whole


def _begins(
    clause: Sequence[_Word], first: int, weights: Mapping[str, float], language: str
) -> bool:
    word, before = clause[first], clause[first - 1] if first else None
    after = clause[first + 1] if first + 1 < len(clause) else None
    if word.role is Role.CANNOT:
        return before is None or _of_oneself(clause, first)
    if word.role is Role.MODAL:
        return after is not None and after.role is Role.NOT and _of_oneself(clause, first)
    if word.role is Role.NOT:
        return word.text.casefold() != "not" and word.text.casefold() != "nicht"
    if word.role is not Role.TELLS or not (word.term in weights or first == 0):
        return False
    if language == "de" and first and _bends(clause, first):
        return False
    if before is None:
        return True
    if after and before.role is after.role is Role.DETERMINER:
        return False  # "give my | daughter a card"
    if before.role in _TELLING or before.role is Role.CANNOT:
        # A German noun may leave the adjective before it behind.
        return language == "de" and word.text[:1].isupper() and bool(_INFLECTED.search(before.text))
    return language != "en" or not _asked(clause, first)


def _of_oneself(clause: Sequence[_Word], first: int) -> bool:
    """Whether somebody speaks of himself: "I can't top up", but not "a payment I didn't make"."""
    if first < 1 or clause[first - 1].role is not Role.PERSON:
        return False
    return first == 1 or clause[first - 2].role in (Role.ASKS, Role.CLAUSE, Role.JOINS)


def _unsaid(clause: Sequence[_Word], first: int, last: int) -> bool:
    """Whether an English stretch has lost what held it together: "would this card", "card been"."""
    here, before = clause[last], clause[last - 1]
    helps = before.role in (Role.BE, Role.MODAL)
    if here.role is Role.DETERMINER and helps:
        return True
    if here.role in (Role.BE, Role.MODAL) and before.role is Role.JOINS:
        return True
    low = here.text.casefold()
    if low in _HELPED:
        return not (helps or before.role in (Role.NOT, Role.CANNOT)) or last - 1 < first
    return low == "don't" and last > first


def _bends(clause: Sequence[_Word], first: int) -> bool:
    """Whether a German adjective has the ending that the word before it asked for."""
    word, before = clause[first], clause[first - 1]
    noun_follows = first + 1 < len(clause) and clause[first + 1].text[:1].isupper()
    if not (noun_follows and word.text[:1].islower() and _INFLECTED.search(word.text)):
        return False
    low = before.text.casefold()
    return not (low in ("die", "eine", "meine", "keine") and word.text.endswith("e"))


def _asked(clause: Sequence[_Word], first: int) -> bool:
    """Whether the stretch begins with whom a question is about: "does my card | work"."""
    at = first - 1
    while at >= 0 and clause[at].role is Role.DETERMINER:
        at -= 1
    if at < 0 or clause[at].role not in (Role.MODAL, Role.CANNOT):
        return False
    return at == 0 or clause[at - 1].role not in (Role.PERSON, Role.TELLS)


def _ends(
    clause: Sequence[_Word],
    first: int,
    last: int,
    weights: Mapping[str, float],
    whole: bool,
    language: str,
) -> bool:
    word, after = clause[last], clause[last + 1] if last + 1 < len(clause) else None
    if word.text.casefold() in PARTICLES.get(language, ()):
        closes = clause[last - 1].role is Role.TELLS and (whole or language == "en")
    elif word.role is Role.NOT:
        closes = language == "de" and whole and word.text.casefold() == "nicht"
    else:
        closes = word.role is Role.TELLS and (word.term in weights or whole)
        if language == "de" and after is None and word.text[:1].islower():
            # At the end of a clause that asks stands the verb: "was der Zähler | kostet".
            closes &= clause[0].role is not Role.ASKS and clause[0].text.casefold() != "wie"
    if not closes or _POSSESSIVE.search(word.text):
        return False
    if after is None:
        return True
    if after.role in (Role.NOT, Role.CANNOT) or goes_on(after.text):
        return False
    if after.text.casefold() in PARTICLES.get(language, ()):
        return language == "de" and last + 2 < len(clause)
    if after.role in _TELLING and not (after.role is Role.TELLS and not after.term):
        # After a German noun the verb may come, which the heading does without.
        return language == "de" and word.text[:1].isupper() and after.text[:1].islower()
    return True
