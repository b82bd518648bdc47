"""What a score is made of: the ingredients that are known, their points, and both in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from cxwiki import i18n

DAYS_A_MONTH = 20
# What 1 to 10 stands for in RICE, whose impact goes from "minimal" to "massive".
_RICE_IMPACT = {1: 0.25, 2: 0.25, 3: 0.5, 4: 0.5, 5: 1.0, 6: 1.0, 7: 2.0, 8: 2.0, 9: 3.0, 10: 3.0}
MOST_CUSTOMERS, MOST_SPREAD, WIDEST_GAP = 10_000, 5, Decimal("0.5")
"""From here on an ingredient has its 100 points."""


@dataclass(frozen=True)
class Weights:
    """How much each ingredient of our own impact counts; only the proportions matter."""

    customers: int = 3
    severity: int = 3
    spread: int = 2
    kpi_gap: int = 2


@dataclass(frozen=True)
class Gap:
    """How far a KPI is from its target: `share` as kpis.gaps has it, and the same in words."""

    kpi: str
    words: str
    share: Decimal


@dataclass(frozen=True)
class Ingredients:
    """What is known about an action; None where nobody said so.

    `customers` a quarter, `severity` 1 to 5 (the gravest of its insights), `spread` in teams,
    `impact` and `ease` 1 to 10, `confidence` in per cent. `gap_unknown` says why there is no gap.
    """

    customers: int | None = None
    customers_of_insight: bool = False
    severity: int | None = None
    spread: int | None = None
    gap: Gap | None = None
    gap_unknown: str = ""
    effort_days: Decimal | None = None
    impact: int | None = None
    confidence: int | None = None
    ease: int | None = None


@dataclass(frozen=True)
class Part:
    """One ingredient of a score: what is known in words, and the points (0 to 100) it gives."""

    name: str
    label: str
    words: str
    points: float | None = None
    weight: int = 0
    known: bool = True


def points_of_customers(customers: int) -> float:
    """Nobody 0, ten 25, a hundred 50, a thousand 75, ten thousand and more 100."""
    if customers < 1:
        return 0.0
    return min(100.0, 100 * math.log(customers) / math.log(MOST_CUSTOMERS))


def points_of(given: Ingredients) -> dict[str, float | None]:
    """The points (0 to 100) of each ingredient of our own impact; None for what is not known."""
    gap = None if given.gap is None else float(given.gap.share / WIDEST_GAP)
    return {
        "customers": None if given.customers is None else points_of_customers(given.customers),
        "severity": None if given.severity is None else given.severity * 20.0,
        "spread": None if given.spread is None else min(given.spread, MOST_SPREAD) * 20.0,
        "kpi_gap": None if gap is None else min(max(gap, 0.0), 1.0) * 100,
    }


def rice_impact(impact: int) -> float:
    """What an impact of 1 to 10 counts in RICE."""
    return _RICE_IMPACT[min(max(impact, 1), 10)]


def months_of(effort_days: Decimal | None) -> float | None:
    """An effort in person-months; None where nobody estimated one to divide by."""
    return float(effort_days) / DAYS_A_MONTH if effort_days else None


def own_parts(given: Ingredients, weights: Mapping[str, int]) -> list[Part]:
    """The ingredients of our own impact that have a weight."""
    points = points_of(given)
    said = [
        ("customers", _("Customers affected"), _customers(given)),
        ("severity", _("Severity"), _severity(given)),
        ("spread", _("Silo spread"), _spread(given)),
        ("kpi_gap", _("KPI gap"), _gap(given)),
    ]
    return [
        Part(name, label, words, points[name], weights[name], known=points[name] is not None)
        for name, label, words in said
        if weights[name]
    ]


def ice_parts(given: Ingredients) -> list[Part]:
    """Impact, confidence, ease."""
    return [_impact(given), _confidence(given), _ease(given)]


def rice_parts(given: Ingredients) -> list[Part]:
    """Reach, impact, confidence, effort."""
    return [_reach(given), _impact(given, rice=True), _confidence(given), _effort(given)]


def _customers(given: Ingredients) -> str:
    if given.customers is None:
        return _("nobody said how many")
    count = i18n.number(given.customers)
    if given.customers_of_insight:
        return _("%(count)s a quarter, as its insight says", count=count)
    return _("%(count)s a quarter", count=count)


def _severity(given: Ingredients) -> str:
    if given.severity is None:
        return _("no insight behind it says how grave it is")
    return _("%(severity)s of 5", severity=given.severity)


def _spread(given: Ingredients) -> str:
    if given.spread is None:
        return _("no insight is behind it")
    return ngettext("%(num)s team", "%(num)s teams", given.spread)


def _gap(given: Ingredients) -> str:
    if given.gap is None:
        return given.gap_unknown or _("it aims at no KPI")
    return _("“%(kpi)s”, %(gap)s", kpi=given.gap.kpi, gap=given.gap.words)


def _reach(given: Ingredients) -> Part:
    words = _customers(given)
    if given.customers is not None:
        words = _("%(count)s customers", count=words)
    return Part("customers", _("Customers affected"), words, known=given.customers is not None)


def _impact(given: Ingredients, *, rice: bool = False) -> Part:
    if given.impact is None:
        return Part("impact", _("Impact"), _("nobody estimated it"), known=False)
    words = _("impact %(impact)s of 10", impact=given.impact)
    if rice:
        counts = i18n.number(rice_impact(given.impact))
        words = _("impact %(counts)s (%(impact)s of 10)", counts=counts, impact=given.impact)
    return Part("impact", _("Impact"), words)


def _confidence(given: Ingredients) -> Part:
    known = given.confidence is not None
    words = _("confidence %(percent)s%%", percent=given.confidence) if known else ""
    return Part("confidence", _("Confidence"), words or _("nobody estimated it"), known=known)


def _ease(given: Ingredients) -> Part:
    if given.ease is None:
        return Part("ease", _("Ease"), _("nobody estimated it"), known=False)
    return Part("ease", _("Ease"), _("ease %(ease)s of 10", ease=given.ease))


def _effort(given: Ingredients) -> Part:
    months = months_of(given.effort_days)
    if months is None:
        return Part("effort", _("Effort"), _("nobody estimated it"), known=False)
    days = ngettext("%(count)s day", "%(count)s days", 1 if given.effort_days == 1 else 2,
                    count=i18n.number(given.effort_days))  # fmt: skip
    words = _("%(months)s person-months (%(days)s)", months=i18n.number(months), days=days)
    return Part("effort", _("Effort"), words)
