"""Forms for projects and their list."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cxwiki import access
from cxwiki.accounts import choices
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.kpis.fields import CountField
from cxwiki.projects import labels
from cxwiki.projects.hypothesis import LONGEST_PART, PARTS
from cxwiki.projects.models import Project
from cxwiki.projects.service import (
    LONGEST_HYPOTHESIS,
    LONGEST_TITLE,
    LONGEST_TOUCHPOINT,
    ProjectDraft,
    current_draft,
    state_key,
)
from cxwiki.subjects import Visibility


def id_or_none(value: Any) -> int | None:
    """Read the value of a choice that may be left empty."""
    return int(value) if value not in (None, "", "None") else None


class ProjectForm(FlaskForm):
    """Beginning and editing. Only the title is needed."""

    title = StringField(
        _l("Title"), [InputRequired(_l("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    purpose = TextAreaField(_l("What is it for?"), [Length(max=1_000_000)])
    is_poc = BooleanField(_l("This is a proof of concept"))
    idea = TextAreaField(PARTS["idea"], [Length(max=LONGEST_PART)])
    audience = TextAreaField(PARTS["audience"], [Length(max=LONGEST_PART)])
    outcome = TextAreaField(PARTS["outcome"], [Length(max=LONGEST_PART)])
    measure = TextAreaField(PARTS["measure"], [Length(max=LONGEST_PART)])
    hypothesis = TextAreaField(_l("Hypothesis in own words"), [Length(max=LONGEST_HYPOTHESIS)])
    pilot_team = SelectField(_l("With which team?"), coerce=id_or_none)
    touchpoint = StringField(_l("At which touchpoint?"), [Length(max=LONGEST_TOUCHPOINT)])
    pilot_weeks = CountField(_l("For how many weeks?"))
    sponsor = SelectField(_l("Sponsor"), coerce=id_or_none)
    decision_due_on = DateField(_l("Decision due"), [Optional()])
    lead = SelectField(_l("Lead"), coerce=id_or_none)
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])
    team = SelectField(_l("Team"), coerce=int)
    other_teams = SelectMultipleField(
        _l("Teams that work on it, too"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    visibility = SelectField(
        _l("Who may see it"),
        choices=[
            (Visibility.COMPANY, _l("The whole company")),
            (Visibility.TEAM, _l("Only this team")),
        ],
    )
    based_on = HiddenField()

    def __init__(self, *args: Any, project: Project | None = None, **kwargs: Any) -> None:
        if project is not None:
            draft = current_draft(project)
            kwargs = {
                **{name: getattr(draft, name) for name in draft.__dataclass_fields__},
                "lead": draft.lead_id,
                "sponsor": draft.sponsor_id,
                "team": project.team_id,
                "pilot_team": draft.pilot_team_id,
                "other_teams": list(draft.other_team_ids),
                "based_on": state_key(project),
                **kwargs,
            }
        super().__init__(*args, **kwargs)
        teams = list(choices.writable_teams(current_user))
        if project is not None and project.team not in teams:
            teams.append(project.team)
        self.team.choices = [(team.id, team.shown_name) for team in teams]
        self._offer_teams(project)
        if project is None or not project.hypothesis:
            del self.hypothesis  # only what was written before there were four parts
        people = list(choices.people())
        self._offer(self.lead, people, project.lead if project else None)
        sponsor = project.sponsor if project else None
        if access.can("project.name_sponsor", project):
            self._offer(self.sponsor, people, sponsor)
        else:
            # Whoever may not name a sponsor sees who it is and cannot send another one.
            self.sponsor.choices = [
                (sponsor.id, sponsor.name) if sponsor else ("", _l("Nobody yet"))
            ]
        if project is None and not self.is_submitted() and "team" not in kwargs:
            self.team.data = current_user.home_team_id
            self.lead.data = current_user.id

    @staticmethod
    def _offer(field: SelectField, people: list[User], present: User | None) -> None:
        offered = [*people, *([present] if present and present not in people else [])]
        field.choices = [("", _l("Nobody yet")), *((one.id, one.name) for one in offered)]

    def _offer_teams(self, project: Project | None) -> None:
        silos = [*choices.silos()]
        if project is not None:
            present = [*project.other_teams, *([project.pilot_team] if project.pilot_team else [])]
            silos += [team for team in present if team not in silos]
        offered = [(team.id, team.shown_name) for team in silos]
        self.other_teams.choices = offered
        self.pilot_team.choices = [("", _l("Not said yet")), *offered]

    def draft(self) -> ProjectDraft:
        """What was written."""
        own_words = self._fields.get("hypothesis")
        return ProjectDraft(
            title=self.title.data or "",
            purpose=self.purpose.data or "",
            is_poc=bool(self.is_poc.data),
            hypothesis=(own_words.data or "") if own_words else "",
            idea=self.idea.data or "",
            audience=self.audience.data or "",
            outcome=self.outcome.data or "",
            measure=self.measure.data or "",
            pilot_team_id=self.pilot_team.data,
            touchpoint=self.touchpoint.data or "",
            pilot_weeks=self.pilot_weeks.data,
            other_team_ids=tuple(self.other_teams.data or ()),
            lead_id=self.lead.data,
            sponsor_id=self.sponsor.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            decision_due_on=self.decision_due_on.data,
            visibility=self.visibility.data,
        )

    def chosen_team(self) -> Team:
        """The team that was chosen; validation saw to it that the person may."""
        return db.session.get_one(Team, self.team.data)


class FilterForm(FlaskForm):
    """The controls of the list; they come and go by the address."""

    class Meta:
        csrf = False

    stage = SelectField(_l("Stage"), choices=[("", _l("Every stage")), *labels.STAGES.items()])
    team = SelectField(_l("Team"))
    person = SelectField(_l("Lead or sponsor"))
    poc = BooleanField(_l("Proofs of concept only"))
    archived = BooleanField(_l("Archived ones"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(str(team.id), team.shown_name) for team in choices.all_teams()]
        people = [(str(person.id), person.name) for person in choices.people()]
        self.team.choices = [("", _l("All teams")), *teams]
        self.person.choices = [("", _l("Everybody")), *people]
