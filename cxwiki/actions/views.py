"""Views: filters under a name. Four come with the software, people save their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.actions import listing
from cxwiki.actions.listing import UNFINISHED, Filters
from cxwiki.actions.models import SavedView
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.richtext import clean

PAGES = {"board": "actions.board", "list": "actions.index", "matrix": "priorities.matrix"}
LONGEST_NAME = 80
MOST = 50


@dataclass(frozen=True)
class Offered:
    """A view to choose: its name, where it leads, and the record behind it if somebody saved it."""

    name: str
    href: str
    saved: SavedView | None = None
    filters: Filters | None = None

    def is_of(self, person: Any) -> bool:
        """Whether the person saved it."""
        return self.saved is not None and self.saved.owner_id == person.id


def built_in(page: str) -> list[Offered]:
    """What everybody looks for: the reader's own, their teams', what is overdue, what stalled."""
    views = [
        (_("Mine"), Filters(status=UNFINISHED, mine=True)),
        (_("My teams’"), Filters(status=UNFINISHED, ours=True)),
        (_("Overdue"), Filters(overdue=True)),
        (_("Stalled"), Filters(stalled=True)),
    ]
    return [
        Offered(name, url_for(PAGES[page], **filters.as_args()), None, filters)
        for name, filters in views
    ]


def saved(person: Any) -> list[Offered]:
    """The person's own views, then those that others share with their teams, by name."""
    query = select(SavedView).where(
        or_(SavedView.owner_id == person.id, SavedView.team_id.in_(person.team_ids))
    )
    views = db.session.scalars(query).all()
    ordered = sorted(views, key=lambda one: (one.owner_id != person.id, one.name.casefold()))
    return [offered(view) for view in ordered if view.page in PAGES]


def bar(page: str, person: Any) -> dict[str, Any]:
    """What templates/actions/_views.html needs to know on a page: itself, and the views."""
    return {"shown_page": page, "views": [*built_in(page), *saved(person)]}


@command
def save(name: str, page: str, args: Any, team_id: int | None, by: User) -> SavedView:
    """Keep filters under a name; a name of one's own that is there already gets new filters.

    Raises DomainError for a name that is missing, a page that has no views, or a foreign team.
    """
    name = " ".join(clean(name).split())[:LONGEST_NAME]
    if not name:
        raise DomainError(_("Give it a name."), "name")
    if page not in PAGES:
        raise DomainError(_("There are no views of this page."), "page")
    if team_id is not None and team_id not in by.team_ids:
        raise DomainError(_("Share it with a team of yours."), "team")
    own = db.session.scalars(select(SavedView).where(SavedView.owner_id == by.id)).all()
    view = next((one for one in own if one.name == name), None)
    if view is None:
        if len(own) >= MOST:
            raise DomainError(
                _("You keep %(number)s views: remove one first.", number=MOST), "name"
            )
        view = SavedView(owner_id=by.id, name=name)
        db.session.add(view)
    view.page, view.team_id = page, team_id
    view.args = {key: str(value) for key, value in listing.read(args).as_args().items()}
    return view


@command
def remove(view: SavedView) -> None:
    """Forget a view."""
    db.session.delete(view)


def find(view_id: int, person: Any) -> SavedView | None:
    """A view that the person uses, or None: one that others keep to themselves is none."""
    view = db.session.get(SavedView, view_id)
    return view if view is not None and access.can("action_view.use", view, person) else None


def words(views: Sequence[Offered]) -> list[tuple[Offered, str]]:
    """Each view with what it shows, in words."""
    return [(view, listing.in_words(view.filters or Filters())) for view in views]


def offered(view: SavedView) -> Offered:
    """A saved view as something to choose."""
    filters = listing.read({key: str(value) for key, value in view.args.items()})
    return Offered(view.name, url_for(PAGES[view.page], **filters.as_args()), view, filters)
