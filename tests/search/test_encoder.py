import http.client
import json
import threading
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from cxwiki.search.encoder.client import EncoderClient, EncoderUnavailable
from cxwiki.search.encoder.models import Model, UnknownModel
from cxwiki.search.encoder.server import Encoder, EncoderServer


class TwoNumbers:
    """Models that know a text's length and whether it is asked or told."""

    names = ("two-numbers",)
    problems: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.space = "two-numbers"
        self.asked: list[tuple[str, ...]] = []
        self.dimension = 2

    def encode(self, name: str, texts: Sequence[str], urgent: bool) -> tuple[str, np.ndarray]:
        if name not in ("both-query", "both-passage"):
            raise UnknownModel(name)
        self.asked.append(tuple(texts))
        rows = [[len(text), name == "both-query"] + [0] * (self.dimension - 2) for text in texts]
        return self.space, np.array(rows, dtype=np.float32)


@pytest.fixture
def encoder() -> Encoder:
    return Encoder("both")


@pytest.fixture
def url(encoder: Encoder) -> Iterator[str]:
    with EncoderServer("127.0.0.1", 0, encoder) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def models(encoder: Encoder) -> TwoNumbers:
    encoder.models = TwoNumbers()
    return encoder.models


def post(url: str, body: bytes, path: str = "/v1/embeddings") -> tuple[int, dict, dict]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    connection.request("POST", path, body)
    response = connection.getresponse()
    answer = response.status, dict(response.headers), json.loads(response.read())
    connection.close()
    return answer


def test_queries_and_passages_come_back_in_order(url: str, models: TwoNumbers) -> None:
    client = EncoderClient(url)
    assert client.query("ab").tolist() == [2, 1]
    texts = ["x" * length for length in range(150)]
    assert client.passages(texts)[:, 0].tolist() == list(range(150))
    assert client.space == "two-numbers"
    assert client.passages([]).shape[0] == 0


def test_a_recent_query_is_not_asked_again(url: str, models: TwoNumbers) -> None:
    client = EncoderClient(url)
    client.query("ab")
    client.query("ab")
    assert models.asked == [("ab",)]


def test_queries_of_another_space_are_forgotten(url: str, models: TwoNumbers) -> None:
    client = EncoderClient(url)
    client.query("ab")
    models.space = "another"
    client.query("abc")
    client.query("ab")
    assert models.asked == [("ab",), ("abc",), ("ab",)]


def test_a_changed_dimension_is_refused(url: str, models: TwoNumbers) -> None:
    client = EncoderClient(url, dimension=2)
    client.query("ab")
    models.dimension = 3
    with pytest.raises(EncoderUnavailable, match="3 instead of 2"):
        client.query("abc")


def test_while_loading_it_listens_and_says_so(url: str) -> None:
    status, headers, _ = post(url, b'{"model": "both-query", "input": "x"}')
    assert (status, headers["Retry-After"]) == (503, "1")
    client = EncoderClient(url)
    assert client.status().state == "loading"
    with pytest.raises(EncoderUnavailable, match="loading"):
        client.query("x")


def test_a_model_that_cannot_be_loaded_is_named(url: str, encoder: Encoder) -> None:
    encoder.setting = "no-such-folder/no-such-model"
    encoder.failure = "OSError: no such model"
    status = EncoderClient(url).status()
    assert (status.state, status.ready) == ("failed", False)
    assert "no such model" in status.problems[0]


def test_after_a_failure_it_is_left_alone_for_a_while(url: str, encoder: Encoder) -> None:
    client = EncoderClient(url)
    with pytest.raises(EncoderUnavailable):
        client.query("x")
    encoder.models = models = TwoNumbers()
    with pytest.raises(EncoderUnavailable, match="a moment ago"):
        client.query("x")
    assert models.asked == []
    assert client.status().ready


def test_nobody_there_is_down() -> None:
    client = EncoderClient("http://127.0.0.1:9")
    with pytest.raises(EncoderUnavailable):
        client.query("x")
    assert client.status().state == "down"


def test_an_address_without_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="http"):
        EncoderClient("127.0.0.1:8000")


def test_a_text_list_and_single_text_are_taken_as_openai_does(url: str, models: TwoNumbers) -> None:
    body = json.dumps({"model": "both-query", "input": "abc"}).encode()
    status, _, content = post(url, body)
    assert (status, content["data"][0]["embedding"]) == (200, [3.0, 1.0])
    assert content["object"] == "list"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"[]", 400),
        (b'{"model": "both-query"}', 400),
        (b'{"model": "both-query", "input": []}', 400),
        (b'{"model": "both-query", "input": [1]}', 400),
        (b'{"model": 1, "input": "x"}', 400),
        (b'{"model": "both-query", "input": "x", "encoding_format": "xml"}', 400),
        (b'{"model": "gpt", "input": "x"}', 404),
    ],
)
def test_what_it_cannot_do_is_refused(
    url: str, models: TwoNumbers, body: bytes, status: int
) -> None:
    assert post(url, body)[0] == status


def test_other_paths_are_not_there(url: str, models: TwoNumbers) -> None:
    assert post(url, b"{}", path="/v1/chat/completions")[0] == 404


def test_a_query_overtakes_a_batch() -> None:
    done: list[str] = []
    started = threading.Event()

    def encode(texts: list[str], is_query: bool) -> np.ndarray:
        started.set()
        time.sleep(0.02)
        done.extend(texts)
        return np.ones((len(texts), 2))

    model = Model("slow", encode, slice_size=1)
    batch = [f"text {number}" for number in range(10)]
    thread = threading.Thread(target=lambda: model.encode(batch, False, urgent=False))
    thread.start()
    started.wait()
    model.encode(["query"], True, urgent=True)
    thread.join()
    assert done.index("query") <= 2
    assert len(done) == 11


def test_a_failed_slice_frees_the_model_and_vectors_have_length_one() -> None:
    def encode(texts: list[str], is_query: bool) -> np.ndarray:
        if texts == ["bad"]:
            raise RuntimeError("broken")
        return np.full((len(texts), 4), 3.0)

    model = Model("fragile", encode, slice_size=2)
    with pytest.raises(RuntimeError):
        model.encode(["bad"], False, urgent=False)
    assert model.encode(["good"], False, urgent=True).tolist() == [[0.5] * 4]
