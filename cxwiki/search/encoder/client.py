"""Asking an encoder for vectors: the bundled one, or any that speaks OpenAI's /v1/embeddings."""

import base64
import binascii
import http.client
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from cxwiki.config import Settings

Floats = NDArray[np.float32]

MAX_CHARACTERS = 2_000
"""Characters of a text that are sent; the models read no more."""
_BATCH = 64
_CACHED_QUERIES = 512
_PAUSE = 2.0
_LONGEST_PAUSE = 60.0
_LARGEST_ANSWER = 64_000_000
_SIDED = ("both", "e5")
_BUNDLED = (*_SIDED, "minilm")
_TOO_MUCH = (400, 413, 422)
_ASKING_AT_ONCE = 16


class EncoderUnavailable(Exception):
    """No vectors now: the encoder is down, loading, slow, or answers something else."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the encoder says of itself; `state` is ready, loading, failed or down."""

    state: str
    models: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether vectors can be had."""
        return self.state == "ready"


class EncoderClient:
    """One encoder at one address; safe for many threads, one connection each.

    After a failure it is left alone for two seconds (or for as long as it asks for, up to a
    minute), so that pages do not wait for it in turn. `space` names the vector space of the last
    answer: store it with vectors, and never compare vectors of two spaces. Models that are not
    bundled may change their dimension under one name, so it is part of the space's name; their
    vectors are brought to length 1.
    """

    def __init__(
        self,
        url: str,
        model: str = "both",
        timeout: float = 3.0,
        batch_timeout: float = 120.0,
        dimension: int | None = None,
        api_key: str | None = None,
    ) -> None:
        """`dimension`, where known, refuses vectors of any other; times are in seconds."""
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("the encoder's address must start with http:// or https://")
        self._secure = address.scheme == "https"
        self._host, self._port = address.hostname, address.port
        path = address.path.rstrip("/")
        self._path = f"{path}/embeddings" if path.endswith("/v1") else f"{path}/v1/embeddings"
        self._health_path = f"{path.removesuffix('/v1')}/healthz"
        self.model = model
        self.space: str | None = None
        self.dimension = dimension
        self._timeout, self._batch_timeout = timeout, batch_timeout
        self._headers = {"Content-Type": "application/json"}
        if api_key:  # without a copied line break, which no header may have
            self._headers["Authorization"] = f"Bearer {''.join(api_key.split())}"
        self._local = threading.local()
        self._lock = threading.Lock()
        self._quiet_until = 0.0
        self._queries: OrderedDict[str, Floats] = OrderedDict()
        self._pool = ThreadPoolExecutor(_ASKING_AT_ONCE, thread_name_prefix="ask-encoder")

    def query_later(self, text: str) -> Future[Floats]:
        """Begin to ask for the vector of what somebody looks for, while other work is done."""
        held = self._remembered(text[:MAX_CHARACTERS])
        if held is None:
            return self._pool.submit(self.query, text)
        known: Future[Floats] = Future()
        known.set_result(held)
        return known

    def passage_later(self, text: str) -> Future[Floats]:
        """Begin to ask for the vector of a text that somebody is writing, within a query's time."""
        key = f"\0{text[:MAX_CHARACTERS]}"
        held = self._remembered(key)
        if held is None:
            return self._pool.submit(self._vector_of, key, "passage")
        known: Future[Floats] = Future()
        known.set_result(held)
        return known

    def query(self, text: str) -> Floats:
        """The vector of what somebody looks for; recent ones are remembered."""
        key = text[:MAX_CHARACTERS]
        held = self._remembered(key)
        if held is not None:
            return held
        return self._vector_of(key, "query")

    def _vector_of(self, key: str, side: str) -> Floats:
        """Ask for one vector and remember it; `key` is the text, a passage's after a NUL."""
        vector: Floats = self._embed([key.removeprefix("\0")], side, self._timeout)[0]
        vector.setflags(write=False)
        with self._lock:
            self._queries[key] = vector
            while len(self._queries) > _CACHED_QUERIES:
                self._queries.popitem(last=False)
        return vector

    def passages(self, texts: Sequence[str]) -> Floats:
        """The vectors of texts to be found (n × dimension)."""
        capped = [text[:MAX_CHARACTERS] for text in texts]
        parts = [
            self._passages(capped[start : start + _BATCH])
            for start in range(0, len(capped), _BATCH)
        ]
        return np.concatenate(parts) if parts else np.empty((0, self.dimension or 0), np.float32)

    def status(self) -> Status:
        """How the encoder is; never raises, and asks even during a pause."""
        try:
            code, content = self._exchange("GET", self._health_path, None, 1.0)
        except EncoderUnavailable as error:
            return Status("down", problems=(str(error),))
        if code == 404:  # an encoder of another make: no /healthz, so what it did last counts
            return Status("ready" if self.space else "loading", (self.model,))
        if code != 200:
            return Status("down", problems=(f"The encoder answered {code}.",))
        return Status(
            str(content.get("status", "down")),
            tuple(map(str, content.get("models") or ())),
            tuple(map(str, content.get("problems") or ())),
        )

    def _remembered(self, key: str) -> Floats | None:
        with self._lock:
            held = self._queries.get(key)
            if held is not None:
                self._queries.move_to_end(key)
            return held

    def _passages(self, texts: list[str]) -> Floats:
        """Ask for a batch, and for its halves if the encoder takes only smaller ones."""
        try:
            return self._embed(texts, "passage", self._batch_timeout)
        except _TooMuch:
            if len(texts) == 1:
                raise
        half = len(texts) // 2
        self._quiet_until = 0.0
        return np.concatenate([self._passages(texts[:half]), self._passages(texts[half:])])

    def _embed(self, texts: list[str], side: str, timeout: float) -> Floats:
        if time.monotonic() < self._quiet_until:
            raise EncoderUnavailable("The encoder did not answer a moment ago.")
        name = f"{self.model}-{side}" if self.model in _SIDED else self.model
        request = {"model": name, "input": texts, "encoding_format": "base64"}
        try:
            code, content = self._exchange("POST", self._path, request, timeout)
            if code != 200:
                refused = _TooMuch if code in _TOO_MUCH else EncoderUnavailable
                raise refused(_reason(code, content))
            rows = _vectors(content, len(texts))
            self._accept(self._space(str(content.get("model") or name), rows), rows.shape[1])
        except EncoderUnavailable:
            pause = getattr(self._local, "retry_after", 0.0)
            self._quiet_until = time.monotonic() + max(_PAUSE, min(pause, _LONGEST_PAUSE))
            raise
        if self.model in _BUNDLED:
            return rows
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))

    def _space(self, model: str, rows: Floats) -> str:
        """The name of an answer's space; "+" would mean that a vector has two halves."""
        if self.model in _BUNDLED:
            return model
        return f"{model.replace('+', '-')[:180]}:{rows.shape[1]}"

    def _accept(self, space: str, dimension: int) -> None:
        with self._lock:
            if self.dimension not in (None, dimension):
                raise EncoderUnavailable(
                    f"The encoder gives vectors of {dimension} instead of {self.dimension} numbers."
                )
            if self.space != space:
                self._queries.clear()
            self.space = space

    def _exchange(
        self, method: str, path: str, content: dict[str, Any] | None, timeout: float
    ) -> tuple[int, dict[str, Any]]:
        body = None if content is None else json.dumps(content).encode()
        self._local.retry_after = 0.0
        for fresh in (False, True):
            connection = self._connection(fresh)
            reused = connection.sock is not None
            try:
                if connection.sock is None:
                    connection.timeout = min(1.0, timeout)
                    connection.connect()
                if connection.sock is not None:
                    connection.sock.settimeout(timeout)
                connection.request(method, path, body, self._headers)
                response = connection.getresponse()
                self._local.retry_after = _seconds(response.getheader("Retry-After"))
                answer = response.read(_LARGEST_ANSWER + 1)
                if len(answer) > _LARGEST_ANSWER:
                    raise ValueError("the answer has no end")
                return response.status, _object(answer)
            except (OSError, http.client.HTTPException, ValueError) as error:
                connection.close()
                # The other side may have closed an idle connection: that deserves a second try.
                if not reused or isinstance(error, (TimeoutError, ValueError)):
                    raise EncoderUnavailable(f"The encoder does not answer ({error}).") from error
        raise EncoderUnavailable("The encoder does not answer.")

    def _connection(self, fresh: bool) -> http.client.HTTPConnection:
        held: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if held is None or fresh:
            make = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            held = self._local.connection = make(self._host, self._port)
        return held


def client_of(settings: Settings) -> EncoderClient:
    """The client of the site's encoder; the key goes to a configured one alone."""
    return EncoderClient(
        settings.encoder_url,
        settings.embedding_model,
        api_key=settings.embedding_key if settings.embedding_url else None,
    )


class _TooMuch(EncoderUnavailable):
    """The encoder takes fewer texts at a time, or none like this."""


def _seconds(header: str | None) -> float:
    """What Retry-After asks for; a date, which it may be too, counts as nothing."""
    return float(header) if header and header.strip().isdecimal() else 0.0


def _object(body: bytes) -> dict[str, Any]:
    """A JSON object, or an empty one where it is something else."""
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _reason(code: int, content: dict[str, Any]) -> str:
    if code in (401, 403):
        return "The encoder refuses the key in CXWIKI_EMBEDDING_KEY, or wants one."
    error = content.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    return str(message or f"The encoder answered {code}.")


def _vectors(content: dict[str, Any], count: int) -> Floats:
    try:
        data = sorted(content["data"], key=lambda item: item["index"])
        rows = np.array([_vector(item["embedding"]) for item in data], dtype=np.float32)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise EncoderUnavailable("The encoder's answer cannot be read.") from error
    if rows.ndim != 2 or len(rows) != count or not rows.shape[1] or not np.isfinite(rows).all():
        raise EncoderUnavailable("The encoder's answer does not fit what was asked.")
    return rows


def _vector(embedding: Any) -> NDArray[Any]:
    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4")
    return np.asarray(embedding, dtype=np.float32)
