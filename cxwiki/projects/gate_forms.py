"""Forms of the gates: evidence, the sponsor's decision, what was learned, and replicas."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.projects import basis, evidence, gates, labels, needs
from cxwiki.projects.forms import id_or_none
from cxwiki.projects.gates import LONGEST_NOTE
from cxwiki.projects.models import Gate, Project
from cxwiki.projects.replicate import PARTS, ReplicaDraft
from cxwiki.projects.service import LONGEST_TITLE, LONGEST_TOUCHPOINT


class EvidenceForm(FlaskForm):
    """Something that was found out."""

    text = TextAreaField(
        _l("What was found out?"),
        [InputRequired(_l("Say what was found.")), Length(max=evidence.LONGEST_TEXT)],
    )
    url = StringField(_l("Where can one see it?"), [Length(max=evidence.LONGEST_URL)])
    file = FileField(_l("File"), [Optional()])


class DecisionForm(FlaskForm):
    """The sponsor's decision at a gate."""

    verdict = RadioField(
        _l("Your decision"), [InputRequired(_l("Choose one of the decisions of this gate."))]
    )
    note = TextAreaField(
        _l("Why?"),
        [InputRequired(_l("Say why, so that everybody understands.")), Length(max=LONGEST_NOTE)],
    )
    changes = TextAreaField(_l("What is done differently?"), [Length(max=LONGEST_NOTE)])
    next_due_on = DateField(_l("Next decision due"), [Optional()])
    based_on = HiddenField(validators=[InputRequired()])

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gate = needs.gate_of(project) or Gate.DECISION
        self.verdict.choices = [(one, labels.VERDICTS[one]) for one in gates.VERDICTS[gate]]
        if not self.is_submitted():
            self.based_on.data = basis.key(project)


class LearnedForm(FlaskForm):
    """What others should know who do the same."""

    learned = TextAreaField(_l("What was learned?"), [Length(max=1_000_000)])


class ReplicaForm(FlaskForm):
    """The same in another team."""

    title = StringField(
        _l("Title"), [InputRequired(_l("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    team = SelectField(_l("Team"), coerce=int)
    lead = SelectField(_l("Lead"), coerce=id_or_none)
    sponsor = SelectField(_l("Sponsor"), coerce=id_or_none)
    touchpoint = StringField(_l("At which touchpoint?"), [Length(max=LONGEST_TOUCHPOINT)])
    starts_on = DateField(_l("First day"), [Optional()])
    take = SelectMultipleField(
        _l("Take over"),
        choices=[
            ("criteria", _l("Success criteria")),
            ("milestones", _l("Milestones, as many days after the first day")),
            ("risks", _l("Open risks")),
        ],
        default=list(PARTS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = choices.writable_teams(current_user)
        self.team.choices = [(team.id, team.shown_name) for team in teams]
        people = [("", _l("Nobody yet")), *((one.id, one.name) for one in choices.people())]
        self.lead.choices = people
        self.sponsor.choices = people

    def draft(self) -> ReplicaDraft:
        """What was written."""
        return ReplicaDraft(
            title=self.title.data or "",
            lead_id=self.lead.data,
            sponsor_id=self.sponsor.data,
            touchpoint=self.touchpoint.data or "",
            starts_on=self.starts_on.data,
            take=tuple(self.take.data or ()),
        )

    def chosen_team(self) -> Team:
        """The team that was chosen; validation saw to it that the person may."""
        return db.session.get_one(Team, self.team.data)
