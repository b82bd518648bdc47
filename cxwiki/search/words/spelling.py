"""Likely meant words for misspelt ones: near in letters, common in company-visible text."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from cxwiki.search.words.dictionary import Entry

SHORTEST = 4
_LONG = 8
_TRANSCRIPTIONS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def allowed_errors(length: int) -> int:
    """Letters of a word that may be wrong, missing, too many or swapped with the next one."""
    if length < SHORTEST:
        return 0
    return 1 if length < _LONG else 2


def neighbourhood(word: str) -> tuple[str, str]:
    """A beginning and an end of which at least one is right in most misspelt words."""
    return word[: max(2, len(word) // 3)], word[-max(3, len(word) // 2) :]


def distance(typed: str, term: str) -> int | None:
    """Errors between two folded words by optimal string alignment; None for too many.

    Two errors or an error in the first letter are forgiven only in long words; ä typed as "ae" is
    no error, since terms have neither.
    """
    best = None
    for form in {typed, without_transcription(typed)}:
        allowed = min(allowed_errors(len(form)), allowed_errors(len(term)))
        errors = OSA.distance(form, term, score_cutoff=allowed)
        swapped = form[:2] == term[1::-1]
        if form[0] != term[0] and not swapped and (len(form) < 6 or errors > 1):
            continue
        if errors <= allowed and (best is None or errors < best):
            best = errors
    return best


def corrections(typed: str, entries: Iterable[Entry], limit: int) -> list[Entry]:
    """The entries that may be meant by a folded word, the nearest and commonest first."""
    ranked = []
    for entry in entries:
        if abs(len(entry.term) - len(typed)) > 3 or entry.term == typed:
            continue
        errors = distance(typed, entry.term)
        if errors is not None and entry.documents > 0:
            ranked.append((errors, -entry.documents, entry.term, entry))
    ranked.sort(key=lambda item: item[:3])
    nearest = ranked[0][0] if ranked else 0
    return [entry for errors, _, _, entry in ranked if errors == nearest][:limit]


def without_transcription(word: str) -> str:
    """A folded word with a for "ae", o for "oe", u for "ue"."""
    for written, folded in _TRANSCRIPTIONS:
        word = word.replace(written, folded)
    return word
