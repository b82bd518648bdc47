"""Undo: an edit is taken back, whatever came after it.

What holds is always what the edits that were not undone say, one after the other. So undoing in
any order leads to the same, and what a later edit decided anew is left to that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import Conflict
from cxwiki.events import record
from cxwiki.themes import counting, edits, following, merging, places
from cxwiki.themes.models import Edited, Theme, ThemeEdit, ThemeMember


@command
def undo(edit: ThemeEdit, by: User) -> list[str]:
    """Take the edit back; returns in sentences what could not be as it was."""
    edits.one_at_a_time()
    db.session.refresh(edit, with_for_update=True)
    if edit.undone_at is not None:
        raise Conflict(_("This was undone already."))
    edit.undone_at, edit.undone_by_id = utcnow(), by.id
    db.session.flush()
    themes = [
        theme
        for theme_id in (edit.theme_id, edit.other_id)
        if (theme := db.session.get(Theme, theme_id) if theme_id else None)
    ]
    if edit.kind == Edited.MERGED or places.touched_by(edit):
        for theme in themes:
            _revive(theme)
    left = _fields(edit, themes[0]) + _places(edit)
    for theme in reversed(themes):
        _settle(theme)
        theme.shaped = edits.is_shaped(theme)
        theme.touch()
    if edit.kind == Edited.MERGED:
        following.come_back(edit)
    record("theme.edit_undone", themes[0], by=by, edit_id=edit.id, other_id=edit.other_id)
    return left


# --- what a theme is like -------------------------------------------------------------------------


def _fields(edit: ThemeEdit, theme: Theme) -> list[str]:
    left = []
    mine = [one for one in edits.concerning([theme.id]) if one.theme_id == theme.id]
    for name in edit.after.get("fields", {}):
        others = [one for one in mine if name in one.after.get("fields", {}) and one is not edit]
        living = [one for one in others if one.undone_at is None]
        if any(one.id > edit.id for one in living):
            left.append(_("It was changed again since: that stays."))
            continue
        value = living[-1].after["fields"][name] if living else _first(mine, name)
        if name == "name" and value and edits.name_is_taken(value[0], theme.id):
            left.append(_("Another theme is called “%(name)s” by now.", name=value[0]))
            value = None
        edits.set_field(theme, name, value)
    return left


def _first(mine: Sequence[ThemeEdit], name: str) -> Any:
    """What was there before anybody edited it."""
    return next(one.before["fields"][name] for one in mine if name in one.before.get("fields", {}))


# --- where insights are ---------------------------------------------------------------------------


def _places(edit: ThemeEdit) -> list[str]:
    ids = places.touched_by(edit)
    if not ids:
        return []
    known = [one for one in edits.about_members() if places.touched_by(one) & ids]
    pins = places.say_again(ids, known)
    later = [one for one in known if one.id > edit.id and one.undone_at is None]
    decided = ids & {int(key) for one in later for key in one.after.get("places", {})}
    wanted: dict[int, int | None] = {}
    for insight_id in ids - decided:
        held = next((at for at, pin in pins[insight_id].items() if pin.belongs), None)
        if held is None and str(insight_id) not in edit.after.get("places", {}):
            continue
        at = held if held is not None else _place_before(insight_id, edit, known)
        living = merging.heir(at)
        out = {theme_id for theme_id, pin in pins[insight_id].items() if not pin.belongs}
        wanted[insight_id] = living.id if living and living.id not in out else None
    touched = places.put(wanted)
    counting.recount(touched)
    edits.forget_left(touched, wanted)
    told = decided & places.worded_by(edit)  # not how many there are that only a team sees
    if not told:
        return []
    return [
        ngettext(
            "%(num)s insight was put elsewhere since: it stays there.",
            "%(num)s insights were put elsewhere since: they stay there.",
            len(told),
        )
    ]


def _place_before(insight_id: int, edit: ThemeEdit, known: Sequence[ThemeEdit]) -> int | None:
    """Where the insight was before the edit, without the edits undone after it that led there."""
    key = str(insight_id)
    at: int | None = edit.before["places"].get(key)
    for earlier in reversed([one for one in known if one.id < edit.id]):
        if key not in earlier.after.get("places", {}):
            continue
        undone_later = earlier.undone_at is not None and earlier.undone_at >= edit.at
        if not undone_later or earlier.after["places"][key] != at:
            return at
        edit, at = earlier, earlier.before["places"].get(key)
    return at


# --- whether a theme lives ------------------------------------------------------------------------


def _revive(theme: Theme) -> None:
    """Let the theme live, unless a merge that was not undone holds it."""
    if theme.is_archived and _living_merge(theme) is None:
        theme.archived_at = theme.merged_into_id = None
        db.session.flush()


def _settle(theme: Theme) -> None:
    """A theme made by a split that was undone ends when nothing is in it; its address leads on."""
    made_by = [
        one
        for one in edits.concerning([theme.id])
        if one.kind == Edited.SPLIT and one.other_id == theme.id
    ]
    if theme.is_archived or not made_by or made_by[0].undone_at is None or _holds(theme):
        return
    origin = merging.heir(made_by[0].theme_id)
    if origin is not None and origin.id != theme.id:
        theme.archived_at, theme.merged_into_id = utcnow(), made_by[0].theme_id
        db.session.flush()


def _living_merge(theme: Theme) -> ThemeEdit | None:
    return next(
        (
            one
            for one in edits.concerning([theme.id])
            if one.kind == Edited.MERGED and one.other_id == theme.id and one.undone_at is None
        ),
        None,
    )


def _holds(theme: Theme) -> bool:
    query = db.select(ThemeMember.insight_id).where(ThemeMember.theme_id == theme.id)
    return db.session.scalar(query.limit(1)) is not None
