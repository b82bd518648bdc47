"""The fixed words of an effect: what was, what is, how far apart, how sure. Never why."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.dates import format_skeleton
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cxwiki import i18n
from cxwiki.kpis import periods, reading
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.models import Cadence, Kpi
from cxwiki.kpis.windows import QUANTILES

if TYPE_CHECKING:
    from cxwiki.kpis.effects import Effect, Side

LABELS = {
    "good": _l("better"),
    "bad": _l("worse"),
    "unclear": _l("no clear difference"),
    "not_enough": _l("not enough data"),
}


def label(state: str) -> str:
    """A state in a word or two."""
    return str(LABELS[state])


def sentence(effect: Effect) -> str:
    """Say an effect: "was 38, is 42, difference 4 (from 1.2 to 6.8), n = 212/230"."""
    if effect.before is None or effect.after is None or effect.difference is None:
        return _("not enough data: %(needed)s", needed=needed(effect))
    kpi = effect.kpi
    return _(
        "was %(before)s, is %(after)s, difference %(difference)s (%(interval)s), n = %(n)s",
        before=reading.amount(kpi, effect.before.value),
        after=reading.amount(kpi, effect.after.value),
        difference=distance(kpi, effect.difference),
        interval=interval(effect),
        n="/".join(i18n.number(side.n) for side in (effect.before, effect.after)),
    )


def interval(effect: Effect) -> str:
    """The interval of the difference: "from 1.2 to 6.8", or "no interval"."""
    if effect.low is None or effect.high is None:
        return _("no interval")
    return _("from %(low)s to %(high)s", low=i18n.number(effect.low), high=i18n.number(effect.high))


def needed(effect: Effect) -> str:
    """What is missing before anything can be said."""
    if effect.before is None and effect.after is None:
        return _(
            "%(period)s before and after %(day)s needed",
            period=one_whole(effect.cadence),
            day=i18n.day(effect.done_on),
        )
    if effect.before is None:
        return _(
            "%(period)s before %(day)s needed",
            period=one_whole(effect.cadence),
            day=i18n.day(effect.done_on),
        )
    if effect.after is None:
        return _(
            "%(period)s after %(day)s needed",
            period=one_whole(effect.cadence),
            day=i18n.day(effect.done_on),
        )
    return _(
        "n = %(needed)s on each side needed, so far n = %(n)s",
        needed=i18n.number(effect.needed_n),
        n=f"{i18n.number(effect.before.n)}/{i18n.number(effect.after.n)}",
    )


def margin(shown: Side) -> str:
    """How sure one side is: "from 33 to 43", or "no interval"."""
    found = shown.interval
    if found is None:
        return _("no interval")
    return _("from %(low)s to %(high)s", low=i18n.number(found.low), high=i18n.number(found.high))


def gap(effect: Effect) -> str:
    """What is missing to the target: "3 points missing", "target reached"; empty without one."""
    if effect.gap is None:
        return ""
    if effect.gap <= 0:
        return _("target reached")
    return _("%(gap)s missing", gap=distance(effect.kpi, effect.gap))


def when(shown: Side) -> str:
    """The days of a side: "March 2026", "Jan 2026 – Mar 2026", or its first and last day."""
    first, last = periods.month_of(shown.start), periods.month_of(shown.end)
    if shown.start != first[0] or shown.end != last[1] or shown.periods == 1:
        return periods.in_words(shown.start, shown.end)
    locale = get_locale() or "en"
    ends = (format_skeleton("yMMM", day, locale=locale) for day in (shown.start, shown.end))
    return " – ".join(ends)


def note(effect: Effect) -> str:
    """What is to be known about the values themselves; empty for what can be added up."""
    sides = [shown for shown in (effect.before, effect.after) if shown]
    if all(shown.periods == 1 for shown in sides):
        return ""
    if effect.kpi.statistic == Statistic.TOTAL:
        return _("Each value is the mean of its periods, for windows may differ in length.")
    if effect.kpi.statistic in QUANTILES and any(shown.interval is None for shown in sides):
        return _(
            "Medians and percentiles of several periods cannot be added up without the raw "
            "answers: the mean of the periods stands here, without an interval."
        )
    return ""


def distance(kpi: Kpi, step: Decimal) -> str:
    """How far two values lie apart: between two percentages lie points, not per cent."""
    unit = _("points") if kpi.unit == "%" else kpi.unit
    return reading.with_unit(i18n.number(step), unit)


def one_whole(cadence: Cadence) -> str:
    """A single complete period of a cadence."""
    return {
        Cadence.WEEKLY: _("one whole week"),
        Cadence.MONTHLY: _("one whole month"),
        Cadence.QUARTERLY: _("one whole quarter"),
        Cadence.YEARLY: _("one whole year"),
    }[cadence]


def span(cadence: Cadence, count: int) -> str:
    """So many periods: "3 months"."""
    return {
        Cadence.WEEKLY: ngettext("%(num)s week", "%(num)s weeks", count),
        Cadence.MONTHLY: ngettext("%(num)s month", "%(num)s months", count),
        Cadence.QUARTERLY: ngettext("%(num)s quarter", "%(num)s quarters", count),
        Cadence.YEARLY: ngettext("%(num)s year", "%(num)s years", count),
    }[cadence]
