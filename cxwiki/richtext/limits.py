"""What a text may cost at most: beyond it, it is shown as it was written."""

from __future__ import annotations

DEEPEST = 60
"""Quotes and lists within each other, and brackets."""
MOST_BLOCKS = 20_000
"""Paragraphs, items, headings and other blocks."""
MOST_CELLS = 60_000
"""Cells and rows of all tables: a short row is filled up to the width of the first one."""
MOST_UNCLOSED = 2_000
"""Brackets that begin no link: for each the parser reads on."""
FARTHEST = 4_000
"""How far behind a bracket its end may be, in characters."""
MOST_COPYING = 500_000_000
"""Characters that the parser copies: one paragraph for each mark within it."""
MOST_OPEN = 10_000
"""HTML elements without an end: the sanitiser looks through all that are open for each."""


class TooMuchWork(Exception):
    """The text would take longer to lay out than any that a person writes."""


class Budget:
    """Counts what a text has cost so far."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin a text."""
        self.blocks = self.cells = self.unclosed = self.copying = 0

    def check(self) -> None:
        """Raise TooMuchWork when a limit is passed."""
        if (
            self.blocks > MOST_BLOCKS
            or self.cells > MOST_CELLS
            or self.unclosed > MOST_UNCLOSED
            or self.copying > MOST_COPYING
        ):
            raise TooMuchWork
