"""Any number of insights composed from the public texts, no two alike, with vectors for them.

An insight is one real sentence as its title and two more of the same topic as its body, so words
and topics are distributed as people wrote them. Encoding 100,000 texts would take most of an hour;
so the real models encode each real sentence once, and `Composer` stands in for the encoder: the
vector of a composed text is the mean of its sentences' vectors, the title counting twice. Queries
are always encoded by the real models.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

from bench import datasets
from cxwiki.search.encoder.models import Floats, Models
from cxwiki.search.encoder.server import Encoder, EncoderServer

TEAMS = ("Cards", "Payments", "Transfers", "App", "Support", "Shop", "Field service", "Billing")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_LONGEST = 300


@dataclass(frozen=True)
class Base:
    """Real sentences by topic, and the vector of each."""

    topics: list[list[str]]
    vectors: dict[str, Floats]
    space: str


def base(keep: Path) -> Base:
    """The sentences of all public sets; their vectors are kept in a folder for the next run."""
    topics = [list(dict.fromkeys(some)) for some in _topics()]
    topics = [some for some in topics if len(some) >= 6]
    sentences = list(dict.fromkeys(sentence for some in topics for sentence in some))
    file = keep / "sentences.npz"
    if file.exists():
        kept = np.load(file)
        if list(kept["sentences"]) == sentences:
            rows = kept["vectors"].astype(np.float32)
            return Base(topics, dict(zip(sentences, rows, strict=True)), str(kept["space"]))
    space, rows = Models().encode("both-passage", sentences, urgent=False)
    keep.mkdir(parents=True, exist_ok=True)
    np.savez(file, sentences=np.array(sentences), vectors=rows.astype(np.float16), space=space)
    return Base(topics, dict(zip(sentences, rows, strict=True)), space)


def _topics() -> Iterator[list[str]]:
    bank = datasets.banking()
    yield from _grouped(bank.texts, bank.intents)
    both = datasets.xsid()
    yield from _grouped(both.english, both.intents)
    yield from _grouped(both.german, both.intents)
    questions = datasets.stackfaq()
    yield from _grouped(questions.queries, [str(min(places)) for places in questions.relevant])
    for name in ("pub-wiki-de-handbuch", "pub-wiki-18f-guides"):
        for page in datasets.rows(name, "pages.jsonl"):
            text = re.sub(r"[#*_`>|\[\]]|\(http[^)]*\)", " ", page["markdown"])
            sentences = [" ".join(one.split()) for one in _SENTENCE.split(text)]
            told = [one for one in sentences if 30 <= len(one) <= _LONGEST]
            for start in range(0, len(told), 20):
                yield told[start : start + 20]


def _grouped(texts: Sequence[str], topics: Sequence[str]) -> Iterator[list[str]]:
    groups: dict[str, list[str]] = {}
    for text, topic in zip(texts, topics, strict=True):
        groups.setdefault(topic, []).append(" ".join(text.split())[:_LONGEST])
    yield from groups.values()


def write(file: Path, topics: Sequence[Sequence[str]], count: int) -> None:
    """Compose `count` different insights; the same on every run."""
    chance = random.Random(0)
    weights = [len(some) for some in topics]
    seen: set[tuple[str, ...]] = set()
    with file.open("w", encoding="utf-8") as lines:
        while len(seen) < count:
            some = chance.choices(topics, weights)[0]
            said = tuple(chance.sample(some, 3))
            if said in seen:
                continue
            seen.add(said)
            item = {
                "external_id": f"composed-{len(seen)}",
                "title": said[0],
                "body": "\n\n".join(said[1:]),
                "team": chance.choice(TEAMS),
            }
            lines.write(json.dumps(item, ensure_ascii=False) + "\n")


class Composer:
    """Answers for the models: known sentences have their vectors, composed texts the mean."""

    problems: Sequence[str] = ()

    def __init__(self, known: Base) -> None:
        self.space = known.space
        self.names = known.space.split("+")
        self._vectors = known.vectors

    def encode(self, _name: str, texts: Sequence[str], *, urgent: bool) -> tuple[str, Floats]:
        """The space and one vector a text, each half of length 1."""
        rows = np.stack([self._composed(text) for text in texts])
        halves = np.split(rows, len(self.names), axis=1)
        return self.space, np.hstack([h / np.linalg.norm(h, axis=1, keepdims=True) for h in halves])

    def _composed(self, text: str) -> Floats:
        lines = (line.strip() for line in text.splitlines())
        known = [self._vectors[line] for line in lines if line in self._vectors]
        known = known or [next(iter(self._vectors.values()))]  # not composed: the client's probe
        return np.asarray(sum(known) + known[0], dtype=np.float32)


@contextmanager
def encoder(known: Base) -> Iterator[str]:
    """Serve the composer as long as the block runs; gives its address."""
    standing_in: Any = Encoder("both")
    standing_in.models = Composer(known)
    with EncoderServer("127.0.0.1", 0, standing_in) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
