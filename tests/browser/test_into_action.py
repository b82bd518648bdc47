"""From a shared problem to work that is done, an effect that can be shown, and its replication.

Told twice: as most people live it, and with JavaScript switched off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import noted, poc, survey
from tests.browser.story import button, choose, fill, link, section, see, titled
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

POSTED = {
    "Alice": ("Customers were charged twice for one invoice", "Twice! Do they think I am blind?"),
    "Carol": ("The invoice was debited twice again", "I had to call my bank about your invoice."),
    "Sam": ("Billed double after the tariff changed", "I paid the same bill in the shop as well."),
}
CHECK = "Check every invoice before it is debited"
LETTER = "Explain the debit in the letter"
STEPS = ("List the double invoices", "Agree on the rule with billing")
FIGURE = "Satisfaction with the invoice"
PROOF = "Invoice check before the debit"
CRITERION = "Most customers are satisfied"
LEARNED = "Check **before** the debit run, not after it."
REPLICA = "Invoice check in the shop"


@dataclass
class Story:
    """The people of the story at their browsers."""

    wiki: Wiki
    visitors: Visitors
    javascript: bool

    def visit(self, name: str) -> Page:
        """A browser in which this person is signed in, on the first page."""
        email = f"{name.lower()}@example.org"
        page = self.visitors.visit(self.wiki, email, javascript=self.javascript)
        page.goto("/")
        expect(page.locator(".top-bar")).to_contain_text(name)
        return page


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_from_a_shared_problem_to_a_shown_effect(
    new_wiki: Wiki, visitors: Visitors, javascript: bool
) -> None:
    story, months = Story(new_wiki, visitors, javascript), survey.months(new_wiki)
    noted.prepare(new_wiki)
    new_wiki.employ("Alice", "Service", "member")
    new_wiki.employ("Sam", "Shop", "member")
    new_wiki.employ("Dave", None, "sponsor")
    for name in POSTED:
        _somebody_posts(story.visit(name), *POSTED[name])
    new_wiki.settle()
    mia = story.visit("Mia")
    _mia_makes_an_action_of_the_theme_in_two_clicks(mia)
    _mia_ticks_the_first_step(mia)
    _mia_adds_another_on_the_board_and_moves_it(story, mia)
    _mia_defines_the_figure(mia)
    _mia_plans_a_proof_of_concept(mia, starts_on=months[survey.MONTHS_BEFORE])
    _mia_says_what_the_actions_are_for(mia)
    dave = story.visit("Dave")
    _dave_starts_it(dave)
    _open(mia, "KPIs", FIGURE)
    survey.upload(mia, FIGURE, months)
    _mia_completes_the_actions(mia)
    _the_effect_is_said_with_its_interval(mia)
    _mia_asks_for_the_decision(mia)
    _dave_decides_to_scale(dave)
    _mia_replicates_it(mia)
    _the_report_is_a_document(dave)
    _the_thread_leads_from_the_figure_to_the_customer(dave)


def _somebody_posts(page: Page, title: str, words: str) -> None:
    fill(page, title=title)
    button(page, "Share")
    titled(page, "New insight")
    fill(page, quote=words, quote_source="Call")
    button(page, "Publish")
    titled(page, title)
    expect(page.locator("blockquote")).to_contain_text(words)


def _mia_makes_an_action_of_the_theme_in_two_clicks(mia: Page) -> None:
    section(mia, "Themes")
    titled(mia, "Themes")
    mia.locator(".row", has_text="7 insights").get_by_role("link").first.click()
    see(mia, "In customers' words")
    link(mia, "Make an action")
    titled(mia, "New action")
    expect(mia.locator("main [name=insights]:checked")).to_have_count(3)
    for title, _words in POSTED.values():
        mia.get_by_role("checkbox", name=title).check()
    fill(mia, title=CHECK)
    button(mia, "Make the action")
    titled(mia, CHECK)
    for _title, words in POSTED.values():
        expect(mia.locator("#origins")).to_contain_text(words)


def _mia_ticks_the_first_step(mia: Page) -> None:
    mia.locator("#new-step").fill("\n".join(STEPS))
    mia.locator("#steps").get_by_role("button", name="Add", exact=True).click()
    expect(mia.locator("#steps .count")).to_have_text("0/2")
    mia.get_by_role("button", name=STEPS[0], exact=True).click()
    expect(mia.locator("#steps .count")).to_have_text("1/2")
    ticked = mia.get_by_role("button", name=STEPS[0], exact=True)
    expect(ticked).to_have_attribute("aria-pressed", "true")


def _card(page: Page, title: str, status: str) -> Locator:
    return page.locator(f".board__cell[data-status={status}] .board__card", has_text=title)


def _mia_adds_another_on_the_board_and_moves_it(story: Story, mia: Page) -> None:
    section(mia, "Actions")
    titled(mia, "Actions")
    link(mia, "Board")
    expect(_card(mia, CHECK, "proposed")).to_be_visible()
    if story.javascript:
        mia.locator("cx-board[data-ready]").wait_for()
    column = mia.locator(".board__cell[data-status=proposed]")
    column.locator("summary").click()
    column.get_by_label("What will you do?").fill(LETTER)
    column.get_by_role("button", name="Add", exact=True).click()
    expect(_card(mia, LETTER, "proposed")).to_be_visible()
    if story.javascript:
        _card(mia, LETTER, "proposed").locator(".board__card-title").focus()
        with mia.expect_response("**/status"):
            mia.keyboard.press("Shift+ArrowRight")
        expect(_card(mia, LETTER, "accepted").locator(".board__card-title")).to_be_focused()
        mia.keyboard.press("m")
        mia.get_by_role("button", name="In progress", exact=True).press("Enter")
    else:
        _card(mia, LETTER, "proposed").locator(".board__card-tool").click()
        titled(mia, "Move or change")
        choose(mia, status="In progress")
        button(mia, "Save")
    expect(_card(mia, LETTER, "in_progress")).to_be_visible()
    expect(mia.locator("#column-in_progress .count")).to_have_text("1")


def _mia_defines_the_figure(mia: Page) -> None:
    section(mia, "KPIs")
    titled(mia, "KPIs")
    link(mia, "New KPI")
    link(mia, "Customer satisfaction (CSAT)")
    fill(mia, title=FIGURE, target="60")
    button(mia, "Define the KPI")
    titled(mia, FIGURE)
    see(mia, "Not measured yet")


def _mia_plans_a_proof_of_concept(mia: Page, starts_on: date) -> None:
    poc.plan(mia, PROOF, starts_on.isoformat())
    see(mia, "2 things are still missing.")
    poc.add_criterion(mia, CRITERION, FIGURE, "at least", "50", "30")
    poc.attach(mia, "Billing found 41 double debits in one month.")
    poc.ask(mia)
    see(mia, "Dave decides now")


def _mia_says_what_the_actions_are_for(mia: Page) -> None:
    for title in (CHECK, LETTER):
        _open(mia, "Actions", title)
        mia.locator("main summary[title=More]").click()
        link(mia, "Edit")
        choose(mia, project=PROOF)
        mia.locator("summary", has_text="KPIs that it should move").click()
        mia.locator("select[name='kpis-0-kpi']").select_option(label=FIGURE)
        button(mia, "Save")
        titled(mia, title)
        expect(mia.locator(".rail")).to_contain_text(PROOF)


def _dave_starts_it(dave: Page) -> None:
    section(dave, "Home")
    see(dave, "Waiting for your decision")
    poc.decide(dave, PROOF, "Start", "Small enough to try, and the figures will tell.")
    see(dave, "Running")


def _mia_completes_the_actions(mia: Page) -> None:
    _open(mia, "Actions", CHECK)
    button(mia, "Accept")
    expect(mia.locator(".page__kicker")).to_contain_text("Accepted")
    button(mia, "Start work")
    titled(mia, "Are its insights in action now?")
    button(mia, "Change the chosen ones")
    titled(mia, CHECK)
    button(mia, "Mark as done")
    titled(mia, "Are its insights resolved?")
    button(mia, "Change the chosen ones")
    titled(mia, CHECK)
    expect(mia.locator(".page__kicker")).to_contain_text("Done")
    expect(mia.locator("#effect")).to_contain_text("not enough data: one whole month after")
    _open(mia, "Actions", LETTER)
    button(mia, "Mark as done")
    expect(mia.locator(".page__kicker")).to_contain_text("Done")


def _open(page: Page, where: str, title: str) -> None:
    section(page, where)
    titled(page, where)
    link(page, title)
    titled(page, title)


def _the_effect_is_said_with_its_interval(mia: Page) -> None:
    _open(mia, "Projects", PROOF)
    link(mia, "Its KPIs before and after it began")
    titled(mia, f"Before and after: {PROOF}")
    expect(mia.locator(".effect__sentence")).to_have_text(
        # Newcombe's interval of 30 of 120 and 60 of 80, each with Wilson's.
        "was 25%, is 75%, difference 50\u00a0points (from 36.54 to 60.71), n = 120/80"
    )
    expect(mia.locator(".effect svg").first).to_be_visible()
    assert "because" not in mia.locator("main").inner_text().lower()


def _mia_asks_for_the_decision(mia: Page) -> None:
    _open(mia, "Projects", PROOF)
    expect(mia.locator("#criteria")).to_contain_text("met")
    expect(mia.locator("#actions")).to_contain_text("2 / 2")
    poc.attach(mia, "Nobody in Billing was charged twice in eight weeks.")
    poc.ask(mia)


def _dave_decides_to_scale(dave: Page) -> None:
    section(dave, "Home")
    titled(dave, "Projects and proofs of concept")
    see(dave, "Waiting for your decision")
    line = dave.locator(".portfolio__line", has_text=PROOF)
    expect(line).to_contain_text("25% → 75%")
    expect(line).to_contain_text("1 of 1 met")
    link(dave, PROOF)
    titled(dave, PROOF)
    poc.decide(dave, PROOF, "Scale", "Three of four are satisfied: every invoice from now on.")
    see(dave, "Scaled")


def _mia_replicates_it(mia: Page) -> None:
    _open(mia, "Projects", PROOF)
    link(mia, "Write it down")
    titled(mia, "What was learned")
    fill(mia, learned=LEARNED)
    button(mia, "Save")
    titled(mia, PROOF)
    expect(mia.locator("#learned strong")).to_have_text("before")
    link(mia, "Replicate")
    titled(mia, f"Replicate: {PROOF}")
    fill(mia, title=REPLICA)
    choose(mia, team="Shop", sponsor="Dave")
    button(mia, "Begin the replica")
    titled(mia, REPLICA)
    expect(mia.locator("#original")).to_contain_text(PROOF)
    expect(mia.locator("#criteria")).to_contain_text(CRITERION)
    expect(mia.locator("#hypothesis")).to_contain_text(poc.HYPOTHESIS["idea"])


def _the_report_is_a_document(dave: Page) -> None:
    address = dave.locator("#report a", has_text="As PDF").get_attribute("href")
    answer = dave.request.get(f"{address}?lang=de")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")


def _the_thread_leads_from_the_figure_to_the_customer(dave: Page) -> None:
    _open(dave, "KPIs", FIGURE)
    link(dave, "From the figure to the customers' words, and back")
    titled(dave, "The thread")
    way = dave.get_by_role("navigation", name="To the customers' words")
    steps = way.locator(".way__step a")
    # The way goes over records and ends in the words: as many links as there are steps but one.
    links = steps.count() - 1
    assert 1 <= links <= 5
    expect(way.locator(".way__name")).to_contain_text(f"{links} link")
    addresses = [step.get_attribute("href") for step in steps.all()][:-1]
    dave.goto(addresses[0] or "")
    for address in addresses[1:]:
        with dave.expect_navigation():
            dave.locator(f"main a[href='{address}']").first.click()
    titles = [title for title, _words in POSTED.values()]
    said = dict(POSTED.values())
    expect(dave.locator("h1")).to_have_text(re.compile("|".join(titles)))
    expect(dave.locator("blockquote")).to_contain_text(said[dave.locator("h1").inner_text()])
