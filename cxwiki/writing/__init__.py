"""Writing wiki texts together: revisions, drafts, who else writes, merging, templates."""

from __future__ import annotations

from flask import Flask

from cxwiki.writing import models

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    """Register what the feature brings."""
