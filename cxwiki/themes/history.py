"""The history of a theme: what people did to it, why, and what can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.themes import edits, merging, places
from cxwiki.themes.models import Edited, Theme, ThemeEdit
from cxwiki.themes.wording import EDITS

SHOWN = 10
NAMED = 3


@dataclass(frozen=True)
class Entry:
    """An edit in words; `named` are those of its insights that the reader may see."""

    edit: ThemeEdit
    who: User | None
    text: str
    other: Theme | None
    named: Sequence[Insight]
    undone_by: User | None


@dataclass(frozen=True)
class History:
    """The latest entries, and how many there are in all."""

    entries: Sequence[Entry]
    total: int


def of(theme: Theme, person: Any, *, everything: bool = False) -> History:
    """What was done to a theme and to those that went up in it, the latest first."""
    found = sorted(edits.concerning(merging.family(theme)), key=lambda edit: -edit.id)
    shown = found if everything else found[:SHOWN]
    people = _load(User, {edit.by_id for edit in shown} | {edit.undone_by_id for edit in shown})
    themes = _load(Theme, {i for edit in shown for i in (edit.theme_id, edit.other_id)})
    few = {edit.id: sorted(places.touched_by(edit))[: 2 * NAMED] for edit in shown}
    insights = _seen({i for ids in few.values() for i in ids}, person)
    return History(
        [
            Entry(
                edit=edit,
                who=people.get(edit.by_id),
                text=in_words(edit, theme),
                other=_beside(edit, theme, themes),
                named=[insights[i] for i in few[edit.id] if i in insights][:NAMED],
                undone_by=people.get(edit.undone_by_id),
            )
            for edit in shown
        ],
        len(found),
    )


def in_words(edit: ThemeEdit, theme: Theme) -> str:
    """What was done, after the name of who did it, as seen from the theme's page."""
    number = len(places.worded_by(edit))
    if edit.kind == Edited.RENAMED and (given := edit.after["fields"].get("name")):
        return _("named it “%(name)s”", name=given[0])
    if edit.kind == Edited.RENAMED:
        return _("gave its name back to the software")
    if edit.kind == Edited.DESCRIBED and not edit.after["fields"].get("summary"):
        return _("gave its description back to the software")
    if edit.kind == Edited.MERGED:
        return ngettext(
            "merged a theme with %(num)s insight into it",
            "merged a theme with %(num)s insights into it",
            number,
        )
    if edit.kind in (Edited.SPLIT, Edited.MOVED):
        return _moved(edit, theme, number)
    if edit.kind == Edited.PINNED_IN and number > 1:
        return _("put %(number)s insights in", number=number)
    if edit.kind == Edited.PINNED_OUT and number > 1:
        return _("took %(number)s insights out", number=number)
    return str(EDITS.get(Edited(edit.kind), edit.kind))


def _moved(edit: ThemeEdit, theme: Theme, number: int) -> str:
    if edit.kind == Edited.SPLIT and edit.other_id == theme.id:
        return ngettext(
            "made it of %(num)s insight of another theme",
            "made it of %(num)s insights of another theme",
            number,
        )
    if edit.kind == Edited.SPLIT:
        return ngettext(
            "made a theme of its own of %(num)s insight",
            "made a theme of their own of %(num)s insights",
            number,
        )
    if edit.other_id == theme.id:
        return ngettext(
            "moved %(num)s insight here from another theme",
            "moved %(num)s insights here from another theme",
            number,
        )
    return ngettext(
        "moved %(num)s insight to another theme", "moved %(num)s insights to another theme", number
    )


def _beside(edit: ThemeEdit, theme: Theme, themes: dict[int | None, Any]) -> Theme | None:
    """The other theme that an entry names."""
    other = edit.other_id if edit.theme_id == theme.id else edit.theme_id
    return themes.get(other)


def _load(model: Any, ids: set[int | None]) -> dict[int | None, Any]:
    wanted = [one for one in ids if one is not None]
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(wanted)))}


def _seen(ids: set[int], person: Any) -> dict[int, Insight]:
    query = select(Insight).where(Insight.id.in_(ids), access.visible_to(person, Insight))
    return {insight.id: insight for insight in db.session.scalars(query)}
