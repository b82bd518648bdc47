"""Wiki links, backlinks, mentions and explained terms in texts."""

from __future__ import annotations

from flask import Flask

from cxwiki.linking import models

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    """Register what the feature brings."""
