"""Presenting: whole pages, fragments for htmx, and the slots that higher features fill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import Flask, Response, flash, redirect, render_template, request, url_for
from htmx_flask.requests import HtmxAwareRequest
from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter, Map
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as BaseResponse

from cxwiki.errors import DomainError

Slot = Callable[[Any], str]
_slots: dict[str, list[tuple[int, Slot]]] = defaultdict(list)
_pages: dict[str, str] = {}
_LETTERS = "abcdefghijklmnopqrstuvwxyzäöüß0123456789"


def render(template: str, status: int = 200, **context: Any) -> tuple[str, int]:
    """Answer with a whole page."""
    return render_template(template, **context), status


def fragments(*templates: str, to: str, **context: Any) -> BaseResponse:
    """Answer htmx with the named partials, a plain form with a redirect to `to`.

    The first partial replaces what asked for it, the others find their place by their id.
    """
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(to, 303)
    parts = [
        render_template(template, oob=place > 0, **context)
        for place, template in enumerate(templates)
    ]
    parts.append(render_template("shared/_flash.html", oob=True))
    return Response("\n".join(parts))


def saved(message: str, to: str) -> BaseResponse:
    """Say that it worked and go there, by plain redirect or by htmx."""
    flash(message, "good")
    return go(to)


def go(to: str) -> BaseResponse:
    """Send the person to another page after something was done."""
    if request.htmx:  # type: ignore[attr-defined]
        return Response(status=204, headers={"HX-Redirect": iri_to_uri(to)})
    return redirect(to, 303)


def show_on(form: Any, error: DomainError) -> None:
    """Put a service's refusal beside the field that it speaks of, or above the form."""
    field = getattr(form, error.field or "", None)
    if field is None:
        flash(error.message, "bad")
    else:
        field.errors = [*field.errors, error.message]


def safe_next(fallback: str) -> str:
    """Where to go afterwards: the wished-for page of this site, else the fallback."""
    wish = request.values.get("next", "")
    parts = urlsplit(wish)
    local = wish.startswith("/") and not wish.startswith("//") and "\\" not in wish
    local = local and wish.isprintable()  # a line end would begin another header
    return wish if local and not parts.netloc and not parts.scheme else fallback


# --- addresses of subjects ----------------------------------------------------------------------


def page_of(subject_type: str, endpoint: str) -> None:
    """Register the page on which subjects of a type are shown; it takes `subject_id` and `slug`."""
    _pages[subject_type] = endpoint


class Addressed(Protocol):
    """A subject, or as much of it as its address needs."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def type(self) -> str:
        """What it is."""

    @property
    def slug(self) -> str:
        """The readable part of its address."""


def address(subject: Addressed, **more: Any) -> str:
    """Return the path of a subject's page."""
    return url_for(_pages[subject.type], subject_id=subject.id, slug=subject.slug or None, **more)


# --- slots --------------------------------------------------------------------------------------


def fill_slot(name: str, fill: Slot, order: int = 50) -> None:
    """Let a feature show something on a lower feature's page; `fill` gets the page's subject."""
    if all(known is not fill for _, known in _slots[name]):
        _slots[name].append((order, fill))
        _slots[name].sort(key=lambda entry: entry[0])


def slot(name: str, thing: Any = None) -> Markup:
    """Render what higher features put into a named place of a page."""
    return Markup("").join(Markup(fill(thing)) for _, fill in _slots[name])  # noqa: S704


@lru_cache(maxsize=2000)
def hue(name: str) -> int:
    """The colour of a team's or person's mark, 1 to 6: it follows the name, everywhere."""
    return sum(_LETTERS.find(letter.lower()) + 2 for letter in name) % 6 + 1


# --- forms without JavaScript -------------------------------------------------------------------


def form_url(endpoint: str, **values: Any) -> str:
    """`url_for` in templates; a `_method` becomes the part of the address that a form needs.

    Flask's own takes `_method` for choosing among rules, and leaves it out of the address.
    """
    method = values.pop("_method", None)
    url = url_for(endpoint, _method=method, **values)
    if method is None:
        return url
    return f"{url}{'&' if '?' in url else '?'}_method={method}"


class MethodOverride:
    """Let a plain form send DELETE: `POST …?_method=DELETE`. Flask sees the wished-for method."""

    def __init__(self, wsgi_app: Any) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Pass the request on, with the wished-for method."""
        query = environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] == "POST" and query.endswith("_method=DELETE"):
            environ["REQUEST_METHOD"] = "DELETE"
        return self.wsgi_app(environ, start_response)


class Parameters(ImmutableMultiDict[str, Any]):
    """What an address or a form carries, without NUL: PostgreSQL takes no text with it."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = iter_multi_items(mapping) if mapping is not None else ()
        super().__init__([(_without_nul(name), _without_nul(value)) for name, value in pairs])


class CleanRequest(HtmxAwareRequest):
    """A request whose parameters can be kept and looked for in every database."""

    parameter_storage_class = Parameters


def _without_nul(value: Any) -> Any:
    return value.replace("\x00", "") if isinstance(value, str) else value


class RecordNumber(IntegerConverter):
    """`<int:…>` in a path: a number that no record can have is no address, and never a query."""

    # Said to the router, too: a number that fails only afterwards is answered 405 instead of 404.
    regex = r"(?:\d{1,9}|1\d{9}|20\d{8}|21[0-3]\d{7}|214[0-6]\d{6})"

    def __init__(self, map: Map, **limits: Any) -> None:  # noqa: A002
        limits.setdefault("max", 2**31 - 1)
        super().__init__(map, **limits)


def init_app(app: Flask) -> None:
    """Accept DELETE from plain forms, bound texts, and give templates what they need to link."""
    app.request_class = CleanRequest
    app.url_map.converters["int"] = RecordNumber
    app.wsgi_app = MethodOverride(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_bound_text)
    app.jinja_env.filters["hue"] = hue
    app.jinja_env.globals.update(slot=slot, address=address, url_for=form_url)


def _bound_text() -> None:
    """What is held in memory as a whole may be a long text, but not as large as a file."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = request.max_form_memory_size
