"""A browser, sites to visit, and people who visit them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from cxwiki.demo import people
from cxwiki.demo.building import build_if_empty
from tests.browser.encoder import running_encoder
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki, running_wiki

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
NO_CHROMIUM = "There is no Chromium here: the browser tests were skipped."
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip all of this folder where there is no browser, but not where tests must be complete."""
    if CHROMIUM or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line why the browser tests did not run."""
    if any(
        NO_CHROMIUM in str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])
    ):
        terminalreporter.write_line(NO_CHROMIUM)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which asks no other host for anything."""
    assert CHROMIUM, "There is no Chromium, and CI=true wants the browser tests."
    expect.set_options(timeout=15_000)  # a busy machine is no failure
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    """Opens pages; what no page may do fails the test at its end."""
    visitors = Visitors(browser)
    yield visitors
    visitors.leave()


@pytest.fixture(scope="session")
def encoder_url() -> Iterator[str]:
    with running_encoder() as url:
        yield url


@pytest.fixture
def new_wiki(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, encoder_url: str
) -> Iterator[Wiki]:
    """A site that nobody has visited yet."""
    with running_wiki(tmp_path_factory.mktemp("wiki"), database_url, encoder_url) as wiki:
        yield wiki


@pytest.fixture(scope="session")
def demo_wiki(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, encoder_url: str
) -> Iterator[Wiki]:
    """A site full of life: the demo company, indexed and with its themes. Tests only read it."""
    folder = tmp_path_factory.mktemp("demo")
    with running_wiki(folder, database_url, encoder_url, demo=True) as wiki:
        with wiki.app.app_context():
            build_if_empty(progress=lambda _line: None)
        wiki.password = people.PASSWORD
        wiki.settle()
        yield wiki
