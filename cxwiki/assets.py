"""Static files: served with a hash in their address, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, url_for
from whitenoise import WhiteNoise

from cxwiki import headers
from cxwiki.access import public
from cxwiki.config import Settings

YEAR = 365 * 24 * 3600
_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')


def init_app(app: Flask, settings: Settings) -> None:
    """Serve the static folder and give templates `static(path)` and `stylesheet()`."""
    folder = Path(app.static_folder or "static")

    @lru_cache(maxsize=500)
    def fingerprint(path: str) -> str:
        return _hash((folder / path).read_bytes())

    @lru_cache(maxsize=1)
    def sheet() -> str:
        return bundle(folder / "css")

    def static(path: str) -> str:
        if not settings.production:
            fingerprint.cache_clear()
        return url_for("static", filename=path, v=fingerprint(path))

    def stylesheet() -> str:
        if not settings.production:
            sheet.cache_clear()
        return url_for("stylesheet", v=_hash(sheet().encode()))

    @public
    def serve_stylesheet() -> Response:
        response = Response(sheet(), mimetype="text/css")
        response.cache_control.public, response.cache_control.max_age = True, YEAR
        return response

    app.add_url_rule("/stylesheet.css", "stylesheet", serve_stylesheet)
    app.jinja_env.globals.update(static=static, stylesheet=stylesheet)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix="static",
        max_age=YEAR if settings.production else 0,
        autorefresh=not settings.production,
        add_headers_function=headers.on_file,
    )


def bundle(folder: Path) -> str:
    """Return app.css with its imports put in place, so that a page loads one sheet."""

    def put_in_place(line: re.Match[str]) -> str:
        return f"@layer {line[2]} {{\n{(folder / line[1]).read_text()}}}"

    return _IMPORT.sub(put_in_place, (folder / "app.css").read_text())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
