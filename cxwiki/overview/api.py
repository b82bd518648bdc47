"""The thread over HTTP."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from cxwiki import access, apibase
from cxwiki.overview import thread
from cxwiki.overview.schemas import Trace, shown

bp = apibase.blueprint("trace", "From a figure to the customers' words, and back")


@bp.get("/<type>/<int:subject_id>")
@access.requires("view")
@bp.output(Trace)
def trace(type: str, subject_id: int) -> Any:  # noqa: A002
    """Follow the links from a KPI, action, project, theme, insight or piece of evidence."""
    start = thread.start_of(type, subject_id)
    evidence_id = subject_id if type == "evidence" else None
    found = thread.of(start, current_user, evidence_id)
    return apibase.one(start, shown(found, evidence_id))
