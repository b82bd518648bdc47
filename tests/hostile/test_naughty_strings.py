"""Every naughty string is kept, shown, searched for and exported unchanged."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from markupsafe import escape
from sqlalchemy import select

from cxwiki import richtext
from cxwiki.access import visible
from cxwiki.accounts import tokens
from cxwiki.database import db, transaction
from cxwiki.discussion.models import Comment
from cxwiki.discussion.service import comment, parse_tags, tags_by_subject
from cxwiki.insights import exporting, importing, service
from cxwiki.insights.importing import Options
from cxwiki.insights.listing import Filters
from cxwiki.insights.models import Evidence, Insight
from cxwiki.insights.service import Draft, Posting
from cxwiki.pages import service as pages
from cxwiki.pages.models import Page
from cxwiki.pages.service import PageDraft
from cxwiki.search import indexing
from cxwiki.search.service import search
from tests.conftest import Cast, SignIn


def kept(text: str) -> str:
    """What is stored of a text: all of it but blanks around it."""
    return richtext.clean(text).strip()


def is_odd(text: str) -> bool:
    """Whether it has characters that few programs expect."""
    return any(ord(letter) < 32 or ord(letter) > 0xF000 for letter in text)


def some(insights: dict[int, str], every: int) -> list[tuple[int, str]]:
    """One in so many, and all that are odd: pages take their time."""
    return [
        (number, text)
        for place, (number, text) in enumerate(insights.items())
        if place % every == 0 or is_odd(text)
    ]


def draft(number: int, text: str) -> Draft:
    return Draft(
        richtext.one_line(text) or f"No title {number}",
        text,
        tags=tuple(parse_tags(text)[:20]),
        language="en",
    )


@pytest.fixture
def insights(app: APIFlask, cast: Cast, naughty: Sequence[str]) -> dict[int, str]:
    """One insight a string, which is its title, body and tag; the string by the insight's id."""
    found: dict[int, str] = {}
    with app.app_context():
        alice, team = cast.person("alice"), cast.team("service")
        with transaction():
            postings = [
                Posting(service.check(draft(number, text)), team, alice.id)
                for number, text in enumerate(naughty)
            ]
            made = service.publish_many(postings, alice)
            found = {one.id: text for one, text in zip(made, naughty, strict=True)}
    return found


def test_they_are_stored_unchanged(app: APIFlask, cast: Cast, insights: dict[int, str]) -> None:
    with app.app_context():
        alice = cast.person("alice")
        with transaction():
            for insight in db.session.scalars(select(Insight)).all():
                if kept(insights[insight.id]):
                    service.add_evidence(insight, insights[insight.id], alice)
                    comment(insight, insights[insight.id], alice)
        tags = tags_by_subject(list(insights))
        for insight in db.session.scalars(select(Insight)):
            text = insights[insight.id]
            assert insight.body == kept(text)
            assert insight.title == (richtext.one_line(text) or insight.title)
            assert tags.get(insight.id, []) == sorted(set(parse_tags(text)[:20]))
        for said in db.session.scalars(select(Evidence)):
            assert said.text == kept(insights[said.insight_id])
        for remark in db.session.scalars(select(Comment)):
            assert remark.body == kept(insights[remark.subject_id])


def test_they_are_shown_unchanged(as_: SignIn, insights: dict[int, str]) -> None:
    client = as_("carol")
    for number, text in some(insights, 7):
        answer = client.get(f"/insights/{number}")
        assert answer.status_code == 200, text
        assert str(escape(richtext.one_line(text))) in answer.get_data(as_text=True)


def test_quotes_are_shown_word_for_word(
    app: APIFlask, cast: Cast, as_: SignIn, naughty: Sequence[str]
) -> None:
    words = [text for text in naughty if kept(text)]
    for start in range(0, len(words), 60):
        with app.app_context():
            alice = cast.person("alice")
            with transaction():
                made = service.publish(Draft("Said"), cast.team("service"), alice)
                for text in words[start : start + 60]:
                    service.add_evidence(made, text, alice, text[:200])
            number = made.id
        page = as_("carol").get(f"/insights/{number}").get_data(as_text=True)
        assert [
            text for text in words[start : start + 60] if str(escape(kept(text))) not in page
        ] == []


def test_they_are_edited_unchanged(as_: SignIn, insights: dict[int, str]) -> None:
    client = as_("alice")
    for number, text in some(insights, 3):
        page = client.get(f"/insights/{number}/edit").get_data(as_text=True)
        typed = page.partition('name="body"')[2].partition("</textarea>")[0].partition(">")[2]
        assert unescape(typed).strip() == kept(text)


@pytest.mark.parametrize("path", ["/insights/?page={}", "/api/v1/insights?per_page=100&page={}"])
def test_they_stand_in_lists(
    app: APIFlask, cast: Cast, as_: SignIn, insights: dict[int, str], path: str
) -> None:
    with app.app_context():
        token = tokens.issue(cast.person("carol"), "tests")
    headers = {"Authorization": f"Bearer {token}"} if path.startswith("/api/") else {}
    client = app.test_client() if headers else as_("carol")
    seen = ""
    for number in range(1, 20 if not headers else 7):
        answer = client.get(path.format(number), headers=headers)
        assert answer.status_code == 200
        if headers:
            for item in answer.json["items"]:
                assert item["body"] == kept(insights[item["id"]])
                insights.pop(item["id"])
        else:
            seen += answer.get_data(as_text=True)
    if headers:
        assert insights == {}
    else:
        missing = [t for t in insights.values() if str(escape(richtext.one_line(t))) not in seen]
        assert missing == []


class TestSearched:
    def test_whatever_is_looked_for_gets_an_answer(
        self, as_: SignIn, insights: dict[int, str], app: APIFlask
    ) -> None:
        with app.app_context():
            indexing.rebuild_keyword()
        client = as_("carol")
        for path, every in (
            ("/search", 1),
            ("/search/suggestions", 3),
            ("/insights/", 11),
            ("/reviews/", 11),
            ("/pages/all", 11),
        ):
            for _number, text in some(insights, every):
                query = {"q": text, "tag": text, "state": text, "team": text, "owner": text}
                answer = client.get(path, query_string=query)
                assert answer.status_code == 200, (path, text)

    def test_what_has_words_is_found_by_them(
        self, app: APIFlask, cast: Cast, insights: dict[int, str]
    ) -> None:
        """In quotation marks, so that no word of it is taken for an operator."""
        with app.app_context():
            indexing.rebuild_keyword()
        lost: list[str] = []
        asked = 0
        with app.test_request_context():
            carol = cast.person("carol")
            for number, text in insights.items():
                phrase = '"' + richtext.one_line(text).replace('"', " ") + '"'
                results = search(phrase, carol, limit=400)
                if not results.query.required:
                    continue
                asked += 1
                if number not in {found.subject.id for found in results.items}:
                    lost.append(text)
        assert asked > 300
        assert lost == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_they_are_exported_harmless_and_imported_unchanged(
    app: APIFlask, cast: Cast, insights: dict[int, str], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"export.{kind}"
    with app.test_request_context():
        path.write_bytes(exporting.WRITERS[kind](Filters(), cast.person("carol")).read())
    if kind == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r＝＋－＠")]
    with app.app_context():
        before = _facts()
        report = importing.import_file(path, cast.person("admin"), Options(source="back"))
        assert (report.created, report.rejected) == (len(insights), [])
        again = {f"cxwiki-{number}": facts for number, facts in before.items()}
        assert _facts("back") == again


def _facts(source: str | None = None) -> dict[Any, tuple[str, str, list[str]]]:
    query = select(Insight).where(Insight.source.is_not_distinct_from(source))
    found = db.session.scalars(query).all()
    tags = tags_by_subject([one.id for one in found])
    return {one.external_id or one.id: (one.title, one.body, tags.get(one.id, [])) for one in found}


def test_they_are_written_as_pages_too(
    app: APIFlask, cast: Cast, as_: SignIn, naughty: Sequence[str]
) -> None:
    with app.app_context():
        alice, team = cast.person("alice"), cast.team("service")
        with transaction():
            for number, text in enumerate(naughty):
                title = richtext.one_line(text) or f"No title {number}"
                kind = "term" if number % 2 else "guide"
                meaning = text if number % 2 else ""
                pages.publish(PageDraft(title, text, kind, definition=meaning), team, alice)
        ids = {page.id: page.title for page in db.session.scalars(visible(Page, alice))}
        bodies = list(db.session.scalars(select(Page.body).order_by(Page.id)))
    assert bodies == [kept(text) for text in naughty]
    client = as_("carol")
    assert client.get("/pages/glossary").status_code == 200
    for number, title in list(ids.items())[::7]:
        page = client.get(f"/pages/{number}")
        assert page.status_code == 200
        assert str(escape(title)) in page.get_data(as_text=True)


Fields = Callable[[str], dict[str, Any]]
FORMS: dict[str, tuple[str, Fields]] = {
    "/insights/": ("alice", lambda text: {"title": text, "body": text, "tags": text,
                                          "kind": "pain_point", "team": 1, "quote": text,
                                          "quote_source": text, "visibility": "company"}),
    "/insights/1": ("alice", lambda text: {"title": text, "body": text, "based_on": text}),
    "/insights/1/status": ("alice", lambda text: {"status": "dismissed", "reason": text}),
    "/insights/1/evidence": ("alice", lambda text: {"text": text, "source": text}),
    "/subjects/1/comments": ("bob", lambda text: {"body": text}),
    "/reviews/1": ("alice", lambda text: {"owner": text, "months": text, "review_on": text}),
    "/reviews/1/verifications": ("alice", lambda text: {"note": text, "next": text}),
    "/reviews/1/doubts": ("alice", lambda text: {"why": text}),
    "/reviews/handovers": ("mia", lambda text: {"page": text, "owner": text, "next": text}),
    "/pages/": ("alice", lambda text: {"title": text, "body": text, "kind": "guide", "team": 1,
                                       "definition": text, "parent": 0,
                                       "visibility": "company"}),
    "/actions/": ("alice", lambda text: {"title": text, "description": text, "team": 1}),
    "/projects/": ("mia", lambda text: {"title": text, "description": text, "team": 1}),
    "/kpis/": ("mia", lambda text: {"title": text, "unit": text, "kind": "own"}),
    "/search/saved": ("alice", lambda text: {"name": text, "q": text, "alert": "off"}),
    "/teams": ("mia", lambda text: {"name": text, "description": text}),
    "/profile": ("alice", lambda text: {"name": text, "job_title": text}),
}  # fmt: skip
EVERY = 12


@pytest.mark.parametrize("path", FORMS)
def test_no_form_breaks(
    app: APIFlask, cast: Cast, as_: SignIn, naughty: Sequence[str], path: str
) -> None:
    """Whatever is typed: it is taken, or the form says what is wrong with it."""
    with app.app_context():
        service.publish(Draft("First"), cast.team("service"), cast.person("alice"))
    name, fields = FORMS[path]
    client = as_(name)
    odd = [text for text in naughty if is_odd(text)]
    seen = set()
    for text in [*naughty[list(FORMS).index(path) % EVERY :: EVERY], *odd, "\x00", "x" * 5000]:
        answer = client.post(path, data=fields(text))
        assert answer.status_code in (200, 302, 303, 404, 409, 422), (path, text)
        seen.add(answer.status_code)
    assert seen - {404}, f"{path} is no form any more"
