"""What the page of a theme shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cxwiki import access
from cxwiki.themes import counting, growing, history, proposals, service
from cxwiki.themes.models import Theme

MOST_SHOWN = 12


def of(theme: Theme, person: Any, wishes: Mapping[str, str]) -> dict[str, Any]:
    """Everything for the template; `wishes` are the address's `team`, `part`, `all`, `history`."""
    everybody = service.members(theme, person)
    team_id, part_id = _number(wishes, "team"), _number(wishes, "part")
    places = service.narrowed(everybody, team_id, part_id)
    parts = service.parts(theme, everybody)
    curates = access.can("theme.curate", theme, person)
    return {
        "theme": theme,
        "everybody": everybody,
        "places": places,
        "groups": service.by_team(places),
        "teams": service.by_team(everybody),
        "team_id": team_id,
        "parts": parts,
        "part": next((part for part, _count in parts if part.id == part_id), None),
        "voices": service.voices(everybody),
        "quotes": service.quotes(places),
        "trend": counting.trend(theme),
        "pace": growing.paces([theme.id]).get(theme.id, growing.Pace()),
        "outside": service.pinned_out(theme, person),
        "history": history.of(theme, person, everything=wishes.get("history") == "all"),
        "proposals": proposals.waiting(person, theme) if curates else [],
        "targets": _targets(theme, person) if curates else [],
        "show_all": "all" in wishes,
        "most_shown": MOST_SHOWN,
    }


def _targets(theme: Theme, person: Any) -> Sequence[Theme]:
    return [one for one in service.living(person) if one.id != theme.id]


def _number(wishes: Mapping[str, str], name: str) -> int | None:
    return access.number_in(wishes.get(name, ""))
