"""An encoder that needs no model: it speaks /v1/embeddings and notes what it was asked."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from numpy.typing import NDArray

DIMENSION = 16


TOPICS = ("invoice", "hotline", "password", "parcel")


def vector_of(text: str) -> bytes:
    """Any text has one direction; equal texts have the same, those of one topic a near one."""
    vector = _direction(text)
    for topic in TOPICS:
        if f"about {topic}" in text:
            vector = 0.4 * vector + 2 * _direction(topic)
    return (vector / np.linalg.norm(vector)).astype("<f4").tobytes()


def _direction(text: str) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION)


class Encoder:
    """Where it listens, and the texts that it was given."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.texts: list[str] = []
        self.pause = 0.0
        """Seconds that an answer takes."""


@contextmanager
def running_encoder() -> Iterator[Encoder]:
    """Answer on a loopback port until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer({"status": "ready", "models": ["fake"]})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(encoder.pause)
            encoder.texts += asked["input"]
            vectors = [base64.b64encode(vector_of(text)).decode() for text in asked["input"]]
            data = [{"index": i, "embedding": vector} for i, vector in enumerate(vectors)]
            self.answer({"model": "fake", "data": data})

        def answer(self, content: object) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: object) -> None:
            """Those who ask are killed in the middle of it: that is what this is for."""

    server = Server(("127.0.0.1", 0), Handler)
    encoder = Encoder(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield encoder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
