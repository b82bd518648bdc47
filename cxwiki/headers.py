"""Response headers that keep a browser from doing anything that the site did not ask for."""

from __future__ import annotations

from wsgiref.headers import Headers

from flask import Flask, Response

from cxwiki.config import Settings

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
ALWAYS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def on_file(headers: Headers, _path: str, _url: str) -> None:
    """Set them on a static file, which Flask never sees."""
    for name, value in ALWAYS.items():
        headers[name] = value


def init_app(app: Flask, settings: Settings) -> None:
    """Set the headers on every answer of Flask."""

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if not response.cache_control.max_age:
            response.headers.setdefault("Cache-Control", "no-store, private")
        if settings.url.startswith("https://"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
