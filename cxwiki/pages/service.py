"""Writing guides and terms: publishing, revising, putting away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from cxwiki import archiving, richtext
from cxwiki.accounts import audience
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import record, record_many
from cxwiki.i18n import settings
from cxwiki.pages import policy, tree
from cxwiki.pages.models import Page, PageKind
from cxwiki.pages.tree import Place, place_of
from cxwiki.search.words.language import detect
from cxwiki.subjects import Visibility
from cxwiki.writing.models import Revision

LONGEST_TITLE = 300
LONGEST_DEFINITION = 600
LONGEST_ALSO_CALLED = 500


@dataclass(frozen=True)
class PageDraft:
    """What a person can write into a page; `language` None means that it is recognised.

    `also_called` are other words for a term, separated by commas.
    """

    title: str
    body: str = ""
    kind: str = PageKind.GUIDE
    visibility: str = Visibility.COMPANY
    tags: tuple[str, ...] = ()
    definition: str = ""
    also_called: str = ""
    language: str | None = None


@dataclass(frozen=True)
class Posting:
    """A checked draft on its way to becoming a page, with its place; an import names its origin."""

    draft: PageDraft
    team: Team
    author_id: int
    place: Place = field(default_factory=Place)
    created_at: datetime | None = None
    source: str | None = None
    external_id: str | None = None


@command
def publish(draft: PageDraft, team: Team, by: User, place: Place | None = None) -> Page:
    """Write a new page. Raises DomainError when the draft or its place is not acceptable."""
    checked = check(draft)
    check_audience(checked, team, by)
    place = place or Place()
    tree.check_parent(None, checked.kind, place.parent, by)
    return publish_many([Posting(checked, team, by.id, place)], by)[0]


@command
def publish_many(postings: Sequence[Posting], by: User) -> list[Page]:
    """Write pages whose drafts and places were checked, in as few statements as one needs."""
    pages = [_from_posting(posting) for posting in postings]
    db.session.add_all(pages)
    db.session.flush()
    drafts = [posting.draft for posting in postings]
    db.session.add_all(
        revision_of(page, posting.draft, page.author_id, imported=posting.source is not None)
        for page, posting in zip(pages, postings, strict=True)
    )
    tags = {page.id: draft.tags for page, draft in zip(pages, drafts, strict=True) if draft.tags}
    discussion.tag_many(tags)
    discussion.watch_many((page.id, page.author_id) for page in pages)
    record_many("page.created", pages, by=by)
    return pages


@command
def revise(
    page: Page,
    draft: PageDraft,
    by: User,
    based_on: int,
    *,
    comment: str = "",
    team: Team | None = None,
    place: Place | None = None,
    imported: bool = False,
) -> Page:
    """Save a new revision. Raises Conflict if somebody saved after revision `based_on`.

    A team and a place that are not given stay as they are.
    """
    checked = check(draft)
    db.session.refresh(page, with_for_update=True)
    check_audience(checked, team or page.team, by)
    hides = page.visibility == Visibility.COMPANY and checked.visibility == Visibility.TEAM
    if hides and not policy.may_narrow(by, page):
        raise DomainError(
            _("Only its author, the team's lead or a manager may hide it from the company."),
            "visibility",
        )
    if checked.kind != page.kind:
        tree.check_kind(page, checked.kind)
    if based_on != page.revision_number:
        raise Conflict(_("Somebody else saved this page while you were writing."))
    team = team or page.team
    place = Place() if checked.kind == PageKind.TERM else place or place_of(page)
    if (checked, team.id, place) == (current_draft(page), page.team_id, place_of(page)):
        return page
    tree.put(page, checked.kind, place, by)
    page.team = team
    page.revision_number += 1
    page.touch()
    write(page, checked)
    db.session.add(
        revision_of(page, checked, by.id, based_on=based_on, comment=comment, imported=imported)
    )
    discussion.set_tags(page, checked.tags)
    discussion.watch(page, by)
    record("page.edited", page, by=by, revision=page.revision_number)
    return page


def check(draft: PageDraft) -> PageDraft:
    """Return the draft tidied up, or raise a DomainError that names the field."""
    title = richtext.one_line(draft.title)
    body = richtext.clean(draft.body).strip()
    definition = richtext.one_line(draft.definition)
    names = [richtext.one_line(name) for name in draft.also_called.replace(";", ",").split(",")]
    also_called = ", ".join(dict.fromkeys(name for name in names if name))
    if not title:
        raise DomainError(_("Give it a title."), "title")
    richtext.check_length(title, LONGEST_TITLE, "title")
    richtext.check_length(body, settings().max_text, "body")
    richtext.check_length(definition, LONGEST_DEFINITION, "definition")
    richtext.check_length(also_called, LONGEST_ALSO_CALLED, "also_called")
    if draft.kind not in set(PageKind):
        raise DomainError(_("Choose one of the two kinds."), "kind")
    if draft.kind == PageKind.TERM and not definition and not body:
        raise DomainError(_("Say in one sentence what it means."), "definition")
    if len(set(draft.tags)) > discussion.MOST_TAGS:
        raise DomainError(
            _("At most %(number)s tags, please.", number=discussion.MOST_TAGS), "tags"
        )
    is_term = draft.kind == PageKind.TERM
    languages = settings().languages
    language = draft.language if draft.language in languages else None
    return PageDraft(
        title=title,
        body=body,
        kind=draft.kind,
        visibility=draft.visibility,
        tags=tuple(sorted(set(draft.tags))),
        definition=definition if is_term else "",
        also_called=also_called if is_term else "",
        language=language or detect(f"{title}\n{definition}\n{body}", languages),
    )


def check_audience(draft: PageDraft, team: Team, by: User) -> None:
    """Refuse what its own writer could not read. Raises DomainError."""
    if draft.visibility not in set(Visibility):
        raise DomainError(_("Say who may see it."), "visibility")
    audience.check(draft.visibility, team, by)


def current_draft(page: Page) -> PageDraft:
    """What the page says now, in the form in which it is edited."""
    return PageDraft(
        title=page.title,
        body=page.body,
        kind=page.kind,
        visibility=page.visibility,
        tags=tuple(sorted(discussion.tags_of(page))),
        definition=page.definition,
        also_called=page.also_called,
        language=page.language,
    )


def fields_of(draft: PageDraft, team_id: int, place: Place) -> dict[str, Any]:
    """All that a page says beside its title and text, as plain values."""
    fields = {**asdict(draft), "tags": list(draft.tags), "team": team_id, **asdict(place)}
    del fields["title"], fields["body"]
    return fields


def archive(page: Page, by: User) -> None:
    """Put the page away; nothing is deleted, and the pages below it stay."""
    archiving.put_away(page, by)


def restore(page: Page, by: User) -> None:
    """Bring an archived page back, to the place where it was."""
    archiving.bring_back(page, by)


def _from_posting(posting: Posting) -> Page:
    moment = posting.created_at or utcnow()
    page = Page(
        team=posting.team,
        author_id=posting.author_id,
        created_at=moment,
        updated_at=moment,
        version=1,
        revision_number=1,
        parent_id=posting.place.parent,
        position=posting.place.position,
        source=posting.source,
        external_id=posting.external_id,
    )
    write(page, posting.draft)
    return page


def write(page: Page, draft: PageDraft, html: str | None = None) -> None:
    """Put a checked draft into the page; `html` is its text, if it was rendered already."""
    if html is not None:
        page.html = html
    elif draft.body != page.body or page.html is None:
        page.html = richtext.to_html(draft.body)
    for name, value in asdict(draft).items():
        if name != "tags":
            setattr(page, name, value)


def revision_of(
    page: Page,
    draft: PageDraft,
    author_id: int | None,
    *,
    based_on: int | None = None,
    comment: str = "",
    imported: bool = False,
) -> Revision:
    """The present state of the page as a revision, not yet added."""
    return Revision(
        subject_id=page.id,
        number=page.revision_number,
        based_on=based_on,
        author_id=author_id,
        title=page.title,
        body=page.body,
        html=page.html,
        fields=fields_of(draft, page.team_id or page.team.id, place_of(page)),
        comment=richtext.clean(comment)[:300],
        imported=imported,
        created_at=page.updated_at,
    )
