"""How far the likelihood of duplicates can be trusted, on each set and with each left out.

Sites of several sizes are drawn from the public sets; of every question the five nearest texts are
judged, and half of the questions lose their right answers first. Run with
`python -m bench.duplicates`.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from bench import datasets
from cxwiki.search.encoder.models import Models
from cxwiki.search.meaning.duplicates import DUPLICATE, SHOWN, likelihood
from cxwiki.search.meaning.neighbourhoods import NEIGHBOURS
from cxwiki.search.meaning.weights import floor_of, weigh

Floats = NDArray[np.float32]
SIZES = (20, 60, 100, 300)
QUESTIONS = 150
NEAREST = 5


@dataclass(frozen=True)
class Judged:
    """Pairs as they would be offered: CSLS, the cosine, and whether they are the same."""

    csls: Floats
    cosine: Floats
    same: NDArray[np.bool_]


def crowdedness(rows: Floats, among: Floats, space: str) -> Floats:
    """As `cxwiki.search.meaning.neighbourhoods` computes it; the same text is no neighbour."""
    products = weigh(rows, "duplicates", space) @ among.T
    products[products > 0.9995] = floor_of(space)
    missing = np.full((len(rows), NEIGHBOURS), floor_of(space), dtype=np.float32)
    padded = np.hstack([products, missing])
    return np.asarray(np.sort(padded, axis=1)[:, -NEIGHBOURS:].mean(axis=1))


def judged(
    questions: Floats,
    texts: Floats,
    relevant: Sequence[set[int]],
    siblings: Floats | None,
    space: str,
) -> Judged:
    """Draw sites; `siblings` are texts in the questions' language, if the texts are in another."""
    random = np.random.default_rng(3)
    csls: list[float] = []
    cosine: list[float] = []
    same: list[bool] = []
    for size in (size for size in SIZES if size <= len(texts)):
        site = random.choice(len(texts), size, replace=False)
        inside = set(site.tolist())
        asked = [n for n in range(len(questions)) if relevant[n] & inside]
        for number in random.permutation(asked)[:QUESTIONS]:
            answers = relevant[number] & inside
            hidden = answers if random.random() < 0.5 else set()
            left = np.array([place for place in site if place not in hidden])
            question = questions[[number]]
            products = (weigh(question, "duplicates", space) @ texts[left].T)[0]
            best = np.argsort(-products)[:NEAREST]
            own = (
                texts[left]
                if siblings is None
                else siblings[random.permutation(len(siblings))[:size]]
            )
            around = crowdedness(question, texts[left], space)[0]
            there = crowdedness(texts[left][best], own, space)
            csls += (products[best] - (around + there) / 2).tolist()
            cosine += products[best].tolist()
            same += [int(left[place]) in answers for place in best]
    return Judged(np.array(csls, np.float32), np.array(cosine, np.float32), np.array(same))


def main() -> None:
    """Print precision and recall of the two marks, as built and with each set left out."""
    logging.disable(logging.WARNING)
    models = Models("both")

    def stored(texts: Sequence[str]) -> Floats:
        return models.encode("both-passage", texts, urgent=False)[1]

    faq, stack, twins = datasets.faqpairs(), datasets.stackfaq(), datasets.xsid()
    german, english = stored(twins.german), stored(twins.english)
    pairs = [{number} for number in range(len(german))]
    space = models.space
    sets = {
        "faqpairs": [judged(stored(faq.queries), stored(faq.texts), faq.relevant, None, space)],
        "stackfaq": [
            judged(stored(stack.queries), stored(stack.texts), stack.relevant, None, space)
        ],
        "xsid": [
            judged(german, english, pairs, german, space),
            judged(english, german, pairs, english, space),
        ],
    }  # fmt: skip
    print("\n| duplicates | AP cosine | AP CSLS | shown: precision / recall | merge | left out |")
    print("|---|---|---|---|---|---|")
    for name, parts in sets.items():
        csls, cosine, same = (
            np.concatenate([getattr(part, field) for part in parts])
            for field in ("csls", "cosine", "same")
        )
        others = [part for other, some in sets.items() if other != name for part in some]
        fitted = LogisticRegression(C=1e4, max_iter=2000).fit(
            np.concatenate([part.csls for part in others])[:, None] * 50,
            np.concatenate([part.same for part in others]),
        )
        built = likelihood(csls, space)
        without = fitted.predict_proba(csls[:, None] * 50)[:, 1]
        print(
            f"| {name} | {average_precision_score(same, cosine):.3f} "
            f"| {average_precision_score(same, csls):.3f} | {_marks(built >= SHOWN, same)} "
            f"| {_marks(built >= DUPLICATE, same)} | {_marks(without >= DUPLICATE, same)} |"
        )


def _marks(chosen: NDArray[np.bool_], same: NDArray[np.bool_]) -> str:
    right = int((chosen & same).sum())
    return f"{right / max(1, int(chosen.sum())):.2f} / {right / max(1, int(same.sum())):.2f}"


if __name__ == "__main__":
    main()
