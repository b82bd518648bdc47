"""Pages of a KPI's targets by team and segment, and of the KPIs that move with it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.kpis import conflicts, relations, targets
from cxwiki.kpis.models import Kpi, Target
from cxwiki.kpis.target_forms import RelationForm, TargetForm

bp = Blueprint("kpi_targets", __name__, url_prefix="/kpis")
Page = Response | tuple[str, int]


@bp.get("/<int:subject_id>/targets")
@access.requires("view")
def index(subject_id: int) -> Page:
    """List what is aimed at, and ask for another target."""
    kpi = access.load(Kpi, subject_id, "view")
    return _targets_page(kpi, TargetForm(kpi=kpi) if access.can("kpi.edit", kpi) else None)


@bp.post("/<int:subject_id>/targets")
@access.requires("kpi.edit")
def set_target(subject_id: int) -> Page:
    """Set a target; one for the same team and segment replaces the earlier one."""
    kpi = access.load(Kpi, subject_id, "kpi.edit")
    form = TargetForm(kpi=kpi)
    if not form.validate() or form.value.data is None:
        return _targets_page(kpi, form, 422)
    try:
        targets.set_target(
            kpi,
            form.value.data,
            current_user,
            due_on=form.due_on.data,
            team=form.chosen_team(),
            segment=form.segment.data or "",
        )
    except DomainError as error:
        web.show_on(form, error)
        return _targets_page(kpi, form, error.status)
    return web.saved(_("The target is set."), url_for("kpi_targets.index", subject_id=kpi.id))


@bp.delete("/<int:subject_id>/targets/<int:target_id>")
@access.requires("kpi.edit")
def withdraw(subject_id: int, target_id: int) -> Response:
    """Aim at it no longer."""
    kpi, target = access.load(Kpi, subject_id, "kpi.edit"), db.session.get(Target, target_id)
    if target is None or target.kpi_id != kpi.id:
        abort(404)
    targets.withdraw_target(target, by=current_user)
    flash(_("The target was taken back."), "good")
    return web.go(url_for("kpi_targets.index", subject_id=kpi.id))


@bp.get("/<int:subject_id>/relations")
@access.requires("view")
def show_relations(subject_id: int) -> Page:
    """List the KPIs that move with this one, and ask for another."""
    kpi = access.load(Kpi, subject_id, "view")
    return _relations_page(kpi, RelationForm(kpi=kpi) if access.can("kpi.edit", kpi) else None)


@bp.post("/<int:subject_id>/relations")
@access.requires("kpi.edit")
def relate(subject_id: int) -> Page:
    """Say how two KPIs move together."""
    kpi = access.load(Kpi, subject_id, "kpi.edit")
    form = RelationForm(kpi=kpi)
    if not form.validate():
        return _relations_page(kpi, form, 422)
    try:
        relations.relate(kpi, form.chosen_kpi(), form.pulls.data, by=current_user)
    except DomainError as error:
        web.show_on(form, error)
        return _relations_page(kpi, form, error.status)
    return web.saved(
        _("The two KPIs are linked."), url_for("kpi_targets.show_relations", subject_id=kpi.id)
    )


@bp.delete("/<int:subject_id>/relations/<int:other_id>")
@access.requires("kpi.edit")
def unrelate(subject_id: int, other_id: int) -> Response:
    """Take the link between two KPIs away."""
    kpi, other = access.load(Kpi, subject_id, "kpi.edit"), access.load(Kpi, other_id, "view")
    relations.unrelate(kpi, other, by=current_user)
    flash(_("The two KPIs are no longer linked."), "good")
    return web.go(url_for("kpi_targets.show_relations", subject_id=kpi.id))


def rail(kpi: Kpi) -> str:
    """What a KPI's page says of its targets, related KPIs and conflicts."""
    return render_template(
        "kpis/_targets_rail.html",
        kpi=kpi,
        targets=targets.targets_in_force([kpi.id]),
        related=relations.related(kpi, current_user),
        conflicts=conflicts.of_kpi(kpi, current_user),
        words=targets,
        pulls=relations.PULLS,
    )


def _targets_page(kpi: Kpi, form: TargetForm | None, status: int = 200) -> Page:
    return web.render(
        "kpis/targets.html",
        status,
        kpi=kpi,
        form=form,
        targets=targets.targets_in_force([kpi.id]),
        conflicts=conflicts.of_kpi(kpi, current_user),
        words=targets,
    )


def _relations_page(kpi: Kpi, form: RelationForm | None, status: int = 200) -> Page:
    return web.render(
        "kpis/relations.html",
        status,
        kpi=kpi,
        form=form,
        related=relations.related(kpi, current_user),
        pulls=relations.PULLS,
    )
