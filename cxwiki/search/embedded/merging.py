"""Which segments become one, and how: so that there are few, and no save waits for a large one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cxwiki.search.embedded.codec import packed
from cxwiki.search.embedded.postings import Segment

TOGETHER = 4
"""Segments of about one size that are merged: 100,000 saves leave about 20 segments."""
LARGEST = 30_000
"""Documents of the largest segment that a merge makes: about a second. A rebuild makes one."""


def to_merge(infos: Sequence[Any]) -> list[Any]:
    """The segments that should become one now; none mostly."""
    tiers: dict[int, list[Any]] = {}
    for info in infos:
        live = info.doc_count_all() - info.deleted_count()
        if info.doc_count_all() > 2 * live and live <= LARGEST:
            return [info]  # more holes than documents
        tiers.setdefault(int(math.log(max(1, live), TOGETHER)), []).append(info)
    for tier in sorted(tiers):
        found = tiers[tier]
        size = sum(info.doc_count_all() - info.deleted_count() for info in found)
        if len(found) >= TOGETHER and size <= LARGEST:
            return found
    return []


def merging(folder: Path, chosen: Sequence[Any]) -> Callable[[Any, list[Any]], list[Any]]:
    """A policy for Whoosh's `commit` that merges just these segments, arrays as arrays."""
    names = {info.segment_id() for info in chosen}

    def merge(writer: Any, infos: list[Any]) -> list[Any]:
        for info in infos:
            if info.segment_id() in names:
                _absorb(writer, Segment(folder, info), set(info.deleted_docs() or ()))
        return [info for info in infos if info.segment_id() not in names]

    return merge


def _absorb(writer: Any, segment: Segment, deleted: set[int]) -> None:
    """Add the living documents of a segment to the one that is being written."""
    record, spelled = writer.schema["record"].column_type, writer.schema["spelled"].column_type
    moved = np.full(segment.size, -1, dtype=np.int64)
    documents = writer.perdocwriter
    for number in range(segment.size):
        if number in deleted:
            continue
        moved[number] = writer.docnum
        documents.start_doc(writer.docnum)
        row = segment.records[number].tobytes()
        documents.add_column_value("record", record, row)
        documents.add_column_value("spelled", spelled, segment.spelled(number, number + 1))
        documents.finish_doc()
        writer.docnum += 1
        writer._added = True
    for field, term, entry in segment.entries():
        ids, counts = segment.postings(entry)
        numbers = moved[ids]
        kept = numbers >= 0
        if kept.any():
            value = packed(numbers[kept].astype(np.uint32), counts[kept])
            writer.pool.add((field, term, int(numbers[kept][0]), int(kept.sum()), value))
