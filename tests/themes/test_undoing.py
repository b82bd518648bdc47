"""Undo: whatever people did to themes, in whatever order it is taken back, nothing else changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from apiflask import APIFlask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from cxwiki.accounts.models import User
from cxwiki.database import db, transaction, utcnow
from cxwiki.errors import Conflict, DomainError
from cxwiki.insights.models import Insight
from cxwiki.subjects import Subject
from cxwiki.themes import curation, merging, naming, splitting, undoing
from cxwiki.themes.models import Theme, ThemeEdit, ThemeMember, ThemePin
from tests.conftest import Cast

THEMES, EACH, LOOSE = 3, 4, 2
OPERATIONS = (
    "rename", "describe", "merge", "split", "move", "in", "out", "unpin", "lock", "retire", "undo",
)  # fmt: skip


@dataclass
class World:
    """A few themes with insights, made anew for each example."""

    mia: User
    themes: list[int]
    insights: list[int]

    @classmethod
    def make(cls, cast: Cast) -> World:
        mark = db.session.scalar(select(func.max(Insight.id))) or 0
        with transaction():
            for model in (ThemePin, ThemeMember, ThemeEdit):
                db.session.execute(delete(model))
            themes = update(Subject).where(Subject.type == "theme")
            db.session.execute(themes.values(archived_at=utcnow(), merged_into_id=None))
            themes = [Theme(title=f"Theme {mark}-{n}", team_id=1) for n in range(THEMES)]
            insights = [
                Insight(title=f"Insight {n}", kind="pain_point", team_id=cast.service)
                for n in range(THEMES * EACH + LOOSE)
            ]
            db.session.add_all([*themes, *insights])
            db.session.flush()
            db.session.add_all(
                ThemeMember(insight_id=insights[n].id, theme_id=themes[n // EACH].id)
                for n in range(THEMES * EACH)
            )
            db.session.flush()
            for theme in themes:
                theme.labels = {"en": theme.title}
                naming.forget_unseen(theme)
            return cls(cast.person("mia"), [t.id for t in themes], [i.id for i in insights])

    def edits(self) -> list[ThemeEdit]:
        known = select(ThemeEdit).where(ThemeEdit.theme_id >= self.themes[0])
        return list(db.session.scalars(known.order_by(ThemeEdit.id)))

    def all_themes(self) -> list[Theme]:
        query = select(Theme).where(Theme.id >= self.themes[0]).order_by(Theme.id)
        return list(db.session.scalars(query))

    def places(self) -> dict[int, int]:
        query = select(ThemeMember.insight_id, ThemeMember.theme_id)
        mine = ThemeMember.insight_id.in_(self.insights)
        return dict(db.session.execute(query.where(mine)).tuples().all())

    def pins(self) -> dict[tuple[int, int], bool]:
        query = select(ThemePin).where(ThemePin.insight_id.in_(self.insights))
        return {(pin.theme_id, pin.insight_id): pin.belongs for pin in db.session.scalars(query)}

    def looks(self) -> dict[int, list[Any]]:
        """What the themes that were there at first are like."""
        db.session.expire_all()
        names = ("named_by_id", "described_by_id", "locked", "retired", "shaped", "archived_at")
        return {
            theme.id: [getattr(theme, name) for name in (*names, "merged_into_id")]
            for theme in self.all_themes()
            if theme.id in self.themes
        }

    def act(self, draw: st.DrawFn) -> None:
        """One edit by chance; what makes no sense is refused and changes nothing."""
        what, themes = draw(st.sampled_from(OPERATIONS)), self.all_themes()
        theme, other = draw(st.sampled_from(themes)), draw(st.sampled_from(themes))
        insight = db.session.get_one(Insight, draw(st.sampled_from(self.insights)))
        inside = [i for i, at in sorted(self.places().items()) if at == theme.id]
        some = draw(st.lists(st.sampled_from(inside), unique=True)) if inside else []
        chosen = [db.session.get_one(Insight, i) for i in some]
        name = draw(st.sampled_from(["", "Sums", "Doors", "Keys"]))
        mia, flag = self.mia, draw(st.booleans())
        try:
            match what:
                case "rename":
                    curation.rename(theme, name and f"{name} {self.themes[0]}", mia)
                case "describe":
                    curation.describe(theme, name, mia)
                case "merge":
                    merging.merge(theme, other, mia, "the same")
                case "split":
                    splitting.split(theme, chosen, mia)
                case "move":
                    splitting.move(theme, other, chosen, mia, "")
                case "in" | "out":
                    curation.pin(theme, insight, mia, belongs=what == "in")
                case "unpin":
                    curation.unpin(theme, insight, mia)
                case "lock":
                    curation.lock(theme, mia, locked=flag)
                case "retire":
                    curation.retire(theme, mia, retired=flag, reason="old")
                case "undo":
                    if waiting := [one for one in self.edits() if one.undone_at is None]:
                        undoing.undo(draw(st.sampled_from(waiting)), mia)
        except DomainError:
            pass

    def check(self) -> None:
        """What must hold after every step."""
        db.session.expire_all()
        living = {theme.id for theme in self.all_themes() if not theme.is_archived}
        places, pins = self.places(), self.pins()
        assert set(places.values()) <= living
        for (theme_id, insight_id), belongs in pins.items():
            if belongs:
                assert places.get(insight_id) == theme_id
            else:
                assert places.get(insight_id) != theme_id
        for theme in self.all_themes():
            assert (merging.heir(theme.id) is not None) or theme.merged_into_id is None


@pytest.fixture
def world(context: APIFlask, cast: Cast) -> Cast:
    return cast


by_chance = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


@by_chance
@given(data=st.data(), steps=st.integers(1, 8))
def test_undoing_everything_from_the_last_to_the_first_leads_back(
    world: Cast, data: st.DataObject, steps: int
) -> None:
    here = World.make(world)
    before = (here.places(), here.pins(), here.looks())
    for _ in range(steps):
        data.draw(st.composite(lambda draw: here.act(draw))())
        here.check()
    for edit in reversed(here.edits()):
        if edit.undone_at is None:
            undoing.undo(edit, here.mia)
            here.check()
    assert (here.places(), here.pins(), here.looks()) == before
    made = [theme for theme in here.all_themes() if theme.id not in here.themes]
    assert all(theme.is_archived for theme in made)


@by_chance
@given(data=st.data(), steps=st.integers(1, 8))
def test_undoing_everything_in_any_order_leaves_nobody_s_word(
    world: Cast, data: st.DataObject, steps: int
) -> None:
    here = World.make(world)
    pins, looks = here.pins(), here.looks()
    for _ in range(steps):
        data.draw(st.composite(lambda draw: here.act(draw))())
    waiting = [edit for edit in here.edits() if edit.undone_at is None]
    for edit in data.draw(st.permutations(waiting)):
        undoing.undo(edit, here.mia)
        here.check()
    assert (here.pins(), here.looks()) == (pins, looks)


def test_an_edit_is_undone_once(world: Cast) -> None:
    here = World.make(world)
    curation.rename(db.session.get_one(Theme, here.themes[0]), "Sums", here.mia)
    (edit,) = here.edits()
    undoing.undo(edit, here.mia)
    with pytest.raises(Conflict):
        undoing.undo(edit, here.mia)
