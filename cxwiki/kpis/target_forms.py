"""Forms for targets of teams and segments, and for relations between KPIs."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.kpis import dimensions, relations, segments, series
from cxwiki.kpis.fields import FigureField
from cxwiki.kpis.models import Kpi


class TargetForm(FlaskForm):
    """What the company or a team aims at."""

    value = FigureField(_l("Target"), [InputRequired(_l("Give a value."))])
    due_on = DateField(_l("To be reached by"), [Optional()])
    team = SelectField(_l("Whose target is it?"), coerce=int)
    # Not among those offered: the service says what is wrong with it.
    segment = SelectField(_l("For whom?"), validate_choice=False)

    def __init__(self, *args: Any, kpi: Kpi, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {one for one in series.segments_of(kpi) if one}
        for name, keys in dimensions.dimensions_of([kpi.id]).get(kpi.id, ()):
            known.update(dimensions.segment_of({name: key}) for key in keys)
        self.segment.choices = [
            ("", _("all customers")),
            *((one, segments.in_words(one)) for one in sorted(known)),
        ]
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
