"""Whether a theme falls into several: the worker looks when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cxwiki.database import command, db
from cxwiki.events import Event
from cxwiki.themes import edits, space
from cxwiki.themes.models import Theme, ThemeProposal

FEWEST = 8
"""Members below which nothing is proposed: two themes of fewer than four say little."""
MOST = 5


@dataclass(frozen=True)
class Piece:
    """Insights that could be a theme of their own, and how sure their place together is."""

    insight_ids: list[int]
    score: float


def look(happened: Sequence[Event]) -> None:
    """Write the pieces of each theme as proposals."""
    for theme_id in {event.subject_id for event in happened if event.subject_id}:
        _keep(theme_id, pieces(theme_id))


def pieces(theme_id: int) -> list[Piece]:
    """The groups in a theme but for the largest, which stays; empty when it is of one piece."""
    # Only the worker pays for what this loads: the web process imports this module too.
    from cxwiki.themes.clustering import group

    everything = space.load()
    if everything is None:
        return []
    rows = (everything.themes == theme_id).nonzero()[0]
    if len(rows) < FEWEST:
        return []
    found = group(everything.vectors[rows], languages=everything.languages[rows])
    groups = [
        Piece(
            [int(everything.ids[row]) for row in rows[found.themes == number]],
            float(found.confidence[found.themes == number].mean()),
        )
        for number in sorted({int(one) for one in found.themes if one >= 0})
    ]
    groups.sort(key=lambda piece: (-len(piece.insight_ids), piece.insight_ids))
    return groups[1 : MOST + 1]


@command
def _keep(theme_id: int, found: Sequence[Piece]) -> None:
    """Replace what waits; a no is taken back by asking again."""
    edits.one_at_a_time()
    theme = db.session.get(Theme, theme_id)
    if theme is None or theme.is_archived:
        return
    old = select(ThemeProposal).where(
        ThemeProposal.theme_id == theme_id,
        ThemeProposal.kind == "split",
        ThemeProposal.state.in_(("open", "declined")),
    )
    for row in db.session.scalars(old):
        row.state = "outdated"
    db.session.add_all(
        ThemeProposal(
            kind="split", theme_id=theme_id, insight_ids=piece.insight_ids, score=piece.score
        )
        for piece in found
    )
