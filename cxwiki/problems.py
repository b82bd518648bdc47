"""Errors: a friendly page for people, problem+json (RFC 9457) for programs."""

from __future__ import annotations

import errno
import logging
from typing import Any

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError

from cxwiki.database import db, takes_nothing
from cxwiki.errors import DomainError

log = logging.getLogger(__name__)

# status: (what happened, what to do)
PAGES = {
    400: (_l("This request could not be read"), _l("Go back, reload the page and try again.")),
    401: (_l("Please sign in first"), _l("Sign in and try again.")),
    403: (_l("You may see this, but not do that"), _l("Ask a manager or an administrator.")),
    404: (
        _l("There is nothing here"),
        _l("It may have moved, or it belongs to a team that you are not in. Try the search."),
    ),
    405: (_l("That does not work here"), _l("Go back and use the buttons of the page.")),
    409: (
        _l("Somebody else was faster"),
        _l("Go back, look at what changed and save again."),
    ),
    412: (
        _l("Somebody else was faster"),
        _l("Read it again and send the ETag that it has now."),
    ),
    413: (_l("That is too large"), _l("Choose a smaller file, or shorten the text.")),
    415: (_l("This kind of content is not understood"), _l("Send JSON.")),
    422: (_l("Something is missing or wrong"), _l("Go back, correct it and try again.")),
    429: (_l("That was too often"), _l("Wait a minute and try again.")),
    500: (
        _l("Something went wrong here"),
        _l("Try again. If it happens again, tell an administrator when it happened."),
    ),
    503: (_l("This is not ready yet"), _l("Wait a moment and try again.")),
}


def problem(status: int, detail: str, **more: Any) -> Response:
    """Build an answer in the form of RFC 9457."""
    title = str(PAGES.get(status, PAGES[500])[0])
    response = jsonify(
        {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    )
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def wants_json() -> bool:
    """Whether a script asks, which can read a sentence but shows no page of its own."""
    return request.accept_mimetypes.best == "application/json"


def _answer(status: int, detail: str = "", headers: Any = None) -> Response:
    title, what_to_do = PAGES.get(status, PAGES[500])
    if status == 413 and request.mimetype == "multipart/form-data":
        largest = current_app.config["MAX_CONTENT_LENGTH"] // 1024**2
        detail = _(
            "A file may have at most %(number)s MB here. Nothing of it was read: make it "
            "smaller, or ask an administrator to allow more.",
            number=largest,
        )
    if request.path.startswith("/api/") or wants_json():
        response = problem(status, detail or str(what_to_do))
    else:
        page = render_template(
            "shared/error.html", code=status, title=title, text=detail, what_to_do=what_to_do
        )
        response = Response(page, status)
    for name, value in headers or []:
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def init_app(app: Flask) -> None:
    """Answer every error in the words of the site."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.response is not None:
            return error.response  # type: ignore[return-value]
        status = error.code or 500
        return _answer(status, headers=error.get_headers())

    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> Response:
        db.session.rollback()
        return _answer(error.status, error.message)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Response:
        return _answer(400, _("The page was open for too long, or it was not sent from this site."))

    @app.errorhandler(DBAPIError)
    def refused_by_the_database(error: DBAPIError) -> Response:
        if not takes_nothing(error):
            return unexpected(error)
        db.session.rollback()
        log.error("the database takes nothing on %s: %s", request.path, error.orig)
        return _answer(
            503,
            _(
                "Nothing was saved: the disk of the server is full, or it may not be written. "
                "What you typed is there again when you go back. Please tell an administrator."
            ),
        )

    @app.errorhandler(OSError)
    def refused_by_the_disk(error: OSError) -> Response:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            return unexpected(error)
        log.error("the disk takes nothing on %s: %s", request.path, error)
        return _answer(
            503, _("Nothing was saved: the disk of the server is full. Tell an administrator.")
        )

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        db.session.rollback()
        log.exception("unexpected error on %s", request.path)
        return _answer(InternalServerError.code)
