"""The public texts for measuring quality; each folder's SOURCE.md names origin and licence."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class MissingData(SystemExit):
    """A data set is not there; the message says where it was looked for."""


@dataclass(frozen=True)
class Retrieval:
    """Texts, queries, and for each query the places of the texts that answer it."""

    name: str
    texts: list[str]
    queries: list[str]
    relevant: list[set[int]]


@dataclass(frozen=True)
class Pairs:
    """Pairs of texts and whether they mean the same."""

    first: list[str]
    second: list[str]
    same: list[bool]


@dataclass(frozen=True)
class Parallel:
    """The same utterances in two languages, with their intents."""

    german: list[str]
    english: list[str]
    intents: list[str]


@dataclass(frozen=True)
class Labelled:
    """Texts with the intent that people gave them."""

    texts: list[str]
    intents: list[str]


def folder() -> Path:
    """Where the data sets are: CXWIKI_TEST_DATA, else ../shared/data beside the project."""
    return Path(os.environ.get("CXWIKI_TEST_DATA") or ROOT.parent / "shared" / "data")


def rows(name: str, file: str) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file. Raises MissingData."""
    path = folder() / name / file
    if not path.is_file():
        raise MissingData(f"{path} is missing. Set CXWIKI_TEST_DATA to the folder that has {name}.")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def faqpairs() -> Retrieval:
    """Questions about a disease, put in other words (English)."""
    texts = rows("pub-faqpairs-en", "docs.jsonl")
    place = {text["id"]: index for index, text in enumerate(texts)}
    queries = rows("pub-faqpairs-en", "queries.jsonl")
    return Retrieval(
        "faqpairs-en",
        [text["text"] for text in texts],
        [query["text"] for query in queries],
        [{place[found] for found in query["relevant"]} for query in queries],
    )


def faqpairs_duplicates() -> Pairs:
    """The same questions as pairs that match or do not."""
    pairs = rows("pub-faqpairs-en", "pairs.jsonl")
    return Pairs(
        [pair["q1"] for pair in pairs],
        [pair["q2"] for pair in pairs],
        [bool(pair["similar"]) for pair in pairs],
    )


def stackfaq() -> Retrieval:
    """Paraphrases of questions about web applications (English)."""
    pairs = rows("pub-stackfaq-paraphrases", "pairs.jsonl")
    texts = list(dict.fromkeys(pair["faq"] for pair in pairs))
    place = {text: index for index, text in enumerate(texts)}
    return Retrieval(
        "stackfaq",
        texts,
        [pair["paraphrase"] for pair in pairs],
        [{place[pair["faq"]]} for pair in pairs],
    )


def xsid() -> Parallel:
    """Requests to an assistant, each in German and English."""
    pairs = rows("pub-xsid-de-en-valid", "pairs.jsonl")
    return Parallel(
        [pair["de"] for pair in pairs],
        [pair["en"] for pair in pairs],
        [pair["intent"] for pair in pairs],
    )


def banking() -> Labelled:
    """Requests of a bank's customers with 77 intents (English)."""
    items = rows("pub-banking77-train", "items.jsonl")
    return Labelled([item["text"] for item in items], [item["intent"] for item in items])
