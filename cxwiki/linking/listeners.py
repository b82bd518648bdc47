"""What follows from links: mentions are told, links follow new titles, pages show who links."""

from __future__ import annotations

from cxwiki import web
from cxwiki.events import after
from cxwiki.linking import keeping, mentions, rewriting, routes
from cxwiki.search import indexing

RAILS = ("insight", "page", "action", "project", "theme")


def connect() -> None:
    """Listen, and fill the slots."""
    mentions.connect()
    after(keeping.RENAMED)(rewriting.follow_renaming)
    indexing.keep_findable(rewriting.RELINKED)
    for name in RAILS:
        web.fill_slot(f"{name}.rail", routes.show_backlinks, order=85)
    web.fill_slot("pages.rail", routes.show_ways, order=85)
