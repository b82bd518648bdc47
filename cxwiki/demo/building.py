"""Building the demo company in an empty database."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from cxwiki import events
from cxwiki.accounts.models import Company
from cxwiki.database import command, db
from cxwiki.demo import (
    attaching,
    deeds,
    figures,
    handbook,
    merging,
    mirroring,
    people,
    reading,
    undertakings,
    upkeep,
    voices,
)
from cxwiki.demo.story import Story
from cxwiki.demo.timeline import Timeline
from cxwiki.errors import Conflict

# Recorded last: who finds it knows that the company is the demo's, whatever it is called by now.
BUILT = "demo.built"
DAYS_A_LINE = 100
CHAPTERS: tuple[Callable[[Story], None], ...] = (
    people.found, figures.measure, voices.post, undertakings.run, deeds.act, handbook.write,
    attaching.attach, merging.merge, upkeep.look_after,
)  # fmt: skip


def build_if_empty(progress: Callable[[str], object], *, mirror_effort: bool = False) -> bool:
    """Build the demo company unless it is there; returns whether it was built.

    With `mirror_effort` its effort scores run the other way round: low is easy, high is hard.

    Raises Conflict, and touches nothing, if the database has a company of its own. All or nothing:
    it is one transaction.
    """
    return _build(progress, mirror_effort)


@command
def _build(progress: Callable[[str], object], mirror_effort: bool) -> bool:
    if db.session.scalar(select(Company.id).limit(1)) is not None:
        if db.session.scalar(select(events.Event.id).where(events.Event.name == BUILT)) is None:
            raise Conflict(
                "There is a company in this database that is not the demo's. Nothing was changed. "
                "Give the demo a data folder of its own with CXWIKI_DATA, and leave "
                "CXWIKI_DATABASE_URL empty."
            )
        return False
    data = reading.read()
    story = Story(mirroring.mirror(data) if mirror_effort else data, Timeline())
    progress(f"Building the demo company {story.data.name} …")
    for chapter in CHAPTERS:
        chapter(story)
    story.timeline.play(_Reporter(progress))
    administrator = next(one for one in story.people.values() if one.is_administrator)
    events.record(BUILT, None, administrator)
    progress(
        f"There are {len(story.people)} people, {len(story.insights)} insights, "
        f"{len(story.pages)} pages, {len(story.actions)} actions, {len(story.projects)} projects, "
        f"{len(story.kpis)} KPIs. "
        f"Everybody's password is {people.PASSWORD}"
    )
    return True


class _Reporter:
    """Says now and then how far the story is."""

    def __init__(self, progress: Callable[[str], object]) -> None:
        self._progress = progress
        self._said: int | None = None

    def __call__(self, days_ago: int) -> None:
        hundreds = days_ago // DAYS_A_LINE
        if self._said is not None and hundreds < self._said:
            self._progress(f"… {self._said * DAYS_A_LINE} days ago")
        self._said = hundreds
