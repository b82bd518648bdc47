"""The site with insights to find, whose indexes are then damaged."""

from __future__ import annotations

from tests.search.conftest import engines, shelf

__all__ = ["engines", "shelf"]
