"""What states and intervals are called in the interface."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from cxwiki.reviewing.states import State

STATES = {
    State.VERIFIED: _l("Verified"),
    State.DUE: _l("Review due"),
    State.OVERDUE: _l("Review overdue"),
    State.OUTDATED: _l("Outdated"),
}
LOOKS: Mapping[State, str] = {
    State.VERIFIED: "good",
    State.DUE: "attention",
    State.OVERDUE: "bad",
    State.OUTDATED: "bad",
}
INTERVALS = {
    3: _l("Every 3 months"),
    6: _l("Every 6 months"),
    12: _l("Every year"),
    24: _l("Every 2 years"),
    36: _l("Every 3 years"),
}
