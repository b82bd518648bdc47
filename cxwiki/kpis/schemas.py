"""KPIs and measurements as the API reads and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Annotated

from pydantic import AliasChoices, BaseModel, Field, StringConstraints

from cxwiki.accounts.naming import person_with, team_called
from cxwiki.apibase import address
from cxwiki.apibase.wire import (
    NUMBER,
    Day,
    ExternalId,
    Figure,
    Line,
    Listed,
    Paging,
    Source,
    Text,
    Title,
)
from cxwiki.kpis import definition, series
from cxwiki.kpis.dimensions import MOST_DIMENSIONS, MOST_KEYS, dimensions_of
from cxwiki.kpis.drafts import LONGEST_DESCRIPTION, LONGEST_UNIT, KpiDraft
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.listing import Filters
from cxwiki.kpis.measuring import MOST_ANSWERS, MeasurementData
from cxwiki.kpis.models import Cadence, Direction, Kpi, KpiKind, Measurement, Nature
from cxwiki.subjects import Visibility

Keys = Annotated[list[Line], Field(max_length=MOST_KEYS)]
Count = Annotated[int, Field(ge=0, le=MOST_ANSWERS), NUMBER]


class KpiIn(BaseModel):
    """A new KPI. Which way is better has to be said; `name` may stand for `title`."""

    title: Title = Field(validation_alias=AliasChoices("title", "name"))
    direction: Direction
    kind: KpiKind = KpiKind.OWN
    statistic: Statistic | None = Field(None, description="As usual for the kind if not given")
    description: Annotated[Text, StringConstraints(max_length=LONGEST_DESCRIPTION)] = ""
    unit: Annotated[Text, StringConstraints(max_length=LONGEST_UNIT)] = ""
    scale_min: Figure | None = None
    scale_max: Figure | None = None
    nature: Nature | None = Field(None, description="As usual for the kind if not given")
    owner_email: Line | None = None
    team: Line | None = Field(None, description="Exact name; your home team if not given")
    visibility: Visibility = Visibility.COMPANY
    target: Figure | None = None
    target_due_on: Day | None = None
    cadence: Cadence | None = Field(None, description="A missing measurement is said then")
    answer_min: Figure | None = Field(None, description="The scale of raw answers")
    answer_max: Figure | None = None
    success_min: Figure | None = Field(None, description="Which answers count, for a share")
    success_max: Figure | None = None
    band_low: Figure | None = Field(None, description="The value shall stay in this band")
    band_high: Figure | None = None
    dimensions: Annotated[dict[Line, Keys], Field(max_length=MOST_DIMENSIONS)] = Field(
        default_factory=dict, description="Segments: a dimension with its keys; none for any"
    )
    source: Source | None = Field(None, description='Where external_id comes from; else "api"')
    external_id: ExternalId | None = Field(
        None, description="A second POST with the same source and external_id makes nothing new"
    )

    def draft(self) -> KpiDraft:
        """What was written."""
        owner = person_with(self.owner_email, "owner_email")
        return KpiDraft(
            title=self.title,
            direction=self.direction,
            kind=self.kind,
            statistic=self.statistic or "",
            description=self.description,
            unit=self.unit,
            scale_min=self.scale_min,
            scale_max=self.scale_max,
            nature=self.nature or "",
            owner_id=owner.id if owner else None,
            visibility=self.visibility,
            target=self.target,
            target_due_on=self.target_due_on,
            cadence=self.cadence,
            answer_min=self.answer_min,
            answer_max=self.answer_max,
            success_min=self.success_min,
            success_max=self.success_max,
            band_low=self.band_low,
            band_high=self.band_high,
            dimensions=tuple((name, tuple(keys)) for name, keys in self.dimensions.items()),
        )


class KpiQuery(Paging):
    """Which KPIs to list; they come by name."""

    kind: KpiKind | None = None
    team: Line | None = Field(None, description="Exact name")
    archived: bool = Field(False, description="Those that were put away, instead of the others")

    def filters(self) -> Filters:
        """The same as the filters of the page."""
        return Filters(
            kind=self.kind,
            team=team_called(self.team).id if self.team else None,
            archived=self.archived,
        )


class MeasurementIn(BaseModel):
    """What was measured: the value, or the counts from which it follows.

    A second measurement of the same period and segment corrects the first.
    """

    period_start: Day
    period_end: Day = Field(description="The last day that counts")
    value: Figure | None = None
    n: Count | None = Field(None, description="Number of answers or cases")
    segment: Line = Field("", description='As "channel=app;region=North"; empty is the total')
    promoters: Count | None = None
    passives: Count | None = None
    detractors: Count | None = None
    successes: Count | None = None
    total: Figure | None = Field(None, description="Sum over the n answers")
    total_of_squares: Figure | None = Field(None, description="Sum of their squares")
    note: Annotated[Text, StringConstraints(max_length=500)] = ""
    source: Source = "api"
    external_id: ExternalId | None = None

    def data(self) -> MeasurementData:
        """The same for the service."""
        values = {field.name: getattr(self, field.name) for field in fields(MeasurementData)}
        return MeasurementData(**values | {"source": self.source or ""})


class MeasurementOut(BaseModel):
    """A measurement. Only from the counts may periods or segments be added up."""

    id: int
    kpi_id: int
    period_start: date
    period_end: date
    segment: str
    value: Figure
    n: int | None
    promoters: int | None
    passives: int | None
    detractors: int | None
    successes: int | None
    total: Figure | None
    total_of_squares: Figure | None
    low: Figure | None = Field(description="The 95% interval of a median or percentile")
    high: Figure | None
    from_answers: bool = Field(description="Whether it was computed from raw answers")
    note: str
    source: str
    external_id: str | None
    supersedes_id: int | None
    recorded_at: datetime


class MeasurementQuery(Paging):
    """Which measurements of a KPI to list; they come by segment and time."""

    segment: Line | None = Field(None, description="Only this one; empty is the total")


class MeasurementList(Listed[MeasurementOut]):
    """A page of the measurements in force: what was corrected is left out."""


class KpiOut(BaseModel):
    """A KPI with its company-wide target and the latest total."""

    id: int
    source: str | None
    external_id: str | None
    title: str
    kind: KpiKind
    statistic: str
    description: str
    unit: str
    scale_min: Figure | None
    scale_max: Figure | None
    direction: Direction
    nature: Nature
    team: str
    visibility: Visibility
    owner: str | None
    owner_email: str | None
    target: Figure | None
    target_due_on: date | None
    cadence: Cadence | None
    answer_min: Figure | None
    answer_max: Figure | None
    success_min: Figure | None
    success_max: Figure | None
    band_low: Figure | None
    band_high: Figure | None
    dimensions: dict[str, list[str]]
    formula: str = Field(description="How the figure is made, in the language of the person")
    latest: MeasurementOut | None
    language: str
    author: str | None
    url: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class KpiList(Listed[KpiOut]):
    """A page of KPIs."""


def shown(kpis: Sequence[Kpi]) -> list[KpiOut]:
    """Show many KPIs with as few queries as one."""
    ids = [kpi.id for kpi in kpis]
    targets, latest = series.targets_of(ids), series.latest_of(ids, limit=1)
    split = dimensions_of(ids)
    return [
        KpiOut(
            id=kpi.id,
            source=kpi.source,
            external_id=kpi.external_id,
            title=kpi.title,
            kind=KpiKind(kpi.kind),
            statistic=kpi.statistic,
            description=kpi.description,
            unit=kpi.unit,
            scale_min=kpi.scale_min,
            scale_max=kpi.scale_max,
            direction=Direction(kpi.direction),
            nature=Nature(kpi.nature),
            team=kpi.team.name,
            visibility=Visibility(kpi.visibility),
            owner=kpi.owner.name if kpi.owner else None,
            owner_email=kpi.owner.email if kpi.owner else None,
            target=targets[kpi.id].value if kpi.id in targets else None,
            target_due_on=targets[kpi.id].due_on if kpi.id in targets else None,
            cadence=Cadence(kpi.cadence) if kpi.cadence else None,
            answer_min=kpi.answer_min,
            answer_max=kpi.answer_max,
            success_min=kpi.success_min,
            success_max=kpi.success_max,
            band_low=kpi.band_low,
            band_high=kpi.band_high,
            dimensions={name: list(keys) for name, keys in split.get(kpi.id, ())},
            formula=definition.in_words(kpi),
            latest=shown_measurement(latest[kpi.id][-1]) if kpi.id in latest else None,
            language=kpi.language,
            author=kpi.author.name if kpi.author else None,
            url=address(kpi),
            created_at=kpi.created_at,
            updated_at=kpi.updated_at,
            archived_at=kpi.archived_at,
        )
        for kpi in kpis
    ]


def shown_measurement(measurement: Measurement) -> MeasurementOut:
    """Show a measurement."""
    return MeasurementOut(
        **{name: getattr(measurement, name) for name in MeasurementOut.model_fields}
    )
