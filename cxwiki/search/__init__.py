"""What can be found: keyword index, vectors by meaning, and their ranking. Knows no feature."""

from __future__ import annotations

from flask import Flask

from cxwiki.search import api, engines
from cxwiki.search.routes import bp


def init_app(app: Flask) -> None:
    """Register the result page and make the engines."""
    app.register_blueprint(bp)
    app.register_blueprint(api.bp)
    engines.init_app(app, app.extensions["settings"])
