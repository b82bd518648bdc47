"""Giving a draft back: the form of a page is filled with what its writer had typed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from wtforms import Form

from cxwiki import access
from cxwiki.database import db
from cxwiki.subjects import Subject
from cxwiki.writing import drafts
from cxwiki.writing.models import Draft

WITHOUT = "none"
"""`?draft=none` shows the form as if there were no draft."""


@dataclass(frozen=True)
class Offer:
    """What a form needs to keep drafts: its note, and what it was filled with or could be.

    `restored` is in the form already; `others` are unfinished texts of the same form. `is_stale`
    says that somebody saved the text after the draft was begun, `is_refused` that the form was sent
    and not taken.
    """

    note: str
    restored: Draft | None = None
    others: Sequence[Draft] = ()
    is_stale: bool = False
    is_refused: bool = False

    @property
    def kept_at(self) -> datetime | None:
        """When the restored draft was kept last."""
        return self.restored.updated_at if self.restored else None


def offer(form: Form, name: str, subject: Subject | None = None) -> Offer:
    """Fill the form with its writer's draft, if there is one and nothing else was wished for.

    A form that was sent and refused keeps what was sent. One that an address fills already, or
    that is shown beside an explicit `?draft=none`, only offers the drafts.
    """
    subject_id = subject.id if subject else None
    fresh = drafts.new_key(current_user.id, name, subject_id)
    if request.method != "GET":
        sent = _note_sent(fresh)
        return Offer(sent or drafts.seal(fresh), is_refused=sent is not None)
    found = drafts.of_form(current_user.id, name, subject_id)
    chosen = _chosen(found, subject)
    others = [draft for draft in found if draft is not chosen]
    if chosen is None:
        return Offer(drafts.seal(fresh), others=others)
    fill(form, chosen.values)
    if chosen.based_on is not None and "based_on" in form:
        form["based_on"].data = chosen.based_on
    present = getattr(subject, "revision_number", None)
    stale = present is not None and chosen.based_on is not None and chosen.based_on < present
    return Offer(drafts.seal(drafts.key_of(chosen)), chosen, others, stale)


def _note_sent(fresh: drafts.Key) -> str | None:
    """The note of the form that was sent and is shown again."""
    note = request.form.get("draft", "")
    sent = drafts.unseal(note) if note and not g.get("draft_is_kept") else None
    same = sent is not None and (sent.user_id, sent.form, sent.subject_id) == (
        fresh.user_id, fresh.form, fresh.subject_id
    )  # fmt: skip
    return note if same else None


def _chosen(found: Sequence[Draft], subject: Subject | None) -> Draft | None:
    wish = request.args.get("draft", "")
    if wish == WITHOUT:
        return None
    if wish:
        number = access.number_in(wish)
        return next((draft for draft in found if draft.id == number), None)
    if subject is None and request.args:
        return None
    return next(iter(found), None)


def fill(form: Form, values: Mapping[str, Sequence[str]]) -> None:
    """Put what was typed into the fields of these names, as if it had been sent."""
    typed = MultiDict((name, text) for name, texts in values.items() for text in texts)
    for name in values:
        if name in form:
            form[name].process(typed)


def texts_of(found: Sequence[Draft]) -> dict[int, Subject]:
    """What the drafts are about, as far as their writer still sees it."""
    ids = [draft.subject_id for draft in found if draft.subject_id is not None]
    query = access.visible(Subject).where(Subject.id.in_(ids))
    return {subject.id: subject for subject in db.session.scalars(query)} if ids else {}


def values_sent() -> dict[str, list[str]]:
    """What the form of this request says, field by field."""
    return {name: request.form.getlist(name) for name in request.form}


def based_on_sent() -> int | None:
    """The revision that the form of this request was opened on."""
    return access.number_in(request.form.get("based_on", ""))


def note_sent() -> drafts.Key | None:
    """The key of the form that this request sends, if it carries a note of ours."""
    sent: Any = request.form.get("draft")
    return drafts.unseal(sent) if sent else None
