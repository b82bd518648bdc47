"""Where people want insights: their words one after the other give the pins that runs obey."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from cxwiki.database import db
from cxwiki.themes.models import ThemeEdit, ThemeMember, ThemePin

CHUNK = 500


@dataclass(frozen=True)
class Word:
    """Insights belong to a theme (True), do not (False), or the software may decide (None)."""

    theme_id: int
    insight_ids: tuple[int, ...]
    belongs: bool | None

    def as_list(self) -> list[Any]:
        """The word as an edit keeps it."""
        return [self.theme_id, self.belongs, list(self.insight_ids)]

    @classmethod
    def from_list(cls, kept: Sequence[Any]) -> Word:
        """Read a word that an edit kept."""
        return cls(kept[0], tuple(kept[2]), kept[1])


@dataclass(frozen=True)
class Pin:
    """What holds for an insight and a theme, and by which edit and person."""

    belongs: bool
    edit_id: int | None
    by_id: int | None


Pins = dict[int, dict[int, Pin]]
"""By insight and theme."""


def words_of(edit: ThemeEdit) -> list[Word]:
    """What an edit says about membership."""
    return [Word.from_list(kept) for kept in edit.after.get("words", ())]


def worded_by(edit: ThemeEdit) -> set[int]:
    """The insights about which an edit says something; never what only a team sees."""
    return {insight_id for word in words_of(edit) for insight_id in word.insight_ids}


def touched_by(edit: ThemeEdit) -> set[int]:
    """The insights whose place an edit decided, those included that a team keeps to itself."""
    return worded_by(edit) | {int(insight_id) for insight_id in edit.after.get("places", ())}


def follow(pins: Pins, words: Iterable[Word], edit: ThemeEdit) -> None:
    """Add words to what held before: an insight belongs to one theme at most."""
    for word in words:
        for insight_id in word.insight_ids:
            mine = pins.setdefault(insight_id, {})
            if word.belongs:
                for theme_id in [one for one, pin in mine.items() if pin.belongs]:
                    del mine[theme_id]
            if word.belongs is None:
                mine.pop(word.theme_id, None)
            else:
                mine[word.theme_id] = Pin(word.belongs, edit.id, edit.by_id)


def obey(words: Sequence[Word], edit: ThemeEdit) -> None:
    """Write the pins that follow from new words."""
    ids = {insight_id for word in words for insight_id in word.insight_ids}
    pins = pins_of(ids)
    follow(pins, words, edit)
    _store(ids, pins)


def say_again(ids: set[int], edits: Iterable[ThemeEdit]) -> Pins:
    """Write and return the pins of these insights anew, from all edits that were not undone."""
    pins: Pins = {insight_id: {} for insight_id in ids}
    for insight_id, mine in pins_of(ids).items():
        pins[insight_id] = {at: pin for at, pin in mine.items() if pin.edit_id is None}
    edits = list(edits)
    for edit in edits:
        for theme_id, insight_id, belongs, by_id in edit.before.get("pins", ()):
            if insight_id in ids:
                pins[insight_id].setdefault(theme_id, Pin(belongs, None, by_id))
    for edit in edits:
        if edit.undone_at is None:
            about_them = [
                Word(word.theme_id, tuple(i for i in word.insight_ids if i in ids), word.belongs)
                for word in words_of(edit)
            ]
            follow(pins, about_them, edit)
    _store(ids, pins)
    return pins


def without_edit(insight_ids: Iterable[int]) -> list[list[Any]]:
    """Pins from before edits were kept, as an edit that may replace them keeps them."""
    return [
        [theme_id, insight_id, pin.belongs, pin.by_id]
        for insight_id, mine in pins_of(insight_ids).items()
        for theme_id, pin in mine.items()
        if pin.edit_id is None
    ]


def now(insight_ids: Iterable[int]) -> dict[int, int | None]:
    """The theme of each insight, None for alone."""
    found: dict[int, int | None] = dict.fromkeys(insight_ids)
    for some in chunks(found):
        query = select(ThemeMember.insight_id, ThemeMember.theme_id)
        found.update(
            db.session.execute(query.where(ThemeMember.insight_id.in_(some))).tuples().all()
        )
    return found


def put(wanted: Mapping[int, int | None]) -> set[int]:
    """Put insights into themes, or nowhere; returns the themes that won or lost some."""
    touched: set[int] = set()
    for some in chunks(wanted):
        known = {
            member.insight_id: member
            for member in db.session.scalars(
                select(ThemeMember).where(ThemeMember.insight_id.in_(some))
            )
        }
        for insight_id in some:
            theme_id, member = wanted[insight_id], known.get(insight_id)
            if member is not None and member.theme_id != theme_id:
                touched.add(member.theme_id)
            if theme_id is None:
                if member is not None:
                    db.session.delete(member)
                continue
            touched.add(theme_id)
            if member is None:
                db.session.add(ThemeMember(insight_id=insight_id, theme_id=theme_id))
            elif member.theme_id != theme_id:
                member.theme_id, member.part_id, member.confidence = theme_id, None, 1.0
    db.session.flush()
    return touched


def pins_of(insight_ids: Iterable[int]) -> Pins:
    """What people decided about insights."""
    pins: Pins = {}
    for some in chunks(insight_ids):
        for pin in db.session.scalars(select(ThemePin).where(ThemePin.insight_id.in_(some))):
            kept = Pin(pin.belongs, pin.edit_id, pin.by_id)
            pins.setdefault(pin.insight_id, {})[pin.theme_id] = kept
    return pins


def _store(insight_ids: Iterable[int], wanted: Pins) -> None:
    """Write what differs."""
    for some in chunks(insight_ids):
        known = pins_of(some)
        for insight_id in some:
            before, after = known.get(insight_id, {}), wanted.get(insight_id, {})
            for theme_id in before.keys() - after.keys():
                db.session.execute(
                    delete(ThemePin).where(
                        ThemePin.theme_id == theme_id, ThemePin.insight_id == insight_id
                    )
                )
            for theme_id, pin in after.items():
                if before.get(theme_id) == pin:
                    continue
                row = db.session.get(ThemePin, (theme_id, insight_id))
                if row is None:
                    row = ThemePin(theme_id=theme_id, insight_id=insight_id)
                    db.session.add(row)
                row.belongs, row.edit_id, row.by_id = pin.belongs, pin.edit_id, pin.by_id
    db.session.flush()


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """As many at a time as a query may name."""
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), CHUNK):
        yield unique[start : start + CHUNK]
