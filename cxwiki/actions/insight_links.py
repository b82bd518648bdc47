"""An action that comes from an insight follows it when the insight is merged into another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import ngettext
from sqlalchemy import ColumnElement, update

from cxwiki import access
from cxwiki.actions.models import Action, ActionInsight
from cxwiki.database import db
from cxwiki.insights import following
from cxwiki.insights.carrying import hanging
from cxwiki.insights.following import Kept
from cxwiki.subjects import Subject


def _seen(person: Any) -> ColumnElement[bool]:
    return ActionInsight.action_id.in_(access.visible(Action, person).with_only_columns(Action.id))


_LINKS = hanging(
    "actions",
    ActionInsight.insight_id,
    ActionInsight.action_id,
    lambda number: ngettext("%(num)s action", "%(num)s actions", number),
    _seen,
    aside=True,
)


def _turn(action_ids: Sequence[int], source: int, target: int) -> Iterable[int]:
    _outdate(action_ids)
    return _LINKS.turn(action_ids, source, target)


def _put_aside(action_ids: Sequence[int], source: int) -> Kept:
    _outdate(action_ids)
    return _LINKS.put_aside(action_ids, source) if _LINKS.put_aside else []


def _outdate(action_ids: Sequence[int]) -> None:
    """A form that was open meanwhile names the other insight: its change is refused as outdated."""
    db.session.execute(
        update(Subject)
        .where(Subject.id.in_(action_ids))
        .values(version=Subject.version + 1)
        .execution_options(synchronize_session=False)
    )


def connect() -> None:
    """Register with insights."""
    following.register(replace(_LINKS, turn=_turn, put_aside=_put_aside))
