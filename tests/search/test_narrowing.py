"""Controls and operators both hold."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cxwiki.search.documents import Filters
from cxwiki.search.query.narrowing import NOTHING, both

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def test_what_only_one_says_holds() -> None:
    tags = Filters(tags=frozenset({"app"}))
    kinds = Filters(kinds=frozenset({"pain_point"}))
    assert both(tags, kinds) == Filters(tags=frozenset({"app"}), kinds=frozenset({"pain_point"}))
    assert both(Filters(), Filters()) == Filters()


def test_of_what_both_say_the_common_part_holds() -> None:
    assert both(
        Filters(team_ids=frozenset({1, 2}), created_from=MAY, created_before=JUNE),
        Filters(team_ids=frozenset({2, 3}), created_from=JUNE),
    ) == Filters(team_ids=frozenset({2}), created_from=JUNE, created_before=JUNE)


@pytest.mark.parametrize("name", ["types", "kinds", "statuses", "channels", "tags"])
def test_a_contradiction_lets_nothing_through_instead_of_everything(name: str) -> None:
    found = both(Filters(**{name: frozenset({"a"})}), Filters(**{name: frozenset({"b"})}))
    assert found == NOTHING
    assert found.ids == frozenset()


def test_ids_of_both_must_agree_and_none_at_all_is_a_limit_too() -> None:
    some, none = Filters(ids=frozenset({1, 2})), Filters(ids=frozenset())
    assert both(some, Filters(ids=frozenset({2, 3}))).ids == frozenset({2})
    assert both(some, Filters()).ids == frozenset({1, 2})
    assert both(some, none).ids == both(none, Filters()).ids == frozenset()
