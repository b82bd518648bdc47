"""Insights as wiki texts: how their histories, merges and restores read and save them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cxwiki import i18n
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.insights import labels, service
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from cxwiki.subjects import Visibility
from cxwiki.writing import revisions, texts
from cxwiki.writing.texts import Content, TextType

LABELS: Mapping[str, str | LazyString] = {
    "kind": _l("Kind"),
    "team": _l("Team"),
    "visibility": _l("Who may see it"),
    "tags": _l("Tags"),
    "severity": _l("Severity"),
    "customers_affected": _l("Customers affected"),
    "channel": _l("Channel"),
    "language": _l("Language of the text"),
}


def content(insight: Insight) -> Content:
    """What the insight says now."""
    return written(service.current_draft(insight), insight.team)


def written(draft: Draft, team: Team) -> Content:
    """What a person wrote, as the text that it would become; DomainError if it cannot be one."""
    checked = service.check(draft)
    return Content(checked.title, checked.body, service.fields_of(checked, team.id))


def draft_of(insight: Insight, content: Content) -> Draft:
    """The content as a draft; what it does not speak of is as the insight has it."""
    known: dict[str, Any] = {
        name: tuple(value) if name == "tags" else value
        for name, value in content.fields.items()
        if name in Draft.__dataclass_fields__
    }
    return replace(service.current_draft(insight), title=content.title, body=content.body, **known)


def as_of(insight: Insight, number: int, person: User) -> tuple[Draft, Team]:
    """What the insight said at a revision; its present text if the person cannot read that one."""
    saved = None
    if number != insight.revision_number:
        saved = revisions.readable(insight, number, person)
    if saved is None or saved.suppressed_at is not None:
        return service.current_draft(insight), insight.team
    then = revisions.content(saved)
    team = db.session.get(Team, then.fields.get("team", insight.team_id))
    return draft_of(insight, then), team or insight.team


def save(insight: Insight, content: Content, by: User, based_on: int, comment: str) -> Insight:
    """Write a new revision of the content; fields that it does not name stay as they are."""
    team = db.session.get(Team, content.fields.get("team", insight.team_id))
    draft = draft_of(insight, content)
    return service.revise(insight, draft, by, based_on, comment=comment, team=team)


def show(name: str, value: Any) -> str:
    """Say a field's value in words; empty if nothing was said."""
    if value in (None, "", [], ()):
        return ""
    if name == "team":
        team = db.session.get(Team, value)
        return team.shown_name if team else ""
    if name == "tags":
        return ", ".join(value)
    if name == "language":
        return i18n.language_name(value)
    if name == "visibility":
        return _("Only this team") if value == Visibility.TEAM else _("The whole company")
    words: dict[str, Mapping[Any, Any]] = {
        "kind": labels.KINDS,
        "channel": labels.CHANNELS,
        "severity": labels.SEVERITIES,
    }
    return str(words.get(name, {}).get(value, value))


def register() -> None:
    """Let insights be written, compared, merged and restored like any text."""
    texts.register(
        "insight",
        TextType(
            Insight,
            edit="insight.edit",
            edit_endpoint="insights.edit",
            content=content,
            save=save,
            labels=LABELS,
            show=show,
        ),
    )
