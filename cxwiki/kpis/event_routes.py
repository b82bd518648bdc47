"""Pages of dated events, of one KPI and of all KPIs."""

from __future__ import annotations

from flask import Blueprint, abort, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cxwiki import access, web
from cxwiki.errors import DomainError
from cxwiki.kpis import dated_events
from cxwiki.kpis.event_forms import DatedEventForm
from cxwiki.kpis.models import Kpi

bp = Blueprint("dated_events", __name__, url_prefix="/kpis")
Page = BaseResponse | tuple[str, int]


@bp.get("/events")
@access.requires("view")
def index() -> Page:
    """List what happened that concerns all KPIs."""
    return _for_all(200, DatedEventForm())


@bp.post("/events")
@access.requires("dated_event.create_for_all")
def create_for_all() -> Page:
    """Write down what concerns all KPIs."""
    return _add(None, DatedEventForm())


@bp.delete("/events/<int:event_id>")
@access.requires("dated_event.create_for_all")
def withdraw_for_all(event_id: int) -> BaseResponse:
    """Take an event off all charts."""
    return _withdraw(None, event_id)


@bp.get("/<int:subject_id>/events/new")
@access.requires("measurement.create")
def new(subject_id: int) -> Page:
    """Ask what happened."""
    kpi = access.load(Kpi, subject_id, "measurement.create")
    return web.render("kpis/event.html", kpi=kpi, form=DatedEventForm())


@bp.post("/<int:subject_id>/events")
@access.requires("measurement.create")
def create(subject_id: int) -> Page:
    """Write down what concerns one KPI."""
    return _add(access.load(Kpi, subject_id, "measurement.create"), DatedEventForm())


@bp.delete("/<int:subject_id>/events/<int:event_id>")
@access.requires("measurement.create")
def withdraw(subject_id: int, event_id: int) -> BaseResponse:
    """Take an event off the KPI's chart."""
    return _withdraw(access.load(Kpi, subject_id, "measurement.create"), event_id)


def _add(kpi: Kpi | None, form: DatedEventForm) -> Page:
    if not form.validate():
        return _again(kpi, 422, form)
    try:
        dated_events.add(kpi, form.happening(), current_user)
    except DomainError as error:
        web.show_on(form, error)
        return _again(kpi, error.status, form)
    return web.saved(_("It stands on the chart now."), _home(kpi))


def _again(kpi: Kpi | None, status: int, form: DatedEventForm) -> Page:
    if kpi is None:
        return _for_all(status, form)
    return web.render("kpis/event.html", status, kpi=kpi, form=form)


def _for_all(status: int, form: DatedEventForm) -> Page:
    happened = dated_events.of_kpis([])[::-1]
    return web.render("kpis/events.html", status, happened=happened, form=form)


def _withdraw(kpi: Kpi | None, event_id: int) -> BaseResponse:
    happened = dated_events.find(kpi, event_id)
    if happened is None:
        abort(404)
    dated_events.withdraw(happened, by=current_user)
    flash(_("It is off the chart now."), "good")
    return web.go(_home(kpi))


def _home(kpi: Kpi | None) -> str:
    return web.address(kpi, _anchor="events") if kpi else url_for("dated_events.index")
