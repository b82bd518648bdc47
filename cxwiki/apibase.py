"""What all parts of the HTTP API share."""

from __future__ import annotations

from apiflask import APIFlask


def init_app(app: APIFlask) -> None:
    """Describe the API as a whole."""
    app.config["OPENAPI_VERSION"] = "3.1.0"
