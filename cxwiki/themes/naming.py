"""What the software calls a theme: a heading in each language, and what a central member says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from cxwiki.database import db
from cxwiki.i18n import settings
from cxwiki.insights.models import Insight
from cxwiki.richtext import to_text
from cxwiki.search.words.language import fold
from cxwiki.subjects import Visibility
from cxwiki.themes.labels import label
from cxwiki.themes.models import Theme, ThemeMember, ThemePart

FEWEST_TEXTS = 2
"""Members in a language below which a theme gets no label in it: one text is not what many say."""
MOST_TEXTS = 60
"""Members of a theme, the most central ones, that labels are made of."""
MOST_ALONE = 3_000
LONGEST_TEXT = 400
LONGEST_SUMMARY = 160
SHORTEST_SUMMARY = 20
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
Labels = dict[int, dict[str, str]]


@dataclass(frozen=True)
class Text:
    """What an insight says: its language, title and beginning."""

    language: str
    title: str
    beginning: str

    def __str__(self) -> str:
        return f"{self.title}\n{self.beginning}"


Texts = Mapping[int, Text]


@dataclass(frozen=True)
class Wording:
    """What a theme is called in each language and what it is about, in one line."""

    labels: dict[str, str]
    summary: str


def propose(
    found: Mapping[int, Sequence[int]], alone: Sequence[int], taken: Iterable[str] | None = None
) -> dict[int, Wording]:
    """Labels and summaries by theme, from the members' titles and first sentences.

    `found` holds the insights of each theme, the most central first, `alone` those without one.
    Only company-visible insights may be handed in: labels are shown to everybody. `taken` are
    labels that none may get, by default the names that people gave.
    """
    central = {theme: some[:MOST_TEXTS] for theme, some in found.items()}
    texts = read([*alone[:MOST_ALONE], *(i for some in central.values() for i in some)])
    labels = headings(central, alone, texts, _given_names() if taken is None else taken)
    return {
        theme: Wording(labels[theme], summary(some, texts, labels[theme].values()))
        for theme, some in central.items()
    }


def headings(
    found: Mapping[int, Sequence[int]], alone: Sequence[int], texts: Texts, taken: Iterable[str]
) -> Labels:
    """Labels by theme and language; `texts` are those of the insights, others are left out."""
    labels: Labels = {theme: {} for theme in found}
    taken = set(taken)
    for language in settings().languages:

        def written(some: Sequence[int], language: str = language) -> list[str]:
            return [str(texts[i]) for i in some if i in texts and texts[i].language == language]

        by_theme = {theme: written(some) for theme, some in found.items()}
        enough = {theme: some for theme, some in by_theme.items() if len(some) >= FEWEST_TEXTS}
        for theme, heading in label(enough, written(alone), language, taken).items():
            labels[theme][language] = heading
    return labels


def summary(central: Sequence[int], texts: Texts, labels: Iterable[str]) -> str:
    """One line from the most central members: a title or a sentence, in the first language if any
    of the ten most central has one that is no label already."""
    taken = {fold(heading) for heading in labels}
    first = settings().languages[0]
    near = [texts[i] for i in central[:10] if i in texts]
    for some in (
        [text for text in near if text.language == first],
        [text for text in near if text.language != first],
    ):
        for text in some:
            for line in (text.title, *_SENTENCE.split(text.beginning)):
                line = " ".join(line.split())
                fits = SHORTEST_SUMMARY <= len(line) <= LONGEST_SUMMARY
                if fits and " " in line and fold(line).rstrip(".!?") not in taken:
                    return line
    return " ".join(near[0].title.split())[:LONGEST_SUMMARY] if near else ""


def write(theme: Theme, wording: Wording) -> None:
    """Put labels and summary on a theme; what people said about it stays."""
    theme.labels = wording.labels
    if theme.described_by_id is None:
        theme.summary = wording.summary
    if theme.named_by_id is None:
        ordered = [wording.labels[code] for code in settings().languages if code in wording.labels]
        theme.title = (ordered or [wording.summary or "…"])[0]


def forget_unseen(theme: Theme) -> None:
    """After a member left the company's sight: word the theme anew from what is still seen, so
    that nothing which that member said stays behind on it; its parts wait for the next run."""
    seen = (
        select(Insight.id)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(
            ThemeMember.theme_id == theme.id,
            Insight.archived_at.is_(None),
            Insight.visibility == Visibility.COMPANY,
        )
        .order_by(ThemeMember.confidence.desc(), Insight.id)
        .limit(MOST_TEXTS)
    )
    ids = db.session.scalars(seen).all()
    others = select(Theme.labels).where(Theme.id != theme.id, Theme.archived_at.is_(None))
    used = {heading for labels in db.session.scalars(others) for heading in labels.values()}
    write(theme, propose({theme.id: ids}, [], used | _given_names())[theme.id])
    mine = select(ThemePart.id).where(ThemePart.theme_id == theme.id)
    left = update(ThemeMember).where(ThemeMember.part_id.in_(mine)).values(part_id=None)
    db.session.execute(left)
    db.session.execute(delete(ThemePart).where(ThemePart.theme_id == theme.id))


def read(ids: Sequence[int]) -> dict[int, Text]:
    """Language, title and beginning of the text of insights; read in chunks."""
    texts = {}
    for start in range(0, len(ids), 500):
        query = select(Insight.id, Insight.language, Insight.title, Insight.body)
        for row in db.session.execute(query.where(Insight.id.in_(ids[start : start + 500]))):
            beginning = to_text(row.body[:LONGEST_TEXT]) if row.body else ""
            texts[row.id] = Text(row.language, row.title, beginning)
    return texts


def _given_names() -> set[str]:
    return set(db.session.scalars(select(Theme.title).where(Theme.named_by_id.is_not(None))))
