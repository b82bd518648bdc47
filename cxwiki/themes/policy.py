"""Who curates themes."""

from __future__ import annotations

from cxwiki.access import CURATORS, Person, rule
from cxwiki.themes.models import Theme


@rule("theme.curate")
def may_curate(person: Person, _theme: Theme | None) -> bool:
    """Managers and administrators name themes and decide what belongs to them."""
    return person.role in CURATORS
