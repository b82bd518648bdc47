"""Pages of KPIs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from cxwiki import access, paging, web
from cxwiki.database import db
from cxwiki.errors import Conflict, DomainError
from cxwiki.kpis import (
    importing,
    listing,
    marks,
    measuring,
    missing,
    reading,
    series,
    service,
    tables,
)
from cxwiki.kpis.forms import FilterForm, KpiForm, MeasurementForm, UploadForm
from cxwiki.kpis.models import Kpi, KpiKind, Measurement
from cxwiki.kpis.page import Sheet

bp = Blueprint("kpis", __name__, url_prefix="/kpis")
PER_PAGE = 30
Page = BaseResponse | tuple[str, int]


@bp.get("/")
@access.requires("view")
def index() -> Page:
    """List the KPIs that the filters in the address choose."""
    filters = listing.read(request.args)
    page = paging.paginate(listing.query(filters), Kpi, paging.page_number(), PER_PAGE)
    return web.render(
        "kpis/index.html",
        page=page,
        filters=filters,
        sentence=listing.in_words(filters),
        form=FilterForm(MultiDict(request.args)),
        readings=reading.read_all(page.items),
        missing=missing.missing_of(page.items),
        actions=marks.action_counts(page.items, current_user),
    )


@bp.get("/new")
@access.requires("kpi.create")
def new() -> Page:
    """Ask what is measured, then show a form with what that usually looks like."""
    kind = request.args.get("kind", "")
    if kind not in set(KpiKind):
        return web.render("kpis/kinds.html")
    return web.render("kpis/new.html", form=KpiForm.for_kind(KpiKind(kind)))


@bp.post("/")
@access.requires("kpi.create")
def create() -> Page:
    """Define a KPI."""
    form = KpiForm()
    if not form.validate():
        return web.render("kpis/new.html", 422, form=form)
    try:
        kpi = service.create_kpi(form.draft(), form.chosen_team(), current_user)
    except DomainError as error:
        web.show_on(form, error)
        return web.render("kpis/new.html", error.status, form=form)
    return web.saved(_("The KPI is defined. Now add its first measurement."), web.address(kpi))


@bp.get("/<int:subject_id>")
@bp.get("/<int:subject_id>-<slug>")
@access.requires("view")
def show(subject_id: int, slug: str = "") -> Page:
    """Show one KPI: value, trend, chart, measurements."""
    kpi = access.load(Kpi, subject_id, "view")
    sheet = Sheet.of(kpi, current_user, request.args.get("segment", ""))
    return web.render(
        "kpis/show.html",
        kpi=kpi,
        sheet=sheet,
        missing=missing.missing_of([kpi]).get(kpi.id),
        complete="all" in request.args,
    )


@bp.get("/<int:subject_id>/edit")
@access.requires("kpi.edit")
def edit(subject_id: int) -> Page:
    """Show the form with what the KPI says now."""
    kpi = access.load(Kpi, subject_id, "kpi.edit")
    return web.render("kpis/edit.html", kpi=kpi, form=KpiForm(kpi=kpi))


@bp.post("/<int:subject_id>")
@access.requires("kpi.edit")
def update(subject_id: int) -> Page:
    """Save what the KPI says."""
    kpi = access.load(Kpi, subject_id, "kpi.edit")
    form = KpiForm(kpi=kpi)
    if not form.validate():
        return web.render("kpis/edit.html", 422, kpi=kpi, form=form)
    try:
        service.edit_kpi(
            kpi,
            form.draft(),
            current_user,
            team=form.chosen_team(),
            based_on=form.based_on.data,
        )
    except Conflict as conflict:
        return _conflict(kpi, form, conflict)
    except DomainError as error:
        web.show_on(form, error)
        return web.render("kpis/edit.html", error.status, kpi=kpi, form=form)
    return web.saved(_("Saved."), web.address(kpi))


def _conflict(kpi: Kpi, form: KpiForm, conflict: Conflict) -> Page:
    form.based_on.data = service.state_key(kpi)
    saved = service.current_draft(kpi)
    return web.render("kpis/edit.html", 409, kpi=kpi, form=form, conflict=conflict, saved=saved)


@bp.route("/<int:subject_id>/archival", methods=["POST", "DELETE"])
@access.requires("kpi.archive")
def archival(subject_id: int) -> BaseResponse:
    """Put a KPI away, or bring it back."""
    kpi = access.load(Kpi, subject_id, "kpi.archive")
    if request.method == "POST":
        service.archive_kpi(kpi, by=current_user)
        flash(_("Archived. You can restore it here."), "info")
    else:
        service.restore_kpi(kpi, by=current_user)
        flash(_("Restored."), "good")
    return web.go(web.address(kpi))


@bp.get("/<int:subject_id>/measurements/new")
@access.requires("measurement.create")
def new_measurement(subject_id: int) -> Page:
    """Ask for the measurement of the next month, or for a correction of `?corrects=`."""
    kpi = access.load(Kpi, subject_id, "measurement.create")
    wish = request.args.get("corrects", type=int)
    corrected = _measurement(kpi, wish) if wish is not None else None
    form = MeasurementForm.for_kpi(kpi, corrected)
    return web.render("kpis/measurement.html", kpi=kpi, form=form, corrected=corrected)


@bp.post("/<int:subject_id>/measurements")
@access.requires("measurement.create")
def add_measurement(subject_id: int) -> Page:
    """Record a measurement; one of a known period corrects it."""
    kpi, form = access.load(Kpi, subject_id, "measurement.create"), MeasurementForm()
    if not form.validate():
        return web.render("kpis/measurement.html", 422, kpi=kpi, form=form)
    try:
        measuring.record_measurement(kpi, form.measured(), by=current_user)
    except DomainError as error:
        web.show_on(form, error)
        return web.render("kpis/measurement.html", error.status, kpi=kpi, form=form)
    return web.saved(_("The measurement is recorded."), web.address(kpi))


@bp.delete("/<int:subject_id>/measurements/<int:measurement_id>")
@access.requires("measurement.create")
def withdraw_measurement(subject_id: int, measurement_id: int) -> BaseResponse:
    """Take a measurement out of the series."""
    kpi = access.load(Kpi, subject_id, "measurement.create")
    measuring.withdraw_measurement(_measurement(kpi, measurement_id), by=current_user)
    flash(_("The measurement was taken out of the series."), "good")
    return web.go(web.address(kpi, _anchor="measurements"))


@bp.get("/<int:subject_id>/measurements.csv")
@access.requires("view")
def download(subject_id: int) -> BaseResponse:
    """Give the measurements in force as a table for spreadsheets."""
    kpi = access.load(Kpi, subject_id, "view")
    response = Response(tables.to_csv(series.everything_of(kpi)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{kpi.slug or 'kpi'}.csv")
    return response


@bp.get("/<int:subject_id>/measurements.xlsx")
@access.requires("view")
def download_workbook(subject_id: int) -> BaseResponse:
    """Give the measurements in force as a workbook."""
    kpi = access.load(Kpi, subject_id, "view")
    response = Response(tables.to_xlsx(series.everything_of(kpi)), mimetype=tables.XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"{kpi.slug or 'kpi'}.xlsx")
    return response


@bp.get("/<int:subject_id>/imports/new")
@access.requires("measurement.create")
def new_import(subject_id: int) -> Page:
    """Ask for a table of measurements."""
    kpi = access.load(Kpi, subject_id, "measurement.create")
    return web.render("kpis/upload.html", kpi=kpi, form=UploadForm())


@bp.post("/<int:subject_id>/imports")
@access.requires("measurement.create")
def upload(subject_id: int) -> Page:
    """Record the good rows of a table and name the others."""
    kpi, form = access.load(Kpi, subject_id, "measurement.create"), UploadForm()
    context: dict[str, Any] = {"kpi": kpi, "form": form}
    if not form.validate():
        return web.render("kpis/upload.html", 422, **context)
    try:
        report = importing.import_measurements(
            kpi, form.file.data.read(), current_user, dry_run=bool(form.dry_run.data)
        )
    except DomainError as error:
        web.show_on(form, error)
        return web.render("kpis/upload.html", error.status, **context)
    if report.errors or report.dry_run:
        status = 200 if report.accepted else 422
        return web.render("kpis/upload.html", status, report=report, **context)
    return web.saved(_("%(number)s rows are recorded.", number=report.accepted), web.address(kpi))


def _measurement(kpi: Kpi, measurement_id: int) -> Measurement:
    measurement = db.session.get(Measurement, measurement_id)
    if measurement is None or measurement.kpi_id != kpi.id or measurement.superseded_at:
        abort(404)
    return measurement
