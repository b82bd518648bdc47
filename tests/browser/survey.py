"""A survey of five months: as a file with one row that cannot be, and how it is uploaded."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from cxwiki import i18n
from cxwiki.kpis.models import Cadence
from cxwiki.kpis.periods import period_of
from tests.browser.story import button, fill, link, titled
from tests.browser.wiki import Wiki

MONTHS_BEFORE, MONTHS_AFTER = 3, 2
ANSWERS_A_MONTH = 40


def months(wiki: Wiki) -> list[date]:
    """The first days of the last five whole months."""
    with wiki.app.app_context():
        day = i18n.today()
    found: list[date] = []
    while len(found) < MONTHS_BEFORE + MONTHS_AFTER:
        day = period_of(day, Cadence.MONTHLY)[0] - timedelta(days=1)
        found.insert(0, day.replace(day=1))
    return found


def upload(page: Page, figure: str, some_months: list[date]) -> None:
    """Upload it on the page of a figure; the row that cannot be is named."""
    page.locator("main summary[title=More]").click()
    link(page, "Upload raw answers")
    titled(page, "Raw answers")
    file = {"name": "survey.csv", "mimeType": "text/csv", "buffer": _table(some_months)}
    page.locator("main input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    fill(page, source="Survey after a call")
    button(page, "Choose the columns")
    titled(page, "Which column holds what?")
    button(page, "Read the answers")
    titled(page, "survey.csv")
    refused = page.locator("#errors tbody tr")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text(f"{len(some_months) * ANSWERS_A_MONTH + 2}")
    expect(refused).to_contain_text("9 is out of the scale from 1 to 5.")
    link(page, "Show the KPI")
    titled(page, figure)
    expect(page.locator("#measurements tbody tr")).to_have_count(len(some_months))
    expect(page.locator("#chart svg")).to_be_visible()


def _table(some_months: list[date]) -> bytes:
    """One of four customers is satisfied in the first three months, three of four in the others."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["id", "day", "answer"])
    for place, month in enumerate(some_months):
        for number in range(ANSWERS_A_MONTH):
            is_satisfied = (number % 4 == 0) == (place < MONTHS_BEFORE)
            rows.writerow([f"{place}-{number}", month.isoformat(), 5 if is_satisfied else 2])
    rows.writerow(["bad", some_months[-1].isoformat(), 9])
    return file.getvalue().encode()
