"""Kill -9 while indexes and themes are made: readers never miss a word, nobody's word is lost.

Insights are posted, edited, archived, themes are run, renamed, merged and pinned into, and the
index and the lexicon are made anew, while the worker is killed again and again. In the end the
plain command `worker --until-idle` has to bring everything in order.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from cxwiki import jobs
from cxwiki.accounts.models import User
from cxwiki.database import db, transaction
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft, Posting, check, current_draft
from cxwiki.search import indexing
from cxwiki.search.documents import Filters, Scope
from cxwiki.search.embedded.keyword import KeywordIndex
from cxwiki.search.engines import engines
from cxwiki.search.models import Embedding, LexiconTerm
from cxwiki.search.port import IndexUnavailable
from cxwiki.search.query.parsing import parse
from cxwiki.search.words import lexicon
from cxwiki.subjects import Visibility
from cxwiki.themes import curation, runs
from cxwiki.themes.models import Theme, ThemeMember, ThemePart, ThemePin
from tests.faults.encoder import TOPICS, Encoder
from tests.faults.processes import wait_until
from tests.faults.test_killing import Site, encoder, site_to_kill

__all__ = ["encoder", "site_to_kill"]

pytestmark = pytest.mark.fault

ROUNDS = 8
SEED = 20261122
EVERYTHING = Scope(everything=True)


class People:
    """What people do meanwhile, and what must be true of it in the end."""

    def __init__(self, site: Site) -> None:
        self.site, self.chance = site, random.Random(SEED)
        self.words: dict[int, str] = {}
        """The word that finds an insight, of those that are not archived."""
        self.old_words: set[str] = set()
        self.names: dict[int, str] = {}
        self.pins: dict[int, int] = {}
        self.number = 0

    def act(self) -> None:
        with self.site.app.app_context():
            admin = db.session.scalars(select(User).order_by(User.id)).first()
            assert admin is not None
            self._post(admin, 12)
            self._edit(admin)
            self._archive(admin)
            self._shape(admin)
            runs.request()
            indexing.request_rebuild()
            lexicon.request_recount()
            db.session.remove()

    def _word(self) -> str:
        self.number += 1
        letters = "".join(chr(ord("a") + int(digit)) for digit in f"{self.number:04d}")
        return f"qx{letters}zq"

    def _post(self, admin: User, count: int) -> None:
        words = [self._word() for _ in range(count)]
        postings = [
            Posting(
                check(Draft(f"The {topic} is wrong {word}", body=f"All about {topic}.")),
                admin.home_team, admin.id, source="test", external_id=word,
            )
            for word in words
            for topic in (self.chance.choice(TOPICS),)
        ]  # fmt: skip
        made = insights.publish_many(postings, admin)
        self.words |= {one.id: word for one, word in zip(made, words, strict=True)}

    def _edit(self, admin: User) -> None:
        for insight_id in self.chance.sample(sorted(self.words), 3):
            insight = db.session.get_one(Insight, insight_id)
            word = self._word()
            draft = Draft(**{**current_draft(insight).__dict__, "title": f"Now it is {word}"})
            insights.revise(insight, draft, admin, insight.revision_number)
            self.old_words.add(self.words[insight_id])
            self.words[insight_id] = word

    def _archive(self, admin: User) -> None:
        free = sorted(self.words.keys() - self.pins.keys())
        for insight_id in self.chance.sample(free, 2):
            insights.archive(db.session.get_one(Insight, insight_id), admin)
            self.old_words.add(self.words.pop(insight_id))

    def _shape(self, admin: User) -> None:
        alive = select(Theme).where(Theme.archived_at.is_(None)).order_by(Theme.id)
        themes = db.session.scalars(alive).all()
        if not themes:
            return
        theme = self.chance.choice(themes)
        if theme.id not in self.names:
            name = f"Named {theme.id}"
            curation.rename(theme, name, admin)
            self.names[theme.id] = name
        insight_id = self.chance.choice(sorted(self.words))
        if insight_id not in self.pins:
            curation.put_in(theme, [db.session.get_one(Insight, insight_id)], admin)
            self.pins[insight_id] = theme.id


class Reader(threading.Thread):
    """Somebody who looks for a word that is there all the time."""

    def __init__(self, site: Site, word: str, insight_id: int) -> None:
        super().__init__(daemon=True)
        self.site, self.word, self.insight_id = site, word, insight_id
        self.stopped = threading.Event()
        self.found = self.said = 0
        self.missed: list[object] = []

    def run(self) -> None:
        while not self.stopped.is_set():
            with self.site.app.app_context():
                try:
                    result = engines().keyword.search(parse(self.word), EVERYTHING, Filters(), 10)
                    if [hit.subject_id for hit in result.hits] == [self.insight_id]:
                        self.found += 1
                    else:
                        self.missed.append(result)
                except IndexUnavailable:
                    self.said += 1
                finally:
                    db.session.remove()
            time.sleep(0.01)


@pytest.fixture
def settled(site_to_kill: Site) -> Iterator[tuple[Site, People, Reader]]:
    """A site with an index, a reader, and themes to come."""
    site, people = site_to_kill, People(site_to_kill)
    with site.app.app_context():
        admin = db.session.scalars(select(User).order_by(User.id)).first()
        assert admin is not None
        people._post(admin, 40)
        insight_id = next(iter(people.words))
        word = people.words.pop(insight_id)  # nobody changes what the reader looks for
        indexing.rebuild_keyword()
        db.session.remove()
    reader = Reader(site, word, insight_id)
    reader.start()
    try:
        yield site, people, reader
    finally:
        reader.stopped.set()
        reader.join(10)


def test_nothing_is_lost_when_the_worker_is_killed_at_indexing_and_themes(
    settled: tuple[Site, People, Reader],
) -> None:
    site, people, reader = settled
    processes, chance = site.processes, random.Random(SEED)
    kills_at_work = 0
    processes.start("worker")
    for _round in range(ROUNDS):
        people.act()
        assert wait_until(site.is_working), processes.log.read_text()[-4000:]
        time.sleep(chance.uniform(0.0, 1.0))
        kills_at_work += site.is_working()
        processes.kill("worker")
        site.let_leases_run_out()
        processes.start("worker")
    processes.kill_all()
    site.let_leases_run_out()
    assert kills_at_work >= ROUNDS // 2, "the worker was hardly ever killed at work"
    status = processes.run("worker", "--until-idle")
    assert status == 0, processes.log.read_text()[-4000:]
    with site.app.app_context():
        runs.rebuild(runs.request().id)
        assert jobs.run_until_idle() == 0
        people.words[reader.insight_id] = reader.word
        check_found(people)
        check_vectors(site.encoder)
        check_themes(people)
        check_nothing_is_left()
    assert reader.missed == []
    assert reader.found > ROUNDS
    assert reader.said == 0


def test_a_reindex_that_was_killed_goes_on_where_it_was(
    settled: tuple[Site, People, Reader],
) -> None:
    site, people, reader = settled
    processes = site.processes
    site.encoder.pause = 0.2
    assert run_and_kill(site, lambda: len(vectors(site)) >= 16)
    before = vectors(site)
    assert 16 <= len(before) < 40
    site.encoder.pause = 0.0
    assert processes.run("reindex") == 0, processes.log.read_text()[-4000:]
    after = vectors(site)
    assert len(after) >= 40
    assert {key: after[key] for key in before} == before, "what was there was computed again"
    for _ in range(3):
        run_and_kill(site, lambda: bool(list_folders()[1:]), seconds=5)
    assert processes.run("reindex") == 0, processes.log.read_text()[-4000:]
    with site.app.app_context():
        people.words[reader.insight_id] = reader.word
        assert jobs.run_until_idle() == 0
        check_found(people)
        check_nothing_is_left()
    assert reader.missed == []
    assert reader.said == 0


def run_and_kill(site: Site, when: object, seconds: float = 30) -> bool:
    site.processes.start("reindex")
    with site.app.app_context():
        came = wait_until(when, seconds)  # type: ignore[arg-type]
        db.session.remove()
    site.processes.kill("reindex")
    return came


def vectors(site: Site) -> dict[tuple[int, int], int]:
    """The number of the write of each vector."""
    with site.app.app_context():
        rows = db.session.execute(
            select(Embedding.subject_id, Embedding.passage, Embedding.sequence)
        )
        found = {(subject_id, passage): number for subject_id, passage, number in rows}
        db.session.remove()
    return found


def list_folders() -> list[str]:
    engine = engines().keyword
    if not isinstance(engine, KeywordIndex):
        return []
    return [entry.name for entry in engine.folder.iterdir() if entry.is_dir()]


def check_found(people: People) -> None:
    """Each insight is found by the word that it has now, and by none that it had."""
    everything, none = EVERYTHING, Filters()
    for insight_id, word in people.words.items():
        hits = engines().keyword.search(parse(word), everything, none, 10).hits
        assert [hit.subject_id for hit in hits] == [insight_id], word
    for word in people.old_words:
        assert engines().keyword.search(parse(word), everything, none, 10).total == 0, word
    findable = db.session.scalar(
        select(func.count()).select_from(indexing.registry.findable_ids().subquery())
    )
    assert engines().keyword.doc_count() == findable
    known = set(db.session.scalars(select(LexiconTerm.term)))
    assert set(people.words.values()) <= known


def check_vectors(encoder: Encoder) -> None:
    """What is there has the vector of its present text, what is archived has none."""
    store = engines().vectors()
    assert store is not None
    alive = select(Insight.id).where(Insight.archived_at.is_(None))
    ids = set(db.session.scalars(alive))
    held = set(
        db.session.scalars(
            select(Embedding.subject_id).where(Embedding.subject_id.in_(select(Insight.id)))
        )
    )
    assert held == ids
    for insight_id in ids:
        vector = store.vector(insight_id)
        assert vector is not None
        nearest = store.nearest(vector, 1, EVERYTHING, Filters())
        assert nearest[0].subject_id == insight_id
    asked = set(encoder.texts)
    for title in db.session.scalars(select(Insight.title).where(Insight.archived_at.is_(None))):
        assert any(text.startswith(title) for text in asked), title


def check_themes(people: People) -> None:
    """Members are in living themes and parts of them, sizes are counts, people's word stands."""
    themes = {theme.id: theme for theme in db.session.scalars(select(Theme))}
    parts = dict(db.session.execute(select(ThemePart.id, ThemePart.theme_id)).tuples().all())
    members = db.session.scalars(select(ThemeMember)).all()
    assert members, "no themes were made"
    seen = Insight.archived_at.is_(None) & (Insight.visibility == Visibility.COMPANY)
    visible = set(db.session.scalars(select(Insight.id).where(seen)))
    sizes: Counter[int] = Counter()
    for member in members:
        assert themes[member.theme_id].archived_at is None
        assert member.part_id is None or parts[member.part_id] == member.theme_id
        sizes[member.theme_id] += member.insight_id in visible
    for theme in themes.values():
        if theme.archived_at is None:
            assert theme.size == sizes[theme.id], theme.title
        else:
            assert sizes[theme.id] == 0
    for theme_id, name in people.names.items():
        assert themes[theme_id].title == name
        assert themes[theme_id].archived_at is None
    at = {member.insight_id: member.theme_id for member in members}
    pins = db.session.execute(
        select(ThemePin.insight_id, ThemePin.theme_id).where(ThemePin.belongs)
    )
    assert dict(pins.tuples().all()) == people.pins
    assert {insight_id: at.get(insight_id) for insight_id in people.pins} == people.pins


def check_nothing_is_left() -> None:
    with transaction():
        pass
    assert jobs.count("dead") == jobs.count("running") == 0
    assert len(list_folders()) <= 1
