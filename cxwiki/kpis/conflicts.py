"""Conflicting targets: two that pull one KPI apart, or two KPIs that hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import lazyload

from cxwiki import access
from cxwiki.database import db
from cxwiki.kpis import formulas, relations, segments, targets
from cxwiki.kpis.glance import Series, latest_by_segment
from cxwiki.kpis.models import Kpi, Measurement, Target
from cxwiki.kpis.reading import amount
from cxwiki.kpis.relations import Pull
from cxwiki.kpis.series import TOTAL


@dataclass(frozen=True)
class Aim:
    """A target with its KPI and the latest value of what it speaks of, if there is one."""

    kpi: Kpi
    target: Target
    latest: Measurement | None

    @property
    def party(self) -> str:
        """Whose target it is."""
        return targets.party(self.target)

    @property
    def is_open(self) -> bool:
        """Whether the target has still to be reached; also where nothing was measured yet."""
        if self.latest is None:
            return True
        missing = formulas.gap_to_target(self.latest.value, self.target.value, self.kpi.direction)
        return missing > 0

    @property
    def words(self) -> str:
        """Who aims at what: "Service aims at 80% (now 71%)"."""
        value = amount(self.kpi, self.target.value)
        if self.latest is None:
            return _(
                "%(party)s aims at %(value)s (not measured yet)", party=self.party, value=value
            )
        now = amount(self.kpi, self.latest.value)
        return _(
            "%(party)s aims at %(value)s (now %(now)s)", party=self.party, value=value, now=now
        )


@dataclass(frozen=True)
class Conflict:
    """Two aims that cannot both come closer."""

    one: Aim
    other: Aim

    @property
    def is_about_one_kpi(self) -> bool:
        """Whether both speak of the same KPI."""
        return self.one.kpi.id == self.other.kpi.id

    @property
    def team_ids(self) -> set[int]:
        """The teams whose targets these are, and those that the KPIs belong to."""
        aims = (self.one, self.other)
        found = {aim.target.team_id for aim in aims} | {aim.kpi.team_id for aim in aims}
        return {team_id for team_id in found if team_id is not None}

    @property
    def why(self) -> str:
        """What pulls apart, in a sentence."""
        if not self.is_about_one_kpi:
            return _("When one of them gets better, the other tends to get worse.")
        if self.one.latest is None:
            return _("They aim at different values, and none has been measured yet.")
        high = max(self.one, self.other, key=lambda aim: aim.target.value)
        low = self.other if high is self.one else self.one
        return _(
            "%(high)s wants the value to rise, %(low)s wants it to fall.",
            high=high.party,
            low=low.party,
        )

    @property
    def aims(self) -> str:
        """Who aims at what; for one KPI with its present value."""
        one, other = self.one, self.other
        if not self.is_about_one_kpi:
            return _(
                "“%(one)s”: %(first)s; “%(other)s”: %(second)s.",
                one=one.kpi.title,
                first=one.words,
                other=other.kpi.title,
                second=other.words,
            )
        said = _(
            "%(one)s aims at %(first)s, %(other)s at %(second)s.",
            one=one.party,
            first=amount(one.kpi, one.target.value),
            other=other.party,
            second=amount(other.kpi, other.target.value),
        )
        if one.latest is None:
            return said
        return f"{said} " + _("Now it is %(now)s.", now=amount(one.kpi, one.latest.value))

    @property
    def about(self) -> str:
        """The segment of which both speak, in words; empty for all customers."""
        return segments.in_words(self.one.target.segment) if self.is_about_one_kpi else ""

    @property
    def sentence(self) -> str:
        """All of it in words."""
        if not self.is_about_one_kpi:
            return f"{self.aims} {self.why}"
        name = self.one.kpi.title
        if not self.about:
            return _("“%(kpi)s”: %(aims)s %(why)s", kpi=name, aims=self.aims, why=self.why)
        return _(
            "“%(kpi)s” (%(segment)s): %(aims)s %(why)s",
            kpi=name,
            segment=self.about,
            aims=self.aims,
            why=self.why,
        )


def conflicts(person: Any, team_id: int | None = None) -> list[Conflict]:
    """All conflicts among the KPIs that the person sees; those of one team if it is named."""
    kpis = {
        kpi.id: kpi
        for kpi in db.session.scalars(access.visible(Kpi, person).options(lazyload("*")))
    }
    aims = _aims(kpis)
    found = [*_within_kpis(aims), *_between_kpis(aims, kpis)]
    return [one for one in found if team_id is None or team_id in one.team_ids]


def of_kpi(kpi: Kpi, person: Any) -> list[Conflict]:
    """The conflicts in which one KPI stands."""
    near = {kpi.id: kpi} | {one.kpi.id: one.kpi for one in relations.related(kpi, person)}
    aims = _aims(near)
    found = [*_within_kpis(aims), *_between_kpis(aims, near)]
    return [one for one in found if kpi.id in (one.one.kpi.id, one.other.kpi.id)]


def _aims(kpis: dict[int, Kpi]) -> list[Aim]:
    found = targets.targets_in_force(kpis)
    latest: Series = latest_by_segment((one.kpi_id, one.segment) for one in found)
    return [
        Aim(
            kpis[target.kpi_id],
            target,
            next(iter(latest.get((target.kpi_id, target.segment), [])), None),
        )
        for target in found
    ]


def _within_kpis(aims: Sequence[Aim]) -> Iterable[Conflict]:
    """Two teams (or a team and the company) on either side of the present value."""
    groups: dict[tuple[int, str], list[Aim]] = defaultdict(list)
    for aim in aims:
        groups[(aim.kpi.id, aim.target.segment)].append(aim)
    for group in groups.values():
        for one, other in combinations(group, 2):
            low, high = sorted((one.target.value, other.target.value))
            now = one.latest.value if one.latest else None
            if low != high and (now is None or low < now < high):
                yield Conflict(one, other)


def _between_kpis(aims: Sequence[Aim], kpis: dict[int, Kpi]) -> Iterable[Conflict]:
    """Two KPIs that pull against each other and have both still to get better."""
    open_of: dict[int, list[Aim]] = defaultdict(list)
    for aim in aims:
        if aim.target.segment == TOTAL and aim.is_open:
            open_of[aim.kpi.id].append(aim)
    for relation in relations.relations_of(kpis):
        if relation.pulls == Pull.AGAINST:
            for one in open_of[relation.kpi_id]:
                for other in open_of[relation.other_id]:
                    yield Conflict(one, other)
