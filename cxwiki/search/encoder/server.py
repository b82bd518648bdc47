"""The encoder process: OpenAI's /v1/embeddings on loopback.

The standard library's threading server does: a handful of local clients, two routes, and it
listens at once, while torch needs seconds to load.
"""

import base64
import json
import logging
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cxwiki.search.encoder.models import Models, UnknownModel

log = logging.getLogger(__name__)

MAX_BODY = 8_000_000
MAX_INPUTS = 256
_RETRY_AFTER = "1"


class BadRequest(Exception):
    """What the client sent cannot be encoded; the message says why."""


class Encoder:
    """The models, or why there are none yet."""

    def __init__(self, setting: str) -> None:
        self.setting = setting
        self.models: Models | None = None
        self.failure: str | None = None

    def load(self) -> None:
        """Load the models; a failure is kept and shown by /healthz."""
        try:
            self.models = Models(self.setting)
        except Exception as error:  # a wrong folder, a broken package: the site goes on without
            log.exception("the encoder's model cannot be loaded")
            self.failure = f"{type(error).__name__}: {error}"

    def health(self) -> dict[str, Any]:
        """What /healthz answers."""
        if self.models is None:
            problems = [self.failure] if self.failure else []
            status = "failed" if self.failure else "loading"
            return {"status": status, "models": [], "problems": problems}
        models = self.models
        return {
            "status": "ready",
            "models": models.names,
            "space": models.space,
            "problems": models.problems,
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120
    # Head and body leave in one packet, at once: else each answer could wait 40 ms for the client
    # to acknowledge its first half.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: "EncoderServer"

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._answer(HTTPStatus.OK, self.server.encoder.health())
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "There is nothing here.")

    def do_POST(self) -> None:
        try:
            request = self._request()
            if self.path not in ("/v1/embeddings", "/embeddings"):
                self._refuse(HTTPStatus.NOT_FOUND, "There is nothing here.")
            elif (models := self.server.encoder.models) is None:
                reason = self.server.encoder.failure or "The model is still loading."
                self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, reason)
            else:
                self._answer(HTTPStatus.OK, _embeddings(models, request))
        except BadRequest as error:
            self.close_connection = True  # the body may not have been read to its end
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
        except UnknownModel as error:
            self._refuse(HTTPStatus.NOT_FOUND, f"The model {error} is not served here.")
        except Exception:
            log.exception("encoding failed")
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "Encoding failed.")

    def _request(self) -> dict[str, Any]:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            raise BadRequest("Content-Length is missing.") from None
        if not 0 <= length <= MAX_BODY:
            raise BadRequest(f"The body may have {MAX_BODY} bytes at most.")
        try:
            request = json.loads(self.rfile.read(length))
        except ValueError:
            raise BadRequest("The body is not JSON.") from None
        if not isinstance(request, dict):
            raise BadRequest("The body is not a JSON object.")
        return request

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        self._answer(status, {"error": {"message": message, "code": int(status)}})

    def _answer(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            self.send_header("Retry-After", _RETRY_AFTER)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        log.debug(format, *args)


def _embeddings(models: Models, request: dict[str, Any]) -> dict[str, Any]:
    given, name = request.get("input"), request.get("model")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise BadRequest("input must be a text or a list of texts.")
    if not 0 < len(texts) <= MAX_INPUTS:
        raise BadRequest(f"input must have 1 to {MAX_INPUTS} texts.")
    if not isinstance(name, str):
        raise BadRequest("model must be a name.")
    coded = request.get("encoding_format", "float")
    if coded not in ("float", "base64"):
        raise BadRequest("encoding_format must be float or base64.")
    # A single text is somebody waiting: a query, or the insight that was just saved.
    space, rows = models.encode(name, texts, urgent=len(texts) == 1)
    data = [
        {
            "object": "embedding",
            "index": index,
            "embedding": row.tolist()
            if coded == "float"
            else base64.b64encode(row.astype("<f4").tobytes()).decode(),
        }
        for index, row in enumerate(rows)
    ]
    length = sum(map(len, texts))
    return {
        "object": "list",
        "model": space,
        "data": data,
        "usage": {"prompt_tokens": length // 4, "total_tokens": length // 4},
    }


class EncoderServer(ThreadingHTTPServer):
    """Listens as soon as it is made; `load` the encoder in a thread beside it."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, encoder: Encoder) -> None:
        self.encoder = encoder
        super().__init__((host, port), _Handler)


def serve_encoder(host: str, port: int, model_setting: str = "both") -> None:
    """Serve the models until the process is stopped. Raises OSError if the port is taken."""
    encoder = Encoder(model_setting)
    with EncoderServer(host, port, encoder) as server:
        threading.Thread(target=encoder.load, name="load", daemon=True).start()
        server.serve_forever()
