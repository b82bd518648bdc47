"""Recording what was measured; a second word on the same period corrects the first."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import i18n, richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.kpis import dimensions, formulas, intervals
from cxwiki.kpis.drafts import within
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.kpis.numbers import tidy

EARLIEST = date(1970, 1, 1)
MOST_ANSWERS = 1_000_000_000
COUNTS = ("promoters", "passives", "detractors", "successes")
ORIGIN = ("source", "external_id", "note")


@dataclass(frozen=True)
class MeasurementData:
    """What was measured. Either the value, or the counts from which value and n follow.

    `segment` is "dimension=key;…", empty for the total. `total` and `total_of_squares` are sums
    over the n answers.
    """

    period_start: date
    period_end: date
    value: Decimal | None = None
    n: int | None = None
    segment: str = ""
    promoters: int | None = None
    passives: int | None = None
    detractors: int | None = None
    successes: int | None = None
    total: Decimal | None = None
    total_of_squares: Decimal | None = None
    source: str = ""
    external_id: str | None = None
    note: str = ""


@command
def record_measurement(kpi: Kpi, data: MeasurementData, by: User) -> Measurement:
    """Write a measurement down, or correct the one of the same period and segment.

    What it corrects is kept. Saying the same twice changes nothing. Raises DomainError with the
    field when the period, the counts or the value make no sense, or periods overlap.
    """
    db.session.refresh(kpi, with_for_update=True)
    values = _checked(kpi, data)
    before = _before(kpi, data, str(values["segment"]))
    if before is not None and _says_the_same(before, values):
        return before
    if before is not None:
        _refuse_computed(before)
        before.superseded_at = utcnow()
        before.external_id = None  # it names the measurement in force
        db.session.flush()
    measurement = Measurement(
        kpi_id=kpi.id,
        recorded_by_id=by.id,
        supersedes_id=before.id if before else None,
        **values,
    )
    db.session.add(measurement)
    db.session.flush()
    kpi.touch()
    record(
        "measurement.recorded",
        kpi,
        by=by,
        measurement_id=measurement.id,
        supersedes_id=measurement.supersedes_id,
    )
    return measurement


@command
def withdraw_measurement(measurement: Measurement, by: User) -> None:
    """Take a measurement out of the series, for example one of the wrong period; its row stays."""
    kpi = measurement.kpi
    db.session.refresh(kpi, with_for_update=True)
    db.session.refresh(measurement)
    if measurement.superseded_at is None:
        _refuse_computed(measurement)
        measurement.superseded_at = utcnow()
        measurement.external_id = None
        kpi.touch()
        record("measurement.withdrawn", kpi, by=by, measurement_id=measurement.id)


def _refuse_computed(measurement: Measurement) -> None:
    if measurement.from_answers:
        raise DomainError(
            _("This value is computed from raw answers. Correct the answers instead."), "value"
        )


def canonical_segment(text: str) -> str:
    """Bring "Region = North; channel=app" into its one form, "channel=app;region=North"."""
    return dimensions.segment_of(dimensions.parts_of(text))


def _known_segment(kpi: Kpi, text: str) -> str:
    split = tuple((one.dimension, tuple(one.keys)) for one in kpi.dimensions)
    return dimensions.segment_of(dimensions.known_parts(dimensions.parts_of(text), split))


def _says_the_same(before: Measurement, values: dict[str, object]) -> bool:
    # Where it comes from and what was noted is not taken away by saying nothing about it.
    return all(
        getattr(before, name) == value or (name in ORIGIN and not value)
        for name, value in values.items()
    )


def _checked(kpi: Kpi, data: MeasurementData) -> dict[str, object]:
    _check_period(data)
    _check_counts(data)
    value, n = _value_and_n(kpi, data)
    if not within(value, kpi.scale_min, kpi.scale_max):
        raise DomainError(
            _(
                "The value must lie between %(low)s and %(high)s.",
                low="−∞" if kpi.scale_min is None else i18n.number(kpi.scale_min),
                high="∞" if kpi.scale_max is None else i18n.number(kpi.scale_max),
            ),
            "value",
        )
    values = {field.name: getattr(data, field.name) for field in fields(data)}
    return {
        **values,
        "value": value,
        "n": n,
        "segment": _known_segment(kpi, data.segment),
        "source": richtext.clean(data.source).strip()[:100],
        "external_id": richtext.clean(data.external_id or "").strip()[:200] or None,
        "note": richtext.one_line(data.note)[:500],
        "total": None if data.total is None else tidy(data.total),
        "total_of_squares": None if data.total_of_squares is None else tidy(data.total_of_squares),
    }


def _check_period(data: MeasurementData) -> None:
    if data.period_end < data.period_start:
        raise DomainError(_("The period ends before it begins."), "period_end")
    if data.period_start < EARLIEST:
        raise DomainError(_("This period lies too far back."), "period_start")
    if data.period_start > i18n.today():
        raise DomainError(_("This period has not begun yet."), "period_start")


def _check_counts(data: MeasurementData) -> None:
    for name in ("n", *COUNTS):
        count = getattr(data, name)
        if count is not None and not 0 <= count <= MOST_ANSWERS:
            raise DomainError(_("A number of answers cannot be negative."), name)
    if data.successes is not None and data.n is not None and data.successes > data.n:
        raise DomainError(_("There cannot be more successes than answers."), "successes")


def _value_and_n(kpi: Kpi, data: MeasurementData) -> tuple[Decimal, int | None]:
    """Take the value from the counts where they are given, and see that both say the same."""
    value, n = None if data.value is None else tidy(data.value), data.n
    computed: Decimal | None = None
    answers = (data.promoters, data.passives, data.detractors)
    if kpi.statistic == Statistic.NPS and any(count is not None for count in answers):
        if data.promoters is None or data.passives is None or data.detractors is None:
            raise DomainError(
                _("Give promoters, passives and detractors, all three."), _first_missing(data)
            )
        counted = data.promoters + data.passives + data.detractors
        if n is not None and n != counted:
            raise DomainError(_("The three groups do not add up to n."), "n")
        n = counted
        if n:
            computed = formulas.Nps(data.promoters, data.passives, data.detractors).value
    elif kpi.statistic == Statistic.SHARE and data.successes is not None:
        if n is None:
            raise DomainError(_("Say how many answers or cases there were."), "n")
        if n:
            share = formulas.Proportion(data.successes, n).value
            computed = share * intervals.share_scale(kpi) / 100
    elif kpi.statistic == Statistic.MEAN and data.total is not None and n:
        try:
            computed = formulas.Mean(n, data.total, data.total_of_squares).value
        except ValueError as error:
            raise DomainError(
                _("This sum of squares is too small for the sum."), "total_of_squares"
            ) from error
    if computed is None:
        if value is None:
            raise DomainError(_("Give the value, or the counts from which it follows."), "value")
        return value, n
    computed = tidy(computed)
    if value is not None and abs(value - computed) > _tolerance(value):
        raise DomainError(
            _("The counts give %(value)s, not this value.", value=i18n.number(computed)), "value"
        )
    return computed, n


def _first_missing(data: MeasurementData) -> str:
    return next(name for name in COUNTS if getattr(data, name) is None)


def _tolerance(value: Decimal) -> Decimal:
    """Half of the last place that was written: "41.7" stands for 41.65 to 41.75."""
    places = value.normalize().as_tuple().exponent
    return Decimal("0.5").scaleb(min(places, 0)) if isinstance(places, int) else Decimal(0)


def _before(kpi: Kpi, data: MeasurementData, segment: str) -> Measurement | None:
    """The measurement in force that this corrects; DomainError on overlap with another."""
    current = (
        select(Measurement)
        .where(Measurement.kpi_id == kpi.id, Measurement.superseded_at.is_(None))
        .with_for_update()
    )
    named = None
    if data.external_id:
        named = db.session.scalar(
            current.where(
                Measurement.source == data.source, Measurement.external_id == data.external_id
            )
        )
    overlapping = db.session.scalars(
        current.where(
            Measurement.segment == segment,
            Measurement.period_start <= data.period_end,
            Measurement.period_end >= data.period_start,
        )
    ).all()
    for other in overlapping:
        same = (other.period_start, other.period_end) == (data.period_start, data.period_end)
        if other is not named and (named is not None or not same):
            raise DomainError(
                _(
                    "This overlaps with the measurement of %(start)s to %(end)s.",
                    start=i18n.day(other.period_start),
                    end=i18n.day(other.period_end),
                ),
                "period_start",
            )
    return named or (overlapping[0] if overlapping else None)
