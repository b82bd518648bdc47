"""What people do in the story of the main job, each deed as a person does it on the page."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def button(page: Page, name: str) -> None:
    """Press the button of the page's own content that says so."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def link(page: Page, name: str) -> None:
    """Follow the first link of the page's own content that says so."""
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def section(page: Page, name: str) -> None:
    """Go to a section by the navigation at the side."""
    page.locator(".side-bar").get_by_role("link", name=name, exact=True).click()


def fill(page: Page, **values: str) -> None:
    """Type into the fields of these names."""
    for name, value in values.items():
        page.locator(f"main [name='{name}']:is(input, textarea)").first.fill(value)


def choose(page: Page, **labels: str) -> None:
    """Choose options by what they say."""
    for name, label in labels.items():
        page.locator(f"main select[name='{name}']").first.select_option(label=label)


def see(page: Page, text: str) -> None:
    """Expect the page's own content to say so."""
    expect(page.get_by_role("main")).to_contain_text(text)


def titled(page: Page, title: str) -> None:
    """Expect to be on the page of this title."""
    expect(page.locator("h1")).to_have_text(title)


def search(page: Page, words: str) -> None:
    """Look for something by the box that every page has."""
    page.locator("#search-box").fill(words)
    page.locator("#search-box").press("Enter")
    titled(page, f"Results for “{words}”")


def drag(page: Page, what: Locator, onto: Locator) -> None:
    """Drag a card by the mouse, at a person's pace: first it is lifted, then it is moved."""
    what.hover(position={"x": 20, "y": 8})
    page.mouse.down()
    what.hover(position={"x": 30, "y": 12}, force=True)
    page.locator(".board__card--ghost").wait_for()
    for position in ({"x": 40, "y": 40}, {"x": 60, "y": 30}, {"x": 70, "y": 20}):
        onto.hover(position=position, force=True)
    onto.locator(".board__card--ghost").wait_for()
    page.mouse.up()
