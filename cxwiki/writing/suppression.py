"""Taking the text of revisions away for good, because it holds personal data."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.subjects import Subject
from cxwiki.writing.conflicts import number_of
from cxwiki.writing.models import Revision
from cxwiki.writing.revisions import AUDIENCE

LONGEST_REASON = 300


@command
def suppress(text: Subject, first: int, last: int, reason: str, by: User) -> int:
    """Empty the revisions from `first` to `last`; returns how many still held a text.

    Who did it, when and why stays, and so does who saved what when. The present text is not
    touched by this. Raises DomainError without a reason, or if the present revision is among them.
    """
    reason = richtext.one_line(reason)
    if not reason:
        raise DomainError(_("Say why, without repeating what has to go."), "reason")
    richtext.check_length(reason, LONGEST_REASON, "reason")
    if not 1 <= first <= last:
        raise DomainError(_("The last one cannot come before the first one."), "last")
    db.session.refresh(text, with_for_update=True)
    if last >= number_of(text):
        raise DomainError(
            _("The present text stays. Edit it first; then its older revisions can be taken away."),
            "last",
        )
    query = select(Revision).where(
        Revision.subject_id == text.id,
        Revision.number.between(first, last),
        Revision.suppressed_at.is_(None),
    )
    found = db.session.scalars(query).all()
    for saved in found:
        _empty(saved, reason, by)
        record("revision.suppressed", text, by=by, revision=saved.number)
    return len(found)


def _empty(saved: Revision, reason: str, by: User) -> None:
    saved.title = saved.body = saved.html = saved.comment = ""
    # Who could read it decides about who reads that it was taken away.
    saved.fields = {name: saved.fields[name] for name in AUDIENCE if name in saved.fields}
    saved.suppressed_at, saved.suppressed_by_id, saved.suppressed_why = utcnow(), by.id, reason
