"""Three ways to score an action, each of which can say how it came to its figure.

Impact of our own weighs four ingredients of 0 to 100 points each. ICE (impact × confidence × ease,
S. Ellis) and RICE (reach × impact × confidence ÷ effort, S. McBride for Intercom) take what people
estimated. What nobody knows is left out and said; it is never taken for zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import ngettext

from cxwiki import i18n
from cxwiki.actions.score_parts import (
    Ingredients,
    Part,
    Weights,
    ice_parts,
    months_of,
    own_parts,
    points_of,
    rice_impact,
    rice_parts,
)


class Way(StrEnum):
    """How a score is made."""

    OWN = "own"
    ICE = "ice"
    RICE = "rice"


@dataclass(frozen=True)
class Score:
    """A figure with what it is made of; `value` is None where it cannot be made.

    `low` and `high` are where our own impact would lie, whatever the unknown ingredients are.
    `height` and `breadth` are its place in the matrix, 0 to 100 each: impact upwards, effort to
    the right.
    """

    way: Way
    value: float | None
    given: Ingredients
    weights: Weights
    low: float | None = None
    high: float | None = None
    height: float | None = None
    breadth: float | None = None

    @cached_property
    def parts(self) -> Sequence[Part]:
        """Each ingredient in words; said only when somebody asks, since a ranking has many."""
        if self.way == Way.OWN:
            return own_parts(self.given, asdict(self.weights))
        return ice_parts(self.given) if self.way == Way.ICE else rice_parts(self.given)

    @property
    def missing(self) -> list[Part]:
        """The ingredients that nobody knows."""
        return [part for part in self.parts if not part.known]

    @property
    def shown(self) -> str:
        """The figure as people read it, or a dash."""
        if self.value is None:
            return "–"
        return i18n.number(round(self.value, 1 if self.way == Way.ICE else 0))

    @property
    def sentence(self) -> str:
        """How it came about: every ingredient, and what is missing."""
        return " ".join(filter(None, [self._sum, self._gaps]))

    @property
    def _sum(self) -> str:
        known = [part for part in self.parts if part.known]
        if self.value is None:
            return _("No score yet.")
        if self.way != Way.OWN:
            signs = " ÷ " if self.way == Way.RICE else " × "
            product = " × ".join(part.words for part in known[:-1]) + signs + known[-1].words
            return _("%(score)s: %(product)s.", score=self.shown, product=product)
        listed = ", ".join(
            _(
                "%(label)s %(words)s: %(points)s points, weight %(weight)s",
                label=_inside(part.label),
                words=part.words,
                points=i18n.number(round(part.points or 0)),
                weight=i18n.number(part.weight),
            )
            for part in known
        )
        return _("%(score)s of 100 from %(listed)s.", score=self.shown, listed=listed)

    @property
    def _gaps(self) -> str:
        if not self.missing:
            return ""
        listed = ", ".join(f"{_inside(part.label)} ({part.words})" for part in self.missing)
        said = _("Not known: %(listed)s.", listed=listed)
        if self.low is None or self.high is None or self.value is None:
            return said
        return (
            said
            + " "
            + ngettext(
                "It is left out; the score could lie anywhere between %(low)s and %(high)s.",
                "They are left out; the score could lie anywhere between %(low)s and %(high)s.",
                len(self.missing),
                low=i18n.number(round(self.low)),
                high=i18n.number(round(self.high)),
            )
        )


def score(given: Ingredients, way: Way = Way.OWN, weights: Weights | None = None) -> Score:
    """Score what is known about an action."""
    weights = weights or Weights()
    if way == Way.OWN:
        return _own(given, weights)
    height = None if given.impact is None else given.impact * 10.0
    if way == Way.RICE:
        breadth = breadth_of(given.effort_days)
        return Score(way, _rice(given), given, weights, height=height, breadth=breadth)
    ease = None if given.ease is None else (10 - given.ease) / 9 * 100
    return Score(way, _ice(given), given, weights, height=height, breadth=ease)


def breadth_of(effort_days: Decimal | None) -> float | None:
    """Where an effort lies between half a day (0) and 60 days (100), each doubling the same way."""
    if effort_days is None:
        return None
    days = min(max(float(effort_days), 0.5), 60)
    return 100 * math.log(days / 0.5) / math.log(60 / 0.5)


def _own(given: Ingredients, weights: Weights) -> Score:
    weighed = [(getattr(weights, name), points) for name, points in points_of(given).items()]
    known = [(weight, points) for weight, points in weighed if points is not None]
    total, whole = sum(weight for weight, _points in known), sum(weight for weight, _p in weighed)
    breadth = breadth_of(given.effort_days)
    if not total:
        return Score(Way.OWN, None, given, weights, breadth=breadth)
    gained = sum(weight * points for weight, points in known)
    value, low = gained / total, gained / whole
    high = (gained + 100 * (whole - total)) / whole
    return Score(Way.OWN, value, given, weights, low, high, height=value, breadth=breadth)


def _ice(given: Ingredients) -> float | None:
    if given.impact is None or given.confidence is None or given.ease is None:
        return None
    return given.impact * given.confidence / 100 * given.ease


def _rice(given: Ingredients) -> float | None:
    reach, impact, confidence = given.customers, given.impact, given.confidence
    months = months_of(given.effort_days)
    if reach is None or impact is None or confidence is None or months is None:
        return None
    return reach * rice_impact(impact) * confidence / 100 / months


def _inside(label: str) -> str:
    """A label in the middle of a sentence; an abbreviation stays as it is."""
    return label if label[:2].isupper() else i18n.in_sentence(label)
