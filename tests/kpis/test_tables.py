"""Measurements leave as CSV and come in as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date

from openpyxl import load_workbook
from sqlalchemy import func, select

from cxwiki.database import db
from cxwiki.kpis import series
from cxwiki.kpis.importing import import_measurements
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.kpis.tables import to_csv, to_xlsx


def load(kpi_id: int) -> Kpi:
    return db.session.get_one(Kpi, kpi_id)


def test_the_table_has_a_byte_order_mark_and_no_formulas(context, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-03", -12.5, n=40, note="=cmd()|'x'!A1", source="@survey")
    text = to_csv(series.everything_of(load(kpi_id)))
    assert text.startswith("\ufeff")
    row = next(csv.DictReader(io.StringIO(text[1:])))
    assert (row["note"], row["source"]) == ("'=cmd()|'x'!A1", "'@survey")
    assert row["value"] == "-12.5"  # a number is no formula


def test_what_goes_out_comes_in_again_unchanged(cast, context, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-02", promoters=5, passives=3, detractors=2, note="-estimate")
    measure(kpi_id, "2026-03", 20.125, segment="channel=app")
    content = to_csv(series.everything_of(load(kpi_id))).encode()
    report = import_measurements(load(kpi_id), content, cast.person("alice"))
    assert (report.unchanged, report.recorded, report.corrected, report.errors) == (2, 0, 0, [])


def test_good_rows_are_kept_and_bad_ones_named(cast, context, kpi):
    content = (
        b"month;value;n\n"
        b"2026-01;38,5;200\n"
        b"2026-02;abc;200\n"
        b"2026-13;40;200\n"
        b"\n"
        b"2026-03;400;200\n"
        b"2026-04;41;-2\n"
        b"2026-01;39;200\n"
        b"05.2026;42;1.250\n"
    )
    report = import_measurements(load(kpi_id := kpi()), content, cast.person("alice"))
    assert [error.line for error in report.errors] == [3, 4, 6, 7, 8]
    assert "value" in report.errors[0].reason
    assert "Line 2" in report.errors[-1].reason
    assert report.recorded == 2
    values = [(one.period_start, str(one.value), one.n) for one in series.series_of(load(kpi_id))]
    assert values == [(date(2026, 1, 1), "38.5", 200), (date(2026, 5, 1), "42", 1250)]


def test_a_dry_run_says_the_same_and_writes_nothing(cast, context, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-01", 30)
    content = (
        b"period_start,period_end,value\n2026-01-01,2026-01-31,31\n1.2.2026,28.2.2026,32\nx,y,1"
    )
    report = import_measurements(load(kpi_id), content, cast.person("alice"), dry_run=True)
    assert (report.recorded, report.corrected, len(report.errors)) == (1, 1, 1)
    assert db.session.scalar(select(func.count(Measurement.id))) == 1


def test_windows_text_is_understood(cast, context, kpi):
    content = "monat;wert;bemerkung\n2026-01;30;geschätzt\n".encode("cp1252")
    import_measurements(load(kpi_id := kpi()), content, cast.person("alice"))
    assert series.series_of(load(kpi_id))[0].note == "geschätzt"


def test_a_workbook_goes_out_and_comes_in_again_unchanged(cast, context, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-02", promoters=5, passives=3, detractors=2, note="=1+1")
    measure(kpi_id, "2026-03", -20.125, segment="channel=Läden", note="-estimate", n=7)
    content = to_xlsx(series.everything_of(load(kpi_id)))
    report = import_measurements(load(kpi_id), content, cast.person("alice"))
    assert (report.unchanged, report.recorded, report.corrected, report.errors) == (2, 0, 0, [])


def test_a_workbook_has_numbers_and_days_and_no_formulas(context, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-03", -20.125, note="=1+1", source="\x07@a")
    book = load_workbook(io.BytesIO(to_xlsx(series.everything_of(load(kpi_id)))))
    cells = [cell for row in book.active.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "d"}
    by_name = dict(zip([cell.value for cell in book.active[1]], cells, strict=True))
    assert (by_name["value"].value, by_name["note"].value) == (-20.125, "'=1+1")
    assert by_name["period_start"].is_date


def test_a_formula_is_no_value(cast, context, kpi):
    content = b"month,value,n\n2026-01,=1+1,5\n2026-02,30,-5\n2026-03,31,5\n"
    report = import_measurements(load(kpi()), content, cast.person("alice"))
    assert [error.line for error in report.errors] == [2, 3]
    assert "formula" in report.errors[0].reason
    assert report.recorded == 1


def test_overlapping_periods_and_unknown_segments_are_named(cast, context, kpi):
    kpi_id = kpi(dimensions=(("channel", ("App",)),))
    content = (
        b"period_start,period_end,segment,value\n2026-01-01,2026-01-31,,1\n"
        b"2026-01-15,2026-02-14,,2\n2026-01-01,2026-01-31,channel=fax,3\n"
        b"2026-01-01,2026-01-31,region=North,3\n2026-01-01,2026-01-31,channel=app,4\n"
        b"03/04/2026,03/05/2026,,5\n"
    )
    report = import_measurements(load(kpi_id), content, cast.person("alice"))
    assert [error.line for error in report.errors] == [3, 4, 5, 7]
    assert "overlaps" in report.errors[0].reason
    assert "not known" in report.errors[1].reason
    assert [one.segment for one in series.everything_of(load(kpi_id))] == ["", "channel=App"]
