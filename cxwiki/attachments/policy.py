"""Who sees an attached file, who may attach one, and who may take one away."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from cxwiki import access
from cxwiki.access import COMMENTERS, CURATORS, Person, rule
from cxwiki.attachments.models import Attachment
from cxwiki.subjects import Subject


@rule("attachment.add")
def may_attach(person: Person, subject: Subject | None) -> bool:
    """Everybody but readers attaches files, to what is not archived."""
    return person.role in COMMENTERS and (subject is None or not subject.is_archived)


@rule("attachment.remove")
def may_remove(person: Person, entry: Attachment | None) -> bool:
    """One's own files; any for those who look after the site and who lead the subject's team."""
    if entry is None:
        return person.role in COMMENTERS
    if not sees(person, entry):
        return False
    leads = entry.subject is not None and person.leads(entry.subject.team_id)
    return entry.added_by_id == person.id or person.role in CURATORS or leads


def sees(person: Person, entry: Attachment) -> bool:
    """Whether the file exists for the person: as its subject does, or because it is still theirs.

    What came with a comment that is internal to a team is seen by the members of that team alone.
    """
    if entry.subject is None:
        return entry.added_by_id == person.id
    inside = entry.team_id is None or entry.team_id in person.team_ids
    return inside and access.sees(person, entry.subject)


def inside(person: Person) -> ColumnElement[bool]:
    """Say for queries over a subject's files which of them are not kept from the person."""
    return or_(Attachment.team_id.is_(None), Attachment.team_id.in_(person.team_ids))
