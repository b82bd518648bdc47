"""What speaks for or against closing a gate: findings in words, with a link where there is one."""

from __future__ import annotations

import re
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import select, update

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.attachments import holding
from cxwiki.attachments import service as attachments
from cxwiki.attachments.service import Received
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.projects import needs
from cxwiki.projects.models import GateEvidence, Project

LONGEST_TEXT, LONGEST_URL = 1000, 500
# A page of the wiki, or an address of the web: nothing that a browser would run.
_LINK = re.compile(r"(?:https?://[^\s/]+|/(?![/\\]))[^\s\\]*")


@command
def attach(
    project: Project, text: str, by: User, *, url: str = "", file: Received | None = None
) -> GateEvidence:
    """Attach a finding to the gate at which the project stands or towards which it goes."""
    db.session.refresh(project, with_for_update=True)
    gate = needs.gate_of(project)
    if gate is None:
        raise DomainError(_("Only a proof of concept has gates."))
    text, url = richtext.one_line(text), richtext.clean(url).strip()
    if not text:
        raise DomainError(_("Say what was found."), "text")
    richtext.check_length(text, LONGEST_TEXT, "text")
    if len(url) > LONGEST_URL or (url and not _LINK.fullmatch(url)):
        raise DomainError(_("Give an address that begins with https:// or with /."), "url")
    found = GateEvidence(
        project_id=project.id,
        gate=gate,
        text=text,
        url=url,
        added_by_id=by.id,
        attachment_id=attachments.keep(file, by, project).id if file else None,
    )
    db.session.add(found)
    db.session.flush()
    db.session.expire(project, ["evidence"])
    project.touch()
    record("project.evidence_added", project, by=by, evidence_id=found.id)
    return found


@command
def withdraw(project: Project, found: GateEvidence, by: User) -> None:
    """Take evidence back, unless a decision rests on it: then it stays for good."""
    db.session.refresh(project, with_for_update=True)
    db.session.refresh(found)
    if found.decision_id is not None:
        raise DomainError(_("A decision rests on this evidence: it stays."))
    record("project.evidence_withdrawn", project, by=by, evidence_id=found.id)
    db.session.delete(found)
    db.session.flush()
    db.session.expire(project, ["evidence"])
    project.touch()


def _why_a_file_stays(attachment_id: int) -> str:
    query = select(GateEvidence.id).where(
        GateEvidence.attachment_id == attachment_id, GateEvidence.decision_id.is_not(None)
    )
    if db.session.scalar(query.limit(1)) is None:
        return ""
    return _("A sponsor's decision rests on this file: it stays.")


def _let_files_go(ids: Collection[int]) -> None:
    shown = GateEvidence.attachment_id.in_(ids)
    db.session.execute(update(GateEvidence).where(shown).values(attachment_id=None))


def connect() -> None:
    """Keep files on which a decision rests."""
    holding.register(_let_files_go, _why_a_file_stays)
