"""What is open while the lines of a text are read, and which of its lists are loose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

RAW, TIGHT = "raw", "tight"
"""Elements of our own around HTML, and around the text of an item: taken off at the end."""


@dataclass
class Box:
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

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list."""
        return self.of is not None


@dataclass
class Leaf:
    """Lines that belong together: a paragraph, fenced or indented code, HTML."""

    kind: str
    lines: list[str] = field(default_factory=list)
    end: re.Pattern[str] | None = None
    """What ends a fence or HTML; None is an empty line."""
    indent: int = 0


class Spacing:
    """Which lists have an empty line between their items, or between two blocks of one item."""

    def __init__(self) -> None:
        self.lists: list[Any] = []
        self._loose: set[int] = set()
        self._after_empty = False
        self._quote = 0

    def empty_line(self, boxes: list[Box]) -> None:
        """An empty line within these boxes: in a quote, it parts nothing outside of it."""
        self._after_empty = True
        self._quote = max((at for at, box in enumerate(boxes[1:], 1) if not box.is_item), default=0)

    def next_block(self, boxes: list[Box]) -> None:
        """A block begins in the innermost of these boxes."""
        box = boxes[-1]
        if box.is_item and len(box.element):
            self._part(box.of, len(boxes) - 1)
        self._after_empty = False

    def next_item(self, boxes: list[Box]) -> None:
        """Another item begins in the list of the innermost of these boxes."""
        self._part(boxes[-1].list, len(boxes) - 1)

    def _part(self, of: Any, at: int) -> None:
        if self._after_empty and self._quote <= at:
            self._loose.add(id(of))

    def tighten(self) -> None:
        """Items of the other lists hold text, not paragraphs."""
        for one in self.lists:
            if id(one) not in self._loose:
                for paragraph in one.findall("li/p"):
                    paragraph.tag = TIGHT
