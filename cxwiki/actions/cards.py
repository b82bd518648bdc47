"""What cards say. A board has up to a thousand, so each sentence is made once a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from cxwiki import i18n
from cxwiki.actions import labels
from cxwiki.actions.models import Action, Priority
from cxwiki.actions.progress import FINISHED
from cxwiki.subjects import dom_id

_PRESSING = (Priority.HIGH, Priority.URGENT)


class Words:
    """The words and links of the cards on one page, which lead back `here`."""

    def __init__(self, here: str = "") -> None:
        self.nobody = _("Nobody yet")
        self.tool = _("Move or change")
        self._today = i18n.today()
        self._link = url_for("action_board.ask_change", subject_id=0, next=here)
        self._known: dict[object, str] = {}

    def page(self, action: Action) -> str:
        """The address of the action's page, the same as `web.address`, asked for once."""
        known = self._once("page", lambda: url_for("actions.show", subject_id=0))
        slug = action.slug
        return f"{known.removesuffix('0')}{action.id}{f'-{quote(slug)}' if slug else ''}"

    def link(self, action: Action) -> str:
        """The address of the card's small form, from which one comes back to the card."""
        anchor = quote(f"#{dom_id(action)}")
        return self._link.replace("/0/", f"/{action.id}/", 1) + anchor

    def is_late(self, action: Action) -> bool:
        """The same as `progress.is_overdue`, with one look at the calendar for all."""
        late = action.due_on is not None and action.due_on < self._today
        return late and action.status not in FINISHED

    def due(self, action: Action) -> str:
        """By when, or since when it is late."""
        day = action.due_on
        if day is None:
            return ""
        if self.is_late(action):
            return self._once(("late", day), lambda: _("overdue since %(day)s", day=i18n.day(day)))
        return self._once(("due", day), lambda: _("due %(day)s", day=i18n.day(day)))

    def pressing(self, action: Action) -> str:
        """Its priority, if that is above normal and there is still something to do."""
        if action.priority not in _PRESSING or action.completed_at is not None:
            return ""
        priority = Priority(action.priority)
        return self._once(priority, lambda: str(labels.PRIORITIES[priority]))

    def owner(self, action: Action, draw: Callable[..., str]) -> str:
        """The mark and name of who has it, drawn once for each person."""
        return self._once(("owner", action.owner_id), lambda: draw(action.owner, with_name=True))

    def kpis(self, titles: Sequence[str]) -> str:
        """For which KPI it is done, and for how many more."""
        first, more = titles[0], len(titles) - 1
        named = f"{first} +{more}" if more else first
        return self._once(("kpis", named), lambda: _("for %(kpis)s", kpis=named))

    def insights(self, number: int) -> str:
        """How many insights it comes from."""
        return self._once(
            ("insights", number),
            lambda: ngettext("%(num)s insight", "%(num)s insights", number),
        )

    def _once(self, key: object, say: Callable[[], str]) -> str:
        if key not in self._known:
            self._known[key] = say()
        return self._known[key]
