"""What all parts of the HTTP API share: values, answers, errors, and the description of it all."""

from __future__ import annotations

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response

from cxwiki import access
from cxwiki.apibase import description
from cxwiki.apibase.answers import Answer, address, check_unchanged, created, listed, one
from cxwiki.apibase.blueprints import blueprint, refused
from cxwiki.apibase.naming import named
from cxwiki.apibase.postings import once

__all__ = [
    "Answer",
    "address",
    "blueprint",
    "check_unchanged",
    "created",
    "init_app",
    "listed",
    "named",
    "once",
    "one",
]


def init_app(app: APIFlask) -> None:
    """Describe the API at /api/openapi.json and answer its errors as problem+json."""
    app.config.update(description.CONFIGURATION)
    app.spec_callback = description.complete
    app.error_callback = _invalid
    access.public(app.view_functions["openapi.spec"])


def _invalid(error: HTTPError) -> Response:
    """Say which values of a request are wrong, by the name of the field."""
    errors = {
        field: messages for fields in error.detail.values() for field, messages in fields.items()
    }
    return refused(error.status_code, errors=errors)
