"""KPIs and their measurements over HTTP."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.accounts.naming import team_to_post_for
from cxwiki.kpis import listing, measuring, series, service
from cxwiki.kpis.models import Kpi
from cxwiki.kpis.schemas import (
    KpiIn,
    KpiList,
    KpiOut,
    KpiQuery,
    MeasurementIn,
    MeasurementList,
    MeasurementOut,
    MeasurementQuery,
    shown,
    shown_measurement,
)

bp = apibase.blueprint(
    "kpis", "The company's own figures and what was measured", fields={"owner": "owner_email"}
)


@bp.get("")
@access.requires("view")
@bp.input(KpiQuery, location="query", arg_name="query")
@bp.output(KpiList)
def index(query: KpiQuery) -> dict[str, Any]:
    """List KPIs."""
    found = listing.query(query.filters())
    page = paging.paginate(found, Kpi, query.page, query.per_page)
    return apibase.listed(page, shown(page.items))


@bp.post("")
@access.requires("kpi.create")
@bp.input(KpiIn, arg_name="body")
@bp.output(KpiOut, 201)
def create(body: KpiIn) -> apibase.Answer:
    """Define a KPI."""
    source = body.source or ("api" if body.external_id else None)
    kpi, new = apibase.once(Kpi, source, body.external_id, lambda: _define(body, source))
    return apibase.created(kpi, shown([kpi])[0], "kpis", new=new)


@bp.get("/<int:subject_id>")
@access.requires("view")
@bp.output(KpiOut)
def show(subject_id: int) -> apibase.Answer:
    """Read a KPI."""
    kpi = access.load(Kpi, subject_id, "view")
    return apibase.one(kpi, shown([kpi])[0])


@bp.get("/<int:subject_id>/measurements")
@access.requires("view")
@bp.input(MeasurementQuery, location="query", arg_name="query")
@bp.output(MeasurementList)
def measurements(subject_id: int, query: MeasurementQuery) -> dict[str, Any]:
    """List the measurements of a KPI."""
    kpi = access.load(Kpi, subject_id, "view")
    found = series.everything_of(kpi)
    if query.segment is not None:
        segment = measuring.canonical_segment(query.segment)
        found = [one for one in found if one.segment == segment]
    start = (query.page - 1) * query.per_page
    items = [shown_measurement(one) for one in found[start : start + query.per_page]]
    return apibase.listed(paging.Page(items, len(found), query.page, query.per_page), items)


@bp.post("/<int:subject_id>/measurements")
@access.requires("measurement.create")
@bp.input(MeasurementIn, arg_name="body")
@bp.output(MeasurementOut, 201)
def measure(subject_id: int, body: MeasurementIn) -> tuple[MeasurementOut, int]:
    """Record a measurement, or correct the one of the same period and segment."""
    kpi = access.load(Kpi, subject_id, "measurement.create")
    known = {measurement.id for measurement in series.everything_of(kpi)}
    measurement = measuring.record_measurement(kpi, body.data(), by=current_user)
    return shown_measurement(measurement), 200 if measurement.id in known else 201


def _define(body: KpiIn, source: str | None) -> Kpi:
    return service.create_kpi(
        body.draft(),
        team_to_post_for(body.team, current_user),
        current_user,
        source=source,
        external_id=body.external_id,
    )
