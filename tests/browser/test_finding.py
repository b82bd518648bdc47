"""Somebody looks for something: by keyboard, with a typing error, by filters, and again later."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import noted
from tests.browser.story import button, fill, link, see, titled
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

DOUBLE = "Rechnung doppelt abgebucht nach Tarifwechsel"


@pytest.fixture
def wiki(new_wiki: Wiki) -> Wiki:
    noted.prepare(new_wiki)
    return new_wiki


def visit(wiki: Wiki, visitors: Visitors, *, javascript: bool = True, width: int = 1280) -> Page:
    return visitors.visit(wiki, "carol@example.org", javascript=javascript, width=width)


def found(page: Page) -> list[str]:
    return page.locator(".hit__title").all_inner_texts()


def test_the_keyboard_alone_finds_a_page_by_its_first_letters(
    wiki: Wiki, visitors: Visitors
) -> None:
    page = visit(wiki, visitors)
    page.goto("/")
    page.keyboard.press("/")
    box = page.locator("#search-box")
    expect(box).to_be_focused()
    page.keyboard.type("tarifw")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_contain_text(DOUBLE)
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("tarifw")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    titled(page, DOUBLE)


def test_a_typing_error_is_offered_to_be_corrected_and_the_page_follows_each_search(
    wiki: Wiki, visitors: Visitors
) -> None:
    page = visit(wiki, visitors)
    page.goto("/search?q=technician")
    page.keyboard.press("/")
    box = page.locator("#search-form .suggest__box")
    expect(box).to_be_focused()
    box.fill("Rechnugn")
    box.press("Enter")
    titled(page, "Results for “Rechnugn”")
    assert DOUBLE in found(page)
    link(page, "Rechnung")
    titled(page, "Results for “Rechnung”")
    expect(page.locator(".did-you-mean")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_filters_narrow_what_is_found_and_are_taken_away_again(
    wiki: Wiki, visitors: Visitors, javascript: bool
) -> None:
    page = visit(wiki, visitors, javascript=javascript)
    page.goto("/search?q=rechnung")
    everything = len(found(page))
    team = page.locator(".facet").get_by_role("checkbox", name="Shop")
    row = page.locator(".facet__value", has=page.get_by_role("checkbox", name="Shop"))
    number = int(row.locator(".count").inner_text())
    assert 0 < number < everything
    team.check()
    if not javascript:
        button(page, "Apply filters")
    expect(page.locator(".hit")).to_have_count(number)
    expect(team).to_be_checked()
    page.get_by_role("link", name="Remove Shop").click()
    expect(page.locator(".hit")).to_have_count(everything)


def test_on_a_phone_the_filters_are_folded_and_stay_as_one_left_them(
    wiki: Wiki, visitors: Visitors
) -> None:
    page = visit(wiki, visitors, width=390)
    page.goto("/search?q=rechnung&kind=pain_point")
    team = page.locator(".facet").get_by_role("checkbox", name="Shop")
    expect(team).to_be_hidden()
    expect(page.locator(".hit").first).to_be_in_viewport()
    page.locator("#filters > summary").click()
    team.check()
    expect(page.get_by_role("link", name="Remove Shop")).to_have_count(1)
    expect(team).to_be_visible()
    page.locator("#filters > summary").click()
    page.locator("#search-form .suggest__box").fill("bill")
    page.locator("#search-form").get_by_role("button").click()
    titled(page, "Results for “bill”")
    expect(team).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_search_is_kept_asked_again_and_removed(
    wiki: Wiki, visitors: Visitors, javascript: bool
) -> None:
    page = visit(wiki, visitors, javascript=javascript)
    page.goto("/search?q=rechnung&status=open")
    before = found(page)
    page.locator("main summary[title=More]").click()
    link(page, "Save this search")
    expect(page.locator("#keep")).to_be_visible()
    fill(page, name=" ")
    button(page, "Save")
    see(page, "Give it a name.")
    page.locator(".search-keep summary").click()
    fill(page, name="Open bills")
    page.locator("#keep [name=alert]").select_option(label="Tell me at once")
    button(page, "Save")
    titled(page, "Saved searches")
    expect(page.locator(".row", has_text="Open bills")).to_contain_text("tells at once")
    page.goto("/search")
    link(page, "Open bills")
    assert sorted(found(page)) == sorted(before)
    page.goto("/search/saved")
    page.locator(".row summary").click()
    button(page, "Remove")
    if javascript:
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    see(page, "No saved searches yet")


def test_who_finds_nothing_is_led_to_posting_it(wiki: Wiki, visitors: Visitors) -> None:
    page = visit(wiki, visitors)
    page.goto("/search?q=Wallbox")
    see(page, "Nothing found")
    link(page, "Post it as an insight")
    titled(page, "New insight")
    expect(page.locator("main [name=title]")).to_have_value("Wallbox")
