"""Line breaks: most wikis break long lines anywhere, here a line break is one. Pure.

`unwrapped` joins the lines of a paragraph on import and keeps the breaks that were meant;
`with_hard_breaks` marks every break of a paragraph as meant, so that other tools keep them.
"""

from __future__ import annotations

import re

from cxwiki.pages.importing.segments import outside_fences

_NOT_PLAIN = re.compile(
    r"""^\s*(?:$|\#{1,6}(?:\s|$)|>|[-*+]\s|\d{1,9}[.)]\s|\||<|:::|:\s|={3,}\s*$|-{3,}\s*$|(?:[*_-]\s*){3,}$
    |\[[^\]\n]{1,300}\]:|<!--|\{%|\{:|!\[[^\]\n]*\]\([^)\n]*\)\s*$|\+[-=])""",
    re.X,
)
_ENDS = re.compile(r"(?:  +|\\|<br ?/?>)$")
_MARKER = re.compile(r"^(?P<marker>\s*(?:[-*+]|\d{1,9}[.)])\s+)\S")
_HTML = re.compile(r"\s*<(?!http)")
_QUOTE = re.compile(r"^\s{0,3}>[ \t]?")


def unwrapped(text: str) -> str:
    """Return the text with each paragraph on one line, but for the breaks that were meant."""
    return outside_fences(text, lambda part: "\n".join(_unwrapped(part.split("\n"))))


def with_hard_breaks(text: str) -> str:
    """Return the text with every line break inside a paragraph marked as meant."""

    def part(chunk: str) -> str:
        lines = chunk.split("\n")
        for i, line in enumerate(lines[:-1]):
            if _goes_on(line) and _continues(lines[i + 1]) and not _ENDS.search(line):
                lines[i] = line.rstrip() + "  "
        return "\n".join(lines)

    return outside_fences(text, part)


def _unwrapped(lines: list[str]) -> list[str]:
    done: list[str] = []
    in_html = in_code = False
    for line in lines:
        if not line.strip():
            in_html = False
            in_code = False
            done.append(line)
            continue
        begins = not done or not done[-1].strip()
        in_html = in_html or bool(_HTML.match(line))
        in_code = in_code or (begins and line.startswith(("    ", "\t")) and not _in_list(done))
        if begins or in_html or in_code:
            done.append(line)
        elif (quoted := _QUOTE.match(line)) and _QUOTE.match(done[-1]):
            rest = line[quoted.end() :]
            _join(done, rest, line, goes_on=_goes_on(_QUOTE.sub("", done[-1])) and _continues(rest))
        else:
            _join(done, line.strip(), line, goes_on=_goes_on(done[-1]) and _continues(line))
    return done


def _join(done: list[str], rest: str, line: str, *, goes_on: bool) -> None:
    """Put the words behind the line before, or begin a new line with the break that was meant."""
    if not goes_on:
        done.append(line)
        return
    broken = _ENDS.search(done[-1])
    if broken:
        done[-1] = done[-1][: broken.start()].rstrip()
        done.append(line)
    else:
        done[-1] = f"{done[-1].rstrip()} {rest.strip()}"


def _goes_on(line: str) -> bool:
    """Whether words may follow on this line: a paragraph, an item, or a quote."""
    if _QUOTE.match(line):
        line = _QUOTE.sub("", line)
    marker = _MARKER.match(line)
    rest = line[marker.end("marker") :] if marker else line
    return bool(rest.strip()) and not _NOT_PLAIN.match(rest)


def _continues(line: str) -> bool:
    return not _NOT_PLAIN.match(line)


def _in_list(done: list[str]) -> bool:
    """Whether the last thing that was not indented is an item of a list."""
    for line in reversed(done[-60:]):
        if line.strip() and not line.startswith((" ", "\t")):
            return bool(_MARKER.match(line))
        if line.strip() and _MARKER.match(line):
            return True
    return False
