"""People's word on themes: what they are called, whether they stay, and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from cxwiki.accounts.models import User
from cxwiki.database import command
from cxwiki.errors import DomainError
from cxwiki.insights.models import Insight
from cxwiki.richtext import clean
from cxwiki.subjects import Visibility
from cxwiki.themes import edits, places
from cxwiki.themes.edits import Change
from cxwiki.themes.models import Edited, Theme
from cxwiki.themes.places import Word

LONGEST_NAME = 120
LONGEST_SUMMARY = 300


@command
def rename(theme: Theme, name: str, by: User, reason: str = "") -> None:
    """Give the theme a name that stays. An empty one gives it back to the software."""
    edits.one_at_a_time()
    name = checked_name(name, theme.id)
    given = [name, by.id] if name else None
    if given != edits.field_of(theme, "name"):
        edits.write(Edited.RENAMED, theme, by, Change(fields={"name": given}), reason=reason)


def checked_name(name: str, theme_id: int | None = None) -> str:
    """The name on one line, if no other theme is called that."""
    name = " ".join(clean(name).split())
    if len(name) > LONGEST_NAME:
        raise DomainError(
            _("A name has at most %(number)s characters.", number=LONGEST_NAME), "name"
        )
    if name and edits.name_is_taken(name, theme_id):
        raise DomainError(_("Another theme is called that already."), "name")
    return name


@command
def describe(theme: Theme, summary: str, by: User, reason: str = "") -> None:
    """Say in own words what the theme is about. Empty words give it back to the software."""
    edits.one_at_a_time()
    summary = " ".join(clean(summary).split())
    if len(summary) > LONGEST_SUMMARY:
        raise DomainError(
            _("A description has at most %(number)s characters.", number=LONGEST_SUMMARY),
            "summary",
        )
    given = [summary, by.id] if summary else None
    if given != edits.field_of(theme, "summary"):
        edits.write(Edited.DESCRIBED, theme, by, Change(fields={"summary": given}), reason=reason)


@command
def lock(theme: Theme, by: User, *, locked: bool, reason: str = "") -> None:
    """Let the theme keep exactly its members, or let runs add to it again; people always may."""
    _set(theme, "locked", locked, (Edited.LOCKED, Edited.UNLOCKED), by, reason)


@command
def retire(theme: Theme, by: User, *, retired: bool, reason: str = "") -> None:
    """Take the theme from the lists, or bring it back; its address goes on, its members stay."""
    _set(theme, "retired", retired, (Edited.RETIRED, Edited.REVIVED), by, reason)


def _set(
    theme: Theme, name: str, value: bool, kinds: tuple[Edited, Edited], by: User, reason: str
) -> None:
    edits.one_at_a_time()
    if getattr(theme, name) != value:
        kind = kinds[0] if value else kinds[1]
        edits.write(kind, theme, by, Change(fields={name: value}), reason=reason)


@command
def pin(theme: Theme, insight: Insight, by: User, *, belongs: bool, reason: str = "") -> None:
    """Decide that an insight belongs to the theme, or does not."""
    if belongs:
        put_in(theme, [insight], by, reason)
    else:
        take_out(theme, [insight], by, reason)


@command
def put_in(theme: Theme, insights: Sequence[Insight], by: User, reason: str = "") -> None:
    """Decide that insights belong to the theme and nowhere else."""
    edits.one_at_a_time()
    check_alive(theme)
    ids = open_to_all(insights)
    change = Change([Word(theme.id, ids, True)], dict.fromkeys(ids, theme.id))
    edits.write(Edited.PINNED_IN, theme, by, change, reason=reason)


@command
def take_out(theme: Theme, insights: Sequence[Insight], by: User, reason: str = "") -> None:
    """Decide that insights do not belong to the theme; the next run finds where they do."""
    edits.one_at_a_time()
    ids = open_to_all(insights)
    members = {i: None for i, at in places.now(ids).items() if at == theme.id}
    change = Change([Word(theme.id, ids, False)], members)
    edits.write(Edited.PINNED_OUT, theme, by, change, reason=reason)


@command
def unpin(theme: Theme, insight: Insight, by: User, reason: str = "") -> None:
    """Take a decision back: the next run decides."""
    edits.one_at_a_time()
    if theme.id in places.pins_of([insight.id]).get(insight.id, {}):
        change = Change([Word(theme.id, (insight.id,), None)])
        edits.write(Edited.UNPINNED, theme, by, change, reason=reason)


def check_alive(theme: Theme) -> None:
    """Refuse to put something into a theme that went up in another or that was retired."""
    if theme.is_archived:
        raise DomainError(_("This theme was merged into another one."))
    if theme.retired:
        raise DomainError(_("This theme is retired. Bring it back first."))


def open_to_all(insights: Sequence[Insight]) -> tuple[int, ...]:
    """The ids of insights that people may put somewhere: those that the whole company sees."""
    if not insights:
        raise DomainError(_("Choose at least one insight."))
    if any(insight.visibility == Visibility.TEAM for insight in insights):
        raise DomainError(
            _("An insight that only its team sees cannot be put into a theme by hand.")
        )
    return tuple(insight.id for insight in insights)
