"""Owners and review dates, so that nothing decays unnoticed."""

from __future__ import annotations

from flask import Flask

from cxwiki.reviewing import models

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    """Register what the feature brings."""
