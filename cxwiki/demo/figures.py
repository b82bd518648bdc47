"""The company's KPIs with their targets and nineteen months of measurements or raw answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.kpis import answers, dated_events, measuring, periods, relations, service
from cxwiki.kpis.answers import AnswerRow
from cxwiki.kpis.dated_events import Happening
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.measuring import MeasurementData
from cxwiki.kpis.models import Cadence
from cxwiki.kpis.numbers import tidy
from cxwiki.kpis.relations import Pull
from cxwiki.kpis.service import KpiDraft

YOUNGEST_MONTH = 10
"""Days that a month must have seen before the story has a figure for it."""
TARGET_CHANGED = 14


def measure(story: Story) -> None:
    """Plan all KPIs. What was measured before the wiki was there is entered in its first days."""
    defined = story.data.founded_days_ago - 3
    for row in story.data.kpis:
        story.timeline.add(defined, _define, story, row)
        for target in row["target"][1:]:
            day = max(-row["target"][0]["due_in_days"], TARGET_CHANGED)
            story.timeline.add(day, _aim, story, row, target)
        for measured in row.get("measurement", []):
            data = _data(story, measured)
            recorded = (story.timeline.today - data.period_end).days - 1
            day = min(defined, max(recorded, 1))
            story.timeline.add(day, _record, story, row, data)
        for months_ago, counted in _by_month(row):
            _start, end = _month(story.timeline.today, months_ago)
            day = min(defined, max((story.timeline.today - end).days - 1, 1))
            story.timeline.add(day, _record_answers, story, row, months_ago, counted)
    for row in story.data.kpis:
        for other in row.get("against", []):
            story.timeline.add(defined, _relate, story, row, other)
    for happened in story.data.events:
        day = min(defined, happened["days_ago"])
        story.timeline.add(day, _happen, story, happened)


def _define(story: Story, row: Row) -> None:
    counts_cases = "successes" in row.get("measurement", [{}])[0]
    target = row["target"][0]
    draft = KpiDraft(
        title=row["title"],
        direction=row["direction"],
        kind=row["kind"],
        statistic=Statistic.SHARE if counts_cases else "",
        description=row["description"],
        unit=row["unit"],
        scale_min=_decimal(row.get("scale_min")),
        scale_max=_decimal(row.get("scale_max")),
        nature=row["nature"],
        owner_id=story.people[row["owner"]].id,
        cadence=Cadence.MONTHLY,
        answer_min=_decimal(row["scale_min"]) if "answers" in row else None,
        answer_max=_decimal(row["scale_max"]) if "answers" in row else None,
        dimensions=tuple(
            (split["dimension"], tuple(split["keys"])) for split in row.get("dimensions", [])
        ),
        target=_decimal(target["value"]),
        target_due_on=story.timeline.day(-target["due_in_days"]),
    )
    by = story.may(story.curator(row["owner"]), "kpi.create")
    story.kpis[row["key"]] = service.create_kpi(draft, story.team(row["team"]), by)


def _aim(story: Story, row: Row, target: Row) -> None:
    kpi = story.kpis[row["key"]]
    draft = replace(
        service.current_draft(kpi),
        target=_decimal(target["value"]),
        target_due_on=story.timeline.day(-target["due_in_days"]),
    )
    service.edit_kpi(kpi, draft, story.may(row["owner"], "kpi.edit", kpi))


def _record(story: Story, row: Row, data: MeasurementData) -> None:
    kpi = story.kpis[row["key"]]
    measuring.record_measurement(kpi, data, story.may(row["owner"], "measurement.create", kpi))


def _by_month(row: Row) -> list[tuple[int, list[Row]]]:
    """The counted raw answers of each month, the oldest month first."""
    counted: dict[int, list[Row]] = {}
    for given in row.get("answers", {}).get("counts", []):
        counted.setdefault(given["months_ago"], []).append(given)
    return sorted(counted.items(), reverse=True)


def _record_answers(story: Story, row: Row, months_ago: int, counted: list[Row]) -> None:
    """Record every single answer, spread over the days of its month."""
    kpi = story.kpis[row["key"]]
    start, end = _month(story.timeline.today, months_ago)
    days = (end - start).days + 1
    scores = [
        (given["segment"], score)
        for given in counted
        for score, times in enumerate(given["counts"], start=row["scale_min"])
        for _ in range(times)
    ]
    answers.record_answers(
        kpi,
        [
            AnswerRow(
                start + timedelta(days=place * days // len(scores)),
                tidy(Decimal(score)),
                segment,
                f"{start:%Y-%m}-{place}",
            )
            for place, (segment, score) in enumerate(scores)
        ],
        row["answers"]["source"],
        story.may(row["owner"], "measurement.create", kpi),
    )


def _relate(story: Story, row: Row, other: str) -> None:
    kpi = story.kpis[row["key"]]
    by = story.may(story.curator(row["owner"]), "kpi.edit", kpi)
    relations.relate(kpi, story.kpis[other], Pull.AGAINST, by)


def _happen(story: Story, row: Row) -> None:
    said = Happening(row["title"], story.timeline.day(row["days_ago"]), row.get("note", ""))
    dated_events.add(None, said, story.may(story.curator(), "kpi.create"))


def _data(story: Story, measured: Row) -> MeasurementData:
    start, end = _month(story.timeline.today, measured["months_ago"])
    return MeasurementData(
        period_start=start,
        period_end=end,
        value=_decimal(measured["value"]),
        n=measured["n"],
        promoters=measured.get("promoters"),
        passives=measured.get("passives"),
        detractors=measured.get("detractors"),
        successes=measured.get("successes"),
        total=_decimal(measured.get("sum")),
        total_of_squares=_decimal(measured.get("sum_squares")),
    )


def _month(today: date, months_ago: int) -> tuple[date, date]:
    """A month as its first and last day; in its first days, the present one is not counted yet.

    Counting from the month of ten days ago keeps the figures in step with what moved them.
    """
    latest = today - timedelta(days=YOUNGEST_MONTH)
    number = latest.year * 12 + latest.month - 1 - months_ago
    return periods.month_of(date(number // 12, number % 12 + 1, 1))


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
