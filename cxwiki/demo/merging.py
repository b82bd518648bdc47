"""Insights that say the same: some are merged, the others wait for somebody to look at them.

Which ones wait is found by the worker; those of the data files are there before it runs.
"""

from __future__ import annotations

from cxwiki.database import db
from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.insights import merging
from cxwiki.insights.models import LikelyDuplicate


def merge(story: Story) -> None:
    """Plan all merges and suggestions."""
    for row in story.data.knowledge["merge"]:
        story.timeline.add(row["days_ago"], _merge, story, row)
    for row in story.data.knowledge["likely"]:
        story.timeline.add(row["days_ago"], _suggest, story, row)


def _merge(story: Story, row: Row) -> None:
    merged, into = story.insights[row["merged"]], story.insights[row["into"]]
    by = story.may(row["by"], "insight.merge", merged)
    merging.merge(merged, into, by, row["reason"])


def _suggest(story: Story, row: Row) -> None:
    first, second = sorted(story.insights[key].id for key in row["pair"])
    db.session.add(
        LikelyDuplicate(
            first_id=first, second_id=second, score=row["score"], reason=row["reason"]
        )
    )
