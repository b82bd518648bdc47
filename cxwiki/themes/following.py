"""What points at a theme follows it when it goes up in another, and comes back when that is undone.

Higher features register what of theirs points at themes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cxwiki.database import db
from cxwiki.events import Event, on
from cxwiki.themes.models import Edited, ThemeEdit


@dataclass(frozen=True)
class Pointers:
    """A kind of thing that points at themes.

    `at` gives the ids of those that point at a theme; `turn` lets them point from one theme to
    another, and `add` lets them point at a theme beside what they point at already.
    """

    name: str
    at: Callable[[int], Iterable[int]]
    turn: Callable[[Sequence[int], int, int], None]
    add: Callable[[Sequence[int], int], None]


_kinds: dict[str, Pointers] = {}


def register(pointers: Pointers) -> None:
    """Let things of a higher feature follow themes."""
    _kinds[pointers.name] = pointers


@on("theme.merged")
def follow(event: Event) -> None:
    """Turn everything from the theme that went up (`other_id`) to the one that took it up.

    Runs that merge themes by themselves record the event, too, without an edit.
    """
    source, target = event.data["other_id"], event.subject_id
    if target is None:
        return
    followed: dict[str, dict[str, list[int]]] = {}
    for name, pointers in _kinds.items():
        pointing, doubled = set(pointers.at(source)), set(pointers.at(target))
        pointers.turn(sorted(pointing), source, target)
        followed[name] = {str(one): [source, int(one in doubled)] for one in sorted(pointing)}
    edit = db.session.get(ThemeEdit, event.data["edit_id"]) if event.data.get("edit_id") else None
    if edit is not None:
        edit.after = {**edit.after, "followed": followed}


def come_back(edit: ThemeEdit) -> None:
    """After a merge was undone: turn back what still points where the merge had turned it.

    What a later merge took further comes back when that one is undone.
    """
    for name, followed in edit.after.get("followed", {}).items():
        pointers = _kinds[name]
        here = set(pointers.at(edit.theme_id))
        for key, (source, doubled) in followed.items():
            if int(key) not in here:
                _remember_for_later(edit, name, key, source)
            elif doubled:
                pointers.add([int(key)], source)
            else:
                pointers.turn([int(key)], edit.theme_id, source)


def _remember_for_later(edit: ThemeEdit, name: str, key: str, source: int) -> None:
    later = select(ThemeEdit).where(
        ThemeEdit.kind == Edited.MERGED,
        ThemeEdit.other_id == edit.theme_id,
        ThemeEdit.id > edit.id,
        ThemeEdit.undone_at.is_(None),
    )
    for merge in db.session.scalars(later.order_by(ThemeEdit.id)):
        followed = merge.after.get("followed", {}).get(name, {})
        if key in followed:
            changed = {**followed, key: [source, followed[key][1]]}
            merge.after = {
                **merge.after,
                "followed": {**merge.after["followed"], name: changed},
            }
            return
