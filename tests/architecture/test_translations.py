"""Translations: every sentence is there in every language, whole and with its values."""

from __future__ import annotations

import ast
import io
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from cxwiki.config import SUPPORTED_LANGUAGES
from tests.architecture.places import PACKAGE, TEMPLATES, named, python_files, template_files

KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None,
            "ngettext": (1, 2), "lazy_ngettext": (1, 2)}  # fmt: skip
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "extensions": "jinja2.ext.do"}
Key = str | tuple[str, ...]


@cache
def sentences() -> dict[Key, str]:
    """Every sentence of the interface, with the place where it stands."""
    found: dict[Key, str] = {}
    for path in python_files():
        for line, message, _comments, _context in extract_from_file(
            "python", path, keywords=KEYWORDS
        ):
            found.setdefault(_key(message), f"{named(path)}:{line}")
    for path in template_files():
        with path.open("rb") as file:
            for line, _function, message, _ in babel_extract(
                file, tuple(KEYWORDS), (), dict(OPTIONS)
            ):
                key = tuple(m for m in message if m) if isinstance(message, tuple) else message
                if key:
                    found.setdefault(_key(key), f"{named(path)}:{line}")
    return {key: place for key, place in found.items() if key}


def _key(message: object) -> Key:
    if isinstance(message, tuple | list):
        texts = tuple(str(text) for text in message if isinstance(text, str))
        return texts[0] if len(texts) == 1 else texts[:2]
    return str(message)


@cache
def catalog(language: str) -> Catalog:
    path = PACKAGE / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else [*message.string]


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


TRANSLATED = [language for language in SUPPORTED_LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    missing = []
    for key, place in sentences().items():
        message = catalog(language).get(key)
        if message is None or not all(text.strip() for text in texts(message)):
            missing.append(f"{place}: {key!r}")
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [str(message.id) for message in catalog(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over(language: str) -> None:
    known = set(sentences())
    left = [message.id for message in catalog(language) if message.id]
    keys = [tuple(key) if isinstance(key, list | tuple) else key for key in left]
    assert [key for key in keys if key not in known] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_same_values_in_them(language: str) -> None:
    """A misspelt placeholder would fail when somebody opens the page in that language."""
    wrong = []
    for message in catalog(language):
        if not message.id:
            continue
        originals = [message.id] if isinstance(message.id, str) else [*message.id]
        wanted = set().union(*map(placeholders, originals))
        optional = wanted - set.intersection(*map(placeholders, originals))
        wrong += [
            f"{message.id!r} → {text!r}"
            for text in texts(message)
            if not (wanted - optional <= placeholders(text) <= wanted)
        ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_their_marks(language: str) -> None:
    """A percent sign that is none of a value, or markup that differs, breaks the sentence."""
    for message in catalog(language):
        original = message.id if isinstance(message.id, str) else (message.id or ("",))[0]
        for text in texts(message):
            assert re.findall(r"</?\w+>", text) == re.findall(r"</?\w+>", original), message.id
            assert text.endswith("…") == original.endswith("…"), message.id


def test_quotation_marks_stand_in_sentences() -> None:
    """Each language has its own: around a value they belong to what is translated."""
    found = [
        f"{named(path)}:{node.lineno}"
        for path in python_files()
        if path != PACKAGE / "config.py"  # said on the console, which speaks English
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr) and re.search("[“”]", ast.unparse(node))
    ]
    assert found == []


def test_german_is_polite() -> None:
    familiar = re.compile(r"\b(?:[Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir|[Ee]uer|[Ee]uch)\b")
    found = [text for m in catalog("de") if m.id for text in texts(m) if familiar.search(text)]
    assert found == []


def test_words_in_templates_are_not_forgotten() -> None:
    """Text between tags that is not wrapped would stay English."""
    offenders = []
    for path in template_files():
        if path.suffix != ".html" or "styles" in path.parts:
            continue
        text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
        text = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", text, flags=re.S)
        text = re.sub(r"\{%\s*block (?:width|frame)\s*%\}.*?\{%", "{%", text, flags=re.S)
        text = re.sub(
            r"\{\{.*?\}\}|\{%.*?%\}|<kbd\b.*?</kbd>|<code\b.*?</code>|<style\b.*?</style>",
            " ",
            text,
            flags=re.S,
        )
        text = re.sub(r"<[^<>]*>", "\n", text)
        offenders += [
            f"{path.relative_to(TEMPLATES)}: {line.strip()}"
            for line in text.splitlines()
            if re.search(r"[A-Za-z]{3,}", re.sub(r"&\w+;|CX Wiki|aria-\w+=", "", line))
        ]
    assert offenders == []


def test_the_catalogue_can_be_read_back() -> None:
    for language in TRANSLATED:
        assert len(catalog(language)) > 100
    assert read_po(io.BytesIO(b'msgid "a"\nmsgstr "b"\n')).get("a") is not None
    assert all(Path(place.rsplit(":", 1)[0]) for place in sentences().values())
