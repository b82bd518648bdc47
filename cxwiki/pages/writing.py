"""Pages as wiki texts: what histories, drafts, conflicts and link rewriting know of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_login import current_user

from cxwiki import access, i18n
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.pages import labels, service, tree
from cxwiki.pages.models import Page, PageKind
from cxwiki.pages.service import PageDraft
from cxwiki.pages.tree import Place
from cxwiki.subjects import Visibility
from cxwiki.writing import texts
from cxwiki.writing.texts import Content, TextType


def content(page: Page) -> Content:
    """What the page says now."""
    draft = service.current_draft(page)
    fields = service.fields_of(draft, page.team_id, tree.place_of(page))
    return Content(draft.title, draft.body, fields)


def written(draft: PageDraft, team: Team, place: Place) -> Content:
    """What a person wrote, as the text that it would become; DomainError if it cannot be one."""
    checked = service.check(draft)
    return Content(checked.title, checked.body, service.fields_of(checked, team.id, place))


def save(page: Page, wanted: Content, by: User, based_on: int, comment: str) -> Page:
    """Write a new revision of the content; fields that it does not name stay as they are."""
    known: dict[str, Any] = {
        name: tuple(value) if name == "tags" else value
        for name, value in wanted.fields.items()
        if name in PageDraft.__dataclass_fields__
    }
    draft = replace(service.current_draft(page), title=wanted.title, body=wanted.body, **known)
    team = db.session.get(Team, wanted.fields.get("team", page.team_id))
    return service.revise(
        page,
        draft,
        by,
        based_on,
        comment=comment,
        team=team,
        place=_place(page, draft.kind, wanted, by),
    )


def _place(page: Page, kind: str, wanted: Content, by: User) -> Place:
    """The wanted place; if an old one is none any more, the page stays where it is."""
    place = Place(
        wanted.fields.get("parent", page.parent_id), wanted.fields.get("position", page.position)
    )
    try:
        tree.check_parent(page, kind, place.parent, by)
    except DomainError:
        return tree.place_of(page)
    return place


def show(name: str, value: Any) -> str:
    """Say a field's value in words; empty if nothing was said."""
    if value in (None, "", [], ()):
        return ""
    if name == "kind" and value in set(PageKind):
        return str(labels.KINDS[PageKind(value)])
    if name == "visibility" and value in set(Visibility):
        return str(labels.VISIBILITIES[Visibility(value)])
    if name == "language":
        return i18n.language_name(value)
    if name == "tags":
        return ", ".join(value)
    if name == "team":
        team = db.session.get(Team, value)
        return team.shown_name if team else ""
    if name == "parent":
        parent = db.session.get(Page, value)
        return parent.title if parent is not None and access.sees(current_user, parent) else ""
    return str(value)


def register() -> None:
    """Let pages be written, compared, merged and restored like any text."""
    texts.register(
        "page",
        TextType(
            Page,
            edit="page.edit",
            edit_endpoint="pages.edit",
            content=content,
            save=save,
            labels=labels.FIELDS,
            show=show,
            apart=frozenset({"visibility", "team", "parent", "position"}),
        ),
    )
