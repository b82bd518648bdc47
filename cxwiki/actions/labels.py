"""What states and priorities are called in the interface."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cxwiki import i18n
from cxwiki.actions.models import Priority, Status

STATUSES = {
    Status.PROPOSED: _l("Proposed"),
    Status.ACCEPTED: _l("Accepted"),
    Status.IN_PROGRESS: _l("In progress"),
    Status.DONE: _l("Done"),
    Status.DROPPED: _l("Dropped"),
}
PRIORITIES = {
    Priority.LOW: _l("Low"),
    Priority.NORMAL: _l("Normal"),
    Priority.HIGH: _l("High"),
    Priority.URGENT: _l("Urgent"),
}
# Said after the word "actions" in the sentence above the list.
PRIORITY_PHRASES = {
    Priority.LOW: _l("of low priority"),
    Priority.NORMAL: _l("of normal priority"),
    Priority.HIGH: _l("of high priority"),
    Priority.URGENT: _l("urgent"),
}
# Before whom an escalation brings an action.
ADDRESSEES = {
    "lead": _l("The lead of its team"),
    "sponsor": _l("The sponsor of its project"),
    "manager": _l("The managers"),
}
# Said at the end of that sentence.
LANE_PHRASES = {
    "team": _l("a lane for each team"),
    "project": _l("a lane for each project"),
    "owner": _l("a lane for each owner"),
    "theme": _l("a lane for each theme"),
}


def person_days(days: Decimal) -> str:
    """An effort in words: "1 person-day", "2.5 person-days"."""
    return ngettext(
        "%(days)s person-day",
        "%(days)s person-days",
        1 if days == 1 else 2,
        days=i18n.number(days),
    )
