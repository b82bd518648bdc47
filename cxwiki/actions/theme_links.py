"""An action that aims at a theme follows it when the theme goes up in another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from cxwiki.actions.models import Action
from cxwiki.database import db
from cxwiki.themes import following
from cxwiki.themes.following import Pointers


def _at(theme_id: int) -> Iterable[int]:
    return db.session.scalars(select(Action.id).where(Action.theme_id == theme_id))


def _turn(action_ids: Sequence[int], source: int, target: int) -> None:
    db.session.execute(
        update(Action)
        .where(Action.id.in_(action_ids), Action.theme_id == source)
        .values(theme_id=target)
    )


def _add(action_ids: Sequence[int], theme_id: int) -> None:
    """An action aims at one theme: there is nothing to add beside it."""


def connect() -> None:
    """Register with themes."""
    following.register(Pointers("actions", _at, _turn, _add))
