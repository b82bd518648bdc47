"""Whatever somebody types is shown as text and never runs, on any page that shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cxwiki.accounts.models import RoleName, User
from cxwiki.accounts.service import company_team
from cxwiki.database import db
from cxwiki.discussion.service import comment
from cxwiki.insights.service import Draft, add_evidence, publish
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

PER_PAGE = 8
HANDLERS = (
    "[...document.querySelectorAll('main *')].some(element => [...element.attributes]"
    ".some(({name, value}) => name.startsWith('on') || /^\\s*javascript:/i.test(value)))"
)


@pytest.fixture(scope="module")
def payloads(public_data: Path) -> list[str]:
    """Code that tries to run, collected by OWASP."""
    file = public_data / "pub-owasp-xss" / "payloads.jsonl"
    if not file.exists():
        pytest.skip("The folder of public texts has no pub-owasp-xss.")
    return [json.loads(line)["payload"] for line in file.read_text().splitlines()]


def _post(wiki: Wiki, payloads: list[str]) -> list[str]:
    """Post all payloads in every place that takes text; returns the pages that show them."""
    pages = ["/", "/insights/", "/insights/?page=2", "/insights/?page=3", "/insights/?page=4"]
    with wiki.app.app_context():
        author = db.session.query(User).filter_by(role=RoleName.ADMINISTRATOR).one()
        for start in range(0, len(payloads), PER_PAGE):
            some = payloads[start : start + PER_PAGE]
            for payload in some:
                insight = publish(Draft(payload[:300], payload), company_team(), author)
            for payload in some:
                comment(insight, payload, author)
                add_evidence(insight, payload, author, payload[:200])
            pages.append(f"/insights/{insight.id}")
    return [
        *pages,
        pages[-1] + "/edit",
        pages[-1] + "/revisions/1",
        f"/actions/new?{pages[-1][1:]}",
    ]


def test_no_text_ever_runs(new_wiki: Wiki, visitors: Visitors, payloads: list[str]) -> None:
    new_wiki.set_up("<script>alert(1)</script> Ltd")
    pages = _post(new_wiki, payloads)
    new_wiki.settle()
    page = visitors.visit(new_wiki, "admin@example.org", broken_images=True)
    for path in [*pages, "/search?q=script", "/search?q=<svg onload=alert(1)>"]:
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        assert page.title().endswith("<script>alert(1)</script> Ltd")
        assert not page.evaluate(HANDLERS), path
        assert (
            page.locator(
                "main :is(script:not([src^='/static/']), iframe, object, embed, base, meta)"
            ).count()
            == 0
        )


def test_it_is_shown_as_it_was_typed(new_wiki: Wiki, visitors: Visitors) -> None:
    new_wiki.set_up("Example Ltd")
    page = visitors.visit(new_wiki, "admin@example.org", broken_images=True)
    typed = "<img src=x onerror=alert(1)>"
    page.goto("/insights/new")
    page.locator("main [name=title]").fill(typed)
    page.locator("main [name=body]").fill(f"{typed} and <script>alert(2)</script> **after**")
    page.locator("main [name=quote]").fill(typed)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".editor__preview strong")).to_have_text("after")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("h1")).to_have_text(typed)
    expect(page.locator("blockquote")).to_contain_text(typed)
    page.locator("#comments textarea").fill(f"`{typed}`")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#comments .prose code")).to_have_text(typed)
