"""Forms for KPIs and their measurements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
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

from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.kpis import labels, periods, series
from cxwiki.kpis.drafts import LONGEST_DESCRIPTION, LONGEST_TITLE, LONGEST_UNIT, KpiDraft
from cxwiki.kpis.fields import CountField, DimensionsField, FigureField, PeriodMonthField
from cxwiki.kpis.measuring import MeasurementData
from cxwiki.kpis.models import Cadence, Kpi, KpiKind, Measurement
from cxwiki.kpis.service import current_draft, state_key
from cxwiki.subjects import Visibility

VISIBILITIES = [
    (Visibility.COMPANY, _l("The whole company")),
    (Visibility.TEAM, _l("Only this team")),
]


def _id_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def _end(scale: tuple[int, int] | None, which: int) -> Decimal | None:
    return Decimal(scale[which]) if scale else None


class KpiForm(FlaskForm):
    """Defining and editing. The direction is asked, never assumed."""

    title = StringField(
        _l("Name"), [InputRequired(_l("Give it a name.")), Length(max=LONGEST_TITLE)]
    )
    kind = SelectField(_l("What is measured?"), choices=list(labels.KINDS.items()))
    statistic = SelectField(_l("How is the figure made?"), choices=list(labels.STATISTICS.items()))
    direction = RadioField(
        _l("Which way is better?"),
        [InputRequired(_l("Say whether higher or lower is better."))],
        choices=list(labels.DIRECTIONS.items()),
    )
    unit = StringField(_l("Unit"), [Length(max=LONGEST_UNIT)])
    scale_min = FigureField(_l("Lowest possible value"))
    scale_max = FigureField(_l("Highest possible value"))
    target = FigureField(_l("Target"))
    target_due_on = DateField(_l("To be reached by"), [Optional()])
    cadence = SelectField(
        _l("How often is it measured?"),
        choices=[("", _l("No fixed rhythm")), *labels.CADENCES.items()],
        default="",
    )
    answer_min = FigureField(_l("Lowest answer"))
    answer_max = FigureField(_l("Highest answer"))
    success_min = FigureField(_l("Counts from"))
    success_max = FigureField(_l("Counts up to"))
    band_low = FigureField(_l("Not below"))
    band_high = FigureField(_l("Not above"))
    dimensions = DimensionsField(_l("Split by"))
    description = TextAreaField(_l("What it says"), [Length(max=LONGEST_DESCRIPTION)])
    owner = SelectField(_l("Owner"), coerce=_id_or_none)
    team = SelectField(_l("Team"), coerce=int)
    visibility = SelectField(_l("Who may see it"), choices=VISIBILITIES)
    nature = SelectField(_l("Perspective"), choices=list(labels.NATURES.items()))
    based_on = HiddenField()

    def __init__(self, *args: Any, kpi: Kpi | None = None, **kwargs: Any) -> None:
        if kpi is not None:
            draft = current_draft(kpi)
            kwargs = {
                **{name: getattr(draft, name) for name in draft.__dataclass_fields__},
                "owner": draft.owner_id,
                "cadence": draft.cadence or "",
                "team": kpi.team_id,
                "based_on": state_key(kpi),
                **kwargs,
            }
        super().__init__(*args, **kwargs)
        teams = list(choices.writable_teams(current_user))
        if kpi is not None and kpi.team not in teams:
            teams.append(kpi.team)
        self.team.choices = [(team.id, team.shown_name) for team in teams]
        people = [(person.id, person.name) for person in choices.people()]
        if kpi is not None and kpi.owner is not None and not kpi.owner.active:
            people.append((kpi.owner.id, kpi.owner.name))
        self.owner.choices = [("", _l("Nobody yet")), *people]

    @classmethod
    def for_kind(cls, kind: KpiKind) -> KpiForm:
        """An empty form with what a kind usually looks like."""
        usual = labels.USUAL[kind]
        return cls(
            kind=kind,
            title="" if kind == KpiKind.OWN else str(labels.KINDS[kind]),
            unit=str(usual.unit),
            scale_min=usual.scale_min,
            scale_max=usual.scale_max,
            direction=usual.direction,
            statistic=usual.statistic,
            nature=usual.nature,
            cadence=Cadence.MONTHLY,
            answer_min=_end(usual.answers, 0),
            answer_max=_end(usual.answers, 1),
            success_min=_end(usual.success, 0),
            success_max=_end(usual.success, 1),
            owner=current_user.id,
            team=current_user.home_team_id,
        )

    def draft(self) -> KpiDraft:
        """What was written."""
        return KpiDraft(
            title=self.title.data or "",
            direction=self.direction.data,
            kind=self.kind.data,
            statistic=self.statistic.data,
            description=self.description.data or "",
            unit=self.unit.data or "",
            scale_min=self.scale_min.data,
            scale_max=self.scale_max.data,
            nature=self.nature.data,
            owner_id=self.owner.data,
            visibility=self.visibility.data,
            target=self.target.data,
            target_due_on=self.target_due_on.data,
            cadence=self.cadence.data or None,
            answer_min=self.answer_min.data,
            answer_max=self.answer_max.data,
            success_min=self.success_min.data,
            success_max=self.success_max.data,
            band_low=self.band_low.data,
            band_high=self.band_high.data,
            dimensions=self.dimensions.data,
        )

    def chosen_team(self) -> Team:
        """The team that was chosen; validation saw to it that the person may."""
        return db.session.get_one(Team, self.team.data)


class MeasurementForm(FlaskForm):
    """One period: the counts, or the value that follows from them."""

    month = PeriodMonthField(_l("Month"))
    period_start = DateField(_l("First day"), [Optional()])
    period_end = DateField(_l("Last day"), [Optional()])
    promoters = CountField(_l("Promoters (9 and 10)"))
    passives = CountField(_l("Passives (7 and 8)"))
    detractors = CountField(_l("Detractors (0 to 6)"))
    successes = CountField(_l("Cases that count as a success"))
    value = FigureField(_l("Value"))
    n = CountField(_l("Number of answers or cases (n)"))
    segment = StringField(_l("Segment"), [Length(max=200)])
    source = StringField(_l("Where it comes from"), [Length(max=100)])
    note = StringField(_l("Note"), [Length(max=500)])

    @classmethod
    def for_kpi(cls, kpi: Kpi, corrected: Measurement | None = None) -> MeasurementForm:
        """A form for the next period, or with what is to be corrected."""
        if corrected is None:
            latest = series.latest_of([kpi.id], limit=1).get(kpi.id)
            first = periods.next_month(latest[-1].period_end if latest else None)
            return cls(month=periods.month_of(first))
        period = (corrected.period_start, corrected.period_end)
        whole = periods.is_month(*period)
        return cls(
            obj=corrected,
            month=period if whole else None,
            period_start=None if whole else period[0],
            period_end=None if whole else period[1],
            # Where the counts are known, the value follows from them.
            value=None if _has_counts(corrected) else corrected.value,
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """See that there is one period."""
        valid = super().validate(extra_validators)
        start, end = self.period_start.data, self.period_end.data
        if self.month.data is None and not self.month.errors and start is None:
            self.month.errors = [*self.month.errors, _l("Choose a month.")]
            return False
        if (start is None) != (end is None):
            missing = self.period_end if end is None else self.period_start
            missing.errors = [*missing.errors, _l("Give the first and the last day.")]
            return False
        return bool(valid)

    def measured(self) -> MeasurementData:
        """What was measured; a first and last day go before the month."""
        start, end = self.period_start.data, self.period_end.data
        if start is None or end is None:
            start, end = self.month.data
        return MeasurementData(
            period_start=start,
            period_end=end,
            value=self.value.data,
            n=self.n.data,
            segment=self.segment.data or "",
            promoters=self.promoters.data,
            passives=self.passives.data,
            detractors=self.detractors.data,
            successes=self.successes.data,
            source=self.source.data or "",
            note=self.note.data or "",
        )


def _has_counts(measurement: Measurement) -> bool:
    return measurement.successes is not None or measurement.promoters is not None


class UploadForm(FlaskForm):
    """A table of measurements."""

    file = FileField(_l("CSV or Excel file"), [FileRequired(_l("Choose a file."))])
    dry_run = BooleanField(_l("Only check, write nothing"))


class FilterForm(FlaskForm):
    """The controls of the list; they come and go by the address."""

    class Meta:
        csrf = False

    kind = SelectField(_l("Kind"), choices=[("", _l("All kinds")), *labels.SHORT_KINDS.items()])
    team = SelectField(_l("Team"))
    archived = BooleanField(_l("Archived ones"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(str(team.id), team.shown_name) for team in choices.all_teams()]
        self.team.choices = [("", _l("All teams")), *teams]
