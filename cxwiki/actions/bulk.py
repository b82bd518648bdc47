"""One change for many actions: each is checked by itself, and who is refused hears why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.actions import changing
from cxwiki.actions.changing import Change
from cxwiki.actions.models import Action
from cxwiki.database import db
from cxwiki.errors import DomainError

MOST = 200


@dataclass(frozen=True)
class Refusal:
    """An action that stayed as it was, and why. What the person does not see is only a number."""

    subject_id: int
    action: Action | None
    message: str


@dataclass(frozen=True)
class Report:
    """What became of a change for many."""

    changed: Sequence[int]
    same: Sequence[int]
    refused: Sequence[Refusal]


def change_all(ids: Sequence[int], change: Change, by: User) -> Report:
    """Change each action in a transaction of its own, so that one refusal spoils nothing.

    Raises DomainError when nothing was chosen, nothing is to change, or too many are.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise DomainError(_("Choose at least one action."))
    if len(wanted) > MOST:
        raise DomainError(_("At most %(number)s actions at once, please.", number=MOST))
    if change.is_empty:
        raise DomainError(_("Say what is to change."))
    changed: list[int] = []
    same: list[int] = []
    reasons: dict[int, str] = {}
    for subject_id in wanted:
        try:
            (changed if _change_one(subject_id, change, by) else same).append(subject_id)
        except DomainError as error:
            reasons[subject_id] = error.message
    seen = _seen(list(reasons), by)
    refused = [Refusal(one, seen.get(one), message) for one, message in reasons.items()]
    return Report(changed, same, refused)


def _change_one(subject_id: int, change: Change, by: User) -> bool:
    action = db.session.get(Action, subject_id) if access.is_id(subject_id) else None
    if action is None or not access.sees(by, action):
        raise DomainError(_("There is no such action."))
    if not access.can("action.edit", action, by):
        raise DomainError(
            _("It is archived: restore it first.")
            if action.is_archived
            else _("You may not change it.")
        )
    return changing.apply(action, change, by)


def _seen(ids: Sequence[int], by: Any) -> dict[int, Action]:
    possible = [number for number in ids if access.is_id(number)]
    query = select(Action).where(Action.id.in_(possible), access.visible_to(by, Action))
    return {action.id: action for action in db.session.scalars(query)}
