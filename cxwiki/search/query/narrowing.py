"""Two sets of filters that both hold: what the controls say, and what the operators say."""

from __future__ import annotations

from dataclasses import replace

from cxwiki.search.documents import Filters

SETS = ("types", "kinds", "team_ids", "statuses", "channels", "author_ids", "tags")
NOTHING = Filters(ids=frozenset())


def both(one: Filters, other: Filters) -> Filters:
    """The filters that let through what both let through; `NOTHING` where they contradict."""
    sets: dict[str, frozenset[str] | frozenset[int]] = {}
    for name in SETS:
        here, there = getattr(one, name), getattr(other, name)
        sets[name] = here & there if here and there else here or there
        if here and there and not sets[name]:
            return NOTHING
    ids = one.ids if other.ids is None else other.ids
    if one.ids is not None and other.ids is not None:
        ids = one.ids & other.ids
    starts = [day for day in (one.created_from, other.created_from) if day is not None]
    ends = [day for day in (one.created_before, other.created_before) if day is not None]
    return replace(
        Filters(**sets),  # type: ignore[arg-type]
        ids=ids,
        created_from=max(starts, default=None),
        created_before=min(ends, default=None),
    )
