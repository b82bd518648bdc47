"""Raw answers: how fast files of them are read, and how much memory that takes.

Each file is read in a process of its own, from the kept file to the computed measurements, so that
its peak is its own. The answers lie in 36 months, with ten channels and five teams, the times also
with decimals. CXWIKI_BENCH_ANSWERS makes a smaller run; CXWIKI_DATABASE_URL names a PostgreSQL.
"""

from __future__ import annotations

import csv
import io
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.running import row

ROWS = int(os.environ.get("CXWIKI_BENCH_ANSWERS", "500000"))
CASES = {
    "scores, CSV": ("nps", "csv", 1),
    "the same file again": ("nps", "csv", 1),
    "a tenth corrected": ("corrected", "csv", 1),
    "times with a median, CSV": ("ttr", "csv", 1),
    "scores, .xlsx, a tenth of the rows": ("nps", "xlsx", 10),
}
NAMES = ("id", "day", "value", "channel", "team")


def main() -> None:
    """Read every file; prints one Markdown table."""
    print(f"\n| {ROWS} raw answers | figure |\n|---|---|")
    with tempfile.TemporaryDirectory(prefix="cxwiki-bench-") as temporary:
        for number in range(len(CASES)):
            command = [sys.executable, "-m", "bench.answers", temporary, str(number)]
            print(
                subprocess.run(command, check=True, capture_output=True, text=True).stdout, end=""
            )


def _measure(folder: Path, name: str) -> None:
    from cxwiki import create_app
    from cxwiki.config import Settings
    from cxwiki.database import db

    kind, form, share = CASES[name]
    file = folder / f"{kind}.{form}"
    rows = ROWS // share
    if not file.exists():
        _write(file, kind, rows)
    database = os.environ.get("CXWIKI_DATABASE_URL", "")
    app = create_app(Settings(data=folder, database_url=database, secret_key="only for a bench"))
    with app.app_context():
        db.create_all()
        kpi_id = _kpi("ttr" if kind == "ttr" else "nps", name if share > 1 else "")
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the start
        before = _peak()
        began, cpu = time.perf_counter(), time.process_time()
        upload = _read(kpi_id, file)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        done = upload.recorded + upload.corrected + upload.unchanged
        assert (done, upload.problem) == (rows, ""), upload.problem
    row(
        name,
        f"{rows / seconds:,.0f} rows/s ({seconds:.1f} s, {cpu:.1f} s of CPU), "
        f"peak {_peak()} MB ({before} at start)",
    )


def _peak() -> int:
    """The largest memory of this process in MB; getrusage knows the parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _kpi(kind: str, other: str) -> int:
    """The KPI of a kind: made once, so that a second file finds the answers of the first."""
    from sqlalchemy import select

    from cxwiki.accounts.models import Role, RoleName, Team, User
    from cxwiki.database import db, transaction
    from cxwiki.kpis.models import Kpi
    from cxwiki.kpis.service import KpiDraft, create_kpi

    title = f"{kind} {other}"
    known = db.session.scalar(select(Kpi.id).where(Kpi.title == title.strip()))
    if known is not None:
        return known
    with transaction():
        team = db.session.scalar(select(Team))
        if team is None:
            team = Team(name="Company", is_builtin=True)
            db.session.add_all([team, *(Role(name=name) for name in RoleName)])
            db.session.flush()
            db.session.add(User(name="Ann", email="ann@example.org", fs_uniquifier="ann",
                                role=RoleName.ADMINISTRATOR, home_team_id=team.id))  # fmt: skip
            db.session.flush()
        person = db.session.scalars(select(User)).one()
        draft = KpiDraft(
            title=title,
            direction="higher" if kind == "nps" else "lower",
            kind=kind,
            scale_min=Decimal(-100) if kind == "nps" else Decimal(0),
            cadence="monthly",
            dimensions=(("channel", ()), ("team", ())),
        )
        return create_kpi(draft, team, person).id


def _read(kpi_id: int, file: Path) -> Any:
    from sqlalchemy import select
    from werkzeug.datastructures import FileStorage

    from cxwiki.accounts.models import User
    from cxwiki.database import db
    from cxwiki.kpis import answer_uploads
    from cxwiki.kpis.answer_cells import Columns
    from cxwiki.kpis.models import Kpi

    person = db.session.scalars(select(User)).one()
    with file.open("rb") as stream:
        upload = answer_uploads.accept(
            db.session.get_one(Kpi, kpi_id), FileStorage(stream, file.name), "bench", person
        )
    columns = Columns("value", "day", "id", {"channel": "channel", "team": "team"})
    answer_uploads.start(upload, columns, dry_run=False)
    answer_uploads.run(upload.id)
    db.session.refresh(upload)
    return upload


def _write(file: Path, kind: str, rows: int) -> None:
    if file.suffix == ".xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("answers")
        for cells in _rows(kind, rows):
            sheet.append(cells)
        book.save(file)
        return
    with file.open("w", encoding="utf-8", newline="") as stream:
        text = io.StringIO()
        writer = csv.writer(text)
        for cells in _rows(kind, rows):
            writer.writerow(cells)
            if text.tell() > 1 << 20:
                stream.write(text.getvalue())
                text.seek(0)
                text.truncate()
        stream.write(text.getvalue())


def _rows(kind: str, rows: int) -> Iterator[list[Any]]:
    """Always the same answers; of those of kind "corrected" each tenth says something else."""
    yield list(NAMES)
    chance = random.Random(4)
    first = date(2023, 1, 1)
    for number in range(rows):
        day = first + timedelta(days=chance.randrange(1095))
        score: float = chance.randrange(11)
        if kind == "corrected" and number % 10 == 0:
            score = 10 - score if score != 5 else 6
        if kind == "ttr":
            score = round(chance.lognormvariate(2, 1), 2)
        channel, team = f"Channel {chance.randrange(10)}", f"Team {chance.randrange(5)}"
        yield [f"A-{number:07d}", day.isoformat(), score, channel, team]


if __name__ == "__main__":
    _measure(Path(sys.argv[1]), list(CASES)[int(sys.argv[2])])
