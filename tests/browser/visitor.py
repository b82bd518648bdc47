"""People at their browsers, and what a page must never do to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, Response

from tests.browser.wiki import Wiki

# Answers that a person gets to see as a page or as part of one: they are no failures of the page.
SHOWN = frozenset({401, 403, 404, 405, 409, 422})
# What htmx says when a newer question takes the place of an older one, or the page is left. What
# truly fails has a line of its own (sendError, responseError, swapError) or an answer to judge.
OVERTAKEN = ("htmx:sendAbort", "htmx:afterRequest")


@dataclass
class Watch:
    """Notes every error in the console, foreign address, dialog and broken part of a page."""

    host: str
    broken_images: bool = False
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Begin to watch all pages of a context."""
        context.on("console", lambda said: self._heard(said.type, said.text))
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on(
            "dialog", lambda shown: (self._note(f"dialog: {shown.message}"), shown.dismiss())
        )

    def _note(self, complaint: str) -> None:
        self.complaints.append(complaint)

    def _heard(self, kind: str, text: str) -> None:
        # The browser's own line about a status; `_answered` judges that with more knowledge.
        if kind == "error" and not text.startswith(("Failed to load resource", *OVERTAKEN)):
            self._note(f"console: {text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and address.netloc != self.host:
            self._note(f"request to another host: {request.url}")

    def _answered(self, response: Response) -> None:
        kind, status = response.request.resource_type, response.status
        shown = status in SHOWN and kind in ("document", "xhr", "fetch")
        typed = status == 404 and kind == "image" and self.broken_images
        if status >= 400 and not shown and not typed:
            self._note(f"{response.status} for {response.url}")


@dataclass
class Visitors:
    """Opens pages in the named people's browsers, each watched."""

    browser: Browser
    watches: list[Watch] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def visit(
        self,
        wiki: Wiki,
        email: str | None = None,
        *,
        javascript: bool = True,
        width: int = 1280,
        dark: bool = False,
        language: str = "en",
        broken_images: bool = False,
    ) -> Page:
        """A page on the site, signed in if an address is given (with the site's one password).

        `broken_images`: what people typed may name images that are not there.
        """
        context = self.browser.new_context(
            base_url=wiki.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale={"en": "en-GB", "de": "de-DE"}[language],
            reduced_motion="reduce",
            storage_state=wiki.sessions.get(email) if email else None,
        )
        self.contexts.append(context)
        watch = Watch(urlsplit(wiki.url).netloc, broken_images)
        self.watches.append(watch)
        watch.over(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        if email and email not in wiki.sessions:
            sign_in(page, email, wiki.password)
            wiki.sessions[email] = context.storage_state()
        return page

    def leave(self) -> None:
        """Close everything; fails if a page did what none may do."""
        for context in self.contexts:
            context.close()
        complaints = [complaint for watch in self.watches for complaint in watch.complaints]
        assert not complaints, "\n".join(complaints)


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in as a person does."""
    page.goto("/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("form[action^='/sign-in'] button[type=submit]").click()
    page.locator(".top-bar").wait_for()
