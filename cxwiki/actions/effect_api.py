"""Effects over HTTP: the same figures, windows and words as on the page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from flask_login import current_user
from pydantic import BaseModel, Field

from cxwiki import access
from cxwiki.actions import effect, occasions
from cxwiki.actions.api import bp
from cxwiki.actions.effect import Shown, Wish
from cxwiki.actions.models import Action
from cxwiki.actions.occasions import Occasion
from cxwiki.apibase.wire import Figure, Line
from cxwiki.kpis import windows
from cxwiki.kpis.effects import Effect, Side, State
from cxwiki.kpis.measuring import canonical_segment
from cxwiki.projects.api import bp as projects
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject

SIXTH = Decimal("0.000001")
Periods = Field(None, ge=1, le=windows.MOST, description="By default as the KPI's cadence says")


class EffectQuery(BaseModel):
    """How many periods stand on each side at most, and where something was done."""

    before: int | None = Periods
    after: int | None = Periods
    segment: Line | None = Field(
        None, description="Where it was done; by default what is called like team or touchpoint"
    )

    def wish(self) -> Wish:
        """The same for the service."""
        segment = None if self.segment is None else canonical_segment(self.segment)
        return Wish(self.before, self.after, segment)


class ProjectEffectQuery(EffectQuery):
    """The same, and around which day."""

    around: Literal["pilot", "start", "decision"] = Field(
        "pilot", description="pilot: before it began, beside the last periods up to its decision"
    )


class SideOut(BaseModel):
    """One window. `low` and `high` are the 95 % interval; null: no interval."""

    start: date
    end: date
    periods: int
    value: Figure
    n: int | None
    low: Figure | None
    high: Figure | None


class EffectOut(BaseModel):
    """A KPI on both sides of the day; `difference` is after less before."""

    segment: str
    state: State
    sentence: str
    before: SideOut | None
    after: SideOut | None
    difference: Figure | None
    low: Figure | None
    high: Figure | None
    needed_n: int | None = Field(description="Answers on each side, if they are too few")


class MeanwhileOut(BaseModel):
    """Something else within the windows."""

    on: date
    title: str
    kind: Literal["action", "event"]
    url: str


class KpiEffectOut(EffectOut):
    """One KPI: the total, the segments where something was done, and the others."""

    kpi_id: int
    kpi: str
    target: Figure | None
    gap: Figure | None = Field(description="What is missing to the target; 0 or less: reached")
    answers_to_tell: int | None
    done_here: list[EffectOut]
    others_together: EffectOut | None
    others: list[EffectOut]
    meanwhile: list[MeanwhileOut]


class EffectsOut(BaseModel):
    """All KPIs of an action or project; `on` is null while it is not done, or has not begun.

    `until` is the last day of a pilot: then `after` holds the last periods up to it.
    """

    on: date | None
    around: Literal["done", "pilot", "start", "decision"] | None
    until: date | None
    items: list[KpiEffectOut]


@bp.get("/<int:subject_id>/effects")
@access.requires("view")
@bp.input(EffectQuery, location="query", arg_name="query")
@bp.output(EffectsOut)
def effects_of_action(subject_id: int, query: EffectQuery) -> EffectsOut:
    """Read an action's KPIs before and after it was done."""
    action = access.load(Action, subject_id, "view")
    return _shown(action, occasions.of_action(action), query.wish())


@projects.get("/<int:subject_id>/effects")
@access.requires("view")
@projects.input(ProjectEffectQuery, location="query", arg_name="query")
@projects.output(EffectsOut)
def effects_of_project(subject_id: int, query: ProjectEffectQuery) -> EffectsOut:
    """Read a project's KPIs before and after it began, or was decided on."""
    project = access.load(Project, subject_id, "view")
    return _shown(project, occasions.of(project, query.around), query.wish())


def _shown(subject: Subject, occasion: Occasion | None, wish: Wish) -> EffectsOut:
    if occasion is None:
        return EffectsOut(on=None, around=None, until=None, items=[])
    found = effect.shown(subject, occasion, current_user, usual=wish)
    return EffectsOut.model_validate(
        {
            "on": occasion.day,
            "around": occasion.kind,
            "until": occasion.until,
            "items": [_kpi(one) for one in found],
        }
    )


def _kpi(shown: Shown) -> KpiEffectOut:
    compared, target = shown.comparison, shown.effect.target
    without = compared.without if compared else None
    return KpiEffectOut(
        **_effect(shown.effect).model_dump(),
        kpi_id=shown.kpi.id,
        kpi=shown.kpi.title,
        target=target.value if target else None,
        gap=shown.effect.gap,
        answers_to_tell=shown.effect.answers_to_tell,
        done_here=[_effect(one) for one in compared.touched] if compared else [],
        others_together=_effect(without) if without else None,
        others=[_effect(one) for one in compared.others] if compared else [],
        meanwhile=[
            MeanwhileOut.model_validate(
                {"on": one.on, "title": one.title, "kind": one.kind, "url": one.href}
            )
            for one in shown.meanwhile
        ],
    )


def _effect(found: Effect) -> EffectOut:
    return EffectOut(
        segment=found.segment,
        state=found.state,
        sentence=found.sentence,
        before=_side(found.before),
        after=_side(found.after),
        difference=_rounded(found.difference),
        low=_rounded(found.low),
        high=_rounded(found.high),
        needed_n=found.needed_n,
    )


def _side(side: Side | None) -> SideOut | None:
    if side is None:
        return None
    return SideOut(
        start=side.start,
        end=side.end,
        periods=side.periods,
        value=side.value.quantize(SIXTH),
        n=side.n,
        low=_rounded(side.low),
        high=_rounded(side.high),
    )


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(SIXTH)
