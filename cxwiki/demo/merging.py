"""Insights that say the same and were merged; those that wait for a yes or no the worker finds."""

from __future__ import annotations

from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.insights import merging


def merge(story: Story) -> None:
    """Plan all merges."""
    for row in story.data.knowledge["merge"]:
        story.timeline.add(row["days_ago"], _merge, story, row)


def _merge(story: Story, row: Row) -> None:
    merged, into = story.insights[row["merged"]], story.insights[row["into"]]
    by = story.may(row["by"], "insight.merge", merged)
    merging.merge(merged, into, by, row["reason"])
