"""Mia tidies the themes up by clicking: renames, splits, merges, and takes all of it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import noted
from tests.browser.story import button, fill, link, section, see, titled
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

MEMBER = "#content .row[id^=insight-] .row__title"


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def mia(request: pytest.FixtureRequest, new_wiki: Wiki, visitors: Visitors) -> Page:
    noted.prepare(new_wiki)
    page = visitors.visit(new_wiki, "mia@example.org", javascript=request.param)
    page.goto("/")
    section(page, "Themes")
    return page


def themes(page: Page) -> list[str]:
    """The labels on the list of themes."""
    section(page, "Themes")
    titled(page, "Themes")
    return page.locator(".row__title").all_inner_texts()


def members(page: Page) -> list[str]:
    return sorted(page.locator(MEMBER).all_inner_texts())


def open_theme(page: Page, label: str) -> None:
    """Follow the link and wait for the page, so that nothing is read off the one before it."""
    link(page, label)
    titled(page, label)


def choose_of_menu(page: Page, name: str) -> None:
    page.locator("main summary[title=More]").click()
    link(page, name)


def undo_latest(page: Page) -> None:
    page.locator("#history").get_by_role("button", name="Undo").first.click()
    see(page, "Undone.")


def test_a_theme_is_renamed_and_has_its_old_name_again(mia: Page) -> None:
    label = themes(mia)[0]
    open_theme(mia, label)
    choose_of_menu(mia, "Rename")
    fill(mia, name="x" * 121)
    mia.locator("main [name=name]").fill(themes_taken(mia))
    button(mia, "Save")
    see(mia, "Another theme is called that already.")
    fill(mia, name="Bills that come twice", reason="As customers say it")
    button(mia, "Save")
    titled(mia, "Bills that come twice")
    expect(mia.locator("#history")).to_contain_text("As customers say it")
    undo_latest(mia)
    titled(mia, label)
    expect(mia.locator("#history")).to_contain_text("Undone by Mia")


def themes_taken(page: Page) -> str:
    """A name that another theme has, read from the form's own page in a second tab."""
    other = page.context.new_page()
    other.goto("/themes/")
    name = other.locator(".row__title").nth(1).inner_text()
    other.close()
    return name


def test_two_themes_become_one_and_two_again(mia: Page) -> None:
    into, gone = themes(mia)[:2]
    open_theme(mia, into)
    kept, address = members(mia), mia.url
    themes(mia)
    open_theme(mia, gone)
    moved, old = members(mia), mia.url
    choose_of_menu(mia, "Merge with another theme")
    mia.locator("main [name=other_id]").select_option(label=into)
    button(mia, "Merge")
    expect(mia.locator("[name=reason][aria-invalid=true]")).to_be_visible()
    expect(mia.locator("main [name=other_id] option:checked")).to_have_text(into)
    fill(mia, reason="The same complaint")
    button(mia, "Merge")
    titled(mia, into)
    assert members(mia) == sorted([*kept, *moved])
    mia.goto(old)
    titled(mia, into)
    assert gone not in themes(mia)
    mia.goto(address)
    undo_latest(mia)
    assert members(mia) == kept
    mia.goto(old)
    titled(mia, gone)
    assert members(mia) == moved


def test_ticked_insights_become_a_theme_and_go_back(mia: Page) -> None:
    label, other = themes(mia)[:2]
    open_theme(mia, label)
    before = members(mia)
    expect(mia.get_by_role("button", name="Split off")).to_be_hidden()
    for box in mia.locator(".choose input").all():
        box.check()
    split = mia.get_by_role("button", name="Split off")
    expect(split).to_be_in_viewport()
    split.click()
    see(mia, "These are all insights of the theme: rename it instead.")
    expect(mia.locator(".choose :checked")).to_have_count(len(before))
    mia.locator(".choose input").first.uncheck()
    mia.locator(".choose input").last.uncheck()
    fill(mia, reason="Another matter")
    mia.locator("#chosen-name").fill(other)
    mia.get_by_role("button", name="Split off").click()
    see(mia, "Another theme is called that already.")
    expect(mia.locator("#chosen-reason")).to_have_value("Another matter")
    mia.locator("#chosen-name").fill("A theme of its own")
    mia.get_by_role("button", name="Split off").click()
    titled(mia, "A theme of its own")
    assert len(members(mia)) == len(before) - 2
    undo_latest(mia)  # here, where it is told too: the theme is gone, and the old one whole again
    titled(mia, label)
    assert members(mia) == before
