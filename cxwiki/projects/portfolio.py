"""The sponsor's view: every proof of concept with stage, money, the decision due and what moved."""

from __future__ import annotations

from typing import Any


def portfolio(person: Any) -> list[Any]:
    """Return one row a proof of concept that the person may see."""
    return []
