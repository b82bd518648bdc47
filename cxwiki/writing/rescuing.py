"""Texts that arrive after their session ended: kept as drafts, and offered after signing in."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cxwiki import access, events, web
from cxwiki.accounts.models import User
from cxwiki.daily import DAY_BEGAN
from cxwiki.database import db
from cxwiki.subjects import Subject
from cxwiki.writing import drafts, offering, presence
from cxwiki.writing.models import Draft

WORKING = ("insight", "page")
SAVED = tuple(
    f"{form}.{what}" for form in (*drafts.FORMS, "team_comment") for what in ("created", "edited")
)


def rescue() -> BaseResponse | None:
    """Answer a form that comes from a page of a session that is over, if it carries our note.

    Its text is kept for the person to whom that page was shown, and for nobody else.
    """
    key = offering.note_sent() if request.method in ("POST", "DELETE") else None
    writer = _writer(key) if key is not None else None
    if key is None or writer is None:
        return None
    draft = drafts.keep(key, offering.values_sent(), offering.based_on_sent())
    g.draft_is_kept = True
    if "application/json" in request.headers.get("Accept", ""):
        answer = jsonify(kept=draft is not None)
        answer.status_code = 401
        return answer
    subject = db.session.get(Subject, key.subject_id) if key.subject_id else None
    seen = subject if subject is not None and access.sees(writer, subject) else None
    back = address_of(key, draft, seen)
    if not current_user.is_authenticated:
        flash(_("You were signed out meanwhile. Your text is kept: sign in to go on."), "attention")
        return web.go(url_for("security.login", next=back))
    flash(
        _("The page was open for too long. Your text is here: please send it again."), "attention"
    )
    return web.go(back)


def _writer(key: drafts.Key) -> User | None:
    """The person to whom the form was shown, if nobody else is signed in here now."""
    person = db.session.get(User, key.user_id)
    mine = not current_user.is_authenticated or current_user.id == key.user_id
    return person if person is not None and person.active and mine else None


def address_of(key: drafts.Key, draft: Draft | None, subject: Subject | None) -> str:
    """The page with the form of a draft; `subject` is what it is about, for those who see that."""
    chosen: dict[str, Any] = {"draft": draft.id} if draft is not None else {}
    if key.subject_id is None:
        return url_for(f"{key.form}s.new", **chosen)
    if subject is None:
        return url_for("drafts.index")
    if key.form in WORKING:
        return url_for(f"{key.form}s.edit", subject_id=subject.id, **chosen)
    return web.address(subject, **chosen, _anchor="comments")


@events.on(*SAVED)
def forget_saved(event: events.Event) -> None:
    """What was saved through a form is no draft any more, in the same transaction."""
    if not request or event.actor_id is None:
        return
    key = offering.note_sent()
    if key is not None and key.user_id == event.actor_id:
        g.draft_is_kept = True
        drafts.forget(key)
    form, what = event.name.split(".")
    if what == "edited" and event.subject_id is not None and "based_on" in request.form:
        drafts.forget_of_text(event.actor_id, form, event.subject_id)


def forget_sent(response: Response) -> Response:
    """A form that was taken without an event had nothing new in it."""
    taken = response.status_code == 303 or "HX-Redirect" in response.headers
    if request.method == "POST" and taken and "draft" in request.form:
        key = None if g.get("draft_is_kept") else offering.note_sent()
        if key is not None and current_user.is_authenticated and current_user.id == key.user_id:
            drafts.forget(key)
    return response


@events.after(DAY_BEGAN)
def clear_up(_happened: object) -> None:
    """Once a day: old drafts, and forms that were closed without a word."""
    drafts.forget_old()
    presence.forget_old()
