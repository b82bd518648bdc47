"""The form for a rule of escalation."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from cxwiki.accounts import choices
from cxwiki.actions import labels
from cxwiki.actions.escalation import MOST_DAYS, RuleDraft


def _id_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class RuleForm(FlaskForm):
    """When which actions are brought before whom."""

    priorities = SelectMultipleField(
        _l("Of which priority"),
        choices=list(labels.PRIORITIES.items()),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    team = SelectField(_l("Of which team"), coerce=_id_or_none)
    reason = SelectField(
        _l("When they are"), choices=[("overdue", _l("overdue")), ("stalled", _l("stalled"))]
    )
    working_days = IntegerField(
        _l("For more than so many working days"), [InputRequired(), NumberRange(0, MOST_DAYS)]
    )
    to = SelectField(_l("Tell"), choices=list(labels.ADDRESSEES.items()))

    def __init__(self, draft: RuleDraft | None = None, **kwargs: Any) -> None:
        if draft is not None:
            kwargs = {
                "priorities": list(draft.priorities),
                "team": draft.team_id,
                "reason": draft.reason,
                "working_days": draft.working_days,
                "to": draft.to,
            }
        super().__init__(**kwargs)
        teams = [(team.id, team.shown_name) for team in choices.all_teams()]
        self.team.choices = [("", _l("All teams")), *teams]

    def draft(self) -> RuleDraft:
        """What was chosen."""
        return RuleDraft(
            tuple(self.priorities.data or ()),
            self.reason.data,
            self.working_days.data or 0,
            self.to.data,
            self.team.data,
        )
