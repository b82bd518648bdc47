"""What follows from files, and what files follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import daily, wording
from cxwiki.attachments import claiming, service, sweeping
from cxwiki.attachments.models import Attachment, Blob
from cxwiki.database import db
from cxwiki.events import Event, after, on
from cxwiki.search import indexing, registry
from cxwiki.search.documents import Part

TEXTS = tuple(
    f"{name}.{deed}"
    for name in ("insight", "page", "action", "project", "kpi")
    for deed in ("created", "edited")
)
COMMENTS = ("comment.created", "comment.edited", "team_comment.created", "team_comment.edited")


def file_parts(ids: Sequence[int]) -> Mapping[int, Sequence[Part]]:
    """The names of the files on many subjects, and the words of those that are plain text.

    What came with a comment that is internal to a team is found by nobody.
    """
    query = (
        select(Attachment.id, Attachment.subject_id, Attachment.filename, Blob.text)
        .join(Blob, Blob.sha256 == Attachment.sha256)
        .where(
            Attachment.subject_id.in_(ids),
            Attachment.archived_at.is_(None),
            Attachment.team_id.is_(None),
        )
        .order_by(Attachment.id)
    )
    parts: dict[int, list[Part]] = defaultdict(list)
    for attachment_id, subject_id, filename, text in db.session.execute(query):
        words = f"{filename}\n{text}" if text else filename
        parts[subject_id or 0].append(Part(words, "attachment", f"file-{attachment_id}"))
    return parts


@after(daily.DAY_BEGAN)
def sweep_files(_happened: Sequence[Event]) -> None:
    """Once a day: forget what nobody needs any more."""
    sweeping.sweep()


def connect() -> None:
    """Claim uploads, let files be found, and give words to events."""
    on(*TEXTS)(claiming.claim_for_text)
    on(*COMMENTS)(claiming.claim_for_comment)
    registry.register_parts(file_parts)
    indexing.keep_findable(service.ADDED, service.REMOVED, service.RESTORED)
    wording.register(service.ADDED, lambda _event: _("attached a file"))
    wording.register(service.REMOVED, lambda _event: _("removed a file"))
    wording.register(service.RESTORED, lambda _event: _("brought a file back"))
