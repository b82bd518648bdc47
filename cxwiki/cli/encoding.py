"""An encoder for commands that run while no site is served."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from cxwiki.config import Settings
from cxwiki.search.encoder.client import EncoderClient, client_of

LONGEST_START = 120.0


@contextmanager
def encoder_at_hand(settings: Settings) -> Iterator[None]:
    """Use the encoder that answers; else start the bundled one for as long as the command runs.

    A configured encoder (CXWIKI_EMBEDDING_URL) is never replaced, and an encoder that does not
    start is no error: what needs it says so.
    """
    client = client_of(settings)
    if settings.embedding_url or client.status().state != "down":
        _wait(client, None)
        yield
        return
    click.echo("starting the encoder …", err=True)
    command = [sys.executable, "-m", "cxwiki.cli", "encoder", "--with-parent"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603
    try:
        _wait(client, child)
        yield
    finally:
        child.terminate()
        child.wait(10)


def _wait(client: EncoderClient, child: subprocess.Popen[bytes] | None) -> None:
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline and (child is None or child.poll() is None):
        state = client.status().state
        if state == "ready" or (child is None and state == "down"):
            return
        time.sleep(0.2)
