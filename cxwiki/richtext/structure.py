"""Quotes, lists, headings, code and HTML: which line belongs to which, as in CommonMark.

One pass over the lines with a stack of what is open. What is left are paragraphs, which go on to
the other block processors of Markdown: tables, definitions of links, and text. The processors of
the package nest lists by four blanks only, know no list right below a paragraph, and no fence
within an item.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor

from cxwiki.richtext import lines as begins
from cxwiki.richtext.boxes import Box, Leaf, Spacing
from cxwiki.richtext.leaves import PARAGRAPH, Leaves
from cxwiki.richtext.limits import DEEPEST, Budget, TooMuchWork
from cxwiki.richtext.raw import Aside


class Structure(BlockProcessor):
    """Lays out a whole text."""

    def __init__(self, parser: BlockParser, aside: Aside, budget: Budget) -> None:
        super().__init__(parser)
        self.leaves, self.budget = Leaves(parser, aside), budget

    def test(self, _parent: Any, _block: str) -> bool:
        """Whether this is the text, not a paragraph that was found in it."""
        return not self.parser.state.isstate(PARAGRAPH)

    def run(self, parent: Any, blocks: list[str]) -> None:
        """Read all lines."""
        text = "\n\n".join(blocks)
        blocks.clear()
        layout = _Layout(parent, self.leaves, self.budget)
        for line in text.split("\n"):
            layout.read(line)
        layout.finish()


class _Layout:
    """The text so far."""

    def __init__(self, root: Any, leaves: Leaves, budget: Budget) -> None:
        self.leaves, self.budget = leaves, budget
        self.open = [Box(root)]
        self.leaf: Leaf | None = None
        self.spacing = Spacing()

    def read(self, line: str) -> None:
        """Take in the next line."""
        rest, depth = self._inside(line)
        if depth == len(self.open) and self.leaf and self.leaf.kind in ("fence", "html"):
            self._more(self.leaf, rest)
            return
        began = False
        while rest.strip(" ") and begins.indent(rest) < 4:
            in_paragraph = self.leaf is not None and self.leaf.kind == "paragraph" and not began
            inner = self._container(rest, depth, in_paragraph and depth == len(self.open))
            if inner is None:
                if self._block(rest, depth, in_paragraph):
                    return
                break
            rest, depth, began = inner, len(self.open), True
        self._text(rest, depth, began)

    def finish(self) -> None:
        """Close what is still open."""
        self._end_leaf()
        self.spacing.tighten()

    # --- quotes and items ---------------------------------------------------------------------

    def _inside(self, line: str) -> tuple[str, int]:
        """Take off what the open quotes and items ask for; returns how many of them go on."""
        for depth, box in enumerate(self.open[1:], 1):
            if not box.is_item:
                found = begins.QUOTE.match(line)
                if not found:
                    return line, depth
                line = line[found.end() :]
            elif not line.strip(" "):
                if not len(box.element) and not self.leaf:
                    return line, depth
            elif begins.indent(line) >= box.indent:
                line = line[box.indent :]
            else:
                return line, depth
        return line, len(self.open)

    def _container(self, line: str, depth: int, in_paragraph: bool) -> str | None:
        """Begin a quote or an item; returns the rest of the line, None if none begins."""
        if found := begins.QUOTE.match(line):
            self._close(depth)
            self._push(Box(self._add("blockquote")))
            return line[found.end() :]
        if begins.RULE.match(line) or not (found := begins.ITEM.match(line)):
            return None
        rest, sign, number = line[found.end() :], found[2][-1], found[3]
        if in_paragraph:
            if not rest.strip(" "):
                return None
            if number and int(number) != 1 and not self.open[-1].is_item:
                return None
        blanks = len(found[4])
        if not rest.strip(" ") or blanks > 4:
            rest, blanks = " " * (blanks - 1) + rest, 1
        self._close(depth)
        of = self._list(sign, number)
        self.budget.blocks += 1
        indent = len(found[1]) + len(found[2]) + blanks
        self._push(Box(ElementTree.SubElement(of, "li"), indent, of=of))
        return rest

    def _list(self, sign: str, number: str | None) -> Any:
        """The list that an item with the sign belongs to: the one before it, or another one."""
        outer = self.open[-1]
        if outer.list is not None and outer.sign == sign:
            self.spacing.next_item(self.open)
            return outer.list
        element = self._add("ol" if number else "ul")
        if number and int(number) != 1:
            element.set("start", str(int(number)))
        self.spacing.lists.append(element)
        outer.list, outer.sign = element, sign
        return element

    def _push(self, box: Box) -> None:
        self.open.append(box)
        if len(self.open) > DEEPEST:
            raise TooMuchWork

    def _close(self, depth: int) -> None:
        """Close what is open deeper than that."""
        if depth < len(self.open):
            self._end_leaf()
            del self.open[depth:]

    # --- leaves -------------------------------------------------------------------------------

    def _block(self, line: str, depth: int, in_paragraph: bool) -> bool:
        """Begin or end a block that needs no text below it."""
        if found := begins.HEADING.match(line):
            self._close(depth)
            self._heading(len(found[1]), begins.HEADING_END.sub("", line[found.end() :]))
        elif found := begins.FENCE.match(line):
            self._close(depth)
            end = re.compile(rf" {{0,3}}{found[2][0]}{{{len(found[2])},}} *$")
            self._start(Leaf("fence", end=end, indent=len(found[1])))
        elif in_paragraph and depth == len(self.open) and self._underline(line):
            pass
        elif begins.RULE.match(line):
            self._close(depth)
            self._add("hr")
        else:
            starts, end_of_html = begins.html_end(line, in_paragraph)
            if starts:
                self._close(depth)
                self._more(self._start(Leaf("html", end=end_of_html)), line)
            return starts
        return True

    def _underline(self, line: str) -> bool:
        """Make a heading of the paragraph if the line underlines it, and is no table's."""
        found = begins.UNDERLINE.match(line)
        if not found or not self.leaf:
            return False
        words, self.leaf = "\n".join(self.leaf.lines), None
        self._heading(1 if found[1][0] == "=" else 2, words)
        return True

    def _heading(self, level: int, words: str) -> None:
        self._add(f"h{min(level + 1, 6)}").text = words.strip(" ")

    def _more(self, leaf: Leaf, line: str) -> None:
        """The next line of fenced code or HTML."""
        if leaf.kind == "fence":
            assert leaf.end is not None
            if leaf.end.match(line):
                self._end_leaf()
            else:
                leaf.lines.append(line[min(leaf.indent, begins.indent(line)) :])
        elif leaf.end is None and not line.strip():
            self._end_leaf()
            self._text(line, len(self.open), False)
        else:
            leaf.lines.append(line)
            if leaf.end and leaf.end.search(line):
                self._end_leaf()

    def _text(self, line: str, depth: int, began: bool) -> None:
        """A line that begins nothing: more of a paragraph or of indented code, or empty."""
        if not line.strip(" "):
            self._close(depth)
            if self.leaf and self.leaf.kind == "code":
                self.leaf.lines.append(line[4:])
            else:
                self._end_leaf()
            if not began:
                self.spacing.empty_line(self.open)
        elif self.leaf and self.leaf.kind == "paragraph" and not began:
            self.leaf.lines.append(line.strip(" "))
        else:
            self._close(depth)
            if begins.indent(line) < 4:
                self._start(Leaf("paragraph", [line.strip(" ")]))
            elif self.leaf:
                self.leaf.lines.append(line[4:])
            else:
                self._start(Leaf("code", [line[4:]]))

    def _start(self, leaf: Leaf) -> Leaf:
        self._end_leaf()
        self.spacing.next_block(self.open)
        self.leaf = leaf
        return leaf

    def _end_leaf(self) -> None:
        leaf, self.leaf = self.leaf, None
        if leaf is not None:
            self._count()
            self.open[-1].list = None
            self.leaves.put(self.open[-1], leaf)

    def _add(self, tag: str) -> Any:
        """Put an element at the end of what is open."""
        self._end_leaf()
        self._count()
        self.spacing.next_block(self.open)
        self.open[-1].list = None
        return ElementTree.SubElement(self.open[-1].element, tag)

    def _count(self) -> None:
        self.budget.blocks += 1
        self.budget.check()
