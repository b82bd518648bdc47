"""What one text changes in another, by lines first and by words within changed lines. Pure."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from diff_match_patch import diff_match_patch

SECONDS = 1.0
_WORDS = re.compile(r"\n|\w+|[^\S\n]+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_matcher = diff_match_patch()


@dataclass(frozen=True)
class Edit:
    """The characters from `start` to `end` of the old text became `text`.

    Edits of one text are in order and do not touch: at least one kept word is between two.
    """

    start: int
    end: int
    text: str


def edits(old: str, new: str, seconds: float = SECONDS) -> list[Edit]:
    """Everything that turns the old text into the new one.

    Takes about `seconds` at most: what is left then is given as one large edit, which is still
    true, only coarse.
    """
    deadline = time.time() + seconds
    found: list[Edit] = []
    for start, end, text in _runs(_LINES.findall(old), _LINES.findall(new), deadline):
        removed = old[start:end]
        if not removed or not text:
            found.append(Edit(start, end, text))
            continue
        for inner, inner_end, piece in _runs(
            _WORDS.findall(removed), _WORDS.findall(text), deadline
        ):
            found.append(Edit(start + inner, start + inner_end, piece))
    return _joined(found, old)


def apply(old: str, changes: Sequence[Edit]) -> str:
    """Return the text that the edits make of the old one."""
    pieces, at = [], 0
    for edit in changes:
        pieces += [old[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, old[at:]])


def _runs(old: list[str], new: list[str], deadline: float) -> list[tuple[int, int, str]]:
    """Changed runs of tokens, as places in the old text and what stands there in the new one."""
    symbols: dict[str, str] = {}

    def coded(tokens: list[str]) -> str:
        return "".join(symbols.setdefault(token, _symbol(len(symbols))) for token in tokens)

    compared = _matcher.diff_main(coded(old), coded(new), False, deadline)
    _matcher.diff_cleanupSemantic(compared)
    runs: list[tuple[int, int, str]] = []
    at = i = j = 0
    start, written, changed = 0, "", False
    for sign, run in compared:
        if sign == 0:
            if changed:
                runs.append((start, at, written))
            at += sum(map(len, old[i : i + len(run)]))
            i, j = i + len(run), j + len(run)
            start, written, changed = at, "", False
        elif sign < 0:
            at += sum(map(len, old[i : i + len(run)]))
            i, changed = i + len(run), True
        else:
            written += "".join(new[j : j + len(run)])
            j, changed = j + len(run), True
    if changed:
        runs.append((start, at, written))
    return runs


def _symbol(number: int) -> str:
    # Surrogates are no characters, and the matcher looks at what characters are.
    return chr(number + 0x100 if number < 0xD700 else number + 0x900)


def _joined(found: list[Edit], old: str) -> list[Edit]:
    """Make one edit of those between which only blanks within a line were kept."""
    joined: list[Edit] = []
    for edit in found:
        before = joined[-1] if joined else None
        between = old[before.end : edit.start] if before else ""
        if before and not between.strip(" \t"):
            joined[-1] = Edit(before.start, edit.end, before.text + between + edit.text)
        else:
            joined.append(edit)
    return joined
