"""Who may keep searches, change kept ones, and read what people look for."""

from __future__ import annotations

from cxwiki.access import CURATORS, Person, rule
from cxwiki.search.models import SavedSearch


@rule("saved_search.create")
def may_keep(_person: Person, _saved: SavedSearch | None) -> bool:
    """Everybody keeps searches of their own."""
    return True


@rule("saved_search.use")
def may_use(person: Person, saved: SavedSearch | None) -> bool:
    """Its owner, the team that it is shared with, and administrators."""
    return saved is None or saved.team_id in person.team_ids or may_change(person, saved)


@rule("saved_search.edit")
def may_change(person: Person, saved: SavedSearch | None) -> bool:
    """Its owner and administrators; what a team shares, it uses as it is."""
    return saved is None or saved.user_id == person.id or person.is_administrator


@rule("search_log.read")
def may_read_log(person: Person, _thing: object) -> bool:
    """Managers and administrators: they see to it that what is missing gets written."""
    return person.role in CURATORS
