"""Three real wikis: every page, link and table is kept, and what was left out is named.

What there is, is counted here in a way of its own: the importer is not asked.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.pages.importing import running
from cxwiki.pages.importing.report import Report
from cxwiki.pages.importing.running import Options
from cxwiki.pages.models import Page
from tests.conftest import Cast

WIKIS = {"pub-wiki-18f-guides": 244, "pub-wiki-gov-service-manual": 203, "pub-wiki-de-handbuch": 18}
FENCED = re.compile(r"^[ >]*(```|~~~).*?^[ >]*\1", re.S | re.M)
UNSEEN = re.compile(
    r"<!--.*?-->|\{%-?\s*highlight.*?endhighlight\s*-?%\}|\{%-?\s*comment.*?endcomment\s*-?%\}|\{%-?\s*for\s.*?endfor\s*-?%\}"
    r"|\A---\n.*?\n---\n|(?<!`)(`+)(?!`)[^\n]+?(?<!`)\1(?!`)|<a [^<>]*href=.javascript:",
    re.S,
)
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|!?\[[^\[\]]*\](?:\([^()]*\))?)+\]\((?!\s*\))[^\s]")
FOREIGN = re.compile(r"\]\(<?(https?://[^\s()<>\"]+)")
HTML_LINK = re.compile(r"<a\s[^>]*href=", re.I)


def originals(folder: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(folder / "wiki.zip") as packed:
        for name in packed.namelist():
            yield name, packed.read(name).decode()


def seen(text: str) -> str:
    """What readers of the original see: no front matter, no remarks, no code."""
    return UNSEEN.sub("", FENCED.sub("", text))


def tables_in(text: str) -> int:
    """How many tables of any dialect begin in a text."""
    text = re.sub(r"`[^`\n]+`", "code", FENCED.sub("", re.sub(r"<!--.*?-->", "", text, flags=re.S)))
    count = len(re.findall(r"<table\b", text))
    lines, inside = text.split("\n"), False
    for at, line in enumerate(lines):
        row = (
            bool(re.match(r"\s{0,3}[|+].*[|+]?\s*$", line))
            and line.count("|") + line.count("+") > 1
        )
        count += row and not inside
        inside = row or (inside and line.strip().startswith("|"))
        columns = re.match(r"\s*-{2,}(\s+-{2,})+\s*$", line)
        count += bool(columns)
        unframed = re.match(r"\s*:?-{3,}:?\s*\|[\s:|-]*$", line)
        count += bool(unframed) and at > 0
    return count


@pytest.fixture(params=list(WIKIS))
def wiki(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def imported(
    context: APIFlask, cast: Cast, public_data: Path, wiki: str
) -> Callable[..., tuple[Report, dict[str, Page]]]:
    def run(**options: object) -> tuple[Report, dict[str, Page]]:
        report = running.import_wiki(
            public_data / wiki / "wiki.zip",
            cast.person("mia"),
            Options(source=wiki, **options),  # type: ignore[arg-type]
        )
        pages = db.session.scalars(select(Page).where(Page.source == f"wiki:{wiki}"))
        return report, {str(page.external_id): page for page in pages}

    return run


Imported = Callable[..., tuple[Report, dict[str, Page]]]


def links_of(page: Page) -> int:
    """Links that the rendered page has, wiki links among them."""
    return len(HTML_LINK.findall(page.html)) + page.html.count("<span data-link=")


def test_every_page_is_kept_with_its_links_and_tables(
    imported: Imported, public_data: Path, wiki: str
) -> None:
    report, pages = imported()
    files = dict(originals(public_data / wiki))
    assert len(files) == WIKIS[wiki]
    assert set(files) <= set(pages)
    assert report.rejected == []
    assert report.created == len(files) + report.folders
    fewer, tables = {}, {}
    for path, text in files.items():
        wanted = len(LINK.findall(seen(text))) + len(HTML_LINK.findall(seen(text)))
        if links_of(pages[path]) < wanted:
            fewer[path] = (wanted, links_of(pages[path]))
        html = pages[path].html
        if html.count("<table") < tables_in(text):
            tables[path] = (tables_in(text), html.count("<table"))
    assert fewer == {}
    assert tables == {}


def test_addresses_of_other_sites_stay_as_they_are(
    imported: Imported, public_data: Path, wiki: str
) -> None:
    _report, pages = imported()
    for path, text in originals(public_data / wiki):
        missing = [url for url in FOREIGN.findall(seen(text)) if url not in pages[path].body]
        assert missing == [], path


def test_nothing_of_another_wiki_s_own_language_is_left_to_read(imported: Imported) -> None:
    foreign = re.compile(
        r"\{%|\| url \}\}|^\s*:::|\]\([^)\s]*\)\{[.#]|\{:\s?[.#]|\{#[\w-]+\}", re.M
    )
    _report, pages = imported()
    for path, page in pages.items():
        found = foreign.findall(seen(page.body))
        assert found == [], path


def test_every_link_between_pages_leads_to_one(imported: Imported) -> None:
    report, pages = imported()
    numbers = {page.id for page in pages.values()}
    led = 0
    for path, page in pages.items():
        found = re.findall(r"\[\[#(\d+)\||[(\"]/pages/(\d+)-", page.body)
        targets = [int(one or other) for one, other in found]
        assert set(targets) <= numbers, path
        led += len(targets)
    assert led > 0
    assert led <= report.links


def test_a_second_import_changes_nothing_and_keeps_what_people_wrote(
    imported: Imported, cast: Cast
) -> None:
    from cxwiki.pages import service

    _report, pages = imported()
    path, page = next(iter(pages.items()))
    draft = service.current_draft(page)
    service.revise(
        page,
        service.PageDraft(**{**draft.__dict__, "body": "People know better."}),
        cast.person("alice"),
        1,
    )
    again, pages = imported()
    assert (again.created, again.updated) == (0, 0)
    assert again.unchanged == len(pages) - 1
    assert [row["path"] for row in again.kept] == [path]
    assert pages[path].body == "People know better."


def test_a_try_changes_nothing(imported: Imported, wiki: str) -> None:
    report, pages = imported(dry_run=True)
    assert pages == {}
    assert report.created == WIKIS[wiki] + report.folders
    assert report.links > 0
