"""The watch over the pages notices what the other tests count on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

MISDEEDS = {
    "script-src": "document.body.append(Object.assign(document.createElement('script'), "
    "{textContent: 'document.title = 1'}))",
    "style-src": "document.body.innerHTML += '<p style=\"color: red\">Red</p>'",
    "another host": "location.assign('http://elsewhere.example/')",
    "dialog": "setTimeout(() => alert('Hello'))",
    "uncaught": "setTimeout(() => { throw new Error('Broken') })",
    "404 for": "document.body.append(Object.assign(new Image(), {src: '/static/missing.png'}))",
}


@pytest.mark.parametrize("sign", MISDEEDS)
def test_what_no_page_may_do_is_noticed(demo_wiki: Wiki, browser: Browser, sign: str) -> None:
    visitors = Visitors(browser)
    page = visitors.visit(demo_wiki)
    page.goto("/sign-in")
    expect(page.locator("h1")).to_be_visible()
    page.evaluate(MISDEEDS[sign])
    page.wait_for_timeout(500)
    with pytest.raises(AssertionError, match=sign):
        visitors.leave()
