"""Static files: served with a hash in their address, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for
from whitenoise import WhiteNoise

from cxwiki.config import Settings

YEAR = 365 * 24 * 3600


def init_app(app: Flask, settings: Settings) -> None:
    """Serve the static folder and give templates `static(path)`."""
    folder = Path(app.static_folder or "static")

    @lru_cache(maxsize=500)
    def fingerprint(path: str) -> str:
        return hashlib.sha256((folder / path).read_bytes()).hexdigest()[:10]

    def static(path: str) -> str:
        if not settings.production:
            fingerprint.cache_clear()
        return url_for("static", filename=path, v=fingerprint(path))

    app.jinja_env.globals["static"] = static
    if settings.production:
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app, root=str(folder), prefix="static", max_age=YEAR
        )
