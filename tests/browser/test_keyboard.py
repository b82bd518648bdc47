"""Everything can be reached without a mouse, and one always sees where one is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

# The ring is around what has the focus, or around the large choice or box that it is the heart of.
HAS_RING = """element => [element, element.closest(".kind-choice__option, .post-box")].some(one => {
    const style = one && getComputedStyle(one);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
})"""
HTML = "element => element.outerHTML"


@pytest.fixture
def page(demo_wiki: Wiki, visitors: Visitors) -> Page:
    page = visitors.visit(demo_wiki, "tom.ashdown@tannfurter-werke.example")
    page.goto("/")
    return page


def test_the_first_tab_leads_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_slash_goes_to_the_search(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.locator("#search-box")).to_be_focused()
    page.keyboard.type("rechnung?")
    expect(page.locator("#search-box")).to_have_value("rechnung?")


def test_question_mark_shows_the_shortcuts_and_escape_closes_them(page: Page) -> None:
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    page.keyboard.press("?")
    expect(shortcuts).to_be_visible()
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()


def test_letters_lead_to_pages(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.locator("h1")).to_have_text("Themes")
    page.wait_for_load_state()  # the heading is there before the scripts are
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("New insight")


def test_the_person_s_menu_opens_and_closes_by_key(page: Page) -> None:
    opener = page.locator(".top-bar summary").last
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="My profile")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/insights/new", "/actions/board", "/search?q=rechnung"])
def test_the_focus_is_seen_and_never_stuck(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("h1").click()
    seen: list[str] = []
    for _stop in range(30):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if not focused.count():
            break
        expect(focused).to_be_visible()
        seen.append(focused.evaluate(HTML))
        assert focused.evaluate(HAS_RING), seen[-1]
    assert len(set(seen)) > 8


def test_the_appearance_is_chosen_and_stays(page: Page) -> None:
    page.locator(".top-bar summary").last.click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/themes/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
