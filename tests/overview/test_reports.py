"""Reports: on one page, in both languages, and with nothing that the reader may not see."""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, event

from cxwiki.actions.models import Action
from cxwiki.database import db, transaction
from cxwiki.i18n import today
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.overview import pdf
from cxwiki.projects.models import BudgetEntry, Criterion, Project, ProjectKpi, Update
from tests.conftest import Cast, SignIn
from tests.overview.conftest import Chain, MakeChain

WORDS = "You billed me twice"
PAGES = ("/reports/portfolio", "/reports/projects/{project}")


@pytest.fixture
def story(app: APIFlask, cast: Cast, chain: MakeChain) -> Chain:
    """A proof of concept with figures before and after its first day, money, and open work."""
    made = chain("Invoices", WORDS)
    with app.app_context(), transaction():
        project = db.session.get_one(Project, made.project)
        project.is_poc, project.stage = True, "decision"
        project.starts_on, project.sponsor_id = today() - timedelta(days=90), cast.dave
        project.idea, project.audience = "plain invoices", "new customers"
        project.outcome, project.measure = "spare them a call", "complaints"
        kpi = db.session.get_one(Kpi, made.kpi)
        kpi.statistic, kpi.unit = "share", "%"
        measure(kpi.id, today() - timedelta(days=120), 120, 1000)
        measure(kpi.id, today() - timedelta(days=60), 60, 1000)
        db.session.add_all(
            [
                Criterion(project_id=project.id, text="", kpi_id=kpi.id, comparison="at_most",
                          threshold=Decimal(8), minimum_n=500),
                BudgetEntry(project_id=project.id, kind="planned", amount=Decimal(4000),
                            dated_on=today()),
                BudgetEntry(project_id=project.id, kind="spent", amount=Decimal(1500),
                            dated_on=today()),
                Update(project_id=project.id, light="amber", text="The printer is late"),
            ]
        )  # fmt: skip
        cast.team("service").day_rate = Decimal(500)
        db.session.get_one(Action, made.action).effort_days = Decimal(3)
    return made


def measure(kpi_id: int, start: date, successes: int, n: int) -> None:
    value = Decimal(100) * successes / n
    db.session.add(
        Measurement(kpi_id=kpi_id, period_start=start, period_end=start + timedelta(days=20),
                    value=value, n=n, successes=successes)
    )  # fmt: skip


def sheets(document: bytes) -> int:
    """How many sheets a PDF has: its page objects, those in compressed streams too."""
    parts = [document]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(stream))
    return sum(len(re.findall(rb"/Type ?/Page\b", part)) for part in parts)


def test_a_report_says_all_that_a_sponsor_asks(as_: SignIn, story: Chain) -> None:
    page = as_("dave").get(f"/reports/projects/{story.project}").text
    for words in (
        "Invoices: project",
        "plain invoices",
        "in danger",
        "The printer is late",
        "Decision waits since",
        "12%",
        "6%",
        "-6 (from -8.5 to -3.5)",
        "n = 1,000",
        "better by 6",
        "1 of 1 met",
        WORDS,
        "1,500",
        "3</td>",
    ):
        assert words in page, words


def test_the_portfolio_adds_up_what_is_open(as_: SignIn, story: Chain) -> None:
    page = as_("dave").get("/reports/portfolio").text
    assert "0 of 1" in page
    assert "1,500 of 4,000\u00a0EUR spent" in page
    assert "3 person-days" in page
    assert "1,500\u00a0EUR" in page


@pytest.mark.parametrize("path", PAGES)
def test_the_address_chooses_the_language(as_: SignIn, story: Chain, path: str) -> None:
    path = path.format(project=story.project)
    browser = as_("dave")
    assert '<html lang="de"' in browser.get(f"{path}?lang=de").text
    for wish in ("?lang=en", "", "?lang=fr", "?lang=../x"):
        assert '<html lang="en"' in browser.get(f"{path}{wish}").text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_normal_report_is_one_sheet_of_pdf(
    as_: SignIn, story: Chain, path: str, language: str
) -> None:
    path = path.format(project=story.project)
    answer = as_("dave").get(f"{path}.pdf?lang={language}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert sheets(answer.data) == 1


def test_a_long_one_goes_on_over_the_page(app: APIFlask, as_: SignIn, story: Chain) -> None:
    with app.app_context(), transaction():
        for number in range(60):
            text = f"Criterion {number} that somebody judges, with some words about it"
            db.session.add(Criterion(project_id=story.project, text=text))
    answer = as_("dave").get(f"/reports/projects/{story.project}.pdf")
    assert 2 <= sheets(answer.data) <= 4


@pytest.mark.parametrize("ending", ["", ".pdf"])
def test_who_may_not_see_a_project_gets_no_report(
    as_: SignIn, chain: MakeChain, ending: str
) -> None:
    hidden = chain("Zebra", "A zebra", visibility="team")
    path = f"/reports/projects/{hidden.project}{ending}"
    assert as_("eve").get(path).status_code == 302
    assert as_("carol").get(path).status_code == 404
    assert as_("bob").get(path).status_code == 200


@pytest.fixture
def mixed(app: APIFlask, story: Chain, chain: MakeChain) -> tuple[Chain, Chain]:
    """The story for all, with a KPI, an action and an insight of Service's own in it."""
    hidden = chain("Zebra", "A zebra", visibility="team")
    with app.app_context(), transaction():
        action = db.session.get_one(Action, hidden.action)
        action.project_id, action.effort_days = story.project, Decimal("77.5")
        db.session.add(ProjectKpi(project_id=story.project, kpi_id=hidden.kpi))
        db.session.add(
            Criterion(project_id=story.project, text="", kpi_id=hidden.kpi, comparison="at_most",
                      threshold=Decimal(33), minimum_n=1)
        )  # fmt: skip
        measure(hidden.kpi, today() - timedelta(days=60), 41, 100)
    return story, hidden


@pytest.mark.parametrize("path", [*PAGES, "/sponsor", "/projects/{project}", "/thread/{project}"])
def test_what_is_hidden_leaves_no_figure(
    as_: SignIn, mixed: tuple[Chain, Chain], path: str
) -> None:
    path = path.format(project=mixed[0].project)
    for name in ("carol", "mia", "dave", "rita"):
        page = as_(name).get(path).text
        for secret in ("Zebra", "zebra", "77.5", "80.5", "40,250", "41%", "33%"):
            assert secret not in page, (name, secret)
    assert "Zebra" in as_("bob").get(path).text


def test_sums_are_of_what_one_sees(as_: SignIn, mixed: tuple[Chain, Chain]) -> None:
    assert "3 person-days" in as_("carol").get("/reports/portfolio").text
    assert "80.5 person-days" in as_("bob").get("/reports/portfolio").text


# --- making the document --------------------------------------------------------------------------


def test_printing_begins_after_the_transaction_has_ended(
    app: APIFlask, as_: SignIn, story: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    def note(_html: str) -> bytes:
        held.append(db.session.registry.has())
        return b"%PDF-"

    monkeypatch.setattr(pdf, "document", note)
    assert as_("dave").get(f"/reports/projects/{story.project}.pdf").status_code == 200
    assert held == [False]


Count = Callable[[str], list[str]]


@pytest.fixture
def statements(app: APIFlask, as_: SignIn) -> Count:
    """What is said to the database when Dave opens a page."""

    def count(path: str) -> list[str]:
        browser, seen = as_("dave"), []
        browser.get(path)  # what is read once a process

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert browser.get(path).status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return seen

    return count


def test_a_long_report_costs_as_many_statements_as_a_short_one(
    app: APIFlask, cast: Cast, story: Chain, chain: MakeChain, statements: Count
) -> None:
    path = f"/reports/projects/{story.project}"
    few = len(statements(path))
    for number in range(12):
        other = chain(f"Letters {number}", "Which letter?", by="carol")
        with app.app_context(), transaction():
            db.session.get_one(Action, other.action).project_id = story.project
            db.session.add(ProjectKpi(project_id=story.project, kpi_id=other.kpi))
            db.session.add(
                Criterion(project_id=story.project, text="", kpi_id=other.kpi,
                          comparison="at_most", threshold=Decimal(8), minimum_n=5)
            )  # fmt: skip
            measure(other.kpi, today() - timedelta(days=60), 5, 100)
    assert len(statements(path)) <= few + 2  # people of a second team are loaded, too


def test_reports_write_nothing(story: Chain, statements: Count) -> None:
    said = {one.split(maxsplit=1)[0] for one in statements("/reports/portfolio")}
    assert said <= {"SELECT", "WITH", "BEGIN", "PRAGMA", "ROLLBACK"}
