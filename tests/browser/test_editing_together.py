"""Two people edit the same insight at once: nobody's text is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from cxwiki.accounts.models import RoleName, User
from cxwiki.accounts.service import company_team
from cxwiki.database import db
from cxwiki.insights.service import Draft, publish
from tests.browser.story import button, fill, see
from tests.browser.test_accessibility import problems
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser


@pytest.fixture
def address(new_wiki: Wiki) -> str:
    """An insight that Admin and Mia may edit."""
    new_wiki.set_up("Example Ltd")
    new_wiki.employ("Mia", None, "manager")
    with new_wiki.app.app_context():
        author = db.session.query(User).filter_by(role=RoleName.ADMINISTRATOR).one()
        return f"/insights/{publish(Draft('Long waits', 'On Mondays.'), company_team(), author).id}"


def _edit(page: Page, address: str) -> None:
    page.goto(f"{address}/edit")


@pytest.fixture
def two(new_wiki: Wiki, visitors: Visitors, address: str) -> tuple[Page, Page]:
    """Admin and Mia, each with the form of the same text open in a browser of their own."""
    admin = visitors.visit(new_wiki, "admin@example.org")
    mia = visitors.visit(new_wiki, "mia@example.org")
    for page in (admin, mia):
        _edit(page, address)
    return admin, mia


def test_what_two_write_at_different_places_is_both_kept(
    two: tuple[Page, Page], address: str
) -> None:
    admin, mia = two
    fill(mia, body="On Mondays.\n\nMia: and after the holidays.", title="Very long waits")
    button(mia, "Save")
    see(mia, "after the holidays")
    fill(admin, body="Admin: we measured it.\n\nOn Mondays.")
    button(admin, "Save")
    see(admin, "What Mia changed meanwhile is in it too.")
    expect(admin.locator("main h1")).to_have_text("Very long waits")
    for words in ("Admin: we measured it.", "On Mondays.", "Mia: and after the holidays."):
        expect(admin.locator("main .prose").first).to_contain_text(words)


def test_at_the_same_place_the_slower_one_chooses_with_one_click(
    two: tuple[Page, Page], address: str
) -> None:
    admin, mia = two
    fill(mia, body="On Mondays, after the holidays.")
    button(mia, "Save")
    see(mia, "after the holidays")
    fill(admin, body="On Mondays, in the morning.\n\nWe measured it.")
    with admin.expect_response(lambda answer: answer.request.method == "POST") as answered:
        button(admin, "Save")
    assert answered.value.status == 409
    see(admin, "Nothing is lost")
    place = admin.get_by_role("group", name="You both changed this")
    expect(place).to_contain_text("On Mondays, in the morning.")
    expect(place).to_contain_text("On Mondays, after the holidays.")
    assert not list(problems(admin))
    place.get_by_label("Both").check()
    button(admin, "Save")
    prose = admin.locator("main .prose").first
    for words in ("in the morning.", "after the holidays.", "We measured it."):
        expect(prose).to_contain_text(words)
    admin.goto(f"{address}/revisions")
    see(admin, "Revision 3")
    admin.get_by_role("link", name="What changed").nth(1).click()
    see(admin, "after the holidays")
    expect(admin.locator("main ins").first).to_contain_text("after the holidays")


def test_a_state_is_brought_back_from_the_history(two: tuple[Page, Page], address: str) -> None:
    _admin, mia = two
    fill(mia, body="Something else.", title="Another title")
    button(mia, "Save")
    see(mia, "Another title")
    mia.goto(f"{address}/revisions/1")
    see(mia, "This is an older text.")
    button(mia, "Restore this text")
    expect(mia.locator("main h1")).to_have_text("Long waits")
    see(mia, "On Mondays.")
    mia.goto(f"{address}/revisions/2")
    see(mia, "Something else.")
