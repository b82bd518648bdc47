"""When an insight is merged into another, what hangs on it follows, and can come back exactly.

Each kind of thing registers how it is found and turned: those of this feature and of the features
below in `carrying.py`, those of higher features in features' own modules. What the survivor has
already, as a second vote of the same person, stays where it is or, if it would show there, is put
aside: written down in the merge until it comes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cxwiki.database import db
from cxwiki.insights.models import Merge

LONGEST_WAY = 100
ASIDE = ":aside"
Kept = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Follower:
    """A kind of thing that hangs on insights.

    `at` gives the keys of those that hang on an insight: their own ids or, for a pair of an insight
    and something else, the other one's. `turn` lets some hang on another insight, from one to the
    other, and returns the keys of those that it turned. `seen` says how many of them a person may
    know of, `words` names that many. `put_aside` takes away what the survivor has too and returns
    what `put_back` needs to make it anew.
    """

    name: str
    at: Callable[[int], Iterable[int]]
    turn: Callable[[Sequence[int], int, int], Iterable[int]]
    seen: Callable[[Sequence[int], Any], int]
    words: Callable[[int], str]
    put_aside: Callable[[Sequence[int], int], Kept] | None = None
    put_back: Callable[[Kept, int], None] | None = None


_kinds: dict[str, Follower] = {}


def register(follower: Follower) -> None:
    """Let things of a feature follow merged insights."""
    _kinds[follower.name] = follower


def carry(merge: Merge) -> None:
    """Turn everything from the merged insight to its survivor and write down what was turned."""
    carried: dict[str, Any] = {}
    for name, kind in _kinds.items():
        keys = _moving(kind, merge.merged_id, merge.into_id)
        carried[name] = sorted(kind.turn(keys, merge.merged_id, merge.into_id)) if keys else []
        if kind.put_aside is not None and (double := sorted(kind.at(merge.merged_id))):
            carried[name + ASIDE] = list(kind.put_aside(double, merge.merged_id))
    merge.carried = carried
    db.session.flush()


def come_back(merge: Merge) -> None:
    """Turn back what the merge had turned, also from where later merges took it.

    What was removed meanwhile stays removed; what the survivor got by itself stays there.
    """
    for name, kind in _kinds.items():
        keys, kept = merge.carried.get(name, ()), merge.carried.get(name + ASIDE)
        holders: dict[int, list[int]] = defaultdict(list)
        for key in keys:
            holders[_holder(merge, name, key)].append(key)
        for holder, some in holders.items():
            here = set(kind.at(holder)) - set(kind.at(merge.merged_id))
            coming = [key for key in some if key in here]
            if coming:
                kind.turn(coming, holder, merge.merged_id)
        if kept and kind.put_back is not None:
            kind.put_back(kept, merge.merged_id)
    db.session.flush()


def preview(source: int, target: int, person: Any) -> list[str]:
    """What would move from one insight to the other, in words, of what the person may know."""
    counted = ((kind, kind.seen(_moving(kind, source, target), person)) for kind in _kinds.values())
    return [kind.words(number) for kind, number in counted if number]


def active_merge(insight_id: int) -> Merge | None:
    """The merge by which the insight is part of another one now."""
    query = select(Merge).where(Merge.merged_id == insight_id, Merge.undone_at.is_(None))
    return db.session.scalar(query.order_by(Merge.id.desc()).limit(1))


def _moving(kind: Follower, source: int, target: int) -> list[int]:
    return sorted(set(kind.at(source)) - set(kind.at(target)))


def _holder(merge: Merge, name: str, key: int) -> int:
    """Where later merges took a thing; they do not know of it any more from now on."""
    holder = merge.into_id
    for _step in range(LONGEST_WAY):
        later = active_merge(holder)
        if later is None or key not in later.carried.get(name, ()):
            break
        left = [one for one in later.carried[name] if one != key]
        later.carried = {**later.carried, name: left}
        holder = later.into_id
    return holder
