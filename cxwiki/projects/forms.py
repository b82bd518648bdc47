"""Forms for projects, their criteria, money, stages and decisions."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import func
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from cxwiki import access, i18n
from cxwiki.accounts import choices
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.kpis.fields import CountField, FigureField
from cxwiki.kpis.models import Kpi
from cxwiki.projects import labels
from cxwiki.projects.budget import USUAL_CURRENCY
from cxwiki.projects.criteria import LONGEST_TEXT
from cxwiki.projects.gates import LONGEST_NOTE
from cxwiki.projects.models import Project
from cxwiki.projects.service import (
    LONGEST_HYPOTHESIS,
    LONGEST_TITLE,
    ProjectDraft,
    current_draft,
    state_key,
)
from cxwiki.subjects import Visibility


def _id_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class ProjectForm(FlaskForm):
    """Beginning and editing. Only the title is needed."""

    title = StringField(
        _l("Title"), [InputRequired(_l("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    purpose = TextAreaField(_l("What is it for?"), [Length(max=1_000_000)])
    is_poc = BooleanField(_l("This is a proof of concept"))
    hypothesis = TextAreaField(_l("Hypothesis"), [Length(max=LONGEST_HYPOTHESIS)])
    sponsor = SelectField(_l("Sponsor"), coerce=_id_or_none)
    decision_due_on = DateField(_l("Decision due"), [Optional()])
    lead = SelectField(_l("Lead"), coerce=_id_or_none)
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])
    team = SelectField(_l("Team"), coerce=int)
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
                "based_on": state_key(project),
                **kwargs,
            }
        super().__init__(*args, **kwargs)
        teams = list(choices.writable_teams(current_user))
        if project is not None and project.team not in teams:
            teams.append(project.team)
        self.team.choices = [(team.id, team.shown_name) for team in teams]
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

    def draft(self) -> ProjectDraft:
        """What was written."""
        return ProjectDraft(
            title=self.title.data or "",
            purpose=self.purpose.data or "",
            is_poc=bool(self.is_poc.data),
            hypothesis=self.hypothesis.data or "",
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


class CriterionForm(FlaskForm):
    """What must be true, in words or held against a KPI."""

    text = StringField(_l("What must be true?"), [Length(max=LONGEST_TEXT)])
    kpi = SelectField(_l("KPI"), coerce=_id_or_none)
    comparison = SelectField(
        _l("must be"), choices=list(labels.COMPARISONS.items()), default="at_least"
    )
    threshold = FigureField(_l("Value"))
    minimum_n = CountField(_l("Answers or cases needed (n)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        query = access.visible(Kpi).order_by(func.lower(Kpi.title), Kpi.id)
        kpis = [(kpi.id, kpi.title) for kpi in db.session.scalars(query)]
        self.kpi.choices = [("", _l("None: the sponsor judges")), *kpis]

    def chosen_kpi(self) -> Kpi | None:
        """The KPI; validation saw to it that the person sees it."""
        return db.session.get(Kpi, self.kpi.data) if self.kpi.data else None


class BudgetForm(FlaskForm):
    """Money on a day."""

    kind = SelectField(_l("What is it?"), choices=list(labels.BUDGETS.items()))
    amount = FigureField(_l("Amount"), [InputRequired(_l("Give an amount."))])
    currency = StringField(_l("Currency"), [Length(min=3, max=3)], default=USUAL_CURRENCY)
    dated_on = DateField(_l("Day"), [InputRequired(_l("Give the day."))], default=i18n.today)
    note = StringField(_l("What for?"), [Length(max=200)])


class DecisionForm(FlaskForm):
    """The sponsor's decision at a gate."""

    verdict = RadioField(
        _l("Your decision"),
        [InputRequired(_l("Choose scale, adjust or stop."))],
        choices=list(labels.VERDICTS.items()),
    )
    note = TextAreaField(
        _l("Why?"),
        [InputRequired(_l("Say why, so that everybody understands.")), Length(max=LONGEST_NOTE)],
    )


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
