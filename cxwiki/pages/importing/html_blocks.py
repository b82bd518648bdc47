"""HTML in Markdown: what other tools read as HTML, however far it is indented, stays HTML. Pure.

In CommonMark four blanks after an empty line make code of anything, and no Markdown is read inside
of HTML; others are lenient in both.
"""

from __future__ import annotations

import re

_BLOCK = (
    "article|aside|blockquote|details|div|dl|fieldset|figure|footer|form|header|main|nav|ol|section"
    "|table|ul"
)
_STARTS = re.compile(
    rf"^\s*</?(?:{_BLOCK}|p|li|h[1-6]|tr|td|th|thead|tbody|caption|figcaption|summary|dd|dt|legend)"
    r"\b",
    re.I,
)
_TAG = re.compile(rf"<(?P<end>/)?(?:{_BLOCK})\b[^<>]*>", re.I)
_LINK = re.compile(r"(?<![!\\])\[(?P<label>[^\[\]\n]{1,500})\]\((?P<target>[^\s()\"<>]{1,1000})\)")
_STRONG = re.compile(r"\*\*(?P<words>[^*\n]{1,500})\*\*")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")


def translate(text: str) -> str:
    """Return the text, which has no fenced code in it, with its HTML as CommonMark reads it."""
    done: list[str] = []
    depth, raw, chunk_begins = 0, False, True
    for line in text.split("\n"):
        if not line.strip():
            raw, chunk_begins = False, True
            done.append(line)
            continue
        starts = bool(_STARTS.match(line))
        indent = len(line) - len(line.lstrip())
        if (starts and (depth or indent < 4)) or raw:
            raw = True
            line = _as_html(line.lstrip() if starts or depth else line)
        elif depth and indent >= 4 and not (chunk_begins and _ITEM.match(line)):
            line = line.lstrip()
        chunk_begins = False
        for tag in _TAG.finditer(line):
            depth = max(0, depth - 1) if tag["end"] else depth + 1
        done.append(line)
    return "\n".join(done)


def _as_html(line: str) -> str:
    """Write the links and strong words of a line that no Markdown is read in as HTML."""
    line = _LINK.sub(lambda found: f'<a href="{found["target"]}">{found["label"]}</a>', line)
    return _STRONG.sub(lambda found: f"<strong>{found['words']}</strong>", line)
