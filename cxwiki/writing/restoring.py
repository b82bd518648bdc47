"""Bringing an older state of a text back, as a new revision."""

from __future__ import annotations

from flask_babel import gettext as _

from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.subjects import Subject
from cxwiki.writing import revisions, texts
from cxwiki.writing.conflicts import number_of
from cxwiki.writing.models import Revision
from cxwiki.writing.texts import Content


@command
def restore(text: Subject, saved: Revision, by: User) -> bool:
    """Let the text say again what it said then; returns whether that changed anything.

    Who may see it and where it stands is no part of what it says, and stays. Raises DomainError
    if the state's text was taken away.
    """
    db.session.refresh(text, with_for_update=True)
    db.session.refresh(saved)
    if saved.suppressed_at is not None:
        raise DomainError(_("The text of this revision was taken away and cannot come back."))
    then, present, way = revisions.content(saved), number_of(text), texts.of(text)
    fields = {name: value for name, value in then.fields.items() if name not in way.apart}
    remark = _("Restored revision %(number)s", number=saved.number)
    way.save(text, Content(then.title, then.body, fields), by, present, remark)
    return number_of(text) != present
