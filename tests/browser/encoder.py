"""An encoder for the tests: quick, the same every time, and at home in two languages.

Words that mean the same share a direction, all other words have one of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

import numpy as np

from cxwiki.search.encoder.server import Encoder, EncoderServer

DIMENSION = 256
SAME = (
    "invoice invoices bill bills billed rechnung rechnungen",
    "twice double doppelt zweimal",
    "charged debited collected abgebucht eingezogen",
    "technician technicians engineer techniker monteur",
    "appointment visit termin besuch",
    "missed came nobody niemand kam",
    "password login kennwort anmeldung",
    "forgotten locked vergessen gesperrt",
)
WEIGHT_OF_OTHERS = 0.3


class Meanings:
    """What stands in the place of the language models: a bag of words and their kin."""

    names = ("meanings",)
    problems: tuple[str, ...] = ()
    space = "meanings"

    def encode(self, _name: str, texts: Sequence[str], urgent: bool) -> tuple[str, np.ndarray]:
        """Vectors of length 1, one a text."""
        return self.space, np.array([_vector(text) for text in texts], dtype=np.float32)


def _vector(text: str) -> np.ndarray:
    found = np.full(DIMENSION, 1e-6)
    for word in set(re.findall(r"\w{4,}", text.lower())):
        kin = next((family for family in SAME if word in family.split()), None)
        found += _direction(kin) if kin else WEIGHT_OF_OTHERS * _direction(word)
    return found / np.linalg.norm(found)


def _direction(name: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    found = np.random.default_rng(seed).standard_normal(DIMENSION)
    return found / np.linalg.norm(found)


@contextmanager
def running_encoder() -> Iterator[str]:
    """Serve `Meanings` as the real encoder serves its models, and give the address."""
    encoder = Encoder("both")
    encoder.models = Meanings()  # type: ignore[assignment]
    with EncoderServer("127.0.0.1", 0, encoder) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
