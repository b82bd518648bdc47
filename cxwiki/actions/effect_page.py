"""The page of an effect: one section a KPI, each with its windows, chart and comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, IntegerField, SelectField

from cxwiki import i18n, web
from cxwiki.actions import effect
from cxwiki.actions.effect import Shown, Wish
from cxwiki.actions.occasions import Occasion
from cxwiki.charts import Mark
from cxwiki.kpis import effect_words, effects, page, segments, windows
from cxwiki.kpis.reading import Reading
from cxwiki.subjects import Subject

LONGEST_CHART = 60


class WindowForm(FlaskForm):
    """How many periods stand on each side, and where something was done."""

    class Meta:
        """It only reads."""

        csrf = False

    kpi = HiddenField()
    around = HiddenField()
    before = IntegerField(_l("Periods before"))
    after = IntegerField(_l("Periods after"))
    segment = SelectField(_l("Done in"), validate_choice=False)

    @classmethod
    def of(cls, shown: Shown, occasion: Occasion, wish: Wish) -> WindowForm:
        """Filled with what the section shows; its ids are its own, for there is one a KPI."""
        chosen = shown.effect.windows
        form = cls(
            MultiDict(),
            kpi=shown.kpi.id,
            around=occasion.kind,
            before=chosen.wanted_before,
            after=chosen.wanted_after,
            segment=wish.segment or "",
        )
        form.segment.choices = [
            ("", _("as the team or touchpoint is called")),
            *((one, segments.in_words(one)) for one in shown.segments),
        ]
        for field in form:
            field.id = field.label.field_id = f"{field.name}-{shown.kpi.id}"
        return form


@dataclass(frozen=True)
class Section:
    """All that the page says of one KPI."""

    shown: Shown
    form: WindowForm
    chart: Markup
    sentence: str
    is_open: bool


def read_wishes(args: MultiDict[str, str]) -> dict[int, Wish]:
    """What the address asks for: windows and segment of the KPI that it names; nonsense is none."""
    kpi_id = args.get("kpi", type=int)
    if kpi_id is None:
        return {}
    return {
        kpi_id: Wish(_periods(args, "before"), _periods(args, "after"), args.get("segment") or None)
    }


def sections(
    subject: Subject, occasion: Occasion, person: Any, wishes: dict[int, Wish]
) -> list[Section]:
    """The KPIs of an action or project around a day, each with its chart."""
    found = effect.shown(subject, occasion, person, wishes)
    return [
        Section(
            one,
            WindowForm.of(one, occasion, wishes.get(one.kpi.id, Wish())),
            _chart(one, subject, occasion),
            windows_in_words(one, occasion),
            one.kpi.id in wishes,
        )
        for one in found
    ]


def windows_in_words(shown: Shown, occasion: Occasion) -> str:
    """What is compared: "up to 3 months before and 3 months after 3 March 2026"."""
    chosen = shown.effect.windows
    if occasion.until is not None:
        return _(
            "up to %(before)s before %(day)s, and the last %(after)s up to %(until)s",
            before=effect_words.span(chosen.cadence, chosen.wanted_before),
            after=effect_words.span(chosen.cadence, chosen.wanted_after),
            day=i18n.day(occasion.day),
            until=i18n.day(occasion.until),
        )
    return _(
        "up to %(before)s before and %(after)s after %(day)s",
        before=effect_words.span(chosen.cadence, chosen.wanted_before),
        after=effect_words.span(chosen.cadence, chosen.wanted_after),
        day=i18n.day(occasion.day),
    )


def rule_in_words() -> str:
    """What "enough" means."""
    return _(
        "A difference is told from one whole period and %(n)s answers on each side. A period that "
        "holds the day itself counts on neither side.",
        n=i18n.number(effects.MINIMUM_N),
    )


def _chart(shown: Shown, subject: Subject, occasion: Occasion) -> Markup:
    if not shown.measured:
        return Markup("")
    own = Mark(occasion.day, f"{subject.title}: {occasion.what}", web.address(subject))
    reading = Reading(shown.kpi, shown.measured[-LONGEST_CHART:], shown.effect.target)
    return page.chart_of(reading, [own, *shown.marks])


def _periods(args: MultiDict[str, str], name: str) -> int | None:
    wish = args.get(name, type=int)
    return wish if wish is not None and 1 <= wish <= windows.MOST else None
