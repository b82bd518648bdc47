"""axe-core finds nothing serious on any page, and no page is wider than a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cxwiki.accounts.models import User
from cxwiki.database import db, transaction
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = """async () => (await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], resultTypes: ["violations"],
})).violations.filter(found => ["serious", "critical"].includes(found.impact))
  .map(found => `${found.id}: ${found.help}: ${found.nodes.map(node => node.html).join(" | ")}`)"""
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
ADMIN, SPONSOR = "timo.gruber", "miriam.oakley"
# A first link on a list leads to a page of its kind.
LISTS = ("/insights/", "/themes/", "/actions/", "/projects/?poc=1", "/kpis/")
PAGES = (
    "/", "/insights/", "/insights/?kind=pain_point&status=open&since=2026-01-01", "/insights/new",
    "/themes/", "/actions/", "/actions/board", "/actions/new", "/projects/", "/projects/new?poc=1",
    "/kpis/", "/kpis/new", "/kpis/new?kind=nps", "/sponsor", "/search", "/search?q=rechnung",
    "/search?q=qqqqqq", "/teams", "/profile", "/notifications/", "/imports/", "/administration/",
    "/insights/999999", "/_styles",
)  # fmt: skip
OF_A_KIND = {
    "insight": ("", "/edit", "/revisions", "/status", "/evidence/new"),
    "theme": ("", "/name"),
    "action": ("", "/edit", "/status"),
    "project": ("", "/edit", "/links/new", "/criteria/new", "/budget/new"),
    "kpi": ("", "/edit", "/measurements/new", "/import"),
}
SOME = ("/", "/insights/new", "/themes/", "/actions/board", "/sponsor", "/search?q=rechnung")
EMPTY = ("/", "/insights/", "/themes/", "/actions/", "/actions/board", "/projects/", "/kpis/",
         "/sponsor", "/notifications/", "/search?q=nothing")  # fmt: skip


def email(person: str) -> str:
    return f"{person}@tannfurter-werke.example"
