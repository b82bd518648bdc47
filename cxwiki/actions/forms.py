"""Forms for actions."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from cxwiki import access
from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.actions import labels, prefill
from cxwiki.actions.drafts import (
    ESTIMATES,
    LONGEST_MEETING,
    LONGEST_TITLE,
    MOST_EFFORT,
    Draft,
    Effect,
    current_draft,
)
from cxwiki.actions.models import Action, Priority
from cxwiki.database import db
from cxwiki.kpis.fields import FigureField
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject, Visibility

MOST_ROWS = 8
EMPTY_ROWS = 2
_NUMBER = re.compile(r"(?:^|/|#)(\d{1,9})(?=$|[-?#/])")


def _id_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def _words(text: str | None) -> list[str]:
    return [word for word in re.split(r"[\s,;]+", text or "") if word]


def _typed_ids(text: str | None) -> list[int]:
    found = (_NUMBER.search(word) for word in _words(text))
    return [int(match.group(1)) for match in found if match]


class EffectForm(Form):
    """A KPI, and where it should be by when."""

    kpi = SelectField(_l("KPI"), coerce=_id_or_none, validate_choice=False)
    expected_value = FigureField(_l("Expected value"), [Optional()])
    expected_on = DateField(_l("By"), [Optional()])


class ActionForm(FlaskForm):
    """Making and editing. Only the title is needed."""

    title = StringField(
        _l("What will you do?"), [InputRequired(_l("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    body = TextAreaField(_l("Why, and how?"), [Length(max=1_000_000)])
    team = SelectField(_l("Team"), coerce=int)
    visibility = SelectField(
        _l("Who may see it"),
        choices=[
            (Visibility.COMPANY, _l("The whole company")),
            (Visibility.TEAM, _l("Only this team")),
        ],
    )
    owner = SelectField(_l("Owner"), coerce=_id_or_none)
    due_on = DateField(_l("Due"), [Optional()])
    priority = SelectField(
        _l("Priority"), choices=list(labels.PRIORITIES.items()), default=Priority.NORMAL
    )
    effort_days = FigureField(
        _l("Effort in person-days"), [Optional(), NumberRange(0, MOST_EFFORT)]
    )
    project = SelectField(_l("Project"), coerce=_id_or_none)
    theme_id = IntegerField(_l("Theme"), [Optional()])
    insights = SelectMultipleField(
        _l("Insights that it comes from"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    comment_id = IntegerField(_l("Comment"), [Optional(), NumberRange(1)])
    meeting = StringField(_l("From a meeting"), [Optional(), Length(max=LONGEST_MEETING)])
    met_on = DateField(_l("Held on"), [Optional()])
    customers_affected = IntegerField(
        _l("Customers whom it helps in a quarter"),
        [Optional(), NumberRange(*ESTIMATES["customers_affected"])],
    )
    impact = IntegerField(_l("Impact, 1 to 10"), [Optional(), NumberRange(*ESTIMATES["impact"])])
    confidence = IntegerField(
        _l("How sure of it, in per cent"), [Optional(), NumberRange(*ESTIMATES["confidence"])]
    )
    ease = IntegerField(_l("Ease, 1 to 10"), [Optional(), NumberRange(*ESTIMATES["ease"])])
    more_insights = StringField(_l("More insights"), [Length(max=2000)])
    kpis = FieldList(FormField(EffectForm), _l("KPIs that it should move"), max_entries=MOST_ROWS)
    widen = BooleanField(_l("Yes, more people may read this"))
    based_on = IntegerField(default=0)

    def __init__(
        self,
        *args: Any,
        action: Action | None = None,
        start: prefill.Start | None = None,
        **kwargs: Any,
    ) -> None:
        if action is not None:
            draft, team_id = current_draft(action, current_user), action.team_id
            kwargs = _values(draft, team_id) | {"based_on": action.version} | kwargs
        elif start is not None:
            kwargs = _values(start.draft, start.team.id) | kwargs
        super().__init__(*args, **kwargs)
        self._offer_rows(len(self.kpis.entries) + EMPTY_ROWS)
        self._offer_choices(action, start)

    def _offer_rows(self, wanted: int) -> None:
        """Add empty rows for more KPIs; a form that was sent keeps the rows that it had."""
        if self.is_submitted() and self.kpis.entries:
            return
        while len(self.kpis.entries) < min(MOST_ROWS, wanted):
            self.kpis.append_entry()

    def _offer_choices(self, action: Action | None, start: prefill.Start | None) -> None:
        teams = list(choices.writable_teams(current_user))
        if action is not None and action.team not in teams:
            teams.append(action.team)
        self.team.choices = [(team.id, team.shown_name) for team in teams]
        people = list(choices.people(roles=sorted(access.WRITERS)))
        if action is not None and action.owner is not None and action.owner not in people:
            people.append(action.owner)
        self.owner.choices = [("", _l("Nobody yet")), *((one.id, one.name) for one in people)]
        self.project.choices = titles(Project, _l("None"))
        kpis = titles(Kpi, _l("None"))
        for entry in self.kpis:
            entry.form.kpi.choices = kpis
        offered = (
            start.candidates
            if start is not None
            else prefill.candidates_for(action, self.insights.data or [], current_user)
        )
        self.insights.choices = [
            (one.id, f"{one.title} ({one.team.shown_name})") for one in offered
        ]

    def validate_more_insights(self, field: StringField) -> None:
        """Take numbers and addresses of insights, whatever stands between them."""
        for word in _words(field.data):
            if not _NUMBER.search(word):
                raise ValidationError(
                    _("“%(word)s” is neither a number nor an address.", word=word[:60])
                )

    def draft(self) -> Draft:
        """What was written."""
        return Draft(
            title=self.title.data or "",
            body=self.body.data or "",
            visibility=self.visibility.data,
            owner_id=self.owner.data,
            due_on=self.due_on.data,
            priority=self.priority.data,
            effort_days=self.effort_days.data,
            project_id=self.project.data,
            theme_id=self.theme_id.data,
            insight_ids=(*(self.insights.data or []), *_typed_ids(self.more_insights.data)),
            effects=tuple(
                Effect(row["kpi"], row["expected_value"], row["expected_on"])
                for row in self.kpis.data
                if row["kpi"]
            ),
            comment_id=self.comment_id.data,
            meeting=self.meeting.data or "",
            met_on=self.met_on.data,
            **{name: self[name].data for name in ESTIMATES},
        )

    def chosen_team(self) -> Team:
        """The team that was chosen; validation saw to it that the person may."""
        return db.session.get_one(Team, self.team.data)


def _values(draft: Draft, team_id: int) -> dict[str, Any]:
    return {
        "title": draft.title,
        "body": draft.body,
        "team": team_id,
        "visibility": draft.visibility,
        "owner": draft.owner_id,
        "due_on": draft.due_on,
        "priority": draft.priority,
        "effort_days": draft.effort_days,
        "project": draft.project_id,
        "theme_id": draft.theme_id,
        "insights": list(draft.insight_ids),
        "kpis": [
            {
                "kpi": effect.kpi_id,
                "expected_value": effect.expected_value,
                "expected_on": effect.expected_on,
            }
            for effect in draft.effects
        ],
        "comment_id": draft.comment_id,
        "meeting": draft.meeting,
        "met_on": draft.met_on,
        **{name: getattr(draft, name) for name in ESTIMATES},
    }


def titles(model: type[Subject], none: Any) -> list[tuple[Any, Any]]:
    """Choices of what the person sees; only ids and titles are read."""
    query = access.visible(model).with_only_columns(model.id, model.title).order_by(model.title)
    rows = db.session.execute(query.limit(1000))
    return [("", none), *((number, title) for number, title in rows)]


class StatusForm(FlaskForm):
    """Where an action stands."""

    status = SelectField(_l("Status"), choices=list(labels.STATUSES.items()))
    reason = TextAreaField(_l("Why?"), [Length(max=2000)])
