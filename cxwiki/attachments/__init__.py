"""Files on subjects: checked by content, kept once, served safely."""

from __future__ import annotations

from flask import Flask

from cxwiki.attachments import models

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    """Register what the feature brings."""
