"""What else points at attached files: higher features say so here, so that nothing dangles."""

from __future__ import annotations

from collections.abc import Callable, Collection

Reason = Callable[[int], str]
LetGo = Callable[[Collection[int]], None]

_reasons: list[Reason] = []
_let_go: list[LetGo] = []


def register(let_go: LetGo, reason: Reason | None = None) -> None:
    """Let a feature point at attachments.

    `let_go` forgets attachments that are deleted for good; `reason` says in a sentence why one has
    to stay, or nothing.
    """
    if let_go not in _let_go:
        _let_go.append(let_go)
    if reason is not None and reason not in _reasons:
        _reasons.append(reason)


def reason_to_keep(attachment_id: int) -> str:
    """Why a file may not be taken away; empty if it may."""
    return next((why for reason in _reasons if (why := reason(attachment_id))), "")


def let_go(ids: Collection[int]) -> None:
    """Make everything forget these attachments."""
    for forget in _let_go:
        forget(ids)
