"""People's word is law: whatever they did to themes holds after every run, whatever else happens.

Random edits, undone ones among them, are mixed with insights posted, changed and archived and with
full runs. What must hold is said by a small model of its own, not by the code under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from apiflask import APIFlask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from cxwiki.database import db, transaction, utcnow
from cxwiki.errors import DomainError
from cxwiki.insights.models import Insight
from cxwiki.search import registry
from cxwiki.search.models import Embedding
from cxwiki.subjects import Subject
from cxwiki.themes import curation, merging, splitting, undoing
from cxwiki.themes.models import (
    Theme,
    ThemeEdit,
    ThemeMember,
    ThemePart,
    ThemePin,
    ThemeProposal,
    ThemeRun,
)
from tests.conftest import ON_POSTGRES, Cast
from tests.themes.conftest import STRANGER, Wall

T = TypeVar("T")
EDITS = ("rename", "describe", "merge", "split", "move", "in", "out", "lock", "retire", "undo")
HAPPENINGS = ("post", "place", "change", "archive")


def pick(draw: st.DrawFn, things: Sequence[T]) -> T:
    """One of the things; how many there are says nothing about what is drawn afterwards."""
    return things[draw(st.integers(0, 10_000)) % len(things)]


def pick_some(draw: st.DrawFn, things: Sequence[T]) -> list[T]:
    ticks = draw(st.integers(0, 2**30 - 1))
    return [thing for n, thing in enumerate(things) if ticks >> n % 30 & 1]


@dataclass(frozen=True)
class Said:
    """What a person said: that insights are in or out, or what a theme is like."""

    edit_id: int
    inside: dict[int, int] = field(default_factory=dict)
    outside: frozenset[tuple[int, int]] = frozenset()
    field: str = ""
    theme_id: int = 0
    value: object = None
    gone: int | None = None


class Model:
    """What holds: everything said that was not taken back, one after the other."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def inside(self) -> dict[int, int]:
        return self._membership()[0]

    def outside(self) -> set[tuple[int, int]]:
        return self._membership()[1]

    def _membership(self) -> tuple[dict[int, int], set[tuple[int, int]]]:
        inside: dict[int, int] = {}
        outside: set[tuple[int, int]] = set()
        for one in self.said:
            inside.update(one.inside)
            outside -= {(theme, insight) for insight, theme in one.inside.items()}
            outside |= one.outside
            for theme, insight in one.outside:
                if inside.get(insight) == theme:
                    del inside[insight]
        return inside, outside

    def fields(self) -> dict[tuple[int, str], object]:
        return {(one.theme_id, one.field): one.value for one in self.said if one.field}

    def gone(self) -> dict[int, int]:
        return {one.gone: one.theme_id for one in self.said if one.gone is not None}


@dataclass
class Site:
    """A wall where people edit."""

    wall: Wall
    model: Model = field(default_factory=Model)
    names: int = 0

    def themes(self) -> list[int]:
        living = select(Theme.id).where(Theme.archived_at.is_(None), Theme.size > 0)
        return list(db.session.scalars(living.order_by(Theme.id)))

    def insights(self) -> list[int]:
        living = select(Insight.id).where(Insight.archived_at.is_(None)).order_by(Insight.id)
        return list(db.session.scalars(living))

    def places(self) -> dict[int, int]:
        rows = db.session.execute(select(ThemeMember.insight_id, ThemeMember.theme_id))
        living = set(self.insights())
        return {insight: theme for insight, theme in rows.tuples() if insight in living}

    # --- what happens -----------------------------------------------------------------------------

    def happen(self, draw: st.DrawFn) -> None:
        """Something that changes what a run sees."""
        db.session.rollback()
        self._happen(draw)
        db.session.rollback()

    def _happen(self, draw: st.DrawFn) -> None:
        what, topic = draw(st.sampled_from(HAPPENINGS)), draw(st.sampled_from([0, 1, 2, STRANGER]))
        if what in ("post", "place"):
            number = self.wall.post(topic)
            if what == "place":
                registry.embedded([number])
            return
        chosen = pick(draw, self.insights())
        if what == "archive" and len(self.insights()) > 15:
            self.wall.archive([chosen])
        elif what == "change":
            with transaction():
                db.session.execute(delete(Embedding).where(Embedding.subject_id == chosen))
            self.wall._write_vector(chosen, topic)

    def edit(self, draw: st.DrawFn) -> None:
        """One edit by chance; what makes no sense is refused and changes nothing."""
        what, themes = draw(st.sampled_from(EDITS)), self.themes()
        theme_id, other_id = pick(draw, themes), pick(draw, themes)
        theme, other = db.session.get_one(Theme, theme_id), db.session.get_one(Theme, other_id)
        members = sorted(i for i, at in self.places().items() if at == theme_id)
        some = pick_some(draw, members)
        chosen = [db.session.get_one(Insight, i) for i in some]
        insight = db.session.get_one(Insight, pick(draw, self.insights()))
        which = draw(st.integers(0, 10_000))
        mia, flag, number = self.wall.cast.person("mia"), draw(st.booleans()), insight.id
        outside = self.model.outside()
        try:
            if what == "rename":
                self.names += 1
                curation.rename(theme, f"Name {self.names}", mia)
                self.say(field="title", theme_id=theme_id, value=f"Name {self.names}")
            elif what == "describe":
                self.names += 1
                curation.describe(theme, f"About {self.names}", mia)
                self.say(field="summary", theme_id=theme_id, value=f"About {self.names}")
            elif what == "merge":
                pinned = {i for i, at in self.model.inside().items() if at == theme_id}
                merging.merge(theme, other, mia, "the same")
                moved = {i for i in {*members, *pinned} if (other_id, i) not in outside}
                there = {i for i, at in self.places().items() if at == other_id} | moved
                out = {(other_id, i) for t, i in outside if t == theme_id and i not in there}
                alone = {(theme_id, i) for i in pinned if (other_id, i) in outside}
                self.say(
                    inside=dict.fromkeys(moved, other_id),
                    outside=frozenset(out | alone),
                    theme_id=other_id,
                    gone=theme_id,
                )
            elif what == "split":
                made = splitting.split(theme, chosen, mia)
                self.say(inside=dict.fromkeys(some, made.id))
            elif what == "move":
                splitting.move(theme, other, chosen, mia, "")
                self.say(inside=dict.fromkeys(some, other_id))
            elif what == "in":
                curation.pin(theme, insight, mia, belongs=True)
                self.say(inside={number: theme_id})
            elif what == "out":
                curation.pin(theme, insight, mia, belongs=False)
                self.say(outside=frozenset({(theme_id, number)}))
            elif what in ("lock", "retire"):
                name = {"lock": "locked", "retire": "retired"}[what]
                if getattr(theme, name) != flag:
                    getattr(curation, what)(theme, mia, **{name: flag}, reason="so")
                    self.say(field=name, theme_id=theme_id, value=flag)
            elif self.model.said:
                taken_back = self.model.said[which % len(self.model.said)]
                undoing.undo(db.session.get_one(ThemeEdit, taken_back.edit_id), mia)
                self.model.said.remove(taken_back)
        except DomainError:
            db.session.rollback()

    def say(self, **what: object) -> None:
        newest = db.session.scalars(select(ThemeEdit.id).order_by(ThemeEdit.id.desc())).first()
        assert newest is not None
        self.model.said.append(Said(newest, **what))  # type: ignore[arg-type]

    def run_and_check(self) -> None:
        before = self.places()
        shaped = set(db.session.scalars(select(Theme.id).where(Theme.shaped)))
        closed = set(db.session.scalars(select(Theme.id).where(Theme.locked | Theme.retired)))
        self.wall.run()
        db.session.rollback()  # what was read so far is an older state
        after = self.places()
        living = set(self.insights())
        inside, outside = self.model.inside(), self.model.outside()
        for insight_id, theme_id in inside.items():
            if insight_id in living:
                assert after.get(insight_id) == self.heir(theme_id), "put elsewhere"
        for theme_id, insight_id in outside:
            assert after.get(insight_id) != theme_id, "put back"
        for insight_id, theme_id in before.items():
            if theme_id in shaped:
                assert after.get(insight_id) == theme_id, "left a theme that people shaped"
        for theme_id in closed:
            now = {i for i, at in after.items() if at == theme_id}
            assert now == {i for i, at in before.items() if at == theme_id}, "came in or left"
        for (theme_id, name), value in self.model.fields().items():
            assert getattr(db.session.get_one(Theme, theme_id), name) == value
        for gone, theme_id in self.model.gone().items():
            assert self.heir(gone) == self.heir(theme_id), "leads elsewhere"
        assert {db.session.get_one(Theme, at).is_archived for at in after.values()} <= {False}

    def heir(self, theme_id: int) -> int:
        heir = merging.heir(theme_id)
        assert heir is not None
        return heir.id


def _empty(cast: Cast) -> None:
    with transaction():
        for model in (ThemeProposal, ThemePin, ThemeMember, ThemePart, ThemeEdit, ThemeRun):
            db.session.execute(delete(model))
        db.session.execute(update(Subject).values(archived_at=utcnow(), merged_into_id=None))


@pytest.fixture
def walls(context: APIFlask, cast: Cast) -> tuple[APIFlask, Cast]:
    return context, cast


@settings(
    max_examples=4 if ON_POSTGRES else 12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(data=st.data(), rounds=st.integers(1, 4))
def test_no_edit_is_ever_lost(
    walls: tuple[APIFlask, Cast], data: st.DataObject, rounds: int
) -> None:
    app, cast = walls
    _empty(cast)
    site = Site(Wall(app, cast))
    site.wall.post_all()
    site.wall.run()
    db.session.rollback()
    for _ in range(rounds):
        for _ in range(data.draw(st.integers(1, 4))):
            data.draw(st.composite(lambda draw: site.edit(draw))())
        for _ in range(data.draw(st.integers(0, 4))):
            data.draw(st.composite(lambda draw: site.happen(draw))())
        site.run_and_check()
