"""Static files: served with a hash in their address, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for
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
    def address(path: str, _changed: float, _root: str) -> str:
        return url_for("static", filename=path, v=_hash((folder / path).read_bytes()))

    @lru_cache(maxsize=1)
    def sheet(_changed: float) -> tuple[str, str]:
        text = bundle(folder / "css")
        return text, _hash(text.encode())

    def static(path: str) -> str:
        # A page has fifty of them, most for its icons: the same for everybody below one root.
        return address(path, changed(folder / path), request.script_root)

    def stylesheet() -> str:
        _text, version = sheet(changed(*(folder / "css").rglob("*.css")))
        return url_for("stylesheet", v=version)

    def changed(*files: Path) -> float:
        """When the files were changed last; in production they never are."""
        return 0.0 if settings.production else max(file.stat().st_mtime for file in files)

    @public
    def serve_stylesheet() -> Response:
        text, _version = sheet(changed(*(folder / "css").rglob("*.css")))
        response = Response(text, mimetype="text/css")
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
