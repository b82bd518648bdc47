"""Quotes, lists, headings, code and HTML: which line belongs to which, as in CommonMark.

One pass over the lines with a stack of what is open. What is left are paragraphs, which go on to
the other block processors of Markdown: tables, definitions of links, and text.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.util import AtomicString

from cxwiki.richtext import lines as begins
from cxwiki.richtext.limits import DEEPEST, Budget, TooMuchWork
from cxwiki.richtext.raw import Aside


@dataclass
class Open:
    """A quote or an item that may go on, or the text itself."""

    element: Any
    indent: int = 0
    """How far the lines of an item are indented; 0 is no item."""
    list: Any = None
    """The list that the last block of it is."""
    sign: str = ""
    """What the items of that list begin with."""
    of: Any = None
    """The list that the item is of."""


@dataclass
class Leaf:
    """Lines that belong together: a paragraph, fenced or indented code, HTML."""

    kind: str
    lines: list[str] = field(default_factory=list)
    end: re.Pattern[str] | None = None
    indent: int = 0


class Structure(BlockProcessor):
    """Lays out a whole text."""

    def __init__(self, parser: BlockParser, aside: Aside, budget: Budget) -> None:
        super().__init__(parser)
        self.aside, self.budget = aside, budget

    def test(self, parent: Any, _block: str) -> bool:
        """Whether this is the text, not a paragraph that was found in it."""
        return not self.parser.state.isstate("paragraph")

    def run(self, parent: Any, blocks: list[str]) -> None:
        """Read all lines."""
        text = "\n\n".join(blocks)
        blocks.clear()
        self.open = [Open(parent)]
        self.leaf: Leaf | None = None
        self.empty_in = -1  # the innermost quote, counted from outside, of the empty line before
        self.after_empty = False
        self.loose: set[int] = set()
        self.lists: list[Any] = []
        for line in text.split("\n"):
            self._line(line)
        self._close(0)
        self._tighten()

    def _line(self, line: str) -> None:
        rest, depth = self._inside(line)
        if depth == len(self.open) and self.leaf and self.leaf.kind in ("fence", "html"):
            self._more(self.leaf, rest)
            return
        began = False
        while rest.strip(" "):
            paragraph = self.leaf is not None and self.leaf.kind == "paragraph" and not began
            if begins.indent(rest) >= 4:
                break
            inner = self._container(rest, depth, paragraph and depth == len(self.open))
            if inner is None:
                if self._block(rest, depth, paragraph):
                    return
                break
            rest, depth, began = inner, len(self.open), True
        self._text(rest, depth, began)

    def _inside(self, line: str) -> tuple[str, int]:
        """Take off what the open quotes and items ask for; returns how many of them go on."""
        for depth, box in enumerate(self.open[1:], 1):
            if not box.indent:
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

    def _more(self, leaf: Leaf, line: str) -> None:
        """The next line of fenced code or HTML."""
        if leaf.kind == "html" and leaf.end is None and not line.strip():
            self._end_leaf()
            self._text(line, len(self.open), False)
            return
        if leaf.kind == "fence":
            assert leaf.end is not None
            if leaf.end.match(line):
                self._end_leaf()
                return
            line = line[min(leaf.indent, begins.indent(line)) :]
        leaf.lines.append(line)
        if leaf.kind == "html" and leaf.end and leaf.end.search(line):
            self._end_leaf()

    def _container(self, line: str, depth: int, in_paragraph: bool) -> str | None:
        """Begin a quote or an item; returns the rest of the line, None if none begins."""
        if found := begins.QUOTE.match(line):
            self._close(depth)
            self._push(Open(self._add("blockquote")))
            return line[found.end() :]
        found = None if begins.RULE.match(line) else begins.ITEM.match(line)
        if found is None:
            return None
        rest, sign = line[found.end() :], found[2][-1]
        if in_paragraph and (not rest.strip(" ") or (found[3] and int(found[3]) != 1)):
            if not self.open[-1].of or not rest.strip(" "):
                return None
        if sign == "-" and in_paragraph and begins.UNDERLINE.match(line):
            return None
        blanks = len(found[4])
        if not rest.strip(" ") or blanks > 4:
            rest, blanks = " " * (blanks - 1) + rest, 1
        self._close(depth)
        outer = self.open[-1]
        if outer.list is None or outer.sign != sign:
            outer.list, outer.sign = self._add("ol" if found[3] else "ul", is_list=True), sign
            self.lists.append(outer.list)
            if found[3] and int(found[3]) != 1:
                outer.list.set("start", str(int(found[3])))
        elif self._is_loose(len(self.open) - 1):
            self.loose.add(id(outer.list))
        self.budget.blocks += 1
        item = etree.SubElement(outer.list, "li")
        self._push(Open(item, len(found[1]) + len(found[2]) + blanks, of=outer.list))
        return rest

    def _push(self, box: Open) -> None:
        self.open.append(box)
        if len(self.open) > DEEPEST:
            raise TooMuchWork

    def _block(self, line: str, depth: int, in_paragraph: bool) -> bool:
        """Begin or end a block that needs no text below it."""
        found: re.Match[str] | None
        if found := begins.HEADING.match(line):
            self._close(depth)
            self._heading(len(found[1]), begins.HEADING_END.sub("", line[found.end() :]))
        elif found := begins.FENCE.match(line):
            self._close(depth)
            end = re.compile(rf" {{0,3}}{found[2][0]}{{{len(found[2])},}} *$")
            self._start(Leaf("fence", end=end, indent=len(found[1])))
        elif (
            in_paragraph
            and depth == len(self.open)
            and self.leaf
            and (found := begins.UNDERLINE.match(line))
            and not self._is_table(self.leaf.lines[-1], line)
        ):
            words, self.leaf = "\n".join(self.leaf.lines), None
            self._heading(1 if found[1][0] == "=" else 2, words)
        elif begins.RULE.match(line):
            self._close(depth)
            self._add("hr")
        else:
            starts, html_end = begins.html_end(line, in_paragraph)
            if starts:
                self._close(depth)
                self._start(Leaf("html", end=html_end))
                self._more(self.leaf, line)  # type: ignore[arg-type]
            return starts
        return True

    def _is_table(self, head: str, rule: str) -> bool:
        return "|" in head and "|" in rule

    def _text(self, line: str, depth: int, began: bool) -> None:
        """A line that begins nothing: more of a paragraph or of indented code, or empty."""
        leaf = self.leaf
        if not line.strip(" "):
            self._close(depth)
            if self.leaf and self.leaf.kind == "code":
                self.leaf.lines.append(line[4:])
            else:
                self._end_leaf()
            quotes = [at for at, box in enumerate(self.open) if at and not box.indent]
            if not began:
                self.after_empty, self.empty_in = True, quotes[-1] if quotes else -1
            return
        if leaf and leaf.kind == "paragraph" and not began:
            leaf.lines.append(line.strip(" "))
            return
        self._close(depth)
        leaf = self.leaf
        if begins.indent(line) >= 4:
            if leaf is None:
                leaf = self._start(Leaf("code"))
            leaf.lines.append(line[4:])
            return
        self._start(Leaf("paragraph", [line.strip(" ")]))

    def _start(self, leaf: Leaf) -> Leaf:
        self._end_leaf()
        self._mark_loose()
        self.leaf = leaf
        return leaf

    def _close(self, depth: int) -> None:
        """Close what is open deeper than that, and what is not a paragraph that goes on."""
        if depth < len(self.open):
            self._end_leaf()
            del self.open[max(depth, 1) :]
        if depth == 0:
            self._end_leaf()

    def _end_leaf(self) -> None:
        leaf, self.leaf = self.leaf, None
        if leaf is None:
            return
        box = self.open[-1]
        box.list = None
        self.budget.blocks += 1
        self.budget.check()
        text = "\n".join(leaf.lines)
        if leaf.kind == "paragraph":
            self._paragraph(box, text)
        elif leaf.kind == "html":
            self._raw(box.element, text + "\n")
        else:
            code = text.rstrip("\n") if leaf.kind == "fence" and not text.strip() else text
            if leaf.kind == "code":
                code = "\n".join(_trimmed(leaf.lines))
            code = escape(code, quote=False) + ("\n" if leaf.lines else "")
            self._raw(box.element, f"<pre><code>{code}</code></pre>")

    def _paragraph(self, box: Open, text: str) -> None:
        if box.indent and not len(box.element) and (task := begins.TASK.match(text)):
            checked = " checked" if task[1] != " " else ""
            html = f'<input type="checkbox" disabled{checked}>'
            text = self.aside.keep(html, "", task[0]) + text[task.end() :]
        self.parser.state.set("paragraph")
        self.parser.parseBlocks(box.element, [text])
        self.parser.state.reset()

    def _heading(self, level: int, words: str) -> None:
        self._add(f"h{min(level + 1, 6)}").text = words.strip(" ")

    def _raw(self, parent: Any, html: str) -> None:
        etree.SubElement(parent, "raw").text = AtomicString(self.aside.keep(html))

    def _add(self, tag: str, is_list: bool = False) -> Any:
        self._end_leaf()
        self._mark_loose()
        self.budget.blocks += 1
        if not is_list:
            self.open[-1].list = None
        return etree.SubElement(self.open[-1].element, tag)

    def _is_loose(self, at: int) -> bool:
        """Whether the line before was empty, and not in a quote within what is open there."""
        return self.after_empty and self.empty_in <= at

    def _mark_loose(self) -> None:
        box = self.open[-1]
        if box.of is not None and len(box.element) and self._is_loose(len(self.open) - 1):
            self.loose.add(id(box.of))
        self.after_empty = False

    def _tighten(self) -> None:
        """Paragraphs of items without empty lines are no paragraphs: the sanitiser drops these."""
        for one in self.lists:
            if id(one) not in self.loose:
                for paragraph in one.findall("li/p"):
                    paragraph.tag = "tight"


def _trimmed(lines: list[str]) -> list[str]:
    """Without empty lines around them."""
    begin, end = 0, len(lines)
    while begin < end and not lines[begin].strip():
        begin += 1
    while end > begin and not lines[end - 1].strip():
        end -= 1
    return lines[begin:end]
