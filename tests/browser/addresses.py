"""Which addresses the pages have that tests look at; names in braces stand for samples."""

from __future__ import annotations

# Addresses that are no pages: data, files, parts of pages, and what only redirects.
NO_PAGES = {
    "action_board.show", "actions.calendar", "answers.download", "answers.errors",
    "kpis.download_workbook", "projects.choose_project", "reports.portfolio_pdf",
    "reports.project_pdf", "health.alive", "health.ready", "kpis.download", "security.logout",
    "search.suggest", "security.reset_password", "static", "stylesheet", "accounts.set_up_page", "openapi.spec",
    "attachments.show", "attachments.thumbnail", "drafts.token", "exports.one", "exports.pages",
    "insight_texts.insights", "insights.export_csv", "insights.export_workbook",
    "insights.revisions", "notifications.feed", "notifications.page_feed", "writing.complete",
    "writing.template_text",
}  # fmt: skip
SPONSORS = {"projects.new_decision", "overview.sponsor"}
# Pages of a project that was scaled, not of the one that waits for its decision.
SCALED = {"projects.new_replica", "reports.project"}
STATES = (
    "/insights/?kind=pain_point&status=open&tag=app",
    "/insights/?page=2",
    "/actions/?overdue=1",
    "/actions/board?lanes=owner&stalled=1",
    "/actions/board?lanes=team",
    "/actions/matrix?by=rice",
    "/actions/new?theme={theme}",
    "/actions/references/new?insight={insight}",
    "/projects/links/new?subject={insight}",
    "/kpis/{kpi}/answers/{upload}",
    "/thread/{insight}",
    "/kpis/new?kind=nps",
    "/search?q=rechnung+doppelt",
    "/search?q=qqqqqq",
    "/search?q=rechnugn&kind=pain_point&since=2020-01-01&sort=votes",
    "/insights/{insight}/merger?other={other}",
    "/insights/duplicates?answered=no",
    "/insights/{merged}?alone=1",
    "/notifications/feeds?of=insights.atom",
    "/pages/{term}",
    "/reviews/?state=all&owner=nobody",
    "/subjects/{page}/revisions/changes?view=inline",
    "/no-such-page",
)
SOME = ("/", "/insights/{insight}", "/insights/new", "/insights/duplicates", "/pages/{page}", "/pages/{page}/edit",
        "/insights/{insight}/merger?other={other}", "/notifications/", "/notifications/watching",
        "/notifications/mails", "/reviews/", "/reviews/{page}", "/subjects/{page}/revisions", "/themes/{theme}", "/actions/board",
        "/actions/{action}", "/actions/{action}/effects", "/actions/matrix", "/projects/{project}",
        "/reports/projects/{scaled}", "/kpis/{kpi}", "/dashboard", "/search?q=rechnung")  # fmt: skip
EMPTY = ("/", "/insights/", "/themes/", "/actions/", "/actions/board", "/actions/matrix",
         "/actions/mine", "/actions/views", "/actions/escalation", "/projects/", "/kpis/",
         "/kpis/events", "/dashboard", "/reports/portfolio", "/sponsor", "/notifications/",
         "/notifications/watching", "/notifications/feeds", "/reviews/", "/insights/duplicates",
         "/pages/", "/pages/glossary", "/drafts/", "/links/wanted", "/links/orphaned",
         "/search?q=nothing")  # fmt: skip
