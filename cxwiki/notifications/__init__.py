"""Notices in the app about what concerns a person."""

from __future__ import annotations

from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Register the page, the bell and who hears what."""
