"""How long a full theme run takes at 10,000 and 100,000 insights, and how much memory.

The vectors are mixtures of two real ones each, at 0.8 and 0.2, no two alike; the texts are those
two sentences. Everything that a run computes is in: frame, neighbours, communities, parts, labels,
layout. Each size runs in a process of its own, so that its peak is its own; the database is left
out (bench/large.py has it in).
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cxwiki.themes.vectors import fit, normalise, weights_of

if TYPE_CHECKING:
    from bench.theme_quality import Site

SIZES = (10_000, 100_000)


def measure(sites: "Sequence[Site]", sizes: Sequence[int] = SIZES) -> None:
    """Print a line for each size."""
    print("\nA full run, texts and vectors mixed from all sets")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        np.save(base / "vectors.npy", np.vstack([site.stored for site in sites]))
        languages = [site.codes[number] for site in sites for number in site.languages]
        texts = [text for site in sites for text in site.texts]
        (base / "texts.json").write_text(json.dumps([languages, texts]))
        for size in sizes:
            subprocess.run(
                [sys.executable, "-m", "bench.theme_run", str(base), str(size)], check=True
            )


def _run(base: Path, size: int) -> None:
    from cxwiki.themes.clustering import group
    from cxwiki.themes.labels import label, most_central
    from cxwiki.themes.layout import layout

    languages, texts = json.loads((base / "texts.json").read_text())
    stored, first, second, numbers = _mixed(np.load(base / "vectors.npy"), languages, size)
    codes = sorted(set(languages))
    began = time.perf_counter()
    times: dict[str, float] = {}

    def took(what: str) -> None:
        times[what] = time.perf_counter() - began - sum(times.values())

    vectors = fit(stored, numbers, weights_of(codes, double=True)).of(stored, numbers)
    del stored
    took("frame")
    found = group(vectors, languages=numbers)
    took("themes")
    rows_of = [np.flatnonzero(found.themes == number) for number in np.unique(found.themes)[1:]]
    rows_of = [rows[most_central(vectors[rows])][:60] for rows in rows_of]
    for number, code in enumerate(codes):
        written = {
            theme: [f"{texts[first[row]]}\n{texts[second[row]]}" for row in rows
                    if numbers[row] == number]
            for theme, rows in enumerate(rows_of)
        }  # fmt: skip
        label({theme: some for theme, some in written.items() if len(some) > 1}, [], code)
    took("labels")
    middles = np.array([vectors[rows].mean(axis=0) for rows in rows_of])
    sizes = np.array([len(rows) for rows in rows_of])
    layout(middles, sizes, np.full((len(rows_of), 2), np.nan))
    took("layout")
    steps = ", ".join(f"{what} {seconds:.1f}" for what, seconds in times.items())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"  {size:7,d}: {time.perf_counter() - began:6.1f} s ({steps}), {len(rows_of)} themes, "
        f"{np.mean(found.themes < 0):.1%} alone, peak {peak} MB, "
        f"{time.process_time():.0f} s of CPU",
        flush=True,
    )


def _mixed(
    real: np.ndarray, languages: Sequence[str], size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """fp16 rows, the two texts of each, and each one's language number."""
    codes = np.unique(languages, return_inverse=True)[1]
    random = np.random.default_rng(0)
    first = random.integers(0, len(real), size)
    second = random.integers(0, len(real), size)
    rows = np.empty((size, real.shape[1]), dtype=np.float16)
    for start in range(0, size, 4096):
        some = slice(start, start + 4096)
        mixed = 0.8 * real[first[some]] + 0.2 * real[second[some]]
        rows[some] = np.hstack([normalise(half) for half in np.split(mixed, 2, axis=1)])
    return rows, first, second, codes[first]


if __name__ == "__main__":
    _run(Path(sys.argv[1]), int(sys.argv[2]))
