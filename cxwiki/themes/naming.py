"""What the software calls a theme: telling words in each language, and its most central insight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from cxwiki.database import db
from cxwiki.i18n import settings
from cxwiki.insights.models import Insight
from cxwiki.richtext import to_text
from cxwiki.subjects import Visibility
from cxwiki.themes.labels import label
from cxwiki.themes.models import Theme, ThemeMember

FEWEST_TEXTS = 2
"""Members in a language below which a theme gets no label in it: one text is not what many say."""
LONGEST_TEXT = 400
Labels = dict[int, dict[str, str]]


def propose(found: Mapping[int, Sequence[int]], alone: Sequence[int]) -> Labels:
    """Labels by theme and language, from the members' titles and first sentences.

    `found` holds the insights of each theme, `alone` those without one. Only company-visible
    insights may be handed in: labels are shown to everybody.
    """
    texts = _texts([*alone, *(i for some in found.values() for i in some)])
    taken = set(db.session.scalars(select(Theme.title).where(Theme.named_by_id.is_not(None))))
    labels: Labels = {theme: {} for theme in found}
    for language in settings().languages:
        by_theme = {
            theme: [texts[i][1] for i in some if texts[i][0] == language]
            for theme, some in found.items()
        }
        enough = {theme: some for theme, some in by_theme.items() if len(some) >= FEWEST_TEXTS}
        background = [texts[i][1] for i in alone if texts[i][0] == language]
        for theme, words in label(enough, background, language, taken).items():
            labels[theme][language] = _sentence(words)
    return labels


def write(theme: Theme, labels: dict[str, str], central: Sequence[int]) -> None:
    """Put labels and summary on a theme; a name that people gave stays."""
    titles = dict(
        db.session.execute(select(Insight.id, Insight.title).where(Insight.id.in_(central[:1])))
        .tuples()
        .all()
    )
    theme.summary = titles.get(central[0], "")[:300] if central else ""
    theme.labels = labels
    if theme.named_by_id is None:
        ordered = [labels[code] for code in settings().languages if code in labels]
        theme.title = (ordered or [theme.summary])[0]


def forget_unseen(theme: Theme) -> None:
    """After a member left the company's sight: let no title of it stay behind on the theme."""
    seen = (
        select(Insight.title)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(
            ThemeMember.theme_id == theme.id,
            Insight.archived_at.is_(None),
            Insight.visibility == Visibility.COMPANY,
        )
        .order_by(ThemeMember.confidence.desc(), Insight.id)
    )
    before, theme.summary = theme.summary, (db.session.scalar(seen.limit(1)) or "")[:300]
    if theme.named_by_id is None and theme.title == before:
        theme.title = theme.summary or "…"


def _texts(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Language and beginning of the text of insights; read in chunks."""
    texts = {}
    for start in range(0, len(ids), 500):
        query = select(Insight.id, Insight.language, Insight.title, Insight.body)
        for row in db.session.execute(query.where(Insight.id.in_(ids[start : start + 500]))):
            beginning = to_text(row.body[:LONGEST_TEXT]) if row.body else ""
            texts[row.id] = (row.language, f"{row.title}\n{beginning}")
    return texts


def _sentence(words: Sequence[str]) -> str:
    text = ", ".join(words)
    return text[:1].upper() + text[1:]
