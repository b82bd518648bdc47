"""An encoder of another make: whatever it does, the client says so and search goes on by words."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cxwiki.config import Settings
from cxwiki.search.encoder.client import EncoderClient, EncoderUnavailable, client_of

Answer = tuple[int, dict[str, str], bytes]


def vectors(texts: list[str], model: str = "theirs", numbers: int = 4) -> bytes:
    data = [
        {"index": index, "embedding": [3.0] + [4.0] + [0.0] * (numbers - 2)}
        for index in range(len(texts))
    ]
    return json.dumps({"model": model, "data": data}).encode()


class Elsewhere:
    """A service whose answer each test writes; it remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[list[str]], Answer] = lambda texts: (200, {}, vectors(texts))
        self.asked: list[int] = []
        self.keys: list[str | None] = []
        self.url = ""


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    service = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.asked.append(len(request["input"]))
            service.keys.append(self.headers["Authorization"])
            status, headers, body = service.answer(request["input"])
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        service.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        yield service
        server.shutdown()
        thread.join()


def client(service: Elsewhere, **values: Any) -> EncoderClient:
    return EncoderClient(service.url, "theirs", **values)


def test_its_vectors_are_brought_to_length_one_and_its_space_has_their_size(
    elsewhere: Elsewhere,
) -> None:
    one = client(elsewhere)
    assert one.query("x").tolist() == pytest.approx([0.6, 0.8, 0, 0])
    assert one.space == "theirs:4"


def test_another_dimension_under_the_same_name_is_another_space(elsewhere: Elsewhere) -> None:
    one = client(elsewhere)
    one.query("x")
    elsewhere.answer = lambda texts: (200, {}, vectors(texts, numbers=8))
    one.query("y")
    assert one.space == "theirs:8"


def test_a_plus_in_a_model_s_name_does_not_make_halves(elsewhere: Elsewhere) -> None:
    elsewhere.answer = lambda texts: (200, {}, vectors(texts, model="a+b"))
    one = client(elsewhere)
    one.query("x")
    assert one.space == "a-b:4"


def test_smaller_batches_are_tried_when_it_takes_only_those(elsewhere: Elsewhere) -> None:
    def small_only(texts: list[str]) -> Answer:
        return (413, {}, b"too many") if len(texts) > 10 else (200, {}, vectors(texts))

    elsewhere.answer = small_only
    assert client(elsewhere).passages(["x"] * 30).shape == (30, 4)
    assert max(elsewhere.asked[2:]) <= 15


def test_a_text_that_it_refuses_by_itself_is_refused(elsewhere: Elsewhere) -> None:
    elsewhere.answer = lambda texts: (422, {}, b"{}")
    with pytest.raises(EncoderUnavailable, match="422"):
        client(elsewhere).passages(["x", "y"])


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"{}", "CXWIKI_EMBEDDING_KEY"),
        (403, b"no", "CXWIKI_EMBEDDING_KEY"),
        (429, b'{"error": {"message": "Slow down"}}', "Slow down"),
        (500, b"<html>", "500"),
        (200, b"<html>", "cannot be read"),
        (200, b"[]", "cannot be read"),
        (200, b"{}", "cannot be read"),
        (200, b'{"data": [{"index": 0, "embedding": []}]}', "does not fit"),
        (200, b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}', "does not fit"),
        (200, b'{"data": [{"index": 0, "embedding": "no base64!"}]}', "cannot be read"),
        (200, vectors(["a", "b"]), "does not fit"),
    ],
)
def test_refusals_and_garbage_are_an_encoder_that_is_not_there(
    elsewhere: Elsewhere, status: int, body: bytes, said: str
) -> None:
    elsewhere.answer = lambda texts: (status, {}, body)
    with pytest.raises(EncoderUnavailable, match=said):
        client(elsewhere).query("x")


def test_it_is_left_alone_for_as_long_as_it_asks_for(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.answer = lambda texts: (429, {"Retry-After": "20"}, b"{}")
    one = client(elsewhere)
    with pytest.raises(EncoderUnavailable):
        one.query("x")
    later = time.monotonic() + 15
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(EncoderUnavailable, match="a moment ago"):
        one.query("y")
    monkeypatch.setattr(time, "monotonic", lambda: later + 10)
    elsewhere.answer = lambda texts: (200, {}, vectors(texts))
    assert one.query("y") is not None


def test_a_slow_one_is_waited_for_only_so_long(elsewhere: Elsewhere) -> None:
    go_on = threading.Event()

    def slowly(texts: list[str]) -> Answer:
        go_on.wait(10)
        return 200, {}, vectors(texts)

    elsewhere.answer = slowly
    with pytest.raises(EncoderUnavailable, match="timed out"):
        client(elsewhere, timeout=0.2).query("x")
    go_on.set()


def test_the_key_goes_to_a_configured_encoder_and_nowhere_else(elsewhere: Elsewhere) -> None:
    settings = Settings(
        embedding_url=elsewhere.url, embedding_model="theirs", embedding_key="secret"
    )
    client_of(settings).query("x")
    assert elsewhere.keys == ["Bearer secret"]
    bundled = client_of(Settings(embedding_key="secret"))
    assert "Authorization" not in bundled._headers


def test_a_query_can_be_asked_for_while_other_work_is_done(elsewhere: Elsewhere) -> None:
    one = client(elsewhere)
    assert one.query_later("x").result(5).tolist() == one.query("x").tolist()
    assert one.query_later("x").done(), "what is remembered is there at once"
    assert elsewhere.asked == [1]


def test_what_goes_wrong_later_is_raised_where_the_answer_is_wanted(elsewhere: Elsewhere) -> None:
    elsewhere.answer = lambda texts: (500, {}, b"")
    later = client(elsewhere).query_later("x")
    with pytest.raises(EncoderUnavailable):
        later.result(5)
