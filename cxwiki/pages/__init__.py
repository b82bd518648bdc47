"""Guides and terms: wiki text that is no insight."""

from __future__ import annotations

from flask import Flask

from cxwiki.pages import models

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    """Register what the feature brings."""
