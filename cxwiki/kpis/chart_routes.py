"""The page of small multiples: the segments of a KPI beside each other."""

from __future__ import annotations

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cxwiki import access, web
from cxwiki.kpis import multiples
from cxwiki.kpis.models import Kpi

bp = Blueprint("kpi_charts", __name__, url_prefix="/kpis")


@bp.get("/<int:subject_id>/segments")
@access.requires("view")
def segments(subject_id: int) -> BaseResponse | tuple[str, int]:
    """Draw every segment of a dimension, all with the same axes."""
    kpi = access.load(Kpi, subject_id, "view")
    drawn = multiples.of(kpi, current_user, request.args.get("by", ""))
    return web.render("kpis/segments.html", kpi=kpi, drawn=drawn)
