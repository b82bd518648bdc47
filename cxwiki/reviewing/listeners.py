"""What follows from pages and from people who leave; what other features show of reviews."""

from __future__ import annotations

from cxwiki import concern, web
from cxwiki.daily import WORK_BEGAN
from cxwiki.database import db
from cxwiki.events import Event, after, on
from cxwiki.reviewing import finding, leaving, people, presenting, reminders, service, words
from cxwiki.reviewing.models import Review
from cxwiki.reviewing.states import State
from cxwiki.search import marks, registry


@on("insight.created", "page.created")
def begin(event: Event) -> None:
    """A new page of a kind that is reviewed by default gets its owner and date."""
    if event.subject is not None:
        service.schedule(event.subject)


@on("insight.edited", "page.edited")
def begin_after_edit(event: Event) -> None:
    """So does one that turned into such a kind; a date that was taken away stays away."""
    if event.subject is not None and db.session.get(Review, event.subject_id) is None:
        service.schedule(event.subject)


def connect() -> None:
    """Ask the worker, say whom the events concern, register with search and fill the slots."""
    after(WORK_BEGAN, batch=50)(reminders.look_after)
    for name in (reminders.DUE, reminders.OVERDUE, leaving.OWNER_LEFT):
        concern.register(name, people.told, alone=True)
    concern.register("review.outdated", people.owner)
    concern.register("review.verified", people.owner, alone=True)
    concern.register("review.handed_over", people.new_owner, alone=True)
    words.register()
    registry.register_flag("due", finding.flag(State.DUE, State.OVERDUE))
    registry.register_flag("overdue", finding.flag(State.OVERDUE))
    registry.register_flag("outdated", finding.flag(State.OUTDATED))
    registry.register_flag("verified", finding.flag(State.VERIFIED))
    marks.register(finding.marks_of)
    web.fill_slot("team.page", presenting.of_team, order=70)
    web.fill_slot("page.top", presenting.warning)
    web.fill_slot("page.rail", presenting.box, order=20)
    web.fill_slot("page.menu", presenting.start)
    web.fill_slot("person.page", presenting.of_person)
    web.fill_slot("layout.person", presenting.menu_item)
