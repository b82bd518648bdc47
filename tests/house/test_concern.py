"""Features say whom their events concern."""

from __future__ import annotations

import pytest

from cxwiki import concern
from cxwiki.events import Event


@pytest.fixture(autouse=True)
def no_other_concerns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concern, "_concerns", type(concern._concerns)(list))


def test_several_features_name_people() -> None:
    concern.register("x.happened", lambda event: [event.data["one"]])
    concern.register("x.happened", lambda event: [2])
    event = Event(name="x.happened", data={"one": 1})
    assert concern.named_by(event) == {1, 2}
    assert concern.is_for_watchers(event)


def test_some_events_concern_nobody_else() -> None:
    concern.register("x.happened", lambda event: [1], alone=True)
    assert not concern.is_for_watchers(Event(name="x.happened"))


def test_what_nobody_registered_is_for_those_who_watch() -> None:
    event = Event(name="y.happened")
    assert concern.named_by(event) == set()
    assert concern.is_for_watchers(event)
