"""Kill -9 while files of raw answers are read: every good row counts once, the figures are right.

Two files without and with corrections are read one after the other, while the worker is killed
again and again. In the end the plain command `worker --until-idle` has to bring all in order.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.jobs import Job
from cxwiki.kpis import answer_uploads, series
from cxwiki.kpis.answer_cells import Columns
from cxwiki.kpis.drafts import KpiDraft
from cxwiki.kpis.formulas import Nps
from cxwiki.kpis.models import Answer, AnswerUpload, Kpi
from cxwiki.kpis.service import create_kpi
from tests.faults.processes import wait_until
from tests.faults.test_killing import Site, encoder, site_to_kill

__all__ = ["encoder", "site_to_kill"]

pytestmark = pytest.mark.fault

ROUNDS = 3
"""Kills while each of the files is read."""
SEED = 20261122
ROWS, CORRECTIONS = 50_000, 25_000
BAD_EACH = 1000
FIRST = date(2026, 1, 1)
CHANNELS = ("app", "phone", "shop")
HEAD = "id,day,value,channel\n"

Said = dict[str, tuple[date, int, str]]


def table(numbers: range, add: int) -> tuple[str, Said, list[int]]:
    """A file with a value out of scale every so often; what its good rows say, its bad lines."""
    lines, said, bad = [HEAD], {}, []
    for line, number in enumerate(numbers, start=2):
        day = FIRST + timedelta(days=number % 120)
        value, channel = (number * 7 + add) % 11, CHANNELS[number % 3]
        if number % BAD_EACH == 17:
            value = 11
            bad.append(line)
        else:
            said[f"A{number}"] = (day, value, channel)
        lines.append(f"A{number},{day},{value},{channel}\n")
    return "".join(lines), said, bad


def upload(site: Site, kpi_id: int, content: str, *, named: bool = True) -> int:
    """Upload a file that is too large to be read at once."""
    columns = Columns(
        value="value",
        answered_on="day",
        external_id="id" if named else "",
        dimensions={"channel": "channel"},
    )
    with site.app.app_context():
        kpi = db.session.get_one(Kpi, kpi_id)
        file = FileStorage(BytesIO(content.encode()), filename="answers.csv")
        kept = answer_uploads.accept(kpi, file, "survey", by=_admin())
        answer_uploads.start(kept, columns, dry_run=False)
        assert kept.state == answer_uploads.WAITING
        number = kept.id
        db.session.remove()
    return number


def make_kpi(site: Site) -> int:
    with site.app.app_context():
        admin = _admin()
        number = create_kpi(KpiDraft("NPS", "higher", kind="nps"), admin.home_team, admin).id
        db.session.remove()
    return number


def _admin() -> User:
    return db.session.scalars(select(User).order_by(User.id)).first()  # type: ignore[return-value]


def kill_while_read(site: Site, upload_id: int, chance: random.Random) -> int:
    """Kill the worker several times; returns how often it had begun and not finished the file."""
    at_work = 0
    for _round in range(ROUNDS):
        before = rows_read(site, upload_id)
        site.processes.start("worker")
        wait_until(lambda: is_over(site, upload_id) or rows_read(site, upload_id) > before)  # noqa: B023
        time.sleep(chance.uniform(0.0, 0.3))
        site.processes.kill("worker")
        at_work += rows_read(site, upload_id) > 0 and not is_over(site, upload_id)
        site.let_leases_run_out()
    return at_work


def rows_read(site: Site, upload_id: int) -> int:
    return int(_entry(site, AnswerUpload.rows, upload_id))


def is_over(site: Site, upload_id: int) -> bool:
    return _entry(site, AnswerUpload.state, upload_id) not in ("waiting", "running")


def _entry(site: Site, column: object, upload_id: int) -> object:
    with site.app.app_context():
        found = db.session.scalar(select(column).where(AnswerUpload.id == upload_id))  # type: ignore[call-overload]
        db.session.remove()
    return found


def finish(site: Site) -> None:
    status = site.processes.run("worker", "--until-idle")
    assert status == 0, site.processes.log.read_text()[-4000:]


def test_answers_are_there_once_and_the_figures_are_right(site_to_kill: Site) -> None:
    site, chance, kpi_id = site_to_kill, random.Random(SEED), make_kpi(site_to_kill)
    content, said, bad = table(range(ROWS), 0)
    first = upload(site, kpi_id, content)
    at_work = kill_while_read(site, first, chance)
    finish(site)
    with site.app.app_context():
        check_upload(first, bad, recorded=len(said))
        check_answers(kpi_id, said)
        check_figures(kpi_id, said)

    later, corrected, wrong = table(range(ROWS - CORRECTIONS, ROWS), 3)
    second = upload(site, kpi_id, later)
    at_work += kill_while_read(site, second, chance)
    finish(site)
    with site.app.app_context():
        check_upload(second, wrong, corrected=len(corrected))
        check_answers(kpi_id, said | corrected)
        check_figures(kpi_id, said | corrected)
        check_history(kpi_id, corrected)
        check_nothing_waits(site, {first, second})
    assert at_work >= ROUNDS, "the worker was hardly ever killed at work"


def test_answers_without_ids_are_not_doubled(site_to_kill: Site) -> None:
    site, kpi_id = site_to_kill, make_kpi(site_to_kill)
    content, said, bad = table(range(ROWS), 0)
    number = upload(site, kpi_id, content, named=False)
    at_work = kill_while_read(site, number, random.Random(SEED))
    finish(site)
    with site.app.app_context():
        check_upload(number, bad, recorded=len(said))
        kept = db.session.execute(
            select(Answer.answered_on, Answer.value, Answer.segment).where(Answer.kpi_id == kpi_id)
        )
        assert Counter((day, int(value), segment) for day, value, segment in kept) == Counter(
            (day, value, f"channel={channel}") for day, value, channel in said.values()
        )
        check_figures(kpi_id, said)
        check_nothing_waits(site, {number})
    assert at_work >= ROUNDS // 2, "the worker was hardly ever killed at work"


def check_upload(upload_id: int, bad: list[int], *, recorded: int = 0, corrected: int = 0) -> None:
    """It says what became of its rows, each bad one named once."""
    entry = db.session.get_one(AnswerUpload, upload_id)
    assert (entry.state, entry.problem) == ("done", "")
    assert (entry.recorded, entry.corrected, entry.unchanged) == (recorded, corrected, 0)
    assert (entry.rows, entry.refused) == (recorded + corrected + len(bad), len(bad))
    assert [line for line, _reason in entry.errors] == bad
    assert all("out of the scale" in reason for _line, reason in entry.errors)


def check_answers(kpi_id: int, said: Said) -> None:
    """Of every id one answer is in force, and it says what was said last."""
    rows = db.session.execute(
        select(Answer.external_id, Answer.answered_on, Answer.value, Answer.segment).where(
            Answer.kpi_id == kpi_id, Answer.superseded_at.is_(None)
        )
    ).all()
    assert len(rows) == len(said)
    assert {name: (day, int(value), segment) for name, day, value, segment in rows} == {
        name: (day, value, f"channel={channel}") for name, (day, value, channel) in said.items()
    }


def check_figures(kpi_id: int, said: Said) -> None:
    """Each month and channel has the score that its answers give, counted here."""
    counted: dict[tuple[date, str], list[int]] = {}
    for day, value, channel in said.values():
        for segment in ("", f"channel={channel}"):
            groups = counted.setdefault((day.replace(day=1), segment), [0, 0, 0])
            groups[0 if value >= 9 else 1 if value >= 7 else 2] += 1
    measured = series.everything_of(db.session.get_one(Kpi, kpi_id))
    assert {
        (one.period_start, one.segment): [one.promoters, one.passives, one.detractors]
        for one in measured
    } == counted
    assert len(measured) == len(counted)
    for one in measured:
        groups = counted[one.period_start, one.segment]
        assert one.n == sum(groups)
        assert float(one.value) == pytest.approx(float(Nps(*groups).value), abs=0.000001)


def check_history(kpi_id: int, corrected: Said) -> None:
    """Each correction supersedes one answer, and no answer is superseded twice."""
    older = db.session.scalars(
        select(Answer.supersedes_id).where(
            Answer.kpi_id == kpi_id, Answer.supersedes_id.is_not(None)
        )
    ).all()
    assert len(older) == len(set(older)) == len(corrected)


def check_nothing_waits(site: Site, uploads: set[int]) -> None:
    """Each upload was told once, no job is left, and no file."""
    query = select(Event.data).where(Event.name == answer_uploads.UPLOADED)
    told = [data["upload_id"] for data in db.session.scalars(query)]
    assert sorted(told) == sorted(uploads)
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0
    folder: Path = site.app.extensions["settings"].data / "answers"
    assert list(folder.iterdir()) == []
