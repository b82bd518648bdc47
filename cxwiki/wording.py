"""Wording: each feature says in words what its events mean; histories, feeds and notices use it.

A sentence is spoken after the actor's name: "Alice" + "made this action".
"""

from __future__ import annotations

from collections.abc import Callable

from cxwiki.events import Event

Sentence = Callable[[Event], str]

_sentences: dict[str, Sentence] = {}
_not_for_everybody: set[str] = set()


def register(name: str, sentence: Sentence, *, everybody: bool = True) -> None:
    """Let a feature say what its event means; called when shown, in the reader's language.

    `everybody` is False for what is told to chosen people alone, and stands in no feed.
    """
    _sentences[name] = sentence
    if not everybody:
        _not_for_everybody.add(name)


def knows(name: str) -> bool:
    """Whether an event of this name can be told to people."""
    return name in _sentences


def names() -> frozenset[str]:
    """The names of all events that can be told to everybody who sees their subject."""
    return frozenset(_sentences.keys() - _not_for_everybody)


def say(event: Event) -> str:
    """What happened, without the actor's name; empty for events that are not told to people."""
    sentence = _sentences.get(event.name)
    return sentence(event) if sentence else ""
