"""Tables as other tools write them, turned into those that our Markdown knows. Pure.

Known are the grid, simple and multiline tables of Pandoc, and kramdown's without a line under
their head. A caption below a table becomes a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_GRID = re.compile(r"^\s*\+(?:[-=:]+\+)+\s*$")
_COLUMNS = re.compile(r"^\s*-{2,}(?:\s+-{2,})+\s*$")
_FULL_LINE = re.compile(r"^\s*-{8,}\s*$")
_ROW = re.compile(r"^\s{0,3}\|")
_RULE = re.compile(r"^[\s|:=+-]+$")
_DELIMITER = re.compile(r"^\s{0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CAPTION = re.compile(r"^\s*(?:Table)?:\s+(?P<text>\S.*)$")
_SPLIT = re.compile(r"(?<!\\)\|")


def translate(text: str) -> str:
    """Return the text, which has no fenced code in it, with foreign tables as pipe tables."""
    lines, done, at = text.split("\n"), list[str](), 0
    while at < len(lines):
        taken, table = _table(lines, at, done)
        if not taken:
            done.append(lines[at])
            at += 1
            continue
        at += taken
        if done and done[-1].strip():
            done.append("")
        done += table
        caption_at = at + 1 if at < len(lines) and not lines[at].strip() else at
        if caption_at < len(lines) and (caption := _CAPTION.match(lines[caption_at])):
            done += ["", f"*{caption['text'].strip()}*"]
            at = caption_at + 1
        if at < len(lines) and lines[at].strip():
            done.append("")
    return "\n".join(done)


def _table(lines: Sequence[str], at: int, before: list[str]) -> tuple[int, list[str]]:
    """How many lines the table that begins here takes, and what it becomes; 0 if none does."""
    line = lines[at]
    if _GRID.match(line):
        return _grid(lines, at)
    if _FULL_LINE.match(line):
        return _multiline(lines, at)
    if _COLUMNS.match(line) and before and before[-1].strip():
        taken, table = _simple(before[-1], lines, at)
        if taken:
            before.pop()
        return taken, table
    if _ROW.match(line) and (not before or not _ROW.match(before[-1])):
        return _kramdown(lines, at)
    return 0, []


def _grid(lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    end = at
    while end < len(lines) and lines[end].lstrip().startswith(("+", "|")):
        end += 1
    edges = [i for i, letter in enumerate(lines[at]) if letter == "+"]
    rows: list[list[list[str]]] = []
    for line in lines[at:end]:
        if _GRID.match(line):
            rows.append([])
        elif rows:
            rows[-1].append([line[a + 1 : b] for a, b in pairwise(edges)])
    filled = [_joined(row) for row in rows if row]
    return (end - at, _piped(filled)) if filled else (0, [])


def _multiline(lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    """A table between two long lines of dashes, its rows parted by empty lines."""
    end = at + 1
    while end < len(lines) and end - at < 2000 and not _FULL_LINE.match(lines[end]):
        end += 1
    inner = lines[at + 1 : end]
    rule = next((i for i, line in enumerate(inner) if _COLUMNS.match(line)), None)
    if end >= len(lines) or not rule:
        return 0, []
    spans = _spans(inner[rule])
    rows: list[list[list[str]]] = [[_cut(line, spans) for line in inner[:rule]], []]
    for line in inner[rule + 1 :]:
        if line.strip():
            rows[-1].append(_cut(line, spans))
        elif rows[-1]:
            rows.append([])
    return end - at + 1, _piped([_joined(row) for row in rows if row])


def _simple(head: str, lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    """A head, dashes under each column, and a row on each line up to an empty one."""
    end = at + 1
    while end < len(lines) and lines[end].strip():
        end += 1
    spans = _spans(lines[at])
    rows = [[_cut(line, spans)] for line in (head, *lines[at + 1 : end])]
    return end - at, _piped([_joined(row) for row in rows])


def _kramdown(lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    end = at
    while end < len(lines) and _ROW.match(lines[end]):
        end += 1
    block = lines[at:end]
    if len(block) > 1 and not _RULE.match(block[0]) and _DELIMITER.match(block[1]):
        return 0, []
    rows = [
        [cell.strip() for cell in _SPLIT.split(line.strip().strip("|"))]
        for line in block
        if not _RULE.match(line)
    ]
    if not rows or max(map(len, rows)) < 2:
        return 0, []
    return end - at, _piped(rows, escaped=True)


def _spans(rule: str) -> list[tuple[int, int | None]]:
    starts = [found.start() for found in re.finditer(r"-+", rule)]
    return [
        (start if i else 0, starts[i + 1] if i + 1 < len(starts) else None)
        for i, start in enumerate(starts)
    ]


def _cut(line: str, spans: Sequence[tuple[int, int | None]]) -> list[str]:
    return [line[start:end] for start, end in spans]


def _joined(lines: Sequence[Sequence[str]]) -> list[str]:
    """One row of what is written over several lines; an empty line within a cell stays a break."""
    cells = []
    for column in range(max(map(len, lines))):
        parts = [line[column].strip() if column < len(line) else "" for line in lines]
        text = "\n".join(parts).strip("\n")
        cells.append("<br>".join(" ".join(part.split()) for part in re.split(r"\n{2,}", text)))
    return cells


def _piped(rows: Sequence[Sequence[str]], *, escaped: bool = False) -> list[str]:
    width = max(map(len, rows))
    written = []
    for row in rows:
        cells = [cell if escaped else _SPLIT.sub(r"\\|", cell) for cell in row]
        written.append("| " + " | ".join([*cells, *[""] * (width - len(cells))]) + " |")
    return [written[0], "|" + " --- |" * width, *written[1:]]
