"""The board by keyboard, by its menu and in a hurry: the same as by dragging."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.actions import service
from cxwiki.actions.drafts import Draft
from cxwiki.database import db
from tests.browser.test_accessibility import PHONE, problems
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser


@pytest.fixture
def board(new_wiki: Wiki, visitors: Visitors) -> Page:
    """A board with two actions of Mia's team."""
    new_wiki.set_up("Example Ltd", ("Service",))
    new_wiki.employ("Mia", "Service", "manager")
    with new_wiki.app.app_context():
        mia = db.session.scalars(select(User).where(User.name == "Mia")).one()
        for title in ("Rewrite the letter", "Ring them back"):
            service.create(Draft(title=title), mia.home_team, mia)
    page = visitors.visit(new_wiki, "mia@example.org")
    page.goto("/actions/board")
    page.locator("cx-board[data-ready]").wait_for()
    return page


def card(page: Page, title: str, status: str) -> Locator:
    column = page.locator(f".board__cell[data-status={status}]")
    return column.locator(".board__card", has_text=title)


def test_arrows_move_a_card_and_it_stays_there(board: Page) -> None:
    letter = card(board, "Rewrite the letter", "proposed")
    letter.get_by_role("link", name="Rewrite the letter", exact=True).focus()
    with board.expect_response("**/status"):
        board.keyboard.press("Shift+ArrowRight")
    moved = card(board, "Rewrite the letter", "accepted")
    expect(moved.locator(".board__card-title")).to_be_focused()
    expect(board.get_by_role("status").get_by_text("is now in Accepted")).to_have_count(1)
    expect(board.locator("#column-accepted .count")).to_have_text("1")
    expect(board.locator("#column-proposed .count")).to_have_text("1")
    board.keyboard.press("ArrowLeft")
    other = card(board, "Ring them back", "proposed")
    expect(other.locator(".board__card-title")).to_be_focused()
    board.reload()
    expect(card(board, "Rewrite the letter", "accepted")).to_be_visible()


def test_the_menu_moves_it_too_and_asks_why_it_is_dropped(board: Page) -> None:
    letter = card(board, "Rewrite the letter", "proposed")
    letter.locator(".board__card-title").focus()
    board.keyboard.press("m")
    board.get_by_role("button", name="Dropped").press("Enter")
    reason = board.get_by_label("Why?")
    expect(reason).to_be_focused()
    reason.fill("The post office does it")
    reason.press("Enter")
    expect(card(board, "Rewrite the letter", "dropped")).to_be_visible()
    expect(board.locator("#column-dropped .count")).to_have_text("1")


def test_a_card_is_changed_in_its_place(board: Page) -> None:
    letter = card(board, "Rewrite the letter", "proposed")
    letter.get_by_role("link", name="Move or change: Rewrite the letter").click()
    board.get_by_role("button", name="Change owner").click()
    form = board.locator(".board__card--open")
    form.get_by_label("Priority").select_option(label="Urgent")
    form.get_by_label("Owner").select_option(label="Mia")
    form.get_by_role("button", name="Save", exact=True).click()
    expect(card(board, "Rewrite the letter", "proposed")).to_contain_text("Urgent")
    expect(card(board, "Rewrite the letter", "proposed")).to_contain_text("Mia")


def test_adding_goes_on_and_on(board: Page) -> None:
    column = board.locator(".board__cell[data-status=in_progress]")
    column.locator("summary").click()
    box = column.get_by_label("What will you do?")
    for title in ("Ask the printer", "Ask the post"):
        box.fill(title)
        box.press("Enter")
        expect(card(board, title, "in_progress")).to_be_visible()
        expect(box).to_have_value("")
        expect(box).to_be_focused()
    expect(board.locator("#column-in_progress .count")).to_have_text("2")


@pytest.mark.parametrize("width", [1280, PHONE])
def test_what_opens_on_the_board_and_in_the_list(board: Page, width: int) -> None:
    board.set_viewport_size({"width": width, "height": 900})
    found = [*problems(board)]
    letter = card(board, "Rewrite the letter", "proposed")
    letter.locator(".board__card-tool").click()
    expect(board.get_by_role("group", name="Move or change")).to_be_visible()
    found += problems(board)
    board.get_by_role("button", name="Change owner").click()
    expect(board.locator(".board__card--open")).to_be_visible()
    found += problems(board)
    board.goto("/actions/board?lanes=team")
    board.locator(".quick-add summary").first.click()
    found += problems(board)
    board.goto("/actions/")
    board.locator("input[name=action]").first.check()
    board.get_by_text("Change several at once").click()
    found += problems(board)
    board.get_by_text("Change several at once").click()
    board.locator(".row__tool").last.click()
    expect(board.locator(".row--open")).to_be_visible()
    found += problems(board)
    board.get_by_text("Save view").click()
    found += problems(board)
    for path in ("/actions/limits", "/actions/views"):
        found += problems(board, path)
    assert not found, "\n".join(found)
