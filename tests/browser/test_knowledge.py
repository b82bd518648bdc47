"""Knowledge, end to end: nobody loses what they wrote, and nobody is left out of the loop.

Told twice: as most people live it, and with JavaScript switched off. How a duplicate is met while
one types is in test_duplicates.py, how drafts survive in test_writing.py.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.story import button, choose, fill, link, see, titled
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"]),
]

GUIDE = "Calls that go well"
FIRST = "Say your name.\n\nListen.\n\nName a day."
PAIN = "Letters arrive after the deadline they name"
WHY = "The printer leaves in spring. Until then every deadline gets five days more."


@pytest.fixture
def wiki(new_wiki: Wiki) -> Wiki:
    """Alice and Bob of Service, Carol of Billing, and Mia, who is a manager."""
    new_wiki.set_up("Example Ltd", ("Service", "Billing"))
    for name, team in (("Alice", "Service"), ("Bob", "Service"), ("Carol", "Billing")):
        new_wiki.employ(name, team, "member")
    new_wiki.employ("Mia", None, "manager")
    return new_wiki


def prose(page: Page) -> Locator:
    """The page's own text."""
    return page.locator("main .prose").first


# --- two browsers, one page -----------------------------------------------------------------------


def test_two_write_one_guide_and_nothing_is_lost(
    wiki: Wiki, visitors: Visitors, javascript: bool
) -> None:
    alice = visitors.visit(wiki, "alice@example.org", javascript=javascript)
    mia = visitors.visit(wiki, "mia@example.org", javascript=javascript)
    number = _alice_writes_a_guide(alice)
    _they_change_different_places_at_once(alice, mia, number)
    _they_change_the_same_place_at_once(alice, mia, number)
    _the_history_tells_who_said_what(alice)
    _what_was_said_first_comes_back(alice)


def _alice_writes_a_guide(alice: Page) -> int:
    alice.goto("/pages/new")
    fill(alice, title=GUIDE, body=FIRST)
    button(alice, "Publish")
    titled(alice, GUIDE)
    number = re.search(r"/pages/(\d+)", alice.url)
    assert number
    return int(number[1])


def _they_change_different_places_at_once(alice: Page, mia: Page, number: int) -> None:
    for page in (alice, mia):
        page.goto(f"/pages/{number}/edit")
    fill(mia, body=FIRST.replace("name.", "name and smile."), comment="A smile is heard")
    button(mia, "Save")
    expect(prose(mia)).to_contain_text("smile")
    fill(alice, body=FIRST.replace("a day.", "a day and keep it."))
    button(alice, "Save")
    see(alice, "What Mia changed meanwhile is in it too.")
    for words in ("Say your name and smile.", "Listen.", "Name a day and keep it."):
        expect(prose(alice)).to_contain_text(words)


def _they_change_the_same_place_at_once(alice: Page, mia: Page, number: int) -> None:
    for page in (alice, mia):
        page.goto(f"/pages/{number}/edit")
        before = page.locator("main [name=body]").input_value()
        own = "Listen to the end." if page is mia else "Listen and take notes."
        fill(page, body=before.replace("Listen.", own))
    button(mia, "Save")
    expect(prose(mia)).to_contain_text("to the end")
    button(alice, "Save")
    see(alice, "Nothing is lost")
    button(alice, "Save")  # without a choice
    place = alice.get_by_role("group", name="You both changed this")
    expect(place).to_have_count(1)
    place.get_by_label("Both").check()
    button(alice, "Save")
    for words in ("name and smile", "to the end", "take notes", "keep it"):
        expect(prose(alice)).to_contain_text(words)


def _opens_the_history(page: Page) -> None:
    page.locator("main summary", has_text="More").first.click()
    link(page, "History")


def _the_history_tells_who_said_what(alice: Page) -> None:
    _opens_the_history(alice)
    entries = alice.locator(".history__entry")
    expect(entries).to_have_count(5)
    for place, name in enumerate(("Alice", "Mia", "Alice", "Mia", "Alice")):
        expect(entries.nth(place)).to_contain_text(name)
    expect(entries.nth(3)).to_contain_text("A smile is heard")
    alice.get_by_label("Compare from revision 1").check()
    alice.get_by_label("Compare to revision 5").check()
    button(alice, "Compare the two chosen")
    link(alice, "In one text")
    for words in ("smile", "take notes", "keep it"):
        expect(alice.locator("main ins", has_text=words).first).to_be_visible()


def _what_was_said_first_comes_back(alice: Page) -> None:
    link(alice, "History")
    link(alice, "Revision 1")
    see(alice, "This is an older text.")
    button(alice, "Restore this text")
    titled(alice, GUIDE)
    expect(prose(alice)).not_to_contain_text("smile")
    _opens_the_history(alice)
    expect(alice.locator(".history__entry").first).to_contain_text("Restored revision 1")


# --- closing the loop -----------------------------------------------------------------------------


def test_a_dismissed_pain_point_tells_all_who_shared_it_why_and_once(
    wiki: Wiki, visitors: Visitors, javascript: bool
) -> None:
    people = {
        name: visitors.visit(wiki, f"{name}@example.org", javascript=javascript)
        for name in ("alice", "bob", "carol", "mia")
    }
    address = _alice_posts_a_pain_point(people["alice"])
    _carol_has_it_too(people["carol"], address)
    _bob_comments(people["bob"], address)
    number = int(re.search(r"/insights/(\d+)", address)[1])  # type: ignore[index]
    _mia_says(people["mia"], number, "Dismissed", WHY)
    wiki.settle()
    for name in ("alice", "bob", "carol"):
        _reads_why(people[name], javascript)
    _mia_says(people["mia"], number, "Open", "")
    _mia_says(people["mia"], number, "Dismissed", WHY)
    wiki.settle()
    for name in ("alice", "bob", "carol"):
        _was_told_once(people[name])


def _alice_posts_a_pain_point(alice: Page) -> str:
    alice.goto("/insights/new")
    fill(alice, title=PAIN, body="The deadline is the 15th, the letter comes on the 17th.")
    button(alice, "Publish")
    titled(alice, PAIN)
    return alice.url.partition("#")[0]


def _carol_has_it_too(carol: Page, address: str) -> None:
    carol.goto(address)
    vote = carol.get_by_role("button", name="Affects us too")
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")


def _bob_comments(bob: Page, address: str) -> None:
    bob.goto(address)
    bob.locator("#comments textarea").fill("I hear it every week.")
    button(bob, "Comment")
    expect(bob.locator("#comments .prose")).to_have_text("I hear it every week.")


def _mia_says(mia: Page, number: int, status: str, why: str) -> None:
    mia.goto(f"/insights/{number}/status")
    choose(mia, status=status)
    fill(mia, reason=why)
    button(mia, "Save")
    titled(mia, PAIN)


def _reads_why(reader: Page, javascript: bool) -> None:
    reader.goto("/")
    expect(reader.locator(".bell__count").first).to_contain_text(re.compile(r"[1-9]"))
    reader.goto("/notifications/")
    row = reader.locator("main .row", has_text=PAIN)
    expect(row).to_contain_text("Mia")
    expect(row).to_contain_text(f"Reason: {WHY}")
    if javascript:
        row.get_by_role("link", name=PAIN).click()
        titled(reader, PAIN)
        see(reader, f"Dismissed: {WHY}")
    else:
        row.get_by_role("button", name="Mark as read").first.click()
    reader.goto("/notifications/")
    expect(reader.locator(".bell__count")).to_have_count(0)


def _was_told_once(reader: Page) -> None:
    reader.goto("/notifications/")
    assert reader.locator("main").text_content().count(f"Reason: {WHY}") == 1  # type: ignore[union-attr]
