"""kill -9 in the middle of writing the embedded keyword index."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cxwiki.search.embedded.keyword import KeywordIndex
from tests.search.engines import found, insight

pytestmark = pytest.mark.fault

WRITER = """
import sys
from cxwiki.search.embedded.keyword import KeywordIndex
from tests.search.engines import insight

def pair(number):
    return [insight(2 * number, f"paar{number}"), insight(2 * number + 1, f"paar{number}")]

index = KeywordIndex(sys.argv[1])
number = int(sys.argv[2])
while True:
    if number % 5:
        index.update(pair(number))
    else:
        index.rebuild(one for each in range(number + 1) for one in pair(each))
    print(number, flush=True)
    number += 1
"""


@pytest.fixture
def index(tmp_path: Path) -> KeywordIndex:
    index = KeywordIndex(tmp_path / "index")
    index.rebuild([insight(0, "paar0"), insight(1, "paar0")])
    return index


def killed_while_writing(index: KeywordIndex, first: int, delay: float) -> int:
    """Let a process write, and kill it some seconds after its first commit; the last commit."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(index.folder), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert writer.stdout is not None
    last = int(writer.stdout.readline())
    killer = threading.Timer(delay, writer.kill)
    killer.start()
    for line in writer.stdout:
        last = int(line)
    killer.cancel()
    assert writer.wait(timeout=30) == -9
    return last


def test_what_was_committed_stays_and_nothing_is_there_by_halves(index: KeywordIndex) -> None:
    chance = random.Random(3)
    last = 0
    for _round in range(5):
        last = killed_while_writing(index, last + 1, chance.uniform(0.05, 0.6))
        reader = KeywordIndex(index.folder)
        for number in range(last + 1):
            assert found(reader, f"paar{number}") == [2 * number, 2 * number + 1]
        assert len(found(reader, f"paar{last + 1}")) in (0, 2)
        assert reader.doc_count() in (2 * last + 2, 2 * last + 4)
        reader.update([insight(2 * last + 2, f"paar{last + 1}")])  # no lock is left behind
        reader.update([], removed_ids=[2 * last + 2, 2 * last + 3])
    assert index.rebuild([insight(1, "Neu")]) == 1
    assert len([entry for entry in index.folder.iterdir() if entry.is_dir()]) == 1
