"""What merged and likely duplicates show on pages, and whom a merge concerns."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, concern, web, wording
from cxwiki.events import Event
from cxwiki.insights import carrying, contributing, likely, merging
from cxwiki.insights.models import Insight


def _parts(insight: Insight) -> str:
    """What was merged into the insight."""
    merged = merging.merged_into(insight, current_user)
    return render_template("insights/_merged.html", insight=insight, merged=merged)


def _likely(insight: Insight) -> str:
    """What may say the same and waits for an answer."""
    pairs = likely.waiting_for(insight, current_user)
    return render_template("insights/_likely.html", insight=insight, pairs=pairs)


def _way_to_all(_list: object) -> str:
    """How many pairs wait, above the list of insights."""
    number = likely.count(current_user) if access.can("insight.edit") else 0
    return render_template("insights/_duplicates_link.html", number=number)


def _of_merged(event: Event) -> Iterable[int]:
    """Whoever contributed to the insight that went up in another one."""
    merged_id = event.data["merged_id"]
    return contributing.contributors([merged_id])[merged_id]


def connect() -> None:
    """Let things follow merges, have duplicates looked for, tell of merges, and fill the slots."""
    carrying.connect()
    likely.connect()
    concern.register("insight.merged", _of_merged)
    concern.register("insight.unmerged", _of_merged)
    wording.register("insight.merged", lambda _event: _("merged another insight into this one"))
    wording.register("insight.unmerged", lambda _event: _("took a merged insight out of this one"))
    web.fill_slot("insights.list", _way_to_all)
    web.fill_slot("insight.rail", _likely, order=70)
    web.fill_slot("insight.rail", _parts, order=75)
