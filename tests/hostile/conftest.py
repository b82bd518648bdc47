"""Texts that broke other programs: stored, shown, found and exported as they are, and never a 500."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from cxwiki.accounts import tokens
from tests.conftest import Cast
from tests.hostile import hidden
from tests.hostile.addresses import Send
from tests.hostile.hidden import Hidden


@pytest.fixture(scope="session")
def naughty(public_data: Path) -> list[str]:
    """The big list of naughty strings."""
    file = public_data / "pub-blns" / "blns.json"
    if not file.exists():
        pytest.skip("The folder of public texts has no pub-blns.")
    return json.loads(file.read_text())


@pytest.fixture(scope="session")
def payloads(public_data: Path) -> list[str]:
    """Code that tries to run, collected by OWASP."""
    file = public_data / "pub-owasp-xss" / "payloads.jsonl"
    if not file.exists():
        pytest.skip("The folder of public texts has no pub-owasp-xss.")
    return [json.loads(line)["payload"] for line in file.read_text().splitlines()]


@pytest.fixture
def secret(app: APIFlask, cast: Cast, work_off: Callable[[], int]) -> Hidden:
    """What Service keeps to itself; the worker has done what follows from it."""
    with app.test_request_context():
        found = hidden.fill(cast)
    work_off()
    return found


@pytest.fixture
def program(app: APIFlask, cast: Cast) -> Callable[[str], Send]:
    """`program("carol")` asks the API for Carol, with a token of hers."""

    def make(name: str) -> Send:
        with app.app_context():
            token = tokens.issue(cast.person(name), "tests")
        client = app.test_client()

        def send(path: str, method: str, **options: Any) -> TestResponse:
            headers = {"Authorization": f"Bearer {token}"}
            return client.open(path, method=method, headers=headers, **options)

        return send

    return make
