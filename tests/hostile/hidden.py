"""What Service keeps to itself, in every room of the house, and what once was open to everybody.

All of it holds two words: KNOWN, which outsiders may look for, and SECRET, which nobody types:
where it comes up in an answer, something leaked.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

from sqlalchemy import select
from werkzeug.test import TestResponse

from cxwiki.actions import service as actions
from cxwiki.actions.drafts import Draft as ActionDraft
from cxwiki.attachments import service as attachments
from cxwiki.attachments.models import Attachment
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Tag
from cxwiki.insights import merging, voting
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight, LikelyDuplicate
from cxwiki.insights.service import Draft
from cxwiki.kpis import service as kpis
from cxwiki.kpis.drafts import KpiDraft
from cxwiki.pages import service as pages
from cxwiki.pages.service import PageDraft
from cxwiki.pages.tree import Place
from cxwiki.projects import service as projects
from cxwiki.projects.service import ProjectDraft
from cxwiki.reviewing import service as reviewing
from cxwiki.subjects import Subject
from tests.conftest import Cast

KNOWN, SECRET = "quetzal", "xolotl"
TITLE = f"{KNOWN} {SECRET}"
TEXT = f"All of {KNOWN} and {SECRET}."


@dataclass
class Hidden:
    """Numbers by name: `subjects` are hidden as a whole, `shared` is open but holds hidden parts."""

    subjects: dict[str, int] = field(default_factory=dict)
    shared: int = 0
    open_child: int = 0
    lost: int = 0
    comment: int = 0
    attachment: int = 0
    inner_comment: int = 0
    inner_attachment: int = 0
    evidence: int = 0
    tag: int = 0
    team: int = 0


def fill(cast: Cast) -> Hidden:
    """Write all of it, as the people of the cast would."""
    found = Hidden(team=cast.service)
    alice, carol, team = cast.person("alice"), cast.person("carol"), cast.team("service")

    def post(title: str = TITLE, visibility: str = "team") -> Insight:
        draft = Draft(title, TEXT, visibility=visibility, tags=(f"{KNOWN}-{SECRET}",))
        return insights.publish(draft, team, alice)

    with transaction():
        insight = post()
        found.evidence = insights.add_evidence(insight, TEXT, alice, SECRET).id
        found.comment = discussion.comment(insight, TEXT, alice).id
        found.attachment = _file(cast, insight).id
        merged = post(f"Merged {TITLE}")
        merging.merge(merged, insight, alice)
        guide = pages.publish(PageDraft(TITLE, TEXT, visibility="team"), team, alice)
        child = PageDraft("A chapter", "Open to everybody.")
        found.open_child = pages.publish(child, team, alice, Place(guide.id)).id
        term = PageDraft(
            KNOWN, TEXT, "term", visibility="team", definition=TEXT, also_called=SECRET
        )
        found.subjects = {
            "insight": insight.id,
            "merged": merged.id,
            "narrowed": _narrowed(cast, post("Open once", "company")),
            "guide": guide.id,
            "term": pages.publish(term, team, alice).id,
            "action": actions.create(
                ActionDraft(TITLE, TEXT, visibility="team", insight_ids=(insight.id,)), team, alice
            ).id,
            "project": projects.create_project(
                ProjectDraft(TITLE, TEXT, visibility="team"), team, alice
            ).id,
            "kpi": kpis.create_kpi(KpiDraft(TITLE, "higher", visibility="team"), team, alice).id,
        }
        found.shared = _shared(cast, found)
        found.lost, found.subjects["survivor"] = _merged_into_what_was_hidden(cast)
        found.tag = db.session.scalars(select(Tag.id)).one()
        pair = sorted((found.shared, insight.id))
        db.session.add(
            LikelyDuplicate(first_id=pair[0], second_id=pair[1], score=0.9, reason="meaning")
        )
        discussion.watch(guide, carol)
    return found


def ids(found: Hidden) -> dict[str, list[int]]:
    """The numbers that stand for something hidden, by the name of their place in an address."""
    return {
        "subject_id": list(found.subjects.values()),
        "comment_id": [found.comment, found.inner_comment],
        "attachment_id": [found.attachment, found.inner_attachment],
        "evidence_id": [found.evidence],
        "tag_id": [found.tag],
        "team_id": [found.team],
        "number": [1],
        "first_id": [found.subjects["insight"]],
        "second_id": [found.shared],
    }


def of_shared(found: Hidden) -> dict[str, list[int]]:
    """The same, on something that everybody sees."""
    usual = ids(found)
    return usual | {"subject_id": [found.shared, found.open_child, found.lost]}


def leaks(answer: TestResponse) -> bool:
    return SECRET in f"{answer.headers} {words(answer.data)}".lower()


def words(content: bytes) -> str:
    """The text of an answer; of archives and workbooks, that of all files in them."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [words(packed.read(one)) for one in packed.namelist()]
        return " ".join([*packed.namelist(), *parts])


def rows_about(ids: list[int]) -> dict[str, int]:
    """How many rows of each table point at the subjects: who may not see them, adds none."""
    counted: dict[str, int] = {}
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            leads = {key.column.table.name for key in column.foreign_keys}
            inherits = column.primary_key and table.name in _TYPES
            if leads & _TYPES and not inherits:
                query = select(column).where(column.in_(ids))
                counted[f"{table.name}.{column.name}"] = len(db.session.execute(query).all())
    return counted


_TYPES = {"subjects", *(one.local_table.name for one in Subject.__mapper__.self_and_descendants)}


def _file(cast: Cast, insight: Insight, text: str = TEXT) -> Attachment:
    content = io.BytesIO(text.encode())
    return attachments.attach(content, f"{SECRET}.txt", cast.person("alice"), insight)


def _narrowed(cast: Cast, insight: Insight) -> int:
    """Carol saw it, took part, looks after it, and is on her way to be told; now it is hidden."""
    alice, carol = cast.person("alice"), cast.person("carol")
    discussion.comment(insight, "So do we.", carol)
    voting.cast(insight, carol)
    reviewing.plan(insight, carol, 12, None, alice)
    hidden = Draft(TITLE, f"{TEXT} @Carol @Billing", visibility="team")
    insights.revise(insight, hidden, alice, insight.revision_number)
    return insight.id


def _shared(cast: Cast, found: Hidden) -> int:
    """Open to everybody, but what was said when it was not, and what is said within the team."""
    alice = cast.person("alice")
    first = Draft(TITLE, TEXT, visibility="team")
    insight = insights.publish(first, cast.team("service"), alice)
    insights.revise(insight, Draft("Open now", "Nothing to hide. [[#1]]"), alice, 1)
    upload = attachments.attach(io.BytesIO(f"{TEXT} Inner.".encode()), f"{SECRET}.txt", alice)
    said = f"{TEXT} [file](/attachments/{upload.id}/file.txt) @Carol"
    found.inner_comment = discussion.comment(insight, said, alice, team_id=cast.service).id
    found.inner_attachment = upload.id
    actions.create(
        ActionDraft(TITLE, TEXT, visibility="team", insight_ids=(insight.id,)),
        cast.team("service"),
        alice,
    )
    return insight.id


def _merged_into_what_was_hidden(cast: Cast) -> tuple[int, int]:
    """An open insight, and the one that it is part of, which was hidden afterwards."""
    alice, team = cast.person("alice"), cast.team("service")
    lost = insights.publish(Draft("Went up in another"), team, alice)
    into = insights.publish(Draft("Took it up"), team, alice)
    merging.merge(lost, into, alice)
    insights.revise(into, Draft(TITLE, TEXT, visibility="team"), alice, into.revision_number)
    return lost.id, into.id
