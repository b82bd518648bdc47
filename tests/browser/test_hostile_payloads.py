"""Code in every place that takes words, also through files: nothing of it runs in a browser."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cxwiki.accounts.models import RoleName, User
from cxwiki.accounts.service import company_team
from cxwiki.attachments.service import attach
from cxwiki.database import db
from cxwiki.discussion.service import comment, parse_tags
from cxwiki.errors import DomainError
from cxwiki.insights import importing
from cxwiki.insights.importing import Options
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft, publish
from cxwiki.pages import service as pages
from cxwiki.pages.importing import running
from cxwiki.pages.models import Page as WikiPage
from cxwiki.pages.service import PageDraft
from cxwiki.reviewing import service as reviewing
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

PER_PAGE = 20
HANDLERS = (
    "[...document.querySelectorAll('main *, header *, footer *')].some(element =>"
    " [...element.attributes].some(({name, value}) =>"
    " name.startsWith('on') || /^\\s*(javascript|vbscript):/i.test(value)))"
)
FOREIGN = (
    "main :is(script:not([src]), iframe, object, embed, base, meta, link, svg use[href^=data])"
)
Look = Callable[[str], None]


@pytest.fixture(scope="module")
def payloads(public_data: Path) -> list[str]:
    file = public_data / "pub-owasp-xss" / "payloads.jsonl"
    if not file.exists():
        pytest.skip("The folder of public texts has no pub-owasp-xss.")
    return [json.loads(line)["payload"] for line in file.read_text().splitlines()]


@pytest.fixture
def look(new_wiki: Wiki, visitors: Visitors) -> Look:
    """Open a page; whatever runs, asks another host or shows a dialog fails the test."""
    new_wiki.set_up("Example Ltd")
    page: list[Page] = []

    def open_page(path: str) -> None:
        if not page:
            page.append(visitors.visit(new_wiki, "admin@example.org", broken_images=True))
        page[0].goto(path)
        expect(page[0].locator("h1")).to_be_visible()
        assert not page[0].evaluate(HANDLERS), path
        assert page[0].locator(FOREIGN).count() == 0, path

    return open_page


def admin() -> User:
    return db.session.query(User).filter_by(role=RoleName.ADMINISTRATOR).one()


def parts(payloads: list[str]) -> list[list[str]]:
    return [payloads[start : start + PER_PAGE] for start in range(0, len(payloads), PER_PAGE)]


def test_in_insights_their_tags_comments_and_reviews(
    new_wiki: Wiki, look: Look, payloads: list[str]
) -> None:
    addresses = ["/insights/", "/", "/reviews/?state=all"]
    with new_wiki.app.app_context():
        author = admin()
        for some in parts(payloads):
            body = "\n\n".join(some)
            tags = tuple(dict.fromkeys(tag for text in some for tag in parse_tags(text)))[:20]
            made = publish(
                Draft(some[0][:300], body, "best_practice", tags=tags), company_team(), author
            )
            for text in some:
                comment(made, text, author)
            reviewing.verify(made, author, some[1][:500])
            reviewing.call_outdated(made, author, some[2][:500])
            addresses += [
                f"/insights/{made.id}",
                f"/reviews/{made.id}",
                f"/insights/{made.id}/edit",
            ]
            addresses.append(f"/subjects/{made.id}/revisions")
    for address in addresses:
        look(address)


def test_in_guides_and_terms(new_wiki: Wiki, look: Look, payloads: list[str]) -> None:
    addresses = ["/pages/", "/pages/all", "/pages/glossary"]
    with new_wiki.app.app_context():
        author = admin()
        for some in parts(payloads):
            body = "\n\n".join([*some, *(f"[[{text}]] [[x|{text}]]" for text in some)])
            guide = pages.publish(PageDraft(some[0][:300], body), company_team(), author)
            term = pages.publish(
                PageDraft(
                    some[-1][:300], "alert script img", "term",
                    definition=some[1][:600], also_called="script, " + some[2][:400],
                ),
                company_team(), author,
            )  # fmt: skip
            addresses += [f"/pages/{guide.id}", f"/pages/{term.id}", f"/pages/{guide.id}/edit"]
    for address in addresses:
        look(address)


def test_in_names_of_files(new_wiki: Wiki, look: Look, payloads: list[str]) -> None:
    with new_wiki.app.app_context():
        author = admin()
        made = publish(Draft("Many files"), company_team(), author)
        kept = 0
        for number, text in enumerate(payloads):
            try:
                attach(io.BytesIO(f"Text {number}\n{text}".encode()), f"{text}.txt", author, made)
                kept += 1
            except DomainError:
                continue
        number = made.id
    assert kept > len(payloads) / 2
    look(f"/insights/{number}")


def test_in_the_search_box(
    new_wiki: Wiki, visitors: Visitors, look: Look, payloads: list[str]
) -> None:
    look("/")
    page = visitors.visit(new_wiki, "admin@example.org", broken_images=True)
    for text in payloads[::3]:
        page.goto("/search")
        box = page.locator("main input[name=q]").first
        box.fill(text)
        box.press("Enter")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("main input[name=q]").first).to_have_value(" ".join(text.split("\n")))
        assert not page.evaluate(HANDLERS), text
        assert page.locator(FOREIGN).count() == 0, text


def test_in_imported_files(new_wiki: Wiki, look: Look, payloads: list[str], tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        "\n".join(
            json.dumps({"title": text[:300], "body": text, "tags": text[:60]}) for text in payloads
        )
    )
    archive = tmp_path / "wiki.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number, some in enumerate(parts(payloads)):
            title = json.dumps(some[0][:200])
            packed.writestr(f"guide-{number}.md", f"---\ntitle: {title}\n---\n" + "\n\n".join(some))
    with new_wiki.app.app_context():
        importing.import_file(rows, admin(), Options())
        running.import_wiki(archive, admin(), running.Options())
        insights = [one for (one,) in db.session.query(Insight.id).order_by(Insight.id)]
        guides = [one for (one,) in db.session.query(WikiPage.id).order_by(WikiPage.id)]
    assert len(guides) == len(parts(payloads))
    for address in (
        "/insights/?page=2",
        "/insights/?page=3",
        "/pages/all",
        *(f"/pages/{number}" for number in guides),
        *(f"/insights/{number}" for number in insights[::15]),
    ):
        look(address)
