"""Insights about a few topics with vectors of our own making, grouped without any encoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki.database import db, transaction
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.search.models import Embedding
from cxwiki.themes import curation, runs
from cxwiki.themes.models import Theme, ThemeMember
from cxwiki.themes.vectors import normalise
from tests.conftest import Cast

DIMENSION = 100
TITLES = (
    "The invoice shows a wrong amount",
    "The technician missed the appointment",
    "The password of the login is locked",
)
STRANGER = -1
SIX_EACH = 6


@dataclass
class Wall:
    """Where the cast post; of topic 0 to 2, or of none."""

    app: APIFlask
    cast: Cast
    posted: dict[int, list[int]] = field(default_factory=dict)

    def post(self, topic: int, by: str = "alice", quote: str = "", **draft: object) -> int:
        """Publish an insight for the person's home team and write its vector; returns its id."""
        with self.app.app_context():
            person = self.cast.person(by)
            title = TITLES[topic] if topic != STRANGER else f"Something else {self._count()}"
            given = {"title": title, "language": "en", **draft}
            made = insights.publish_with_quote(
                insights.Draft(**given), person.home_team, person, quote, "Call"
            )
            self._write_vector(made.id, topic)
            self.posted.setdefault(topic, []).append(made.id)
            return made.id

    def post_all(self, each: int = SIX_EACH, strangers: int = 4) -> None:
        """Alice and Carol by turns, of every topic equally many, and some that stand alone."""
        for number in range(each):
            for topic in range(len(TITLES)):
                self.post(topic, by=("alice", "carol")[number % 2])
        for _ in range(strangers):
            self.post(STRANGER)

    def run(self) -> None:
        """Do a full run now."""
        with self.app.app_context():
            runs.rebuild(runs.request().id)

    def archive(self, insight_ids: list[int]) -> None:
        with self.app.app_context():
            for number in insight_ids:
                insights.archive(db.session.get_one(Insight, number), self.cast.person("mia"))

    def theme_of(self, insight_id: int) -> int | None:
        """The id of the theme that the database has for an insight."""
        with self.app.app_context():
            member = db.session.get(ThemeMember, insight_id)
            return member.theme_id if member else None

    def theme(self, topic: int) -> int:
        """The one theme of all company-wide insights of a topic."""
        found = {self.theme_of(insight_id) for insight_id in self.posted[topic]}
        (theme,) = found
        assert theme is not None
        return theme

    def stored(self, theme_id: int) -> dict[str, object]:
        """What the database says about a theme."""
        with self.app.app_context():
            row = db.session.get_one(Theme, theme_id)
            names = ("title", "summary", "size", "silo_spread", "named_by_id", "merged_into_id")
            return {
                **{name: getattr(row, name) for name in names},
                "labels": dict(row.labels),
                "archived": row.is_archived,
            }

    def _count(self) -> int:
        return db.session.scalar(select(func.count()).select_from(Insight)) or 0

    def _write_vector(self, insight_id: int, topic: int) -> None:
        own = np.random.default_rng(insight_id)
        if topic == STRANGER:
            vector = own.normal(size=DIMENSION)
        else:
            middle = normalise(np.random.default_rng(1000 + topic).normal(size=DIMENSION))
            vector = middle + own.normal(scale=0.5 / np.sqrt(DIMENSION), size=DIMENSION)
        with transaction():
            last = db.session.scalar(select(func.max(Embedding.sequence))) or 0
            db.session.add(
                Embedding(
                    subject_id=insight_id,
                    model="test",
                    text_hash=str(insight_id),
                    vector=normalise(vector).astype("<f2").tobytes(),
                    sequence=last + 1,
                )
            )


@pytest.fixture
def wall(app: APIFlask, cast: Cast) -> Wall:
    """An empty wall."""
    return Wall(app, cast)


@pytest.fixture
def grouped(wall: Wall) -> Wall:
    """Three topics of six insights and four that stand alone, after a full run."""
    wall.post_all()
    wall.run()
    return wall


@pytest.fixture
def pin(app: APIFlask, cast: Cast) -> Callable[..., None]:
    """Mia's word on whether an insight belongs to a theme."""

    def decide(theme_id: int, insight_id: int, *, belongs: bool) -> None:
        with app.app_context():
            curation.pin(
                db.session.get_one(Theme, theme_id),
                db.session.get_one(Insight, insight_id),
                cast.person("mia"),
                belongs=belongs,
            )

    return decide


@pytest.fixture
def rename(app: APIFlask, cast: Cast) -> Callable[[int, str], None]:
    """Mia names a theme."""

    def name(theme_id: int, title: str) -> None:
        with app.app_context():
            curation.rename(db.session.get_one(Theme, theme_id), title, cast.person("mia"))

    return name
