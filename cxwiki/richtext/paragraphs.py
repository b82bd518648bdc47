"""What paragraphs may hold besides text: tables, and definitions of links."""

from __future__ import annotations

import re
from typing import Any

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.tables import TableProcessor

from cxwiki.richtext.limits import Budget
from cxwiki.richtext.lines import TABLE_RULE
from cxwiki.richtext.literals import ENTITY, entity

_DEFINITION = re.compile(
    r"\[((?:[^\[\]\\]|\\.){1,999}+)\]:[ \t]*+\n?[ \t]*+(?:<((?:[^<>\n\\]|\\.)*+)>|([^\s<]\S*+))"
    r"""(?:(?:[ \t]++\n?|\n)[ \t]*+("(?:[^"\\]|\\.){0,2000}+"|'(?:[^'\\]|\\.){0,2000}+'"""
    r"|\((?:[^()\\]|\\.){0,2000}+\))[ \t]*+(?=\n|$)|[ \t]*+(?=\n|$))",
    re.S,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PIPE = re.compile(r"(?<!\\)\|")
_UNTITLED = re.compile(r"[ \t]*+(?:\n|$)")


def reference(label: str) -> str:
    """What the label of a link is compared by: without capitals, with single blanks."""
    return " ".join(label.split()).casefold()


class Definitions(BlockProcessor):
    """Where the links with a label lead, at the beginning of a paragraph; the first one counts.

    The package's own reads a line of quotes again for each of them.
    """

    def test(self, _parent: Any, block: str) -> bool:
        """Whether one may begin there."""
        return block.startswith("[")

    def run(self, _parent: Any, blocks: list[str]) -> bool:
        """Take the definitions off."""
        block, at = blocks[0], 0
        while found := _DEFINITION.match(block, at):
            label = reference(found[1])
            if not label:
                break
            address = _plain(found[2] if found[2] is not None else found[3])
            title = _plain(found[4][1:-1] if found[4] else "")
            self.parser.md.references.setdefault(label, (address, title))
            at = found.end() + 1
        if not at:
            return False
        blocks[:1] = [block[at:]] if block[at:].strip() else []
        return True


def _plain(text: str) -> str:
    """Without backslashes before signs and with entities as what they mean."""
    return ENTITY.sub(entity, _ESCAPED.sub(r"\1", text))


class Tables(TableProcessor):
    """Tables as GitHub has them: right below text, and a pipe parts cells also in code.

    The package's own rule for code looks for the end of each run of backticks in the whole row.
    """

    def __init__(self, parser: BlockParser, budget: Budget) -> None:
        super().__init__(parser, {"use_align_attribute": True})
        self.budget = budget
        self.head = 0

    def test(self, parent: Any, block: str) -> bool:
        """Whether a table begins in the paragraph; text before it stays text."""
        if "|" not in block or "-" not in block:
            return False
        lines = block.split("\n")
        for at in range(1, len(lines)):
            if not ("|" in lines[at] and TABLE_RULE.match(lines[at])):
                continue
            if super().test(parent, "\n".join(lines[at - 1 : at + 1])):
                self.head = at - 1
                return True
        return False

    def run(self, parent: Any, blocks: list[str]) -> None:
        """Build it."""
        lines = blocks[0].split("\n")
        if before := lines[: self.head]:
            blocks[:1] = ["\n".join(before), "\n".join(lines[self.head :])]
            return
        self.budget.cells += (len(lines) - 1) * (len(self.separator) + 1)
        self.budget.check()
        super().run(parent, blocks)

    def _split(self, row: str) -> list[str]:
        return [cell.replace("\\|", "|") for cell in _PIPE.split(row)]
