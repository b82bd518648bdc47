"""Edits: what people do to themes. Each is one row that later runs obey and that can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.insights.models import Insight
from cxwiki.richtext import clean
from cxwiki.themes import counting, naming, places
from cxwiki.themes.models import Edited, Theme, ThemeEdit, ThemeMember, ThemePin
from cxwiki.themes.places import Word

LONGEST_REASON = 300
NEED_REASON = frozenset({Edited.MERGED, Edited.RETIRED})


@dataclass(frozen=True)
class Change:
    """What an edit does: people's word on insights, where these go, and what the theme is like."""

    words: Sequence[Word] = ()
    places: Mapping[int, int | None] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


def one_at_a_time() -> None:
    """Wait until nobody else edits themes: what an edit found must still hold when it writes.

    SQLite has one writer anyway; PostgreSQL locks the company's own row, which nobody changes.
    """
    row = select(Team.id).where(Team.is_builtin).with_for_update(key_share=True)
    db.session.execute(row).all()


def write(
    kind: Edited,
    theme: Theme,
    by: User,
    change: Change,
    *,
    other: Theme | None = None,
    reason: str = "",
) -> ThemeEdit:
    """Do what the change says and write it down, with what was there before."""
    if theme.is_archived:
        raise DomainError(_("This theme was merged into another one."))
    edit = ThemeEdit(
        theme_id=theme.id,
        other_id=other.id if other else None,
        kind=kind,
        by_id=by.id,
        reason=_checked(reason, kind),
        before={
            "places": {str(i): at for i, at in places.now(change.places).items()},
            "pins": places.without_edit(i for word in change.words for i in word.insight_ids),
            "fields": {name: field_of(theme, name) for name in change.fields},
        },
        after={
            "places": {str(insight_id): at for insight_id, at in change.places.items()},
            "words": [word.as_list() for word in change.words],
            "fields": dict(change.fields),
        },
    )
    db.session.add(edit)
    db.session.flush()
    places.obey(change.words, edit)
    touched = places.put(change.places)
    for name, value in change.fields.items():
        set_field(theme, name, value)
    for one in (theme, other):
        if one is not None:
            one.shaped = True
            one.touch()
            touched.add(one.id)
    db.session.flush()
    counting.recount(touched)
    forget_left(touched, change.places)
    record(f"theme.{kind}", theme, by=by, edit_id=edit.id, other_id=edit.other_id)
    return edit


def _checked(reason: str, kind: Edited) -> str:
    reason = " ".join(clean(reason).split())
    if not reason and kind in NEED_REASON:
        raise DomainError(_("Please say why: others will want to know."), "reason")
    if len(reason) > LONGEST_REASON:
        raise DomainError(
            _("A reason has at most %(number)s characters.", number=LONGEST_REASON), "reason"
        )
    return reason


# --- what a theme is like -------------------------------------------------------------------------


def field_of(theme: Theme, name: str) -> Any:
    """A theme's name, summary, lock or retirement, as an edit keeps it; None: the software's."""
    if name == "name":
        return [theme.title, theme.named_by_id] if theme.named_by_id is not None else None
    if name == "summary":
        return [theme.summary, theme.described_by_id] if theme.described_by_id is not None else None
    return bool(getattr(theme, name))


def set_field(theme: Theme, name: str, value: Any) -> None:
    """Give the theme what an edit kept."""
    if name == "name":
        theme.named_by_id = value[1] if value else None
        theme.title = value[0] if value else _own_title(theme)
    elif name == "summary":
        theme.described_by_id = value[1] if value else None
        if value:
            theme.summary = value[0]
        else:
            naming.forget_unseen(theme)
    else:
        setattr(theme, name, bool(value))


def forget_left(theme_ids: Iterable[int], insight_ids: Iterable[int]) -> None:
    """Let no theme be summed up by an insight that left it; what people wrote stays, and so does
    the label of a theme that nothing is left in: its history still names it."""
    for some in places.chunks(insight_ids):
        query = select(Insight.title, ThemeMember.theme_id)
        moved = db.session.execute(
            query.outerjoin(ThemeMember, ThemeMember.insight_id == Insight.id).where(
                Insight.id.in_(some)
            )
        ).all()
        for theme_id in theme_ids:
            theme = db.session.get_one(Theme, theme_id)
            gone = {row.title[:300] for row in moved if row.theme_id != theme_id}
            stale = theme.summary in gone or not theme.summary
            if theme.described_by_id is None and theme.size and stale:
                naming.forget_unseen(theme)


def _own_title(theme: Theme) -> str:
    return next(iter(theme.labels.values()), theme.summary or "…")


def name_is_taken(name: str, theme_id: int | None = None) -> bool:
    """Whether another living theme is called that, in any language."""
    return name.casefold() in {used.casefold() for used in names_in_use(theme_id)}


def names_in_use(but_of: int | None = None) -> set[str]:
    """What living themes are called, in all languages; of one theme they are left out."""
    living = select(Theme.id, Theme.title, Theme.labels, Theme.named_by_id).where(
        Theme.archived_at.is_(None)
    )
    used: set[str] = set()
    for row in db.session.execute(living):
        if row.id != but_of:
            used |= {row.title} if row.named_by_id else {row.title, *row.labels.values()}
    return used


# --- the edits of a theme -------------------------------------------------------------------------


def concerning(theme_ids: Iterable[int]) -> Sequence[ThemeEdit]:
    """The edits of these themes and those that touched them from elsewhere, the first first."""
    ids = list(theme_ids)
    query = select(ThemeEdit).where(or_(ThemeEdit.theme_id.in_(ids), ThemeEdit.other_id.in_(ids)))
    return db.session.scalars(query.order_by(ThemeEdit.id)).all()


def about_members() -> Iterator[ThemeEdit]:
    """All edits that say where insights belong, undone ones too, the first first."""
    kinds = (
        Edited.MERGED,
        Edited.SPLIT,
        Edited.MOVED,
        Edited.PINNED_IN,
        Edited.PINNED_OUT,
        Edited.UNPINNED,
    )
    yield from db.session.scalars(
        select(ThemeEdit).where(ThemeEdit.kind.in_(kinds)).order_by(ThemeEdit.id)
    )


def is_shaped(theme: Theme) -> bool:
    """Whether people still have a word on the theme: an edit not undone, or one from before."""
    if theme.named_by_id is not None or theme.described_by_id is not None:
        return True
    if any(edit.undone_at is None for edit in concerning([theme.id])):
        return True
    old = select(ThemePin.insight_id).where(
        ThemePin.theme_id == theme.id, ThemePin.edit_id.is_(None)
    )
    return db.session.scalar(old.limit(1)) is not None
