"""How quick histories are: comparing and merging long texts, a long history, a save.

A site of its own in this process; the times are those of the whole request without a network.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from bench.board import _site
from bench.running import quantiles, row
from cxwiki.accounts.models import User
from cxwiki.database import db, transaction, utcnow
from cxwiki.insights import service
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from cxwiki.writing.differences import between
from cxwiki.writing.models import Revision
from cxwiki.writing.texts import Content
from cxwiki.writing.three_way import merge

# As long as a text may be, with room for what is changed.
SIZE, SAVES, ROUNDS = 96_000, 1000, 15
WORDS = ("customers", "wait", "on", "Mondays", "because", "the", "hotline", "opens", "late", "and")


def main() -> None:
    """Compare, merge, list and save; prints one Markdown table."""
    chance = random.Random(20261122)
    long = _text(chance, SIZE)
    print("\n| histories | p50 / p95 |\n|---|---|")
    for name, share in {"a hundredth": 0.01, "a tenth": 0.1, "every line": 1.0}.items():
        other = _changed(chance, long, share)
        _show(
            f"diff of two 96 kB revisions, {name} changed", lambda other=other: _diff(long, other)
        )
    mine, theirs = _changed(chance, long, 0.02), _changed(chance, long, 0.02)
    _show("three-way merge of 96 kB, both changed a fiftieth", lambda: merge(long, mine, theirs))
    with tempfile.TemporaryDirectory(prefix="cxwiki-bench-") as folder:
        app = _site(Path(folder))
        with app.app_context():
            few, many, large = _fill(chance, long)
        client = app.test_client()
        with client.session_transaction() as session, app.app_context():
            admin = db.session.scalars(select(User)).first()
            assert admin is not None
            session["_user_id"], session["_fresh"] = admin.fs_uniquifier, True
        for name, path in {
            "history of 1,000 revisions": f"/subjects/{many}/revisions",
            "the same, last page": f"/subjects/{many}/revisions?page=25",
            "history of 10 revisions": f"/subjects/{few}/revisions",
            "page with the diff of two 96 kB revisions": f"/subjects/{large}/revisions/changes",
        }.items():
            _show(name, lambda path=path: _get(client, path))
        short = _text(chance, 2000)
        for name, number, base, text in (("2 kB", few, 10, short), ("96 kB", large, 2, long)):
            _show(f"save to rendered, {name}", _saver(client, number, base, text))
        with app.app_context():
            db.engine.dispose()


def _text(chance: random.Random, size: int) -> str:
    lines: list[str] = []
    while sum(map(len, lines)) < size:
        lines.append(" ".join(chance.choices(WORDS, k=chance.randint(5, 60))) + ".\n\n")
    return "".join(lines)[:size].strip()


def _changed(chance: random.Random, text: str, share: float) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line and chance.random() < share:
            words = line.split(" ")
            words[chance.randrange(len(words))] = f"new{chance.randrange(1000)}"
            lines[number] = " ".join(words)
    return "\n".join(lines)


def _diff(old: str, new: str) -> None:
    between(Content("T", old, {}), Content("T", new, {}))


def _fill(chance: random.Random, long: str) -> tuple[int, int, int]:
    admin = db.session.scalars(select(User)).first()
    assert admin is not None
    few, many, large = (
        service.publish(Draft(title, body, language="en"), admin.home_team, admin).id
        for title, body in (("Few", "Words."), ("Many", _text(chance, 6000)), ("Long", long))
    )
    for number, count in ((few, 9), (many, SAVES - 1)):
        _add_revisions(chance, number, count)
    service.revise(
        db.session.get(Insight, large), Draft("Long", _changed(chance, long, 0.05)), admin, 1
    )
    return few, many, large


@transaction()
def _add_revisions(chance: random.Random, number: int, count: int) -> None:
    insight = db.session.get(Insight, number)
    assert insight is not None
    first = db.session.scalars(select(Revision).where(Revision.subject_id == number)).one()
    for step in range(count):
        body = _text(chance, 6000)
        db.session.add(
            Revision(subject_id=number, number=step + 2, based_on=step + 1, title="T", body=body,
                     html=f"<p>{body}</p>", fields=first.fields, author_id=first.author_id,
                     comment=f"Step {step}" if step % 3 else "", created_at=utcnow())
        )  # fmt: skip
    insight.revision_number = count + 1


def _saver(client: FlaskClient, number: int, base: int, text: str) -> Callable[[], None]:
    step = [0]

    def save() -> None:
        step[0] += 1
        form = {"title": "Saved", "body": f"{text}\n\nStep {step[0]}.", "kind": "pain_point",
                "team": 1, "visibility": "company", "channel": "", "severity": "", "language": "",
                "based_on": base + step[0] - 1}  # fmt: skip
        answer = client.post(f"/insights/{number}", data=form)
        assert answer.status_code == 303, re.findall(
            "(?s)field__errors.*?</ul>|notice__text.*?</p>", answer.text
        )
        _get(client, answer.location)

    return save


def _get(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200, path


def _show(name: str, act: Callable[[], object]) -> None:
    act()
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    row(name, quantiles(times))
