"""What lines begin: the patterns of CommonMark's blocks. Pure."""

from __future__ import annotations

import re

from cxwiki.richtext.literals import TAG

QUOTE = re.compile(r" {0,3}> ?")
ITEM = re.compile(r"( {0,3})([-+*]|(\d{1,9})[.)])( +|$)")
HEADING = re.compile(r" {0,3}(#{1,6})(?: +|$)")
HEADING_END = re.compile(r"(?:^|(?<= ))#+ *$")
UNDERLINE = re.compile(r" {0,3}(=+|-+) *$")
RULE = re.compile(r" {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$")
FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`]*$)|~{3,})")
TASK = re.compile(r"\[([ xX])\](?=\s)")
TABLE_RULE = re.compile(r" {0,3}\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$")

_NAMES = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details"
    "|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header"
    "|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param"
    "|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
_HTML = (
    (re.compile(r" {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)", re.I),
     re.compile(r"</(?:script|pre|style|textarea)>", re.I)),
    (re.compile(r" {0,3}<!--"), re.compile("-->")),
    (re.compile(rf" {{0,3}}</?(?:{_NAMES})(?:\s|/?>|$)", re.I), None),
)  # fmt: skip
_ALONE = re.compile(rf" {{0,3}}(?:{TAG})\s*$")


def indent(line: str) -> int:
    """How many blanks a line begins with."""
    return len(line) - len(line.lstrip(" "))


def html_end(line: str, in_paragraph: bool) -> tuple[bool, re.Pattern[str] | None]:
    """Whether a block of HTML begins with the line, and what ends it: None is an empty line."""
    if "<" not in line[:4]:
        return False, None
    for begin, end in _HTML:
        if begin.match(line):
            return True, end
    return not in_paragraph and bool(_ALONE.match(line)), None
