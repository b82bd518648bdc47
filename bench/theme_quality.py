"""How good themes are, on public texts with known topics; beside k-means told the true number.

Run with `python -m bench.theme_quality [--keep FOLDER]`; the folder keeps the vectors for a next
run. What has no theme counts as a theme of its own in every figure.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, v_measure_score

from bench import datasets, theme_run
from cxwiki.search.encoder.models import Models
from cxwiki.themes.clustering import ALONE, group
from cxwiki.themes.placement import place
from cxwiki.themes.vectors import Frame, Vectors, fit, normalise, weights_of

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Site:
    """Texts, their stored vectors, known topics and languages, by row."""

    name: str
    texts: list[str]
    stored: Vectors
    topics: Numbers
    languages: Numbers
    codes: tuple[str, ...]

    def part(self, rows: Numbers) -> "Site":
        """Some of the rows as a site of their own."""
        return Site(
            f"{self.name}, {len(rows)} of them",
            [self.texts[row] for row in rows],
            self.stored[rows],
            self.topics[rows],
            self.languages[rows],
            self.codes,
        )

    def vectors(self) -> Vectors:
        """What the themes are made of."""
        return self.frame().of(self.stored, self.languages)

    def frame(self) -> Frame:
        """How the stored vectors become those."""
        return fit(self.stored, self.languages, weights_of(self.codes, double=True))

    def half(self, number: int) -> Vectors:
        """The vectors of one model alone."""
        stored = np.split(self.stored, 2, axis=1)[number]
        weights = weights_of(self.codes, double=False)
        return fit(stored, self.languages, weights).of(stored, self.languages)


def sites(keep: Path | None) -> Iterator[Site]:
    """The labelled sets, the largest first."""
    bank = datasets.banking()
    yield _site("banking77", bank.texts, bank.intents, ["en"] * len(bank.texts), keep)
    questions = datasets.stackfaq()
    topics = [str(min(places)) for places in questions.relevant]
    yield _site("stackfaq", questions.queries, topics, ["en"] * len(topics), keep)
    both = datasets.xsid()
    half = len(both.intents)
    languages = ["en"] * half + ["de"] * half
    yield _site("xsid de+en", both.english + both.german, both.intents * 2, languages, keep)


def _site(
    name: str, texts: list[str], topics: list[str], languages: list[str], keep: Path | None
) -> Site:
    file = keep / f"{name}.npy" if keep else None
    if file is not None and file.exists():
        stored = np.load(file)
    else:
        stored = _models().encode("both-passage", tuple(texts), urgent=False)[1]
        if file is not None:
            np.save(file, stored)
    codes, numbers = np.unique(languages, return_inverse=True)
    of_topics = np.unique(topics, return_inverse=True)[1]
    rows = np.asarray(stored, dtype=np.float32)
    return Site(name, texts, rows, of_topics, numbers, tuple(codes.tolist()))


def single(themes: Numbers) -> Numbers:
    """The themes with each row that is alone as a theme of its own."""
    own = themes.max(initial=0) + 1 + np.arange(len(themes))
    return np.where(themes == ALONE, own, themes)


def scores(site: Site, themes: Numbers) -> str:
    """V-measure, adjusted Rand index, and what the themes look like."""
    sizes = np.unique(themes[themes != ALONE], return_counts=True)[1]
    return (
        f"V {v_measure_score(site.topics, single(themes)):.3f}  "
        f"ARI {adjusted_rand_score(site.topics, single(themes)):.3f}  "
        f"themes {len(sizes):4d}  alone {np.mean(themes == ALONE):6.1%}  largest {max(sizes):4d}"
    )


def compare(site: Site) -> None:
    """Themes beside one model alone and beside k-means that is told the number of topics."""
    topics = len(np.unique(site.topics))
    print(f"\n{site.name}: {len(site.texts)} texts, {topics} topics")

    def told(vectors: Vectors) -> Numbers:
        return KMeans(topics, n_init=3, random_state=0).fit_predict(vectors)

    def words() -> Numbers:
        weights = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(site.texts)
        return told(normalise(TruncatedSVD(100, random_state=0).fit_transform(weights)))

    def themes(vectors: Vectors) -> Numbers:
        return group(vectors, languages=site.languages).themes

    methods: dict[str, Callable[[], Numbers]] = {
        "themes, both models": lambda: themes(site.vectors()),
        "themes, MiniLM alone": lambda: themes(site.half(0)),
        "themes, e5 alone": lambda: themes(site.half(1)),
        "k-means, both models": lambda: told(site.vectors()),
        "k-means, MiniLM alone": lambda: told(site.half(0)),
        "k-means, TF-IDF": words,
    }
    for name, method in methods.items():
        began = time.perf_counter()
        found = method()
        print(f"  {name:24s}{scores(site, found)}  {time.perf_counter() - began:5.1f} s")


def across_languages(site: Site) -> None:
    """Whether translations and topics meet across languages; row i and i + n/2 are translations."""
    half = len(site.texts) // 2
    vectors = site.vectors()
    themes = single(group(vectors, languages=site.languages).themes)
    similarity = vectors[:half] @ vectors[half:].T
    found = np.mean(similarity.argmax(axis=0) == np.arange(half))
    np.fill_diagonal(similarity, -1)
    topics = site.topics[:half]
    same = [np.mean(topics[similarity.argmax(axis=axis)] == topics) for axis in (0, 1)]
    print(f"  German finds its English twin {found:.2f} (themes' vectors)")
    print(f"  nearest in the other language, twin excluded, has the topic {np.mean(same):.2f}")
    print(f"  translations in the same theme {np.mean(themes[:half] == themes[half:]):.2f}")


def stability(site: Site, rounds: int = 10) -> None:
    """Round by round 5 % leave and 5 % come: agreement with the round before among those that
    stayed, and whether quality keeps up with a fresh start on the same texts."""
    print(f"\nStability on {site.name}: 5 % removed, 5 % added, {rounds} rounds on end")
    count = len(site.texts)
    moved = count // 20
    random = np.random.default_rng(0)
    order = random.permutation(count)
    here, outside = np.sort(order[moved:]), order[:moved]
    themes = np.full(count, ALONE)
    themes[here] = group(site.part(here).vectors()).themes
    agreement, cold, warm = [], [], []
    for number in range(rounds):
        leaving = random.choice(here, moved, replace=False)
        stayed = np.setdiff1d(here, leaving)
        here, outside = np.sort(np.concatenate([stayed, outside])), leaving
        before = np.where(np.isin(np.arange(count), stayed), themes, ALONE)
        part = site.part(here)
        vectors = part.vectors()
        themes = np.full(count, ALONE)
        themes[here] = group(vectors, initial=before[here], seed=number + 1).themes
        agreement.append(adjusted_rand_score(single(before[stayed]), single(themes[stayed])))
        warm.append(v_measure_score(part.topics, single(themes[here])))
        if number in (0, rounds - 1):
            fresh = group(vectors, seed=number + 1).themes
            cold.append(v_measure_score(part.topics, single(fresh)))
    print(f"  ARI mean {np.mean(agreement):.3f}, least {min(agreement):.3f}")
    print(f"  V after one round {warm[0]:.3f} (fresh start {cold[0]:.3f})")
    print(f"  V after all rounds {warm[-1]:.3f} (fresh start {cold[-1]:.3f})")


def small_sites(site: Site, strangers: Site, draws: int = 12) -> None:
    """Sites of a few topics, with texts about nothing else among them."""
    print(f"\nSmall sites drawn from {site.name}, strangers from {strangers.name}, {draws} draws")
    for topics, low, high, odd in ((3, 4, 7, 5), (6, 5, 12, 12), (12, 5, 16, 30), (4, 20, 30, 0)):
        figures = []
        for draw in range(draws):
            random = np.random.default_rng(draw)
            chosen = random.permutation(np.unique(site.topics))[:topics]
            rows = [
                random.permutation(np.flatnonzero(site.topics == topic))[
                    : random.integers(low, high)
                ]
                for topic in chosen
            ]
            other = random.permutation(np.unique(strangers.topics, return_index=True)[1])[:odd]
            stored = np.vstack([site.stored[np.concatenate(rows)], strangers.stored[other]])
            truth = np.concatenate([site.topics[np.concatenate(rows)], -1 - np.arange(odd)])
            english = np.zeros(len(stored), dtype=np.int64)
            frame = fit(stored, english, weights_of(["en"], double=True))
            themes = group(frame.of(stored, english)).themes
            figures.append(
                (
                    len(stored),
                    adjusted_rand_score(truth, single(themes)),
                    np.mean(themes[truth < 0] == ALONE) if odd else 1,
                    np.mean(themes[truth >= 0] == ALONE),
                )
            )
        size, agreement, left_out, missed = np.mean(figures, axis=0)
        print(
            f"  {topics:2d} topics, {size:4.0f} texts: ARI {agreement:.2f}  "
            f"strangers left alone {left_out:4.0%}  members missed {missed:4.0%}"
        )


def placements(site: Site, held_out: int = 1000) -> None:
    """Whether a new text's placement is right as often as its confidence says."""
    order = np.random.default_rng(0).permutation(len(site.texts))
    new, old = order[:held_out], np.sort(order[held_out:])
    frame = site.part(old).frame()
    members = frame.of(site.stored[old], site.languages[old])
    themes = group(members).themes
    topics = site.topics[old]
    meant = {
        theme: np.bincount(topics[themes == theme]).argmax()
        for theme in np.unique(themes[themes != ALONE])
    }
    right, confidence = [], []
    for row, vector in zip(new, frame.of(site.stored[new], site.languages[new]), strict=True):
        placement = place(members @ vector, lambda rows: themes[rows])
        if placement.theme_id is not None:
            right.append(meant[placement.theme_id] == site.topics[row])
            confidence.append(placement.confidence)
    themed = themes != ALONE
    ceiling = np.mean([meant[theme] for theme in themes[themed]] == topics[themed])
    print(f"\nPlacing {held_out} new texts of {site.name}: {len(right) / held_out:.0%} get a theme")
    print(f"  right {np.mean(right):.2f}; members after a full run {ceiling:.2f}")
    tenths = np.minimum(np.floor(np.array(confidence) * 10), 9)
    for tenth in np.unique(tenths):
        some = np.array(right)[tenths == tenth]
        print(f"  confidence from {tenth / 10:.1f}: right {some.mean():.2f} of {len(some)}")


@cache
def _models() -> Models:
    return Models()


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder for the vectors between two runs")
    bank, questions, both = sites(parser.parse_args().keep)
    for site in (bank, questions, both):
        compare(site)
    across_languages(both)
    stability(bank)
    small_sites(bank, questions)
    placements(bank)
    theme_run.measure([bank, questions, both])
    print(f"\nMost memory used: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
