"""CX Wiki: customer insights across silos, into action, to proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

    from cxwiki.config import Settings


def create_app(settings: Settings | None = None) -> APIFlask:
    """Build the site (`cxwiki/site.py`). Raises SettingError when a setting cannot work.

    Imported late: the supervisor and the encoder live in this package too and need no app.
    """
    from cxwiki import site

    return site.create_app(settings)
