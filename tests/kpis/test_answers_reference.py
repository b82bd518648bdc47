"""Figures from raw answers agree with published ones, through the whole way of a file."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from cxwiki.database import db
from cxwiki.kpis import series
from cxwiki.kpis.answer_cells import Columns
from cxwiki.kpis.answer_files import opened
from cxwiki.kpis.models import Kpi
from tests.kpis.answer_files import figures

CSAT = {
    "title": "CSAT",
    "kind": "csat",
    "unit": "%",
    "scale_min": Decimal(0),
    "scale_max": Decimal(100),
    "cadence": "yearly",
}
TICKETS = Columns(
    value="Customer Satisfaction Rating",
    answered_on="Date of Purchase",
    external_id="Ticket ID",
    dimensions={"channel": "Ticket Channel", "type": "Ticket Type", "product": "Product Purchased"},
)


def folder(public_data: Path, name: str) -> Path:
    if not (public_data / name).is_dir():
        pytest.skip(f"{name} is not among the public texts")
    return public_data / name


def test_nps_agrees_with_the_reference(public_data, context, kpi, read):
    reference = json.loads(
        (folder(public_data, "pub-kpi-reference") / "nps_reference.json").read_text()
    )
    for number, (scores, expected) in enumerate(reference["nps"]):
        kpi_id = kpi(title=f"NPS {number}")
        rows = "".join(f"{place},2026-03-01,{score}\n" for place, score in enumerate(scores))
        read(kpi_id, "id,day,value\n" + rows)
        [measured] = series.everything_of(db.session.get_one(Kpi, kpi_id))
        assert float(measured.value) / 100 == pytest.approx(expected, abs=1e-8)
        assert measured.n == len(scores)
    for scores in filter(None, reference["must_warn_or_reject"]):
        rows = "".join(f"{place},2026-03-01,{score}\n" for place, score in enumerate(scores))
        upload = read(kpi_id := kpi(), "id,day,value\n" + rows)
        assert (upload.recorded, upload.refused) == (0, len(scores))
        assert figures(kpi_id) == {}


@pytest.mark.parametrize(
    "name", ["tickets_2000.csv", "tickets_500_semicolon_cp1252.csv", "tickets_500_utf8bom_crlf.csv"]
)
def test_as_many_rows_come_in_as_the_file_has(public_data, context, kpi, read, name):
    path = folder(public_data, "pub-tickets-csv") / name
    text = path.read_bytes().decode("cp1252" if "cp1252" in name else "utf-8-sig")
    delimiter = ";" if "semicolon" in name else ","
    expected = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    with opened(path) as table:
        assert [list(table.names), *(list(row.cells) for row in table.rows)] == expected
    upload = read(kpi(**CSAT), path.read_bytes(), TICKETS, source="tickets")
    assert (upload.rows, upload.refused) == (len(expected) - 1, 0)


def test_csat_of_tickets_agrees_with_what_was_computed_elsewhere(public_data, context, kpi, read):
    source = folder(public_data, "pub-tickets-csv")
    expected = json.loads((source / "expected.json").read_text())
    kpi_id = kpi(**CSAT)
    upload = read(kpi_id, (source / "tickets_2000.csv").read_bytes(), TICKETS, source="tickets")
    assert (upload.rows, upload.recorded) == (expected["rows"], expected["all"]["n"])
    # Some purchases lie in one year, some in another: the counts may be added up, shares may not.
    sums: dict[str, list[int]] = {}
    for one in series.everything_of(db.session.get_one(Kpi, kpi_id)):
        found = sums.setdefault(one.segment, [0, 0])
        found[0] += one.successes
        found[1] += one.n
    wanted = {"": expected["all"]}
    for dimension in ("channel", "type", "product"):
        for key, figure in expected[f"by_{dimension}"].items():
            wanted[f"{dimension}={key}"] = figure
    assert sums.keys() == wanted.keys()
    for segment, figure in wanted.items():
        successes, n = sums[segment]
        assert n == figure["n"], segment
        assert 100 * successes / n == pytest.approx(figure["csat_top2_percent"], abs=1e-6), segment


@pytest.mark.parametrize(
    ("changes", "figure"),
    [
        ({"success_min": Decimal(5), "success_max": Decimal(5)}, "csat_top_box_percent"),
        ({"statistic": "mean", "scale_min": Decimal(1), "scale_max": Decimal(5)}, "mean"),
    ],
)
def test_a_top_box_and_a_mean_agree_too(public_data, context, kpi, read, changes, figure):
    source = folder(public_data, "pub-tickets-csv")
    expected = json.loads((source / "expected.json").read_text())["all"]
    kpi_id = kpi(**CSAT | {"answer_min": Decimal(1), "answer_max": Decimal(5)} | changes)
    columns = Columns(value=TICKETS.value, answered_on=TICKETS.answered_on, external_id="Ticket ID")
    read(kpi_id, (source / "tickets_2000.csv").read_bytes(), columns)
    measured = series.everything_of(db.session.get_one(Kpi, kpi_id))
    n = sum(one.n for one in measured)
    value = sum(float(one.value) * one.n for one in measured) / n
    assert (n, value) == (expected["n"], pytest.approx(expected[figure], abs=1e-5))
