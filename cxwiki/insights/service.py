"""Publishing, revising, putting away, resolving and proving insights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import archiving, richtext
from cxwiki.accounts import audience
from cxwiki.accounts.models import Team, User
from cxwiki.attachments import service as attachments
from cxwiki.attachments.service import Received
from cxwiki.database import command, db, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import record, record_many
from cxwiki.i18n import settings
from cxwiki.insights import policy, voting
from cxwiki.insights.models import Evidence, Insight, Kind, Status
from cxwiki.search.words.language import detect
from cxwiki.subjects import Visibility
from cxwiki.writing import revisions

LONGEST_TITLE = 300
MOST_AFFECTED = 1_000_000_000


@dataclass(frozen=True)
class Draft:
    """What a person can write into an insight; `language` None means that it is recognised."""

    title: str
    body: str = ""
    kind: str = Kind.PAIN_POINT
    visibility: str = Visibility.COMPANY
    tags: tuple[str, ...] = ()
    severity: int | None = None
    customers_affected: int | None = None
    channel: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Posting:
    """A checked draft on its way to becoming an insight; an import names its origin too."""

    draft: Draft
    team: Team
    author_id: int
    created_at: datetime | None = None
    source: str | None = None
    external_id: str | None = None


@command
def publish(draft: Draft, team: Team, by: User) -> Insight:
    """Post a new insight. Raises DomainError when the draft is not acceptable."""
    checked = check(draft)
    audience.check(checked.visibility, team, by)
    return publish_many([Posting(checked, team, by.id)], by)[0]


@command
def publish_many(postings: Sequence[Posting], by: User) -> list[Insight]:
    """Post insights whose drafts were checked, in as few statements as one needs."""
    insights = [_from_posting(posting) for posting in postings]
    db.session.add_all(insights)
    db.session.flush()
    drafts = [posting.draft for posting in postings]
    db.session.add_all(
        revisions.new(
            insight,
            fields_of(posting.draft, insight.team_id),
            insight.author_id,
            imported=posting.source is not None,
        )
        for insight, posting in zip(insights, postings, strict=True)
    )
    discussion.tag_many(
        {
            insight.id: draft.tags
            for insight, draft in zip(insights, drafts, strict=True)
            if draft.tags
        }
    )
    discussion.watch_many((insight.id, insight.author_id) for insight in insights)
    record_many("insight.created", insights, by=by)
    return insights


def _from_posting(posting: Posting) -> Insight:
    moment = posting.created_at or utcnow()
    insight = Insight(
        team=posting.team,
        author_id=posting.author_id,
        created_at=moment,
        updated_at=moment,
        reach=int(posting.team.counts_as_silo),
        version=1,
        revision_number=1,
        source=posting.source,
        external_id=posting.external_id,
    )
    _write(insight, posting.draft)
    return insight


@command
def publish_with_quote(
    draft: Draft, team: Team, by: User, quote: str | None, quote_source: str | None
) -> Insight:
    """Post a new insight together with the customer's words that it rests on, if there are any."""
    insight = publish(draft, team, by)
    if quote and quote.strip():
        add_evidence(insight, quote, by, quote_source or "")
    return insight


@command
def revise(
    insight: Insight,
    draft: Draft,
    by: User,
    based_on: int,
    *,
    comment: str = "",
    team: Team | None = None,
    said: Mapping[str, Any] | None = None,
) -> Insight:
    """Save a new revision. Raises Conflict if somebody saved after revision `based_on`.

    `said` marks it as imported: what the source says of those fields in which people differ.
    """
    checked = check(draft)
    db.session.refresh(insight, with_for_update=True)
    audience.check(checked.visibility, team or insight.team, by)
    hides = insight.visibility == Visibility.COMPANY and checked.visibility == Visibility.TEAM
    if hides and not policy.may_narrow(by, insight):
        raise DomainError(
            _("Only its author, the team's lead or a manager may hide it from the company."),
            "visibility",
        )
    if based_on != insight.revision_number:
        raise Conflict(_("Somebody else saved this insight while you were writing."))
    if checked == current_draft(insight) and (team is None or team.id == insight.team_id):
        return insight
    if team is not None and team.id != insight.team_id:
        insight.team = team
        voting.recount(insight)
    insight.revision_number += 1
    insight.touch()
    _write(insight, checked)
    db.session.add(
        revisions.new(
            insight,
            fields_of(checked, insight.team.id),
            by.id,
            based_on=based_on,
            comment=comment,
            said=said,
        )
    )
    discussion.set_tags(insight, checked.tags)
    discussion.watch(insight, by)
    record("insight.edited", insight, by=by, revision=insight.revision_number)
    return insight


def check(draft: Draft) -> Draft:
    """Return the draft tidied up, or raise a DomainError that names the field."""
    title = richtext.one_line(draft.title)
    body = richtext.clean(draft.body).strip()
    if not title:
        raise DomainError(_("Give it a title."), "title")
    if len(title) > LONGEST_TITLE:
        raise DomainError(
            _("The title has at most %(number)s characters.", number=LONGEST_TITLE), "title"
        )
    richtext.check_length(body, settings().max_text, "body")
    if draft.kind not in set(Kind):
        raise DomainError(_("Choose one of the three kinds."), "kind")
    if draft.severity is not None and not 1 <= draft.severity <= 5:
        raise DomainError(_("Severity goes from 1 to 5."), "severity")
    if draft.customers_affected is not None and not 0 <= draft.customers_affected <= MOST_AFFECTED:
        raise DomainError(_("That number of customers cannot be right."), "customers_affected")
    if len(set(draft.tags)) > discussion.MOST_TAGS:
        raise DomainError(
            _("At most %(number)s tags, please.", number=discussion.MOST_TAGS), "tags"
        )
    languages = settings().languages
    language = draft.language if draft.language in languages else None
    return Draft(
        **{
            **asdict(draft),
            "title": title,
            "body": body,
            "tags": tuple(sorted(set(draft.tags))),
            "language": language or detect(f"{title}\n{body}", languages),
        }
    )


def current_draft(insight: Insight) -> Draft:
    """What the insight says now, in the form in which it is edited."""
    return Draft(
        title=insight.title,
        body=insight.body,
        kind=insight.kind,
        visibility=insight.visibility,
        tags=tuple(sorted(discussion.tags_of(insight))),
        severity=insight.severity,
        customers_affected=insight.customers_affected,
        channel=insight.channel,
        language=insight.language,
    )


def _write(insight: Insight, draft: Draft) -> None:
    if draft.body != insight.body or insight.html is None:
        insight.html = richtext.to_html(draft.body)
    for name, value in asdict(draft).items():
        if name != "tags":
            setattr(insight, name, value)


def fields_of(draft: Draft, team_id: int) -> dict[str, Any]:
    """What a draft says beside title and body, as revisions keep it."""
    fields = {**asdict(draft), "tags": list(draft.tags), "team": team_id}
    del fields["title"], fields["body"]
    return fields


@command
def set_status(insight: Insight, status: str, by: User, reason: str = "") -> None:
    """Say what became of the insight; dismissing needs a reason."""
    if status not in set(Status):
        raise DomainError(_("Choose one of the states."), "status")
    reason = richtext.clean(reason).strip()
    if status == Status.DISMISSED and not reason:
        raise DomainError(_("Say why, so that whoever posted it understands."), "reason")
    if status == insight.status and reason in ("", insight.status_reason):
        return
    before, insight.status = insight.status, status
    insight.status_reason = reason
    insight.touch()
    record("insight.status_changed", insight, by=by, before=before, after=status)


def archive(insight: Insight, by: User) -> None:
    """Put the insight away; nothing is deleted."""
    archiving.put_away(insight, by)


def restore(insight: Insight, by: User) -> None:
    """Bring an archived insight back; a merged one is taken out of the other one instead."""
    if insight.merged_into_id is not None:
        raise DomainError(_("It is part of another insight. Take it out there."))
    archiving.bring_back(insight, by)


@command
def add_evidence(
    insight: Insight,
    text: str,
    by: User,
    source: str = "",
    said_on: date | None = None,
    file: Received | None = None,
) -> Evidence:
    """Quote a customer under the insight; `file` shows what was said, or is the record of it."""
    text = richtext.clean(text).strip()
    if not text:
        raise DomainError(_("What did the customer say?"), "text")
    said = Evidence(
        insight=insight,
        text=text[:5000],
        source=richtext.clean(source).strip()[:200],
        said_on=said_on,
        added_by_id=by.id,
        attachment_id=attachments.keep(file, by, insight).id if file else None,
    )
    db.session.add(said)
    db.session.flush()
    insight.touch()
    record("insight.evidence_added", insight, by=by, evidence_id=said.id)
    return said


@command
def remove_evidence(said: Evidence, by: User) -> None:
    """Take a quote away, for example because it names a person."""
    insight = said.insight
    record("insight.evidence_removed", insight, by=by, evidence_id=said.id)
    insight.evidence.remove(said)
    insight.touch()


def evidence_of(insights: Iterable[Insight], limit: int = 5) -> Sequence[Evidence]:
    """The latest customers' words under some insights."""
    ids = [insight.id for insight in insights]
    query = select(Evidence).where(Evidence.insight_id.in_(ids)).order_by(Evidence.id.desc())
    return db.session.scalars(query.limit(limit)).all()
