"""The main job, end to end: from a customer's words over teams to an action, a proof and back.

Told twice: as most people live it, and with JavaScript switched off.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser import poc
from tests.browser.story import button, choose, drag, fill, link, search, section, see, titled
from tests.browser.visitor import Visitors
from tests.browser.wiki import PASSWORD, Wiki

pytestmark = pytest.mark.browser

TITLE = "Customers are charged twice for one invoice"
WORDS = "The same invoice twice. Do they think I do not look?"
OF_BILLING = "Rechnung doppelt abgebucht nach Tarifwechsel"
DEED = "Check every invoice before it is charged"
PROOF = "Invoice check before the debit"
FIGURE = "Complaint rate of invoices"
NOTED_BEFORE = [
    (OF_BILLING, "Die Rechnung kommt doppelt, der Betrag wird zweimal abgebucht.", "Billing"),
    ("Bill debited twice on the card", "Two debits for one bill, charged on one day.", "Shop"),
    ("Doppelt eingezogen", "Die gleiche Rechnung wurde zweimal eingezogen.", "Shop"),
    ("Invoices billed double", "An invoice was charged double in March.", "Billing"),
    ("Technician never came", "The appointment was missed, nobody came.", "Field"),
    ("Monteur kam nicht zum Termin", "Niemand kam zum Termin, der Techniker fehlte.", "Service"),
    ("Engineer missed the visit", "A visit was agreed and missed by the engineer.", "Field"),
    ("Termin ohne Techniker", "Zum Besuch kam niemand, kein Monteur.", "Shop"),
    ("Password forgotten, account locked", "The login is locked after three tries.", "Service"),
    ("Kennwort vergessen", "Die Anmeldung ist gesperrt, das Kennwort vergessen.", "Shop"),
    ("Locked out of the login", "The password is right and the login locked.", "Service"),
    ("Queue at the counter on Mondays", "Fifteen minutes in line.", "Shop"),
]


@dataclass
class Story:
    """The people of the story at their browsers."""

    wiki: Wiki
    visitors: Visitors
    javascript: bool

    def visit(self, name: str | None = None) -> Page:
        """A browser in which this person is signed in."""
        email = f"{name.lower()}@example.org" if name else None
        return self.visitors.visit(self.wiki, email, javascript=self.javascript)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_from_the_customers_words_to_the_proof_and_back(
    new_wiki: Wiki, visitors: Visitors, javascript: bool
) -> None:
    story = Story(new_wiki, visitors, javascript)
    admin = _the_first_visitor_sets_it_up(story)
    _what_was_noted_before_is_imported(story, admin)
    alice = _alice_joins_by_invitation(story, admin)
    _alice_posts(story, alice)
    new_wiki.employ("Carol", "Billing", "member")
    new_wiki.employ("Mia", None, "manager")
    new_wiki.employ("Dave", None, "sponsor")
    _alice_sees_who_noticed_the_same(alice)
    carol = story.visit("Carol")
    _carol_finds_it_in_her_own_words(carol)
    _carol_says_that_it_affects_her_team(story, carol)
    mia = story.visit("Mia")
    _mia_makes_an_action_of_the_theme_in_two_clicks(mia)
    _mia_moves_it_over_the_board(story, mia)
    _mia_defines_the_figure_that_it_should_move(mia)
    _mia_begins_a_proof_of_concept(mia)
    new_wiki.settle()
    _mia_puts_the_action_into_it(mia)
    dave = story.visit("Dave")
    _dave_starts_it(dave)
    _mia_measures(mia)
    _dave_decides_at_the_gate(dave)
    _dave_walks_back_from_the_chart_to_the_customer(dave)


def _the_first_visitor_sets_it_up(story: Story) -> Page:
    page = story.visit()
    page.goto("/insights/")
    titled(page, "Welcome to CX Wiki")
    fill(page, company="Example Ltd", name="Admin", email="admin@example.org")
    fill(page, password=PASSWORD, again=PASSWORD, teams="Service\nBilling\nField\nShop")
    button(page, "Set up the wiki")
    see(page, "Your wiki is ready")
    see(page, "No insights yet")
    return page


def _what_was_noted_before_is_imported(story: Story, admin: Page) -> None:
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["external_id", "title", "body", "team"])
    rows.writerows([number, *row] for number, row in enumerate(NOTED_BEFORE))
    rows.writerow(["99", "", "", "Shop"])
    admin.goto("/imports/")
    upload = {"name": "noted.csv", "mimeType": "text/csv", "buffer": file.getvalue().encode()}
    admin.locator("input[type=file]").set_input_files(upload)  # type: ignore[arg-type]
    button(admin, "Start the import")
    see(admin, "The import is running")
    story.wiki.settle()
    if not story.javascript:  # with it, the page follows the import by itself
        admin.reload()
    expect(admin.locator(".tiles")).to_contain_text("12")
    see(admin, "Rows that were left out")


def _alice_joins_by_invitation(story: Story, admin: Page) -> Page:
    section(admin, "Teams")
    link(admin, "Service")
    admin.get_by_text("Invite somebody by link").click()
    button(admin, "Make a link")
    invitation = admin.locator("#secret").input_value()
    page = story.visit()
    page.goto(invitation)
    titled(page, "Join Example Ltd")
    fill(page, name="Alice", email="alice@example.org", password=PASSWORD, again=PASSWORD)
    button(page, "Create my account")
    expect(page.locator(".side-bar")).to_be_visible()
    return page


def _alice_posts(story: Story, alice: Page) -> None:
    section(alice, "Home")
    fill(alice, title=TITLE)
    button(alice, "Share")
    titled(alice, "New insight")
    expect(alice.locator("main [name=title]")).to_have_value(TITLE)
    if story.javascript:
        expect(alice.locator("#similar")).to_contain_text(OF_BILLING)
    fill(alice, body="It happens when the **direct debit** is changed.", quote=WORDS)
    fill(alice, quote_source="Call")
    button(alice, "Preview")
    if story.javascript:
        expect(alice.locator(".editor__preview strong")).to_have_text("direct debit")
    else:
        expect(alice.locator("main strong")).to_have_text("direct debit")
        alice.go_back()
    button(alice, "Publish")
    titled(alice, TITLE)
    see(alice, "Published. Thank you for sharing.")
    expect(alice.locator("blockquote")).to_contain_text(WORDS)
    story.wiki.settle()


def _alice_sees_who_noticed_the_same(alice: Page) -> None:
    alice.reload()
    similar = alice.locator("#related")
    expect(similar).to_contain_text(OF_BILLING)
    expect(similar).to_contain_text("Billing")
    expect(alice.locator("#theme")).to_contain_text("teams")


def _carol_finds_it_in_her_own_words(carol: Page) -> None:
    search(carol, "Rechnungen zweimal abgebucht")
    expect(carol.locator(".hit", has_text=OF_BILLING).locator("mark").first).to_be_visible()
    link(carol, TITLE)
    titled(carol, TITLE)


def _carol_says_that_it_affects_her_team(story: Story, carol: Page) -> None:
    if story.javascript:
        carol.evaluate("document.body.dataset.same = 'page'")
    vote = carol.get_by_role("button", name="Affects us too")
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(carol.locator(".vote__figure")).to_have_text("2")
    see(carol, "Billing")
    carol.locator("#comments textarea").fill("We refund about ten of these a week.")
    button(carol, "Comment")
    expect(carol.locator("#comments .prose")).to_have_text("We refund about ten of these a week.")
    if story.javascript:
        expect(carol.locator("body")).to_have_attribute("data-same", "page")


def _mia_makes_an_action_of_the_theme_in_two_clicks(mia: Page) -> None:
    section(mia, "Themes")
    theme = mia.locator(".row", has_text="3 teams").filter(has_text="5 insights")
    theme.get_by_role("link").click()
    expect(mia.locator("blockquote")).to_contain_text(WORDS)
    link(mia, "Make an action")
    expect(mia.locator("main [name=insights]:checked")).to_have_count(3)
    fill(mia, title=DEED)
    mia.get_by_role("checkbox", name=TITLE).check()
    button(mia, "Make the action")
    titled(mia, DEED)
    expect(mia.locator("#origins")).to_contain_text(WORDS)


def _mia_moves_it_over_the_board(story: Story, mia: Page) -> None:
    section(mia, "Actions")
    link(mia, "Board")
    card = mia.locator(".board__card", has_text=DEED)

    def column(status: str) -> None:
        expect(mia.locator(f"[data-status={status}] .board__card", has_text=DEED)).to_be_visible()

    column("proposed")
    if story.javascript:
        mia.locator("cx-board[data-ready]").wait_for()
        with mia.expect_response("**/status"):
            drag(mia, card, mia.locator("[data-status=accepted] .board__cards"))
        column("accepted")
        expect(mia.locator("[data-status=accepted] .count")).to_have_text("1")
        mia.reload()
        column("accepted")
    mia.goto(card.locator(".board__card-tool").get_attribute("href") or "")
    choose(mia, status="In progress")
    button(mia, "Save")
    titled(mia, "Are its insights in action now?")
    button(mia, "Change the chosen ones")
    column("in_progress")


def _mia_defines_the_figure_that_it_should_move(mia: Page) -> None:
    section(mia, "KPIs")
    link(mia, "New KPI")
    link(mia, "Complaint rate")
    fill(mia, title=FIGURE, target="20")
    mia.get_by_label("Lower is better").check()
    button(mia, "Define the KPI")
    titled(mia, FIGURE)
    see(mia, "Not measured yet")


def _mia_begins_a_proof_of_concept(mia: Page) -> None:
    poc.plan(mia, PROOF, starts_on="2026-03-01")
    link(mia, "Add a budget entry")
    fill(mia, amount="12000")
    button(mia, "Enter it")
    see(mia, "12,000")
    poc.add_criterion(mia, "Complaints halve", FIGURE, "at most", "20", "500")
    see(mia, "not enough data")
    poc.attach(mia, "Billing found 41 double debits in one month.")
    poc.ask(mia)


def _dave_starts_it(dave: Page) -> None:
    dave.goto("/")
    see(dave, "Waiting for your decision")
    poc.decide(dave, PROOF, "Start", "Small enough to try.")
    see(dave, "Running")


def _mia_puts_the_action_into_it(mia: Page) -> None:
    search(mia, DEED)
    link(mia, DEED)
    mia.locator("main summary[title=More]").click()
    link(mia, "Edit")
    choose(mia, project=PROOF)
    mia.locator("summary", has_text="KPIs that it should move").click()
    mia.locator("select[name='kpis-0-kpi']").select_option(label=FIGURE)
    mia.locator("input[name='kpis-0-expected_value']").fill("20")
    button(mia, "Save")
    titled(mia, DEED)
    expect(mia.locator(".rail")).to_contain_text(PROOF)
    expect(mia.locator(".rail")).to_contain_text(FIGURE)


def _mia_measures(mia: Page) -> None:
    link(mia, FIGURE)
    for month, cases in (("2026-02", "45"), ("2026-04", "19")):
        link(mia, "Add a measurement")
        mia.locator("main [name=month]").fill(month)
        fill(mia, successes=cases, n="1000")
        button(mia, "Save the measurement")
        titled(mia, FIGURE)
    expect(mia.locator("#measurements tbody tr")).to_have_count(2)
    expect(mia.locator("#chart svg")).to_be_visible()
    section(mia, "Projects")
    link(mia, PROOF)
    expect(mia.locator("#criteria")).to_contain_text("met")
    poc.attach(mia, "Nobody in Billing was charged twice in two months.")
    poc.ask(mia)
    see(mia, "Awaiting decision")


def _dave_decides_at_the_gate(dave: Page) -> None:
    section(dave, "Home")
    see(dave, "Waiting for your decision")
    expect(dave.locator(".portfolio__line", has_text=PROOF)).to_contain_text("1 of 1 met")
    poc.decide(dave, PROOF, "Scale", "Complaints halved: every invoice from now on.")


def _dave_walks_back_from_the_chart_to_the_customer(dave: Page) -> None:
    expect(dave.locator("#kpis svg")).to_be_visible()
    link(dave, "All measurements")
    link(dave, DEED)
    link(dave, TITLE)
    expect(dave.locator("blockquote")).to_contain_text(WORDS)
