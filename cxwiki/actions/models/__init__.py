"""Every table of the actions."""

from cxwiki.actions.models.action import (
    Action,
    ActionDependency,
    ActionInsight,
    ActionKpi,
    ActionTeam,
    Priority,
    Status,
    Subtask,
)
from cxwiki.actions.models.follow_up import Escalation, EscalationRule, Reminder, ToldEffect
from cxwiki.actions.models.views import CalendarFeed, ColumnLimit, SavedView, Weighting

__all__ = [
    "Action",
    "ActionDependency",
    "ActionInsight",
    "ActionKpi",
    "ActionTeam",
    "CalendarFeed",
    "ColumnLimit",
    "Escalation",
    "EscalationRule",
    "Priority",
    "Reminder",
    "SavedView",
    "Status",
    "Subtask",
    "ToldEffect",
    "Weighting",
]
