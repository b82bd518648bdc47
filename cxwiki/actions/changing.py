"""Changing a few facts of an action where it is shown, without its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cxwiki.accounts.models import User
from cxwiki.actions import progress, service
from cxwiki.actions.drafts import current_draft
from cxwiki.actions.models import Action
from cxwiki.database import command, db


@dataclass(frozen=True)
class Change:
    """What is to become of an action: a status, and fields of its draft; the rest stays."""

    status: str | None = None
    reason: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing at all."""
        return self.status is None and not self.fields


@command
def apply(action: Action, change: Change, by: User, based_on: int | None = None) -> bool:
    """Carry out a change as a whole or not at all; says whether it made a difference.

    Raises DomainError as the services do, Conflict if the action changed after `based_on`.
    """
    db.session.refresh(action, with_for_update=True)
    before = action.version
    draft = replace(current_draft(action, by), **change.fields)
    service.edit(action, draft, by, before if based_on is None else based_on, team=action.team)
    if change.status is not None:
        progress.set_status(action, change.status, by, change.reason)
    return action.version != before
