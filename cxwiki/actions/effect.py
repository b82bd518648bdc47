"""The effect of an action or a proof of concept: its KPIs before and after, and what else happened.

Everything that is shown is what the reader may see. The software says what was and what is; people
draw the conclusion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from cxwiki import access, web
from cxwiki.actions import occasions, reading
from cxwiki.actions.models import Action, ActionKpi
from cxwiki.actions.occasions import Occasion
from cxwiki.charts import Mark
from cxwiki.kpis import comparing, dated_events, effects, segments, series
from cxwiki.kpis.comparing import Comparison
from cxwiki.kpis.effects import Effect
from cxwiki.kpis.models import DatedEvent, Kpi, Measurement
from cxwiki.projects import links
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject


@dataclass(frozen=True)
class Wish:
    """How one KPI shall be looked at: periods on each side (None: as usual), and the segment.

    `segment` None means the one that is called like the team or touchpoint, if there is one.
    """

    before: int | None = None
    after: int | None = None
    segment: str | None = None


@dataclass(frozen=True)
class Meanwhile:
    """Something else that happened within the windows."""

    on: date
    title: str
    href: str
    kind: str


@dataclass(frozen=True)
class Shown:
    """One KPI around the occasion, with the whole series of its total.

    `own` are a project's actions done within the windows, `meanwhile` is what else happened;
    `expected` is what the action should bring, where it says so.
    """

    effect: Effect
    measured: Sequence[Measurement]
    comparison: Comparison | None
    touched: Sequence[str]
    segments: Sequence[str]
    own: Sequence[Meanwhile]
    meanwhile: Sequence[Meanwhile]
    expected: ActionKpi | None = None

    @property
    def kpi(self) -> Kpi:
        """The KPI that is looked at."""
        return self.effect.kpi

    @property
    def marks(self) -> list[Mark]:
        """What was done and what else happened, for the chart."""
        everything = (*self.own, *self.meanwhile)
        return [Mark(one.on, one.title, one.href, one.kind == "event") for one in everything]


def kpis_of(subject: Subject, person: Any) -> list[tuple[Kpi, ActionKpi | None]]:
    """The KPIs that an action or a project should move, of those that the person sees."""
    if isinstance(subject, Action):
        return [(aimed.kpi, aimed) for aimed in reading.effects_of(subject, person)]
    if isinstance(subject, Project):
        return [(kpi, None) for kpi in links.ends_of(subject, "kpi", person)]
    return []


def shown(
    subject: Subject,
    occasion: Occasion,
    person: Any,
    wishes: Mapping[int, Wish] | None = None,
    usual: Wish = Wish(),
) -> list[Shown]:
    """Every KPI of an action or project around a day; `wishes` by KPI, `usual` for the others."""
    aimed = kpis_of(subject, person)
    ids = [kpi.id for kpi, _expected in aimed]
    measured, targets = series.in_force(ids), series.targets_of(ids)
    happened, (own, others) = dated_events.of_kpis(ids), _aiming(ids, subject, person)
    found = []
    for kpi, expected in aimed:
        wish = (wishes or {}).get(kpi.id, usual)
        by_segment = measured.get(kpi.id, {})
        touched = touched_segments(subject, by_segment, person, wish.segment)
        effect = effects.of_series(
            kpi,
            by_segment.get(series.TOTAL, []),
            occasion.day,
            before=wish.before,
            after=wish.after,
            until=occasion.until,
            target=targets.get(kpi.id),
        )
        found.append(
            Shown(
                effect,
                by_segment.get(series.TOTAL, []),
                comparing.compare(
                    kpi, by_segment, occasion.day, touched, wish.before, wish.after, occasion.until
                ),
                touched,
                [segment for segment in sorted(by_segment) if segments.dimension_of(segment)],
                _meanwhile(effect, [], own[kpi.id]),
                _meanwhile(effect, happened, others[kpi.id]),
                expected,
            )
        )
    return found


def touched_segments(
    subject: Subject,
    measured: Mapping[str, Sequence[Measurement]],
    person: Any,
    wish: str | None = None,
) -> list[str]:
    """The segments where something was done: the wished one, or those named like its places.

    The places are the team, and the pilot team and touchpoint of a project; an action of a project
    that the person sees is done at the project's places.
    """
    if wish is not None:
        return [wish] if wish in measured else []
    return segments.called(sorted(measured), _places(subject, person))


def _places(subject: Subject, person: Any) -> list[str]:
    places = [] if subject.team.is_builtin else [subject.team.name]
    if isinstance(subject, Action) and subject.project and access.sees(person, subject.project):
        return places + _places(subject.project, person)
    if isinstance(subject, Project):
        if subject.pilot_team is not None:
            places = [subject.pilot_team.name]
        places += [subject.touchpoint]
    return places


def _aiming(
    kpi_ids: Sequence[int], subject: Subject, person: Any
) -> tuple[dict[int, list[Action]], dict[int, list[Action]]]:
    """A project's own visible actions that aim at each of the KPIs, and everybody else's."""
    own: dict[int, list[Action]] = defaultdict(list)
    others: dict[int, list[Action]] = defaultdict(list)
    for aimed in reading.actions_of_kpis(kpi_ids, person):
        if isinstance(subject, Project) and aimed.action.project_id == subject.id:
            own[aimed.kpi_id].append(aimed.action)
        elif aimed.action_id != subject.id:
            others[aimed.kpi_id].append(aimed.action)
    return own, others


def _meanwhile(
    effect: Effect, happened: Sequence[DatedEvent], actions: Sequence[Action]
) -> list[Meanwhile]:
    """What else fell into the windows and between them, by day."""
    first, last = effect.windows.first_day, effect.windows.last_day
    done = [
        Meanwhile(day, action.title, web.address(action), "action")
        for day, action in occasions.within(actions, first, last)
    ]
    dated = [
        Meanwhile(
            one.happened_on, one.title, web.address(effect.kpi, _anchor=f"event-{one.id}"), "event"
        )
        for one in happened
        if one.kpi_id in (None, effect.kpi.id) and first <= one.happened_on <= last
    ]
    return sorted([*done, *dated], key=lambda one: (one.on, one.title))


def usual_effects(
    pairs: Sequence[ActionKpi], person: Any
) -> dict[int, list[tuple[ActionKpi, Effect]]]:
    """The effects of many done actions with the usual windows, by action, in few queries."""
    seen = [
        (aimed, occasion)
        for aimed in pairs
        if (occasion := occasions.of_action(aimed.action)) and access.sees(person, aimed.kpi)
    ]
    told = effects.many([(aimed.kpi, occasion.day, None) for aimed, occasion in seen])
    found: dict[int, list[tuple[ActionKpi, Effect]]] = defaultdict(list)
    for (aimed, _occasion), effect in zip(seen, told, strict=True):
        found[aimed.action_id].append((aimed, effect))
    return found


def waits(subject: Subject) -> str:
    """Why there is nothing to show yet."""
    if isinstance(subject, Action):
        return _("The effect is shown once the action is done.")
    return _("The effect is shown once the project has begun.")
