"""Projects and proofs of concept, decided by their sponsor."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register pages, and what other pages show of projects."""
