"""What the product exists for, with the real language models and the demo company.

One problem noticed in several departments and in two languages is recognised as one, and what
people say about themes outlives whatever comes in afterwards.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki import jobs
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.demo.building import build_if_empty
from cxwiki.insights import importing
from cxwiki.insights.models import Insight
from cxwiki.insights.rows import Options
from cxwiki.search import service as finding
from cxwiki.search.encoder.client import EncoderClient
from cxwiki.search.encoder.server import Encoder, EncoderServer
from cxwiki.search.engines import Engines
from cxwiki.themes import curation, merging, runs
from cxwiki.themes import service as themes
from cxwiki.themes.models import Theme, ThemeMember
from tests.conftest import _empty_database
from tests.search.conftest import drop_search_schema

pytestmark = [pytest.mark.models, pytest.mark.any_database]

NOBODY_CAME = "Der Monteur kam nicht, und niemand sagte dem Kunden Bescheid"
LOCKED_OUT = "Kunden kommen nicht in ihr Konto, der Code kommt zu spät"
FIRST_PAGE = 20
TOWNS = ("Kiesberg", "Ostring", "Altstadt", "Hafen", "Nordfeld")
SAID = (
    "{} has no charging column near the market",
    "Parkplätze vor dem Kundenzentrum {} sind zugeparkt",
    "The website shows the wrong opening hours for {}",
    "In {} war das Wasser am Morgen trüb",
    "Street lights in {} flicker after rain",
    "Der neue Abschlag hat in {} viele erschreckt",
    "A fitter in {} came a day early",
    "Die Ladekarte geht an der Säule in {} nicht",
    "Letters to {} arrive twice",
    "Kunden aus {} loben den Rückruf am selben Tag",
)


@pytest.fixture(scope="module")
def demo(site: APIFlask) -> Iterator[APIFlask]:
    """The demo company with its vectors and themes, made once."""
    encoder = Encoder("both")
    encoder.load()
    before = site.extensions["search"]
    shutil.rmtree(site.extensions["settings"].data / "index", ignore_errors=True)
    with EncoderServer("127.0.0.1", 0, encoder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with site.app_context():
            drop_search_schema()
            _empty_database()
            engines = Engines(site.extensions["settings"])
            engines.encoder = EncoderClient(f"http://127.0.0.1:{server.server_address[1]}")
            site.extensions["search"] = engines
            assert build_if_empty(lambda line: None)
            assert jobs.run_until_idle() == 0
            db.session.remove()
        yield site
        server.shutdown()
    with site.app_context():
        site.extensions["search"] = before
        drop_search_schema()
        _empty_database()


@pytest.fixture(autouse=True)
def _context(demo: APIFlask) -> Iterator[None]:
    with demo.app_context():
        yield
        db.session.remove()


def person(beginning: str) -> User:
    return db.session.scalars(select(User).where(User.email.startswith(beginning))).one()


def found(query: str, by: User) -> list[Insight]:
    items = finding.search(query, by, limit=FIRST_PAGE).items
    return [item.subject for item in items if isinstance(item.subject, Insight)]


def test_a_german_complaint_brings_up_english_twins_from_two_other_teams() -> None:
    reader = person("priya.raman")
    english = {one.title[:17]: one for one in found(NOBODY_CAME, reader) if one.language == "en"}
    assert {"No-show fee of 48", "One in four doors"} <= set(english)
    teams = {english[title].team_id for title in ("No-show fee of 48", "One in four doors")}
    assert len(teams) == 2


def test_german_and_english_complaints_stand_in_one_theme_with_a_label_for_each_reader() -> None:
    insights = found(LOCKED_OUT, person("priya.raman"))
    places = [place for place in map(themes.theme_of, insights) if place]
    theme, _confidence = max(
        places, key=lambda place: [at[0].id for at in places].count(place[0].id)
    )
    members = [place.insight for place in themes.members(theme, person("marlies"))]
    assert {one.language for one in members} == {"de", "en"}
    assert theme.silo_spread >= 3
    assert set(theme.labels) == {"de", "en"}


def test_what_a_manager_says_outlives_fifty_new_insights_and_the_next_run(tmp_path: Path) -> None:
    manager = person("marlies")
    first, second = db.session.scalars(
        select(Theme).where(Theme.archived_at.is_(None)).order_by(Theme.size.desc()).limit(2)
    )
    first_id, second_id = first.id, second.id
    members = set(
        db.session.scalars(
            select(ThemeMember.insight_id).where(ThemeMember.theme_id.in_([first_id, second_id]))
        )
    )
    merging.merge(second, first, manager, "One problem")
    curation.rename(first, "What the bill does not say", manager)

    rows = [
        {"external_id": f"new-{number}-{town}", "title": said.format(town)}
        for number, said in enumerate(SAID)
        for town in TOWNS
    ]
    file = tmp_path / "new.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert importing.import_file(file, manager, Options(source="new")).created == 50
    runs.request()
    assert jobs.run_until_idle() == 0

    survivor = db.session.get_one(Theme, first_id)
    stayed = set(
        db.session.scalars(select(ThemeMember.insight_id).where(ThemeMember.theme_id == first_id))
    )
    assert stayed >= members
    assert themes.label(survivor) == "What the bill does not say"
    assert db.session.get_one(Theme, second_id).merged_into_id == first_id
