"""A duplicate is met while it is being written, in the other language, and joined instead."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import noted
from tests.browser.story import button, fill, link, see, titled
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

DOUBLE = "Rechnung doppelt abgebucht nach Tarifwechsel"
ENGLISH = "Bill debited twice on the card"


@pytest.fixture
def wiki(new_wiki: Wiki) -> Wiki:
    noted.prepare(new_wiki)
    new_wiki.employ("Bob", "Service", "member")
    new_wiki.settle()
    return new_wiki


def bob(wiki: Wiki, visitors: Visitors, *, javascript: bool = True) -> Page:
    return visitors.visit(wiki, "bob@example.org", javascript=javascript)


def test_a_german_twin_is_met_while_typing_english_and_joined(
    wiki: Wiki, visitors: Visitors
) -> None:
    page = bob(wiki, visitors)
    page.goto("/insights/new")
    title = page.locator("main [name=title]")
    title.press_sequentially("Invo")
    page.wait_for_timeout(600)
    expect(page.locator("#similar")).to_be_empty()
    title.press_sequentially("ices are charged twice")
    offers = page.locator("#similar")
    expect(offers).to_contain_text(DOUBLE)
    expect(offers.locator(".similar__one", has_text=DOUBLE)).to_contain_text("Billing")
    assert offers.locator(".similar__one").count() <= 5
    fill(page, body="Three customers called about it today.")
    with page.context.expect_page() as opened:
        offers.get_by_role("link", name=DOUBLE).click()
    expect(opened.value.locator("h1")).to_have_text(DOUBLE)
    opened.value.close()
    expect(title).to_have_value("Invoices are charged twice")
    offers.locator(".similar__one", has_text=DOUBLE).get_by_role("button").click()
    titled(page, "Shall your words go along?")
    see(page, "Counted for Service.")
    expect(page.locator("main [name=comment]")).to_have_value(
        "Invoices are charged twice\n\nThree customers called about it today."
    )
    button(page, "Add it")
    titled(page, DOUBLE)
    see(page, "Three customers called about it today.")
    expect(page.locator(".vote")).to_contain_text("1 vote")
    page.goto("/insights/new")
    expect(page.locator("main [name=title]")).to_have_value("")


def test_enter_in_the_title_publishes(wiki: Wiki, visitors: Visitors) -> None:
    page = bob(wiki, visitors)
    page.goto("/insights/new")
    title = page.locator("main [name=title]")
    title.press_sequentially("Invoices are charged twice")
    expect(page.locator("#similar")).to_contain_text(DOUBLE)
    title.press("Enter")
    titled(page, "Invoices are charged twice")
    expect(page.locator(".vote")).to_contain_text("0 votes")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_manager_merges_a_suggested_pair_and_takes_it_back(
    wiki: Wiki, visitors: Visitors, javascript: bool
) -> None:
    page = visitors.visit(wiki, "mia@example.org", javascript=javascript)
    page.goto("/insights/")
    page.get_by_role("main").get_by_role("link", name="may say the same").click()
    titled(page, "Likely duplicates")
    pair = page.locator(".pair").first
    titles = pair.locator(".row__title").all_inner_texts()
    pair.get_by_role("button", name="Yes, compare").click()
    titled(page, "Merge two insights")
    page.locator(".pair__card", has_text=titles[0]).get_by_role("radio").check()
    fill(page, reason="One is the translation of the other")
    button(page, "Merge")
    titled(page, titles[0])
    expect(page.locator("#merged")).to_contain_text(titles[1])
    link(page, titles[1])
    see(page, "This insight was merged into another one")
    button(page, "Take it out again")
    if javascript:
        page.get_by_role("dialog").get_by_role("button", name="Take it out").click()
    titled(page, titles[1])
    expect(page.locator("#merged")).to_have_count(0)
