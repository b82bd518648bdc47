"""What kinds, statistics and directions are called, and what each kind usually looks like."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from cxwiki.kpis.models import Cadence, Direction, KpiKind, Nature


class Statistic(StrEnum):
    """How the answers or cases of a period become one figure."""

    NPS = "nps"
    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    TOTAL = "total"


DIMENSIONS = {
    "team": _l("Team"),
    "touchpoint": _l("Touchpoint"),
    "channel": _l("Channel"),
    "persona": _l("Persona"),
}
"""What the usual dimensions are called; others by the name that the company gave them."""

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
    KpiKind.COMPLAINT_RATE: _l("How many of 1,000 contacts are complaints."),
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
UPLOAD_STATES = {
    "draft": _l("Columns not chosen yet"),
    "waiting": _l("Waits"),
    "running": _l("Is being read"),
    "checked": _l("Only checked"),
    "done": _l("Done"),
    "failed": _l("Not read"),
    "undone": _l("Taken back"),
}
CADENCES = {
    Cadence.WEEKLY: _l("Every week"),
    Cadence.MONTHLY: _l("Every month"),
    Cadence.QUARTERLY: _l("Every quarter"),
    Cadence.YEARLY: _l("Every year"),
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
    answers: tuple[int, int] | None = None
    success: tuple[int, int] | None = None


_yes_or_no: dict[str, Any] = {"answers": (0, 1), "success": (1, 1)}
_zero, _hundred = Decimal(0), Decimal(100)
# No direction for the effort score and for own figures: companies run them both ways.
USUAL = {
    KpiKind.NPS: Usual(
        _l("points"),
        -_hundred,
        _hundred,
        Direction.HIGHER,
        Statistic.NPS,
        Nature.PERCEPTION,
        answers=(0, 10),
    ),
    KpiKind.CSAT: Usual(
        "%",
        _zero,
        _hundred,
        Direction.HIGHER,
        Statistic.SHARE,
        Nature.PERCEPTION,
        answers=(1, 5),
        success=(4, 5),
    ),
    KpiKind.CES: Usual(
        _l("points"),
        Decimal(1),
        Decimal(7),
        None,
        Statistic.MEAN,
        Nature.PERCEPTION,
        answers=(1, 7),
    ),
    KpiKind.FCR: Usual(
        "%", _zero, _hundred, Direction.HIGHER, Statistic.SHARE, Nature.OPERATIONAL, **_yes_or_no
    ),
    KpiKind.TTR: Usual(
        _l("hours"), _zero, None, Direction.LOWER, Statistic.MEDIAN, Nature.OPERATIONAL
    ),
    KpiKind.REPEAT_CONTACT_RATE: Usual(
        "%", _zero, _hundred, Direction.LOWER, Statistic.SHARE, Nature.BEHAVIOUR, **_yes_or_no
    ),
    KpiKind.COMPLAINT_RATE: Usual(
        _l("per 1,000 contacts"),
        _zero,
        Decimal(1000),
        Direction.LOWER,
        Statistic.SHARE,
        Nature.BEHAVIOUR,
        **_yes_or_no,
    ),
    KpiKind.OWN: Usual("", None, None, None, Statistic.MEAN, Nature.BEHAVIOUR),
}
