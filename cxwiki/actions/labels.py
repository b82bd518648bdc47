"""What states and priorities are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

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
