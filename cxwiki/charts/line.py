"""The line chart: a KPI over time, with its target and the actions done meanwhile."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from functools import lru_cache

from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from cxwiki.charts import process
from cxwiki.charts.finishing import Symbol, finish, safe_href
from cxwiki.charts.process import DrawingError
from cxwiki.charts.scenes import line_scene
from cxwiki.charts.series import Mark, Point, Target, targets_by_day
from cxwiki.charts.wording import Wording, printable, wording

log = logging.getLogger(__name__)


def line_chart(
    points: Sequence[Point],
    *,
    target: Target = None,
    marks: Sequence[Mark] = (),
    unit: str = "",
    title: str,
    description: str = "",
    locale: str = "en",
    width: int = 640,
    height: int = 300,
    alongside: Sequence[Point] = (),
    with_key: bool = True,
) -> Markup:
    """Draw a series over time as inline SVG, followed by a numbered key of the marks.

    A band (a bar for a lone point) shows the intervals. `alongside` are points of other drawings
    beside this one, whose axes shall be the same; `with_key` False leaves the key to `marks_key`.

    `width` and `height` are SVG units and give the proportions; the drawing fills its column.
    `title` and `description` are its accessible name and description. Values must be finite
    (ValueError). Without points, or if drawing fails (logged), one sentence takes its place.
    """
    points = sorted(points, key=lambda point: point.on)
    marks = sorted(marks, key=lambda mark: mark.on)
    lasting, dated = targets_by_day(target)
    values = [v for p in [*points, *alongside] for v in (p.value, p.low, p.high) if v is not None]
    if not all(map(math.isfinite, [*values, *lasting, *(value for _due, value in dated)])):
        raise ValueError("a chart needs finite numbers")
    with force_locale(locale):
        if not points:
            return _sentence(_("There is nothing to draw yet: no value has been measured."))
        words = wording(locale, unit, (point.on for point in points))
        scene = line_scene(points, lasting, dated, marks, words, width, height, alongside)
        symbols = {f"point {i}": Symbol(words.point(p), p.href) for i, p in enumerate(points)}
        symbols |= {f"mark {i}": Symbol(words.mark(m, i + 1), m.href) for i, m in enumerate(marks)}
        try:
            svg = finish(
                _drawn(json.dumps(scene, sort_keys=True)),
                title=printable(title),
                description=printable(description),
                symbols=symbols,
            )
        except Exception as error:
            level = logging.WARNING if isinstance(error, DrawingError) else logging.ERROR
            log.log(level, "chart %r could not be drawn: %s", title, error, exc_info=True)
            return _sentence(_("The chart could not be drawn just now. No figure is lost."))
        return svg + _key(marks, words) if with_key else svg


def marks_key(marks: Sequence[Mark], locale: str = "en") -> Markup:
    """The numbered key of the marks by itself, for several drawings with the same marks."""
    with force_locale(locale):
        return _key(sorted(marks, key=lambda mark: mark.on), wording(locale, "", ()))


@lru_cache(maxsize=128)
def _drawn(scene: str) -> bytes:
    """Draw a scene once, about 20 kB; a failure is not remembered."""
    return process.drawing_process.draw(scene).encode()


def _key(marks: Sequence[Mark], words: Wording) -> Markup:
    """List what the numbered flags stand for, as large links for fingers and for print."""
    rows = Markup("")
    for mark in marks:
        label, href = printable(mark.label), safe_href(mark.href)
        linked = Markup('<a href="{}">{}</a>').format(href, label) if href else label
        day = Markup('<time datetime="{}">{}</time>').format(mark.on, words.day(mark.on))
        kind = (
            Markup('<span class="chart__kind">{}</span>').format(_("event"))
            if mark.is_event
            else ""
        )
        rows += Markup("<li>{} {} {}</li>").format(linked, day, kind)
    return Markup('<ol class="chart__key">{}</ol>').format(rows) if marks else rows


def _sentence(text: str) -> Markup:
    return Markup('<p class="chart__note">{}</p>').format(text)
