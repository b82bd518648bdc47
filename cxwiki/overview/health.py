"""For whoever watches over the machine: is it alive, is it ready."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cxwiki import access, jobs
from cxwiki.database import db
from cxwiki.extensions import limiter
from cxwiki.search.engines import engines
from cxwiki.search.port import IndexUnavailable

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@limiter.exempt
@access.public
def alive() -> Response:
    """The process answers."""
    return jsonify(status="alive")


@bp.get("/readyz")
@limiter.exempt
@access.public
def ready() -> tuple[Response, int]:
    """Database, worker and word index; the encoder is told but not required."""
    checks = {"database": _database(), "worker": False, "index": _index()}
    if checks["database"]:
        checks["worker"] = jobs.workers_alive() > 0
    status = 200 if all(checks.values()) else 503
    return jsonify(ready=status == 200, **checks), status


def _database() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _index() -> bool:
    try:
        engines().keyword.doc_count()
    except IndexUnavailable:
        return False
    return True
