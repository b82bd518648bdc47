"""Parting a Markdown text into code, which is never touched, and everything else. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_QUOTE = re.compile(r"^(?: {0,3}(?:>|[-*+]|\d{1,9}[.)]) ?)*")
_INLINE_CODE = re.compile(
    r"(?<![`\\])(?P<ticks>`{1,20})(?!`)(?:[^`]|(?!(?P=ticks)(?!`))`+){1,3000}?(?P=ticks)(?!`)"
    r"|<!--.{0,20000}?-->",
    re.S,
)


def outside_fences(text: str, change: Callable[[str], str]) -> str:
    """Return the text with `change` applied to each part that is in no fenced block of code."""
    done: list[str] = []
    waiting: list[str] = []
    closing = ""
    for line in text.split("\n"):
        # A fence can stand in a list or a quote.
        found = _FENCE.match(_QUOTE.sub("", line) if not closing else line.lstrip(" >\t"))
        if closing:
            done.append(line)
            if found and found[1].startswith(closing) and not found[2].strip():
                closing = ""
        elif found and not ("`" in found[1] and "`" in found[2]):
            if waiting:
                done.append(change("\n".join(waiting)))
                waiting = []
            done.append(line)
            closing = found[1]
        else:
            waiting.append(line)
    if waiting:
        done.append(change("\n".join(waiting)))
    return "\n".join(done)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The same, sparing code within lines and remarks of HTML as well."""

    def part(chunk: str) -> str:
        pieces, at = [], 0
        for code in _INLINE_CODE.finditer(chunk):
            pieces += [change(chunk[at : code.start()]), code.group()]
            at = code.end()
        return "".join([*pieces, change(chunk[at:])])

    return outside_fences(text, part)
