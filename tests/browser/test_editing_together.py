"""Two people edit the same insight at once: nobody's text is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from cxwiki.accounts.models import RoleName, User
from cxwiki.accounts.service import company_team
from cxwiki.database import db
from cxwiki.insights.service import Draft, publish
from tests.browser.story import button, fill, see
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


def test_the_slower_one_sees_both_texts(new_wiki: Wiki, visitors: Visitors, address: str) -> None:
    admin = visitors.visit(new_wiki, "admin@example.org")
    mia = visitors.visit(new_wiki, "mia@example.org")
    for page in (admin, mia):
        _edit(page, address)
    fill(mia, body="On Mondays, after the holidays.")
    button(mia, "Save")
    see(mia, "after the holidays")
    fill(admin, body="On Mondays, in the morning.")
    with admin.expect_response(lambda answer: answer.request.method == "POST") as answered:
        button(admin, "Save")
    assert answered.value.status == 409
    see(admin, "Nothing is lost")
    expect(admin.locator("main [name=body]")).to_have_value("On Mondays, in the morning.")
    expect(admin.locator("main .prose")).to_have_text("On Mondays, after the holidays.")
    fill(admin, body="On Mondays, after the holidays, in the morning.")
    button(admin, "Save my version")
    see(admin, "after the holidays, in the morning")
    admin.goto(f"{address}/revisions/2")
    see(admin, "On Mondays, after the holidays.")
