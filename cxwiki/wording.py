"""Wording: each feature says in words what its events mean; histories, feeds and notices use it.

A sentence is spoken after the actor's name: "Alice" + "made this action".
"""

from __future__ import annotations

from collections.abc import Callable

from cxwiki.events import Event

Sentence = Callable[[Event], str]

_sentences: dict[str, Sentence] = {}


def register(name: str, sentence: Sentence) -> None:
    """Let a feature say what its event means; called when shown, in the reader's language."""
    _sentences[name] = sentence


def knows(name: str) -> bool:
    """Whether an event of this name can be told to people."""
    return name in _sentences


def names() -> frozenset[str]:
    """The names of all events that can be told."""
    return frozenset(_sentences)


def say(event: Event) -> str:
    """What happened, without the actor's name; empty for events that are not told to people."""
    sentence = _sentences.get(event.name)
    return sentence(event) if sentence else ""
