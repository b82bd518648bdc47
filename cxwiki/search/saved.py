"""Searches that people keep: for themselves, or for a team of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.richtext import clean
from cxwiki.search.models import Alert, SavedSearch

MOST_SAVED = 100
LONGEST_NAME, LONGEST_QUERY = 120, 2000


@command
def keep(query: str, name: str, alert: str, team_id: int | None, by: User) -> SavedSearch:
    """Keep a search. Raises DomainError for a name that is missing or taken, or a foreign team."""
    query = clean(query).strip()
    if not query:
        raise DomainError(_("An empty search cannot be kept."), "name")
    if len(query) > LONGEST_QUERY:
        raise DomainError(_("This search is too long to be kept."), "name")
    if len(of(by)) >= MOST_SAVED:
        raise DomainError(
            _("You keep %(number)s searches: remove one first.", number=MOST_SAVED), "name"
        )
    saved = SavedSearch(user_id=by.id, query=query, team_id=_own_team(team_id, by, None))
    saved.name, saved.alert = _free_name(name, by.id, None), _known(alert)
    db.session.add(saved)
    return saved


@command
def change(saved: SavedSearch, name: str, alert: str, team_id: int | None, by: User) -> None:
    """Rename it, share it otherwise, or hear otherwise of what is new."""
    if alert != saved.alert and saved.alert == Alert.NEVER:
        saved.seen_at = utcnow()  # what was there before is no news
    saved.name = _free_name(name, saved.user_id, saved.id)
    saved.alert = _known(alert)
    saved.team_id = _own_team(team_id, by, saved.team_id)


@command
def remove(saved: SavedSearch) -> None:
    """Forget a search, and what it found."""
    db.session.delete(saved)


def of(person: Any) -> Sequence[SavedSearch]:
    """A person's own searches by name."""
    query = select(SavedSearch).where(SavedSearch.user_id == person.id)
    return db.session.scalars(query.order_by(SavedSearch.name, SavedSearch.id)).all()


def of_teams(person: Any) -> Sequence[SavedSearch]:
    """What others keep for the person's teams, by name."""
    query = select(SavedSearch).where(
        SavedSearch.team_id.in_(person.team_ids), SavedSearch.user_id != person.id
    )
    return db.session.scalars(query.order_by(SavedSearch.name, SavedSearch.id)).all()


def find(saved_id: int, person: Any) -> SavedSearch | None:
    """A search that the person may use, or None: one that others keep to themselves is none."""
    saved = db.session.get(SavedSearch, saved_id)
    return saved if saved is not None and access.can("saved_search.use", saved, person) else None


def by_id(ids: Iterable[int]) -> Mapping[int, SavedSearch]:
    """Searches for whoever speaks of them; those that are gone are left out."""
    query = select(SavedSearch).where(SavedSearch.id.in_(set(ids)))
    query = query.options(lazyload("*"))
    return {saved.id: saved for saved in db.session.scalars(query)}


def news(saved: SavedSearch | None, count: int) -> str:
    """What is said to the owner after the site's name when something new was found."""
    if saved is None:
        return _("found something new for a search that you saved")
    if count > 1:
        return _("found %(number)s new results for “%(name)s”", number=count, name=saved.name)
    return _("found something new for “%(name)s”", name=saved.name)


def _known(alert: str) -> str:
    if alert not in set(Alert):
        raise DomainError(_("Choose when you want to be told."), "alert")
    return alert


def _free_name(name: str, owner_id: int, own_id: int | None) -> str:
    name = " ".join(clean(name).split())[:LONGEST_NAME]
    if not name:
        raise DomainError(_("Give it a name."), "name")
    query = select(SavedSearch.id).where(SavedSearch.user_id == owner_id, SavedSearch.name == name)
    if db.session.scalar(query) not in (None, own_id):
        raise DomainError(_("There is a search of this name already."), "name")
    return name


def _own_team(team_id: int | None, person: User, present: int | None) -> int | None:
    if team_id is not None and team_id != present and team_id not in person.team_ids:
        raise DomainError(_("Share it with a team of yours."), "team")
    return team_id
