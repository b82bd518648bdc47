"""The order of the story: steps by day, told from the first to the last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from cxwiki import i18n
from cxwiki.database import utcnow
from cxwiki.demo.backdating import happening_at

BEGIN_OF_WORK, END_OF_WORK = timedelta(hours=8), timedelta(hours=17)


class Timeline:
    """Steps that happen some days before today. Ids grow with time, as they would in real life."""

    def __init__(self) -> None:
        self.today = i18n.today()
        self.now = utcnow()
        self._steps: list[tuple[int, Callable[[], object]]] = []

    def day(self, days_ago: int) -> date:
        """The calendar day so many days ago; negative for a day to come."""
        return self.today - timedelta(days=days_ago)

    def add(self, days_ago: int, act: Callable[..., object], *what: object) -> None:
        """Let `act(*what)` happen on a day, after what was added for that day before."""
        if days_ago < 0:
            raise ValueError("nothing of the story lies in the future")
        self._steps.append((days_ago, partial(act, *what)))

    def play(self, tick: Callable[[int], object]) -> None:
        """Do all steps, spread over the hours of their days; `tick` hears of every new day."""
        in_order = sorted(self._steps, key=lambda step: -step[0])
        for days_ago, steps in groupby(in_order, key=lambda step: step[0]):
            tick(days_ago)
            acts = [act for _, act in steps]
            begin, end = self._hours(days_ago)
            for place, act in enumerate(acts, start=1):
                with happening_at(begin + (end - begin) * place / (len(acts) + 1)):
                    act()

    def _hours(self, days_ago: int) -> tuple[datetime, datetime]:
        midnight = i18n.start_of(self.day(days_ago))
        begin, end = midnight + BEGIN_OF_WORK, midnight + END_OF_WORK
        if end > self.now:  # today so far
            return min(begin, self.now - timedelta(hours=1)), self.now
        return begin, end
