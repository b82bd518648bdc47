"""How people plan a proof of concept, attach what they found, and decide: deeds of two stories."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.story import button, choose, fill, link, section, see, titled

HYPOTHESIS = {
    "idea": "a check before each debit",
    "audience": "customers with direct debit",
    "outcome": "end double charges",
    "measure": "what customers say of their invoice",
}
SENTENCE = (
    "We believe that a check before each debit for customers with direct debit will end double "
    "charges, measured by what customers say of their invoice."
)


def plan(page: Page, title: str, starts_on: str) -> None:
    """Begin a proof of concept of Billing that Dave decides upon."""
    section(page, "Projects")
    titled(page, "Projects")
    link(page, "New project")
    titled(page, "New project")
    fill(page, title=title, starts_on=starts_on)
    page.get_by_text("Proof of concept: hypothesis").click()
    page.get_by_label("This is a proof of concept").check()
    fill(page, **HYPOTHESIS, touchpoint="Invoice", pilot_weeks="8")
    choose(page, pilot_team="Billing", sponsor="Dave")
    button(page, "Begin the project")
    titled(page, title)
    expect(page.locator("#hypothesis")).to_contain_text(SENTENCE)


def add_criterion(page: Page, text: str, kpi: str, comparison: str, value: str, n: str) -> None:
    """Say what must be true of a KPI, "at least" or "at most", from how many answers on."""
    link(page, "Add a criterion")
    titled(page, "Add a success criterion")
    choose(page, kpi=kpi, comparison=comparison)
    fill(page, text=text, threshold=value, minimum_n=n)
    button(page, "Add the criterion")
    expect(page.locator("#criteria")).to_contain_text(text)


def attach(page: Page, finding: str) -> None:
    """Attach evidence to the gate of the project whose page is open."""
    link(page, "Attach evidence")
    titled(page, "Attach evidence")
    fill(page, text=finding)
    button(page, "Attach it")
    expect(page.locator("#gate")).to_contain_text(finding)


def ask(page: Page) -> None:
    """Ask the sponsor."""
    button(page, "Ask for the decision")
    see(page, "Dave was asked to decide.")


def decide(page: Page, title: str, verdict: str, reason: str) -> None:
    """Decide, from a page that offers to, and be on the project's page."""
    link(page, "Decide")
    titled(page, f"Decide: {title}")
    page.get_by_role("radio", name=verdict).check()
    fill(page, note=reason)
    button(page, "Record my decision")
    titled(page, title)
    see(page, "Your decision is recorded.")
    expect(page.locator("#decisions")).to_contain_text(reason)
