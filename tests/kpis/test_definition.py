"""What a KPI says of itself: its own numbers in words, and what makes no sense is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.kpis import definition
from cxwiki.kpis.dimensions import read_dimensions, write_dimensions
from cxwiki.kpis.models import Kpi

CSAT = {"kind": "csat", "unit": "%", "scale_min": Decimal(0), "scale_max": Decimal(100)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "the share of promoters minus the share of detractors"),
        (CSAT, "Answers 4 to 5 of 5 count. Their number, divided by all, times 100."),
        (CSAT | {"answer_min": Decimal(1), "answer_max": Decimal(7)}, "Answers 6 to 7 of 7 count."),
        (CSAT | {"success_min": Decimal(5), "success_max": Decimal(5)}, "Answers of 5 count."),
        (CSAT | {"kind": "fcr"}, "Cases with yes (1) count."),
        (CSAT | {"kind": "complaint_rate", "scale_max": Decimal(1000)}, "divided by all, times 1,000."),
        ({"kind": "ces", "scale_min": Decimal(1), "scale_max": Decimal(5)}, "each from 1 to 5,"),
        ({"kind": "ttr", "scale_min": None, "scale_max": None}, "half of them lie below it"),
        ({"kind": "ttr", "statistic": "p90", "scale_min": None, "scale_max": None}, "Nine of ten cases"),
        ({"cadence": "weekly"}, "Measured: every week."),
    ],
)  # fmt: skip
def test_the_page_says_the_formula_with_the_kpi_s_own_numbers(as_, context, kpi, changes, words):
    kpi_id = kpi(**changes)
    assert words in definition.in_words(db.session.get_one(Kpi, kpi_id))
    assert words.split(" (")[0] in as_("rita").get(f"/kpis/{kpi_id}").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answer_min": Decimal(1), "answer_max": Decimal(5)}, "answer_max"),
        (CSAT | {"answer_min": Decimal(5), "answer_max": Decimal(1)}, "answer_max"),
        (CSAT | {"answer_max": Decimal(5), "success_min": Decimal(6)}, "success_min"),
        (CSAT | {"success_min": Decimal(5), "success_max": Decimal(4)}, "success_max"),
        ({"success_min": Decimal(9)}, "success_min"),
        ({"band_low": Decimal(40), "band_high": Decimal(30)}, "band_high"),
        ({"band_low": Decimal(-101)}, "band_low"),
        ({"cadence": "hourly"}, "cadence"),
        ({"dimensions": (("channel", ()), ("Channel", ()))}, "dimensions"),
        ({"dimensions": (("a=b", ()),)}, "dimensions"),
        ({"dimensions": (("channel", ("a;b",)),)}, "dimensions"),
        ({"direction": ""}, "direction"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(context, kpi, changes, field):
    with pytest.raises(DomainError) as refused:
        kpi(**changes)
    assert refused.value.field == field


def test_dimensions_are_written_as_they_are_read():
    text = "channel: App, Phone\nteam"
    assert read_dimensions(text) == (("channel", ("App", "Phone")), ("team", ()))
    assert write_dimensions(read_dimensions(text)) == text


def test_the_form_defines_and_keeps_everything(as_, cast, app):
    data = {
        "title": "CSAT", "kind": "csat", "statistic": "share", "direction": "higher", "unit": "%",
        "scale_min": "0", "scale_max": "100", "nature": "perception", "visibility": "company",
        "team": cast.service, "cadence": "quarterly", "answer_min": "1", "answer_max": "7",
        "success_min": "6", "success_max": "7", "band_low": "60,5", "band_high": "90.5",
        "dimensions": "Channel: App, Phone\nteam",
    }  # fmt: skip
    assert as_("mia").post("/kpis/", data=data).status_code in (303, 422)
    data["band_low"] = "60.5"
    answer = as_("mia").post("/kpis/", data=data)
    assert answer.status_code == 303
    page = as_("mia").get(f"{answer.location.rstrip('/').rsplit('-', 1)[0]}/edit").text
    for shown in (
        "channel: App, Phone",
        'value="60.5"',
        'value="6"',
        '<option selected value="quarterly"',
    ):
        assert shown in page
