"""Forms for targets of teams and segments, and for relations between KPIs."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.kpis import relations
from cxwiki.kpis.dimensions import LONGEST_SEGMENT
from cxwiki.kpis.fields import FigureField
from cxwiki.kpis.models import Kpi


class TargetForm(FlaskForm):
    """What the company or a team aims at."""

    value = FigureField(_l("Target"), [InputRequired(_l("Give a value."))])
    due_on = DateField(_l("To be reached by"), [Optional()])
    team = SelectField(_l("Whose target is it?"), coerce=int)
    segment = StringField(_l("Only for a segment"), [Length(max=LONGEST_SEGMENT)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team.choices = [(team.id, team.shown_name) for team in choices.all_teams()]

    def chosen_team(self) -> Team:
        """The team that was chosen; validation saw to it that there is one."""
        return db.session.get_one(Team, self.team.data)


class RelationForm(FlaskForm):
    """How another KPI moves when this one gets better."""

    other = SelectField(_l("Another KPI"), coerce=int)
    pulls = RadioField(
        _l("When this KPI gets better, what happens to the other one?"),
        [InputRequired(_l("Say how the other one moves."))],
        choices=list(relations.PULLS.items()),
    )

    def __init__(self, *args: Any, kpi: Kpi, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.other.choices = list(relations.candidates(kpi, current_user))

    def chosen_kpi(self) -> Kpi:
        """The KPI that was chosen; validation saw to it that the person sees it."""
        return db.session.get_one(Kpi, self.other.data)
