"""Texts as one reader sees them: placeholders resolved, terms explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from cxwiki import access, web
from cxwiki.linking import resolving, terms, titles
from cxwiki.linking.resolving import Called, Target
from cxwiki.richtext import marks
from cxwiki.subjects import Subject


def shown_text(
    html: str | None, subject: Any = None, *, person: Any = None, external: bool = False
) -> Markup:
    """The text for a reader (the signed-in one by default); `external` writes whole addresses.

    The terms of the glossary are explained in the text of a subject, hence not in comments.
    """
    return _shown([html or ""], subject, person or current_user, external)[0]


def shown_texts(
    things: Iterable[Any], *, person: Any = None, external: bool = False
) -> dict[int, Markup]:
    """The texts (`html`) of many things by their ids, looked up in one go."""
    rows = list(things)
    texts = _shown([row.html or "" for row in rows], None, person or current_user, external)
    return {row.id: text for row, text in zip(rows, texts, strict=True)}


def _shown(texts: list[str], subject: Any, person: Any, external: bool) -> list[Markup]:
    if any(map(marks.has_any, texts)):
        reader = _Reader(texts, person, external)
        texts = [reader.fill(text) for text in texts]
    if isinstance(subject, Subject):
        texts = [terms.explain(text, subject, person) for text in texts]
    return [Markup(text) for text in texts]  # noqa: S704


class _Reader:
    """Puts into texts what one person sees in place of the placeholders."""

    def __init__(self, texts: list[str], person: Any, external: bool) -> None:
        self.person = person
        self.external = external
        linked = [title for text in texts for title in marks.titles(text)]
        self.targets: Mapping[str, Target] = resolving.targets(linked, person)
        names = [name for text in texts for name in marks.called(text)]
        self.called: Mapping[str, Called] = resolving.called(names)

    def fill(self, html: str) -> str:
        return marks.fill(html, self._link, self._mention, _note)

    def _link(self, title: str, label: str) -> str:
        target = self.targets.get(title)
        if target is None:
            return self._missing(title, label)
        if title.startswith("#") and label == escape(title):
            label = escape(target.title, quote=False)
        return f'<a class="wiki-link" href="{escape(self._address(target))}">{label}</a>'

    def _address(self, target: Target) -> str:
        return web.address(target, _external=self.external)

    def _missing(self, title: str, label: str) -> str:
        """What nobody wrote yet, or what the reader may not see: there is no difference."""
        words = escape(_("Nobody has written “%(title)s” yet.", title=title))
        offers = not titles.number_in(title) and "pages.new" in current_app.view_functions
        if not offers or not access.can("page.create", None, self.person):
            return f'<span class="wiki-link wiki-link--missing" title="{words}">{label}</span>'
        where = escape(url_for("pages.new", title=title, _external=self.external))
        words = f"{words} {escape(_('Write it.'))}"
        return f'<a class="wiki-link wiki-link--missing" href="{where}" title="{words}">{label}</a>'

    def _mention(self, following: str) -> str:
        named = resolving.who(following, self.called)
        if named is None:
            return f"@{following}"
        somebody, end = named
        name, rest = escape(somebody.name, quote=False), following[end:]
        if not somebody.is_team:
            return f'<span class="mention">@{name}</span>{rest}'
        slug = somebody.slug or None
        where = url_for("accounts.team", team_id=somebody.id, slug=slug, _external=self.external)
        return f'<a class="mention" href="{escape(where)}">@{name}</a>{rest}'


def _note(_name: str) -> str:
    words = _("This text is shown as it was written: laying out its marks would take too long.")
    return f'<p class="prose__note">{escape(words)}</p>'
