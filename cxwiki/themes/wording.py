"""What happens to themes, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cxwiki import wording
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.themes.models import Edited

EDITS = {
    Edited.RENAMED: _l("gave it a new name"),
    Edited.DESCRIBED: _l("described it"),
    Edited.MERGED: _l("merged another theme into it"),
    Edited.SPLIT: _l("split it"),
    Edited.MOVED: _l("moved insights elsewhere"),
    Edited.PINNED_IN: _l("put an insight in"),
    Edited.PINNED_OUT: _l("took an insight out"),
    Edited.UNPINNED: _l("let the software decide about an insight again"),
    Edited.LOCKED: _l("locked it"),
    Edited.UNLOCKED: _l("unlocked it"),
    Edited.RETIRED: _l("retired it"),
    Edited.REVIVED: _l("brought it back"),
}


def register_all() -> None:
    """Give words to all events of themes."""
    for kind in EDITS:
        wording.register(f"theme.{kind}", _always(str(kind)))
    wording.register("theme.edit_undone", lambda _event: _("took a change back"))
    wording.register("theme.surged", _surged)
    wording.register("insight.bridged", _bridged)


def _always(kind: str) -> wording.Sentence:
    return lambda _event: str(EDITS[Edited(kind)])


def _surged(event: Event) -> str:
    return _(
        "found that it grows fast: %(week)s this week, usually %(usual)s",
        week=event.data.get("week", 0),
        usual=event.data.get("usual", 0),
    )


def _bridged(event: Event) -> str:
    team = db.session.get(Team, event.data.get("team_id", 0))
    return _("found that team %(team)s works on the same", team=team.shown_name if team else "?")
