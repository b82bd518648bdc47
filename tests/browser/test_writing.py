"""Writing: the editor helps, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from cxwiki.accounts.models import RoleName, User
from cxwiki.accounts.service import company_team
from cxwiki.database import db
from cxwiki.insights.service import Draft, publish
from tests.browser.story import button, fill, see, titled
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PASTE = """([field, name, data]) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], name, { type: "image/png" }));
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def wiki(new_wiki: Wiki) -> Wiki:
    """Admin, Mia and Carola at work, and something to link to."""
    new_wiki.set_up("Example Ltd", ("Service",))
    new_wiki.employ("Mia", None, "manager")
    new_wiki.employ("Carola", "Service", "member")
    with new_wiki.app.app_context():
        admin = db.session.query(User).filter_by(role=RoleName.ADMINISTRATOR).one()
        publish(Draft("Long waits on Mondays", tags=("phone",)), company_team(), admin)
    return new_wiki


def _open(page: Page) -> Locator:
    page.goto("/insights/new")
    expect(page.locator(".editor__tools")).to_be_visible()
    return page.locator("main [name=body]")


def _kept(page: Page) -> None:
    expect(page.locator(".draft__state")).to_contain_text("Draft kept at")


def test_buttons_and_keys_set_the_marks_and_can_be_undone(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    text = _open(page)
    text.fill("waits")
    text.select_text()
    page.get_by_role("button", name="Bold").click()
    expect(text).to_have_value("**waits**")
    text.press("Control+z")
    expect(text).to_have_value("waits")
    text.select_text()
    text.press("Control+i")
    expect(text).to_have_value("_waits_")
    text.fill("")
    page.get_by_role("button", name="Checklist").click()
    text.press_sequentially("call back\nwrite")
    expect(text).to_have_value("- [ ] call back\n- [ ] write")
    text.press("Enter")
    text.press("Enter")
    expect(text).to_have_value("- [ ] call back\n- [ ] write\n")
    page.get_by_role("button", name="Table").click()
    assert "|---|---|---|" in text.input_value()
    text.press("Control+k")
    expect(page.locator("#search-box")).not_to_be_focused()


def test_the_toolbar_is_one_stop_of_the_tab_key(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    text = _open(page)
    page.locator(".editor__tools").focus()
    expect(page.get_by_role("button", name="Heading")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(text).to_have_value("****")


def test_what_it_will_look_like_stands_beside_it(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    text = _open(page)
    text.fill("**fat**")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("fat")
    text.fill("*lean*")
    expect(preview.locator("em")).to_have_text("lean")
    text.press("Control+Shift+P")
    expect(preview).to_be_hidden()


def test_people_tags_and_pages_are_offered_by_their_signs(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    text = _open(page)
    offered = page.get_by_role("listbox")
    text.press_sequentially("Ask @caro")
    expect(offered.get_by_role("option")).to_have_count(1)
    text.press("Enter")
    expect(text).to_have_value("Ask @Carola ")
    text.press_sequentially("about #pho")
    expect(offered).to_contain_text("phone")
    text.press("Tab")
    expect(text).to_have_value("Ask @Carola about #phone ")
    expect(page.locator("[name=tags]")).to_have_value("phone")
    text.press_sequentially("and [[long wai")
    offered.get_by_role("option", name="Long waits on Mondays").click()
    expect(text).to_have_value("Ask @Carola about #phone and [[Long waits on Mondays]] ")
    text.press("Control+z")
    expect(text).to_have_value("Ask @Carola about #phone and [[long wai")
    text.press("End")
    text.press_sequentially(" [[lo")
    expect(offered).to_be_visible()
    text.press("Escape")
    expect(offered).to_have_count(0)
    page.get_by_role("button", name="Person or team").click()
    expect(offered).to_contain_text("Mia")


def test_a_template_follows_the_kind_until_somebody_writes(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    text = _open(page)
    page.get_by_role("button", name="Template").click()
    expect(text).to_have_value(re.compile("## What happens"))
    page.locator("label.kind-choice__option", has_text="Best practice").click()
    expect(text).to_have_value(re.compile("^## Situation"))
    text.press_sequentially("We call back.")
    page.locator("label.kind-choice__option", has_text="Pain point").click()
    expect(text).to_have_value(re.compile("## Situation\nWe call back."))


def test_a_picture_is_pasted_and_shown(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    text = _open(page)
    text.fill("See: ")
    page.evaluate(PASTE, [text.element_handle(), "bill.png", PICTURE])
    expect(text).to_have_value(re.compile(r"^See: !\[bill\]\(/attachments/\d+/bill\.png\)"))
    page.locator("[name=title]").fill("Bills are small")
    button(page, "Publish")
    titled(page, "Bills are small")
    picture = page.locator("main .prose img")
    expect(picture).to_have_js_property("naturalWidth", 1)


def test_publishing_waits_for_files_on_their_way(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    text = _open(page)
    fill(page, title="With its notes", body="Read ")
    held: list[Route] = []
    page.route("**/attachments", lambda route: held.append(route))
    page.locator(".editor input[type=file]").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Words of a call"}
    )
    expect(text).to_have_value(re.compile("Uploading notes.txt"))
    button(page, "Publish")
    held[0].continue_()
    titled(page, "With its notes")
    expect(page.locator("main .prose").get_by_role("link", name="notes.txt")).to_have_count(1)


def test_a_file_that_is_not_taken_says_why_and_leaves_the_text_alone(
    wiki: Wiki, visitors: Visitors
) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    text = _open(page)
    text.fill("Before.")
    page.locator(".editor input[type=file]").set_input_files(
        {"name": "run.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00" * 40}
    )
    expect(page.locator(".toast--bad")).to_contain_text("run.exe was not taken")
    expect(text).to_have_value("Before.")


def test_what_was_typed_is_there_again_after_a_crash(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "mia@example.org")
    _open(page)
    fill(page, title="Nobody answers", body="Typed for an hour.")
    _kept(page)
    page.context.close()  # nothing is sent any more
    page = visitors.visit(wiki, "mia@example.org")
    text = _open(page)
    expect(text).to_have_value("Typed for an hour.")
    see(page, "This is what you had not saved")
    button(page, "Publish")
    titled(page, "Nobody answers")
    expect(_open(page)).to_have_value("")


def test_a_draft_is_thrown_away_by_one_press(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "mia@example.org")
    _open(page)
    fill(page, title="No", body="Never mind.")
    _kept(page)
    _open(page)
    button(page, "Throw the draft away")
    expect(page.locator("main [name=body]")).to_have_value("")
    page.goto("/drafts/")
    see(page, "No drafts")


def test_leaving_at_once_warns_and_loses_nothing(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "mia@example.org")
    text = _open(page)
    text.press_sequentially("Hasty words")
    warned = page.evaluate(
        "() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    )
    assert warned
    _kept(page)
    assert page.evaluate(
        "() => window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    )
    expect(_open(page)).to_have_value("Hasty words")


ASKED_MEANWHILE = re.compile("/insights/similar|/writing/preview")


def _signed_out(page: Page) -> None:
    """End the session; what the page asks before it notices is not the matter here."""
    page.route(ASKED_MEANWHILE, lambda route: route.fulfill(status=204))
    page.context.clear_cookies()


def test_who_was_signed_out_while_typing_loses_nothing(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "mia@example.org")
    _open(page)
    fill(page, title="Half a sentence", body="It goes")
    _kept(page)
    _signed_out(page)
    fill(page, body="It goes on and on.")
    button(page, "Publish")
    see(page, "Your text is kept")
    page.locator("#email").fill("mia@example.org")
    page.locator("#password").fill(wiki.password)
    page.locator("form[action^='/sign-in'] button[type=submit]").click()
    titled(page, "New insight")
    expect(page.locator("main [name=title]")).to_have_value("Half a sentence")
    expect(page.locator("main [name=body]")).to_have_value("It goes on and on.")
    button(page, "Publish")
    titled(page, "Half a sentence")


def test_who_signs_in_again_in_another_tab_goes_on_writing(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "mia@example.org")
    _open(page)
    fill(page, title="Still here", body="One")
    _kept(page)
    _signed_out(page)
    fill(page, body="Two")
    state = page.locator(".draft__state")
    expect(state).to_contain_text("You were signed out. Your text is kept.")
    with page.expect_popup() as opened:
        state.get_by_role("link", name="Sign in").click()
    opened.value.locator("#email").fill("mia@example.org")
    opened.value.locator("#password").fill(wiki.password)
    opened.value.locator("form[action^='/sign-in'] button[type=submit]").click()
    opened.value.locator(".top-bar").wait_for()
    page.unroute(ASKED_MEANWHILE)
    page.bring_to_front()
    fill(page, body="Three")
    _kept(page)
    expect(page.get_by_role("region", name="Preview")).to_contain_text("Three")
    button(page, "Publish")
    titled(page, "Still here")
    see(page, "Three")


def test_words_typed_while_the_last_comment_is_on_its_way_stay(
    wiki: Wiki, visitors: Visitors
) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    page.goto("/insights")
    page.get_by_role("link", name="Long waits on Mondays").click()
    text = page.locator("#comment-body")
    text.fill("Also on Tuesdays.")
    held: list[Route] = []
    page.route("**/comments", lambda route: held.append(route))
    button(page, "Comment")
    text.fill("And before Easter.")
    expect(page.locator("#comments .prose")).to_have_count(0)
    held[0].continue_()
    expect(page.locator("#comments .prose")).to_have_text("Also on Tuesdays.")
    expect(text).to_have_value("And before Easter.")


def test_words_that_outlive_an_exchange_of_the_thread_leave_no_draft_behind(
    wiki: Wiki, visitors: Visitors
) -> None:
    page = visitors.visit(wiki, "admin@example.org")
    page.goto("/insights")
    page.get_by_role("link", name="Long waits on Mondays").click()
    text = page.locator("#comment-body")
    text.fill("To be settled.")
    button(page, "Comment")
    expect(page.locator("#comments .prose", has_text="To be settled.")).to_have_count(1)
    text.fill("Half a sentence")
    expect(page.locator("#comments .draft__state")).to_contain_text("Draft kept")
    page.locator("#comments").get_by_role("button", name="Mark as resolved").first.click()
    expect(page.locator("#comments .thread__one--resolved")).not_to_have_count(0)
    expect(text).to_have_value("Half a sentence")
    button(page, "Comment")
    expect(page.locator("#comments .prose", has_text="Half a sentence")).to_have_count(1)
    page.reload()
    expect(text).not_to_have_value("Half a sentence")


def test_each_of_two_people_sees_that_the_other_one_edits(wiki: Wiki, visitors: Visitors) -> None:
    admin = visitors.visit(wiki, "admin@example.org")
    mia = visitors.visit(wiki, "mia@example.org")
    admin.goto("/insights/1/edit")
    admin.wait_for_load_state("networkidle")
    mia.goto("/insights/1/edit")
    see(mia, "Admin is editing this since")
    admin.goto("/insights/1")
    mia.reload()
    expect(mia.locator(".presence")).not_to_contain_text("Admin")


def test_without_javascript_it_is_a_field_with_a_preview(wiki: Wiki, visitors: Visitors) -> None:
    page = visitors.visit(wiki, "mia@example.org", javascript=False)
    page.goto("/insights/new")
    expect(page.locator(".editor__bar")).to_be_hidden()
    fill(page, title="Plain", body="**fat**")
    button(page, "Preview")
    expect(page.locator(".prose strong")).to_have_text("fat")
    page.go_back()
    fill(page, title="Plain", body="**fat**")
    button(page, "Publish")
    titled(page, "Plain")
