"""What a KPI's raw answers must be, what counts, and the formula in words with its own numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from cxwiki import i18n
from cxwiki.kpis import intervals
from cxwiki.kpis.drafts import within
from cxwiki.kpis.labels import CADENCES, USUAL, Statistic
from cxwiki.kpis.models import Cadence, Kpi, KpiKind

LARGEST = Decimal(10) ** 9
BOXES = 2
"""How many of the best answers count as satisfied unless the KPI says otherwise (top-2-box)."""


@dataclass(frozen=True)
class AnswerScale:
    """The raw answers of a KPI: what they lie between, and for a share which of them count."""

    low: Decimal | None
    high: Decimal | None
    whole: bool = False
    success_low: Decimal | None = None
    success_high: Decimal | None = None

    @property
    def is_yes_or_no(self) -> bool:
        """Whether there are only two answers, no (0) and yes (1)."""
        return self.low == 0 and self.high == 1 and self.success_low is not None

    def counts(self, value: Decimal) -> bool:
        """Whether an answer counts as a success."""
        low, high = self.success_low, self.success_high
        return (low is None or value >= low) and (high is None or value <= high)

    def problem(self, value: Decimal) -> str:
        """Why a value cannot be an answer, in a sentence; empty if it can."""
        if not within(value, self.low, self.high):
            return _(
                "%(value)s is out of the scale from %(low)s to %(high)s.",
                value=i18n.number(value),
                low="−∞" if self.low is None else i18n.number(self.low),
                high="∞" if self.high is None else i18n.number(self.high),
            )
        if self.whole and value != value.to_integral_value():
            return _("%(value)s is no whole number.", value=f"{value.normalize():f}")
        return _("This number is too large.") if abs(value) >= LARGEST else ""


def scale_of(kpi: Kpi) -> AnswerScale:
    """The scale of the raw answers: what the KPI says, else what is usual for its kind."""
    statistic = Statistic(kpi.statistic)
    low, high = kpi.answer_min, kpi.answer_max
    if statistic == Statistic.NPS:
        return AnswerScale(Decimal(0), Decimal(10), whole=True)
    if statistic == Statistic.SHARE:
        return _share(kpi, low, high)
    if statistic != Statistic.TOTAL and low is None and high is None:
        low, high = kpi.scale_min, kpi.scale_max
    return AnswerScale(low, high)


def _share(kpi: Kpi, low: Decimal | None, high: Decimal | None) -> AnswerScale:
    usual = USUAL[KpiKind(kpi.kind)]
    if low is None and high is None:
        low, high = (Decimal(end) for end in usual.answers or (0, 1))
    first, last = kpi.success_min, kpi.success_max
    if first is None and last is None and high is not None:
        boxes = BOXES if high - (low or 0) > 1 else 1
        first, last = high - boxes + 1, high
    return AnswerScale(low, high, False, first, last)


def in_words(kpi: Kpi) -> str:
    """How the figure is made, in sentences with this KPI's own numbers."""
    return " ".join(filter(None, [_formula(kpi), _rhythm(kpi), _certainty(kpi)]))


def _formula(kpi: Kpi) -> str:
    statistic, scale = Statistic(kpi.statistic), scale_of(kpi)
    if statistic == Statistic.NPS:
        return _(
            "Answers 9 and 10 of 10 are promoters, 0 to 6 are detractors: the share of promoters "
            "minus the share of detractors, in points from −100 to 100."
        )
    if statistic == Statistic.SHARE:
        base = i18n.number(intervals.share_scale(kpi))
        return _("%(counts)s Their number, divided by all, times %(base)s.",
                 counts=_what_counts(scale), base=base)  # fmt: skip
    if statistic == Statistic.MEAN:
        if scale.low is not None and scale.high is not None:
            return _(
                "The sum of all answers, each from %(low)s to %(high)s, divided by their number.",
                low=i18n.number(scale.low),
                high=i18n.number(scale.high),
            )
        return _("The sum of all answers, divided by their number.")
    if statistic == Statistic.MEDIAN:
        return _("The middle one of all cases: half of them lie below it.")
    if statistic == Statistic.P90:
        return _("Nine of ten cases lie at or below this value.")
    return _("Everything of the period added up.")


def _what_counts(scale: AnswerScale) -> str:
    low, high = scale.success_low, scale.success_high
    if scale.is_yes_or_no:
        return _("Cases with yes (1) count.") if low == 1 else _("Cases with no (0) count.")
    if low is not None and low == high:
        return _("Answers of %(value)s count.", value=i18n.number(low))
    if low is None:
        return _("Answers up to %(high)s count.", high=i18n.number(high))
    if high is None or scale.high is None:
        return _("Answers from %(low)s on count.", low=i18n.number(low))
    return _(
        "Answers %(low)s to %(high)s of %(top)s count.",
        low=i18n.number(low),
        high=i18n.number(high),
        top=i18n.number(scale.high),
    )


def _rhythm(kpi: Kpi) -> str:
    if kpi.cadence is None:
        return ""
    return _("Measured: %(cadence)s.", cadence=i18n.in_sentence(CADENCES[Cadence(kpi.cadence)]))


def _certainty(kpi: Kpi) -> str:
    statistic = Statistic(kpi.statistic)
    if statistic == Statistic.NPS:
        return _("The interval comes from the variance of the answers.")
    if statistic == Statistic.SHARE:
        return _("The interval is Wilson's.")
    if statistic == Statistic.MEAN:
        return _("The interval is Student's.")
    if statistic == Statistic.TOTAL:
        return _("A total is counted, not sampled: it has no interval.")
    return _("The interval lies between two of the ordered cases; it needs the raw answers.")
