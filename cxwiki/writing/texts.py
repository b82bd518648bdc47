"""Texts: what insights and pages have in common as wiki texts.

Features register how their texts are read and saved; histories, drafts, merging and the rewriting
of links work with any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString

from cxwiki.accounts.models import User
from cxwiki.subjects import Subject


@dataclass(frozen=True)
class Content:
    """What a text says: title, Markdown, and its other fields as plain JSON values."""

    title: str
    body: str
    fields: Mapping[str, Any]


Save = Callable[[Any, Content, User, int, str], Any]


@dataclass(frozen=True)
class TextType:
    """How the texts of one type of subject are read and saved.

    `save(subject, content, by, based_on, comment)` writes a new revision and raises Conflict when
    somebody saved after revision `based_on`, DomainError when the content is not acceptable.
    `labels` names the fields in the order in which they are shown, `show(name, value)` says a
    field's value in words. `edit` is the verb that one needs, `edit_endpoint` the form's page.
    `apart` are fields that are no part of what the text says: bringing an older state back leaves
    them as they are.
    """

    model: type[Subject]
    edit: str
    edit_endpoint: str
    content: Callable[[Any], Content]
    save: Save
    labels: Mapping[str, str | LazyString]
    show: Callable[[str, Any], str]
    apart: frozenset[str] = frozenset({"visibility", "team"})


_types: dict[str, TextType] = {}


def register(type_name: str, text_type: TextType) -> None:
    """Let subjects of a type be written, compared and restored."""
    _types[type_name] = text_type


def of(subject: Subject) -> TextType:
    """How this subject's text is read and saved. Raises KeyError if it is no text."""
    return _types[subject.type]


def is_text(subject: Subject) -> bool:
    """Whether the subject is a wiki text."""
    return subject.type in _types


def models() -> Mapping[str, type[Subject]]:
    """The models of all texts by the names of their types."""
    return {name: text_type.model for name, text_type in _types.items()}
