"""For the tests of search in the site: an encoder whose meanings are written down here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cxwiki.search.encoder.client import EncoderUnavailable

Floats = NDArray[np.float32]

MEANINGS = (
    {"invoice", "bill", "rechnung"},
    {"wait", "queue", "hotline", "warten"},
    {"password", "login", "anmeldung"},
    {"delivery", "parcel", "lieferung"},
)


class MeaningEncoder:
    """Words of one meaning point in one direction; `space` is the name of its vectors."""

    def __init__(self, space: str = "meanings") -> None:
        self._name = space
        self.space: str | None = None
        self.away = False
        self.texts: list[str] = []

    def query(self, text: str) -> Floats:
        return self.passages([text])[0]

    def passages(self, texts: Sequence[str]) -> Floats:
        if self.away:
            raise EncoderUnavailable("away")
        self.space = self._name
        self.texts += texts
        return np.stack([self._vector(text) for text in texts])

    @staticmethod
    def _vector(text: str) -> Floats:
        words = {word.strip(".,!?:").lower() for word in text.split()}
        found = [float(len(words & meaning)) for meaning in MEANINGS]
        vector = np.array([*found, 0.05], dtype=np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
