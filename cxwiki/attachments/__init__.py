"""Files on subjects: checked by content, kept once, served safely."""

from __future__ import annotations

from flask import Flask

from cxwiki.attachments import api, kinds, listeners, policy, showing
from cxwiki.attachments.routes import bp
from cxwiki.attachments.storage import Store

__all__ = ["init_app", "policy"]


def init_app(app: Flask) -> None:
    """Open the store, register the routes, and let every page show its files."""
    app.extensions["files"] = Store(app.extensions["settings"])
    app.register_blueprint(bp)
    app.register_blueprint(api.bp)
    listeners.connect()
    app.jinja_env.globals.update(
        files=showing.files,
        file_link=showing.file_link,
        file_address=showing.address,
        file_size=lambda entry: showing.size_in_words(entry.blob.size),
        file_kind=lambda entry: kinds.kind_of(entry.blob.media_type),
    )
