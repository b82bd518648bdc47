"""What kinds, statistics and directions are called, and what each kind usually looks like."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from cxwiki.kpis.models import Direction, KpiKind, Nature


class Statistic(StrEnum):
    """How the answers or cases of a period become one figure."""

    NPS = "nps"
    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    TOTAL = "total"


KINDS = {
    KpiKind.NPS: _l("Net Promoter Score (NPS)"),
    KpiKind.CSAT: _l("Customer satisfaction (CSAT)"),
    KpiKind.CES: _l("Customer effort (CES)"),
    KpiKind.FCR: _l("First-contact resolution (FCR)"),
    KpiKind.TTR: _l("Time to resolution (TTR)"),
    KpiKind.REPEAT_CONTACT_RATE: _l("Repeat-contact rate"),
    KpiKind.COMPLAINT_RATE: _l("Complaint rate"),
    KpiKind.OWN: _l("A figure of our own"),
}
KIND_HELP = {
    KpiKind.NPS: _l("Would customers recommend us? From −100 to 100."),
    KpiKind.CSAT: _l("The share of customers who are satisfied."),
    KpiKind.CES: _l("How easy, or how hard, it was for customers."),
    KpiKind.FCR: _l("The share of requests that were solved at the first contact."),
    KpiKind.TTR: _l("How long it takes until a request is solved."),
    KpiKind.REPEAT_CONTACT_RATE: _l("The share of customers who had to get in touch again."),
    KpiKind.COMPLAINT_RATE: _l("The share of customers or contracts with a complaint."),
    KpiKind.OWN: _l("Purchase frequency, basket value, word of mouth, cost to serve …"),
}
SHORT_KINDS = {
    KpiKind.NPS: "NPS",
    KpiKind.CSAT: "CSAT",
    KpiKind.CES: "CES",
    KpiKind.FCR: "FCR",
    KpiKind.TTR: "TTR",
    KpiKind.REPEAT_CONTACT_RATE: _l("Repeat-contact rate"),
    KpiKind.COMPLAINT_RATE: _l("Complaint rate"),
    KpiKind.OWN: _l("Own KPI"),
}
STATISTICS = {
    Statistic.NPS: _l("Promoters minus detractors"),
    Statistic.SHARE: _l("Share of all answers or cases"),
    Statistic.MEAN: _l("Mean"),
    Statistic.MEDIAN: _l("Median"),
    Statistic.P90: _l("90th percentile"),
    Statistic.TOTAL: _l("Total or count"),
}
FORMULAS = {
    Statistic.NPS: _l(
        "The share of promoters (9 and 10) minus the share of detractors (0 to 6), in points."
    ),
    Statistic.SHARE: _l("The cases that count as a success, divided by all cases."),
    Statistic.MEAN: _l("The sum of all answers, divided by their number."),
    Statistic.MEDIAN: _l("The middle one of all cases: half of them lie below it."),
    Statistic.P90: _l("Nine of ten cases lie at or below this value."),
    Statistic.TOTAL: _l("Everything of the period added up."),
}
DIRECTIONS = {
    Direction.HIGHER: _l("Higher is better"),
    Direction.LOWER: _l("Lower is better"),
}
NATURES = {
    Nature.PERCEPTION: _l("What customers feel"),
    Nature.BEHAVIOUR: _l("What customers do"),
    Nature.OPERATIONAL: _l("How our work runs"),
}


@dataclass(frozen=True)
class Usual:
    """What a kind of KPI usually looks like: it fills the form, and people check it there."""

    unit: Any
    scale_min: Decimal | None
    scale_max: Decimal | None
    direction: Direction | None
    statistic: Statistic
    nature: Nature


_zero, _hundred = Decimal(0), Decimal(100)
# No direction for the effort score and for own figures: companies run them both ways.
USUAL = {
    KpiKind.NPS: Usual(
        _l("points"), -_hundred, _hundred, Direction.HIGHER, Statistic.NPS, Nature.PERCEPTION
    ),
    KpiKind.CSAT: Usual("%", _zero, _hundred, Direction.HIGHER, Statistic.SHARE, Nature.PERCEPTION),
    KpiKind.CES: Usual(
        _l("points"), Decimal(1), Decimal(7), None, Statistic.MEAN, Nature.PERCEPTION
    ),
    KpiKind.FCR: Usual("%", _zero, _hundred, Direction.HIGHER, Statistic.SHARE, Nature.OPERATIONAL),
    KpiKind.TTR: Usual(
        _l("hours"), _zero, None, Direction.LOWER, Statistic.MEDIAN, Nature.OPERATIONAL
    ),
    KpiKind.REPEAT_CONTACT_RATE: Usual(
        "%", _zero, _hundred, Direction.LOWER, Statistic.SHARE, Nature.BEHAVIOUR
    ),
    KpiKind.COMPLAINT_RATE: Usual(
        "%", _zero, _hundred, Direction.LOWER, Statistic.SHARE, Nature.BEHAVIOUR
    ),
    KpiKind.OWN: Usual("", None, None, None, Statistic.MEAN, Nature.BEHAVIOUR),
}
