"""Who may write guides and terms, put them away, take them along and bring in whole wikis."""

from __future__ import annotations

from cxwiki.access import CURATORS, WRITERS, Person, rule
from cxwiki.pages.models import Page


@rule("page.create")
def may_create(person: Person, _page: Page | None) -> bool:
    """Members, managers and administrators write pages."""
    return person.role in WRITERS


@rule("page.edit")
def may_edit(person: Person, page: Page | None) -> bool:
    """It is a wiki: who may write, may improve what they see."""
    return person.role in WRITERS and (page is None or not page.is_archived)


@rule("page.archive")
def may_archive(person: Person, page: Page | None) -> bool:
    """Its author, the lead of its team, managers and administrators."""
    if page is None:
        return person.role in WRITERS
    return (
        person.role in CURATORS
        or person.leads(page.team_id)
        or (person.role in WRITERS and page.author_id == person.id)
    )


@rule("page.narrow")
def may_narrow(person: Person, page: Page | None) -> bool:
    """Hiding from the company what it could read so far is like putting it away."""
    return may_archive(person, page)


@rule("page.import")
def may_import(person: Person, _page: Page | None) -> bool:
    """Managers and administrators bring in whole wikis."""
    return person.role in CURATORS
