"""The passage of a text that shows why it was found."""

from collections.abc import Iterable

from cxwiki.search.language import clean, fold, tokens, word_terms

_SCANNED = 20_000
_ELLIPSIS = "…"


def snippet(
    text: str, query_terms: Iterable[str], language: str, width: int = 220
) -> list[tuple[str, bool]]:
    """About `width` characters around the densest matches, as (text, is a match) in order.

    A word matches when one of its terms, or its folded spelling, is among `query_terms` (those of
    `KeywordResult.words`). Plain text: the caller escapes it. Only the first 20,000 characters
    are looked at; without a match the text's beginning comes back.
    """
    wanted = frozenset(query_terms)
    flat = " ".join(clean(text[:_SCANNED]).split())
    words = list(tokens(flat))
    matches = [
        (start, end, fold(surface))
        for start, end, surface in words
        if wanted and _matches(surface, language, wanted)
    ]
    first, last = _window(len(flat), matches, width)
    first, last = _at_words(flat, first, last)
    pieces: list[tuple[str, bool]] = [(_ELLIPSIS, False)] if first > 0 else []
    position = first
    for start, end, _ in matches:
        if start < first or end > last:
            continue
        if start > position:
            pieces.append((flat[position:start], False))
        pieces.append((flat[start:end], True))
        position = end
    if position < last:
        pieces.append((flat[position:last], False))
    if last < len(flat):
        pieces.append((_ELLIPSIS, False))
    return pieces


def _matches(surface: str, language: str, wanted: frozenset[str]) -> bool:
    return fold(surface) in wanted or not wanted.isdisjoint(word_terms(surface, language))


def _window(size: int, matches: list[tuple[int, int, str]], width: int) -> tuple[int, int]:
    """Where to cut: the stretch with the most different matched words, the earliest of equals."""
    if size <= width or not matches:
        return 0, min(size, width)
    best = (0, 0, 0)
    for index, (start, _, _) in enumerate(matches):
        inside = [found for found in matches[index : index + 40] if found[1] <= start + width]
        score = (len({word for _, _, word in inside}), len(inside))
        if score > best[:2]:
            best = (*score, index)
    start = matches[best[2]][0]
    end = max(found[1] for found in matches if found[1] <= max(start + width, matches[best[2]][1]))
    first = max(0, min(start - (width - min(width, end - start)) // 2, size - width))
    return first, min(size, max(first + width, matches[best[2]][1]))


def _at_words(text: str, first: int, last: int) -> tuple[int, int]:
    """Move the cuts to spaces nearby, so that no word is torn."""
    if first > 0:
        space = text.find(" ", first, first + 20)
        first = space + 1 if space >= 0 and text[first - 1] != " " else first
    if last < len(text) and text[last] != " ":
        space = text.rfind(" ", max(first, last - 20), last)
        last = space if space > first else last
    return first, last
