"""axe-core finds nothing serious on any page, and no page is wider than a phone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage
from werkzeug.routing import Rule

from cxwiki.accounts import invitations
from cxwiki.accounts.models import Membership, RoleName, User
from cxwiki.actions.models import Action, ActionKpi, EscalationRule
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.insights import uploads
from cxwiki.insights.importing import Options
from cxwiki.insights.models import Evidence, Insight
from cxwiki.kpis import answer_uploads
from cxwiki.kpis.models import Kpi
from cxwiki.notifications import unsubscribing
from cxwiki.notifications.topics import Topic
from cxwiki.pages.importing import uploads as page_uploads
from cxwiki.pages.importing.running import Options as WikiOptions
from cxwiki.pages.models import Page as WikiPage
from cxwiki.pages.models import PageKind
from cxwiki.projects.models import Project, Risk, Stage
from cxwiki.themes.models import Theme
from tests.browser.addresses import EMPTY, NO_PAGES, SCALED, SOME, SPONSORS, STATES
from tests.browser.visitor import Visitors
from tests.browser.wiki import Wiki

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# What frames every page is looked at on the pages of `SOME`, and left out of the long round.
FRAME = [".top-bar", ".side-bar", ".bottom-bar", ".footer", "dialog"]
RULES = """async (frame) => (await axe.run({exclude: frame}, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], resultTypes: ["violations"],
})).violations.filter(found => ["serious", "critical"].includes(found.impact))
  .map(found => `${found.id}: ${found.nodes.map(node => node.html.slice(0, 200)).join(" | ")}`)"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
DESK, PHONE = 1280, 390


@pytest.fixture(scope="module")
def samples(demo_wiki: Wiki) -> dict[str, str]:
    """What stands for the variable parts of addresses: records with much on their pages."""
    with demo_wiki.app.app_context(), transaction():
        # Everybody reads in the language of their browser, so that a test can choose it.
        db.session.execute(update(User).values(language=None))
        admin = _one(select(User).where(User.role == RoleName.ADMINISTRATOR))
        quoted = select(Evidence.insight_id).group_by(Evidence.insight_id)
        project = _one(select(Project).where(Project.is_poc, Project.stage == Stage.DECISION))
        member = _one(select(Membership).where(Membership.is_lead))
        _invitation, token = invitations.invite(member.team, RoleName.MEMBER, 3, 1, by=admin)
        file = FileStorage(io.BytesIO(b"title,severity\n,9\n"), "noted.csv")
        imported = uploads.accept(file, Options(source="import"), admin)
        kpi = _one(select(Kpi).join(ActionKpi))
        answers = FileStorage(io.BytesIO(b"day,answer\n2026-03-02,3\n"), "answers.csv")
        scaled = _one(select(Project).where(Project.is_poc, Project.stage == Stage.SCALED))
        page = _one(select(WikiPage).where(WikiPage.kind == PageKind.GUIDE))
        end = unsubscribing.link(admin, [Topic.COMMENT, Topic.OUTCOME])
        found = {
            "insight": _one(
                select(Insight)
                .where(Insight.id.in_(quoted), Insight.archived_at.is_(None))
                .order_by(Insight.votes_count.desc())
            ),
            "theme": _one(select(Theme).order_by(Theme.size.desc())),
            "action": _one(select(Action).join(ActionKpi).where(Action.status == "done")),
            "project": project,
            "scaled": scaled,
            "kpi": kpi,
            "upload": answer_uploads.accept(kpi, answers, "", admin),
            "milestone": scaled.milestones[0],
            "risk": _one(select(Risk).where(Risk.project_id == scaled.id)),
            "rule": _one(select(EscalationRule)),
            "import": imported,
            "other": _one(select(Insight).order_by(Insight.votes_count)),
            "merged": _one(select(Insight).where(Insight.merged_into_id.is_not(None))),
            "page": page,
            "term": _one(select(WikiPage).where(WikiPage.kind == PageKind.TERM)),
            "comment": discussion.comment(page, "Is it **true**?", admin),
            "wiki": page_uploads.accept(_archive(), WikiOptions(), admin),
            "sponsor": project.sponsor,
            "admin": admin,
        }
        named = {name: str(one.id) for name, one in found.items()}
        emails = {name: found[name].email for name in ("sponsor", "admin")}
        named |= {"team": str(member.team_id), "person": str(member.user_id), "token": token}
        named["end"] = end.rsplit("/", 1)[-1]
    demo_wiki.settle()
    return named | emails


def _archive() -> FileStorage:
    """A wiki of one page, whose links lead nowhere."""
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("start.md", "# Start\n\nSee [the other](other.md).\n")
    content.seek(0)
    return FileStorage(content, "wiki.zip")


def _one(query):  # type: ignore[no-untyped-def]
    return db.session.scalars(query.limit(1)).one()


@pytest.fixture(scope="module")
def pages(demo_wiki: Wiki, samples: dict[str, str]) -> list[tuple[str, str]]:
    """Every page of the site, from its own map: (who visits it, address)."""
    kinds = {"insights": "insight", "themes": "theme", "actions": "action",
             "action_board": "action", "priorities": "action", "projects": "project", "kpis": "kpi",
             "answers": "kpi", "dated_events": "kpi", "kpi_charts": "kpi", "kpi_targets": "kpi",
             "overview": "kpi", "pages": "page", "history": "page", "reviewing": "page"}  # fmt: skip
    ends = {"effects.of_action": "action", "effects.of_project": "project",
            "projects.edit_milestone": "scaled", "projects.edit_risk": "scaled"}  # fmt: skip
    ends |= dict.fromkeys(SCALED, "scaled")
    found = []
    with demo_wiki.app.test_request_context():
        for rule in demo_wiki.app.url_map.iter_rules():
            if not _is_page(rule) or "slug" in rule.arguments:
                continue
            values = {
                "subject_id": samples.get(
                    ends.get(rule.endpoint) or kinds.get(rule.endpoint.split(".")[0], "")
                ),
                "team_id": samples["team"],
                "person_id": samples["person"],
                "import_id": samples["wiki" if rule.endpoint == "page_imports.show" else "import"],
                "comment_id": samples["comment"],
                "kind": "pain_point",
                "language": "de",
                "upload_id": samples["upload"],
                "milestone_id": samples["milestone"],
                "risk_id": samples["risk"],
                "rule_id": samples["rule"],
                "number": 1,
                "token": samples[
                    "end" if rule.endpoint == "notifications.unsubscribe" else "token"
                ],
            }
            who = "sponsor" if rule.endpoint in SPONSORS else "admin"
            arguments = {name: values[name] for name in rule.arguments}
            path = demo_wiki.app.url_map.bind("x").build(rule.endpoint, arguments)
            found.append((samples[who], path.removeprefix("http://x")))
    return sorted(found) + [(samples["admin"], path.format(**samples)) for path in STATES]


def _is_page(rule: Rule) -> bool:
    known = rule.methods is not None and "GET" in rule.methods
    return known and rule.endpoint not in NO_PAGES and not rule.rule.startswith("/api/")


def problems(page: Page, path: str | None = None, *, frame: bool = True) -> Iterator[str]:
    """What axe-core calls serious or critical, and whether the page is too wide."""
    if path is not None:
        page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    page.evaluate(AXE)
    for violation in page.evaluate(RULES, [] if frame else FRAME):
        yield f"{page.url}: {violation}"
    yield from sideways(page)


def sideways(page: Page) -> Iterator[str]:
    if page.evaluate(TOO_WIDE):
        yield f"{page.url}: scrolls sideways at {page.viewport_size}"


def test_every_page_on_a_desk_and_on_a_phone(
    demo_wiki: Wiki, visitors: Visitors, pages: list[tuple[str, str]]
) -> None:
    found: list[str] = []
    browsers = {who: visitors.visit(demo_wiki, who) for who, _path in pages}
    for who, path in pages:
        page = browsers[who]
        page.set_viewport_size({"width": DESK, "height": 900})
        found += problems(page, path, frame=False)
        page.set_viewport_size({"width": PHONE, "height": 844})
        found += sideways(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("width", "dark", "language"),
    [(PHONE, False, "en"), (DESK, True, "en"), (PHONE, True, "de"), (DESK, False, "de")],
)
def test_some_pages_in_both_themes_widths_and_languages(
    demo_wiki: Wiki,
    visitors: Visitors,
    samples: dict[str, str],
    width: int,
    dark: bool,
    language: str,
) -> None:
    page = visitors.visit(demo_wiki, samples["admin"], width=width, dark=dark, language=language)
    found = [text for path in SOME for text in problems(page, path.format(**samples))]
    assert page.locator("html").get_attribute("lang") == language
    assert not found, "\n".join(found)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_doors_and_errors(
    demo_wiki: Wiki, visitors: Visitors, samples: dict[str, str], dark: bool
) -> None:
    page = visitors.visit(demo_wiki, width=PHONE, dark=dark)
    found = []
    for path in ("/sign-in", "/password-reset", f"/invitations/{samples['token']}", "/nowhere"):
        found += problems(page, path)
    page.goto("/sign-in")
    page.locator("#email").fill("nobody@example.org")
    page.locator("#password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += problems(page)
    assert not found, "\n".join(found)


def test_a_form_with_mistakes(demo_wiki: Wiki, visitors: Visitors, samples: dict[str, str]) -> None:
    page = visitors.visit(demo_wiki, samples["admin"])
    found = []
    for path in ("/insights/new", "/actions/new", "/projects/new", "/kpis/new?kind=ces"):
        page.goto(path)
        form = page.locator("main form.form")
        form.evaluate("form => { form.noValidate = true; form.elements.title.value = '' }")
        form.get_by_role("button").filter(visible=True).last.press("Enter")
        expect(page.locator("[aria-invalid=true]").first).to_be_visible()
        found += problems(page)
        # Leaving before the refused text is kept would be asked about.
        page.wait_for_function("() => !document.querySelector('cx-draft')?.isUnkept")
    assert not found, "\n".join(found)


def test_what_opens_on_a_page(demo_wiki: Wiki, visitors: Visitors, samples: dict[str, str]) -> None:
    page = visitors.visit(demo_wiki, samples["admin"])
    page.goto("/insights/")
    page.locator(".filter-bar summary").click()
    found = [*problems(page)]
    page.locator(".filter-bar summary").click()
    page.locator(".top-bar summary").last.click()
    found += problems(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += problems(page)
    assert not found, "\n".join(found)


def test_a_site_on_its_first_day(new_wiki: Wiki, visitors: Visitors) -> None:
    nobody = visitors.visit(new_wiki, width=PHONE)
    found = [*problems(nobody, "/setup")]
    new_wiki.set_up("Example Ltd")
    page = visitors.visit(new_wiki, "admin@example.org", width=PHONE)
    for path in EMPTY:
        found += problems(page, path)
    assert not found, "\n".join(found)
