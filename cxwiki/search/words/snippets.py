"""The passage of a text that shows why it was found."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cxwiki.search.words.language import LANGUAGES, clean, fold, tokens, word_terms

_SCANNED = 60_000
_SHORT = 6
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class _Match:
    """A word of the text that matches, and the term by which it does."""

    start: int
    end: int
    term: str


def snippet(
    text: str, query_terms: Iterable[str], language: str, width: int = 220
) -> list[tuple[str, bool]]:
    """About `width` characters around the densest matches, as (text, is a match) in order.

    A word matches when one of its terms in the text's language, or else in another one (a long
    text may have both), or its folded spelling, is among `query_terms`: those of the query's
    words, compounds and likely meant spellings among them. Plain text: the caller escapes it. Only
    the first 60,000 characters are looked at; without a match the text's beginning comes back.
    """
    flat = " ".join(clean(text[:_SCANNED]).split())
    matches = _matches(flat, frozenset(query_terms), language)
    first, last = _window(len(flat), matches, width)
    first, last = _at_words(flat, first, last)
    pieces: list[tuple[str, bool]] = [(_ELLIPSIS, False)] if first > 0 else []
    position = first
    for match in matches:
        if match.start < first or match.end > last:
            continue
        if match.start > position:
            pieces.append((flat[position : match.start], False))
        pieces.append((flat[match.start : match.end], True))
        position = match.end
    if position < last:
        pieces.append((flat[position:last], False))
    if last < len(flat):
        pieces.append((_ELLIPSIS, False))
    return pieces


def _matches(text: str, wanted: frozenset[str], language: str) -> list[_Match]:
    if not wanted:
        return []
    initials = frozenset(term[0] for term in wanted if term)
    known: dict[str, str | None] = {}  # texts repeat most of their words
    found = []
    for start, end, surface in tokens(text):
        if surface not in known:
            known[surface] = _matched(surface, language, wanted, initials)
        if term := known[surface]:
            found.append(_Match(start, end, term))
    return found


def _matched(
    surface: str, language: str, wanted: frozenset[str], initials: frozenset[str]
) -> str | None:
    """The wanted term that a word of the text stands for.

    Taking a word to its lemma is what costs most here, so that it is done where it can lead to a
    wanted term: nearly all forms of a word begin with one letter. Others do so if they are short
    ("went", "besser"), participles ("gesperrt"), or joined ("E-Mail-Rechnung").
    """
    folded = fold(surface)
    if folded in wanted:
        return folded
    alike = folded[:1] in initials
    if not alike and len(folded) > _SHORT and folded.isalpha() and not folded.startswith("ge"):
        return None
    for one in (language, *(LANGUAGES if alike else ())):
        for term in word_terms(surface, one):
            if term in wanted:
                return term
    return None


def _window(size: int, matches: list[_Match], width: int) -> tuple[int, int]:
    """Where to cut: the stretch with the most different matched words, the earliest of equals."""
    if size <= width or not matches:
        return 0, min(size, width)
    inside: Counter[str] = Counter()
    best, chosen, past = (0, 0), (0, 1), 0
    for index, match in enumerate(matches):
        while past < len(matches) and (matches[past].end <= match.start + width or past == index):
            inside[matches[past].term] += 1
            past += 1
        score = (len(inside), inside.total())
        if score > best:
            best, chosen = score, (index, past)
        inside[match.term] -= 1
        if not inside[match.term]:
            del inside[match.term]
    start, end = matches[chosen[0]].start, matches[chosen[1] - 1].end
    first = max(0, min(start - (width - min(width, end - start)) // 2, size - width))
    return first, min(size, max(first + width, matches[chosen[0]].end))


def _at_words(text: str, first: int, last: int) -> tuple[int, int]:
    """Move the cuts to spaces nearby, so that no word is torn."""
    if first > 0:
        space = text.find(" ", first, first + 20)
        first = space + 1 if space >= 0 and text[first - 1] != " " else first
    if last < len(text) and text[last] != " ":
        space = text.rfind(" ", max(first, last - 20), last)
        last = space if space > first else last
    return first, last
