"""One blueprint a feature: only for programs with a token, only JSON, errors by field."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from apiflask import APIBlueprint
from flask import Response, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.problems import PAGES, problem

PREFIX = "/api/v1"


class CarefulJson:
    """JSON as the standard has it: no NaN, and no nesting that would exhaust the parser."""

    @staticmethod
    def loads(text: str | bytes) -> Any:
        """Read a text. Raises ValueError when it is no JSON."""
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def blueprint(name: str, about: str, fields: dict[str, str] | None = None) -> APIBlueprint:
    """Make the blueprint of a feature at /api/v1/`name`.

    `about` describes it to readers of the specification; `fields` says what the API calls the
    fields that services name in their errors, where the names differ.
    """
    bp = APIBlueprint(
        f"api_{name}",
        __name__,
        url_prefix=f"{PREFIX}/{name}",
        tag={"name": name, "description": about},
    )

    def answer(error: DomainError) -> Response:
        db.session.rollback()
        field = (fields or {}).get(error.field or "", error.field)
        errors = {field: [error.message]} if field else {}
        return refused(error.status, error.message, errors=errors)

    bp.register_error_handler(DomainError, answer)
    bp.before_request(_let_in)
    bp.after_request(_finish)
    return bp


def refused(status: int, detail: str = "", **more: Any) -> Response:
    """Answer with a problem; `errors` has messages by field where the fault lies in some."""
    return problem(status, detail or str(PAGES[status][1]), **more)


def _let_in() -> Response | None:
    """Stop who has no valid token, and what is no JSON object."""
    if not current_user.is_authenticated:
        abort(401)
    if request.method not in ("POST", "PATCH"):
        return None
    request.json_module = CarefulJson
    if not request.is_json:
        abort(415)
    if not isinstance(request.get_json(), dict):
        return refused(422, _("Send one JSON object."))
    return None


def _finish(response: Response) -> Response:
    """Say how to prove who one is, and spare a client what it has already."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if "ETag" in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
        if request.method in ("GET", "HEAD"):
            response.make_conditional(request)
    return response
