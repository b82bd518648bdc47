"""Texts that broke other programs: stored, shown, found and exported as they are, and never a 500."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


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
