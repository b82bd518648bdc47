"""Cutting a query into what people wrote: words, phrases, operators. Any text can be cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

LONGEST = 20_000
"""Characters of a query that are looked at."""

_QUOTES = str.maketrans(dict.fromkeys("„“”‟«»″", '"'))
_NAME = r"[^\W\d_]+"
# Each alternative takes what it needs in one go; only the last quotation mark can lack its partner,
# so the time stays in proportion to the text.
_LEXEME = re.compile(
    rf"""(?P<minus>-?)(?:
        (?P<name>{_NAME}):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"]+))
        |"(?P<phrase>[^"]*)"
        |\#(?P<tag>[^\W\d_][\w-]*)(?![^\s"])
    )|(?P<chunk>[^\s"]+)""",
    re.VERBOSE,
)
_OR = frozenset({"OR", "ODER", "|"})


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a query: `value` is the word, the phrase or what an operator is told.

    `raw` is the same as it would stand among words, without quotation marks and minus.
    """

    kind: Literal["word", "phrase", "operator", "or"]
    value: str
    raw: str
    name: str = ""
    negated: bool = False


def lexemes(text: str) -> Iterator[Lexeme]:
    """The pieces of a query in order; a quotation mark without its partner is none."""
    for found in _LEXEME.finditer(text[:LONGEST].translate(_QUOTES)):
        negated = found["minus"] == "-"
        if found["name"] is not None:
            value = found["quoted"] if found["quoted"] is not None else found["value"]
            yield Lexeme("operator", value, f"{found['name']}:{value}", found["name"], negated)
        elif found["phrase"] is not None:
            yield Lexeme("phrase", found["phrase"], found["phrase"], negated=negated)
        elif found["tag"] is not None:
            yield Lexeme("operator", found["tag"], found["tag"], "tag", negated)
        elif found["chunk"] in _OR:
            yield Lexeme("or", "", "")
        else:
            chunk = found["chunk"]
            excluded = len(chunk) > 1 and chunk[0] == "-" and chunk[1].isalnum()
            word = chunk[1:] if excluded else chunk
            yield Lexeme("word", word, word, negated=excluded)
