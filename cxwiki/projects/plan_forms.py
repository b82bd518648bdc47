"""Forms for what a project plans, spends, fears and tells."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import func
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from cxwiki import access, i18n
from cxwiki.accounts import choices
from cxwiki.database import db
from cxwiki.kpis.fields import CountField, FigureField
from cxwiki.kpis.models import Kpi
from cxwiki.projects import labels, milestones, resolutions, risks, updates
from cxwiki.projects.budget import USUAL_CURRENCY
from cxwiki.projects.criteria import LONGEST_TEXT
from cxwiki.projects.forms import id_or_none
from cxwiki.projects.models import Risk
from cxwiki.projects.risks import RiskDraft


class CriterionForm(FlaskForm):
    """What must be true, in words or held against a KPI."""

    text = StringField(_l("What must be true?"), [Length(max=LONGEST_TEXT)])
    kpi = SelectField(_l("KPI"), coerce=id_or_none)
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


class MilestoneForm(FlaskForm):
    """What shall be reached by a day."""

    title = StringField(
        _l("What shall be reached?"),
        [InputRequired(_l("Say what shall be reached.")), Length(max=milestones.LONGEST_TITLE)],
    )
    due_on = DateField(_l("By"), [InputRequired(_l("Give the day."))])


class RiskForm(FlaskForm):
    """What could go wrong."""

    text = StringField(
        _l("What could go wrong?"),
        [InputRequired(_l("Say what could go wrong.")), Length(max=risks.LONGEST_TEXT)],
    )
    likelihood = RadioField(
        _l("How likely is it?"), choices=list(labels.LEVELS.items()), coerce=int, default=2
    )
    damage = RadioField(
        _l("How bad would it be?"), choices=list(labels.LEVELS.items()), coerce=int, default=2
    )
    answer = TextAreaField(_l("What is done about it?"), [Length(max=risks.LONGEST_TEXT)])
    owner = SelectField(_l("Who watches it?"), coerce=id_or_none)

    def __init__(self, *args: Any, risk: Risk | None = None, **kwargs: Any) -> None:
        if risk is not None:
            kwargs = {"owner": risk.owner_id, **kwargs}
        super().__init__(*args, obj=risk, **kwargs)
        people = [*choices.people()]
        if risk is not None and risk.owner and risk.owner not in people:
            people.append(risk.owner)
        self.owner.choices = [("", _l("Nobody yet")), *((one.id, one.name) for one in people)]

    def draft(self) -> RiskDraft:
        """What was written."""
        return RiskDraft(
            self.text.data or "",
            self.likelihood.data,
            self.damage.data,
            self.answer.data or "",
            self.owner.data,
        )


class ResolutionForm(FlaskForm):
    """What was decided among the project's own people."""

    text = StringField(
        _l("What was decided?"),
        [InputRequired(_l("Say what was decided.")), Length(max=resolutions.LONGEST_TEXT)],
    )
    reason = TextAreaField(_l("Why?"), [Length(max=resolutions.LONGEST_REASON)])
    decided_on = DateField(_l("On"), [InputRequired(_l("Give the day."))], default=i18n.today)


class UpdateForm(FlaskForm):
    """A short note on how it goes."""

    light = RadioField(
        _l("How does it go?"),
        [InputRequired(_l("Choose green, amber or red."))],
        choices=list(labels.LIGHTS.items()),
    )
    text = TextAreaField(
        _l("What happened?"),
        [InputRequired(_l("Say in a sentence how it goes.")), Length(max=updates.LONGEST_TEXT)],
    )
