"""Small multiples and links: segments beside each other, and every point leads to its row."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def split(kpi, measure):
    """An NPS by channel and by team, of two months."""

    def make(**values) -> int:
        kpi_id = kpi(**values)
        for month, app_, phone in (("2026-02", 20, 60), ("2026-03", 30, 55)):
            measure(kpi_id, month, 40)
            measure(kpi_id, month, app_, n=50, segment="channel=app")
            measure(kpi_id, month, phone, n=70, segment="channel=phone")
            measure(kpi_id, month, 33, segment="team=Service")
        return kpi_id

    return make


def drawings(page: str) -> list[str]:
    return re.findall(r'<svg class="chart__svg".*?</svg>', page, re.DOTALL)


def scale_of(drawing: str) -> list[str]:
    return re.findall(r">(-?\d+)</text>", drawing)


def test_segments_of_a_dimension_stand_beside_each_other(as_, split):
    kpi_id = split()
    page = as_("rita").get(f"/kpis/{kpi_id}/segments?by=channel").text
    charts = drawings(page)
    assert [re.search("<title>(.*?)</title>", one)[1] for one in charts] == ["app", "phone"]
    assert scale_of(charts[0]) == scale_of(charts[1])
    for words in (
        "30\u00a0points",
        "55\u00a0points",
        "better by 10",
        "worse by 5",
        "segment=channel",
    ):
        assert words in page
    assert len(drawings(as_("rita").get(f"/kpis/{kpi_id}/segments?by=team").text)) == 1


def test_an_unknown_dimension_shows_the_first_one(as_, split):
    page = as_("rita").get(f"/kpis/{split()}/segments?by=<nothing>").text
    assert len(drawings(page)) == 2


def test_without_segments_it_says_what_to_do(as_, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-02", 40)
    assert "No segments yet" in as_("rita").get(f"/kpis/{kpi_id}/segments").text
    assert "/segments" not in as_("rita").get(f"/kpis/{kpi_id}").text


def test_the_segments_of_a_hidden_kpi_are_nowhere(as_, split):
    kpi_id = split(visibility="team")
    assert as_("bob").get(f"/kpis/{kpi_id}/segments").status_code == 200
    for name in ("carol", "mia", "dave", "rita"):
        assert as_(name).get(f"/kpis/{kpi_id}/segments").status_code == 404
    assert as_("eve").get(f"/kpis/{kpi_id}/segments").status_code == 302


def test_more_segments_cost_no_more_queries(as_, kpi, measure, statements):
    counts = []
    for segments in (1, 8):
        kpi_id = kpi(title=f"By {segments}")
        for number in range(segments):
            measure(kpi_id, "2026-02", 40, segment=f"channel=number {number}")
        client = as_("rita")
        client.get(f"/kpis/{kpi_id}/segments")
        with statements() as seen:
            client.get(f"/kpis/{kpi_id}/segments")
        counts.append(len(seen))
    assert counts[1] == counts[0]


def test_every_point_leads_to_its_row_however_old(as_, kpi, measure):
    kpi_id = kpi()
    for number in range(14):
        measure(kpi_id, f"{2025 + number // 12}-{number % 12 + 1:02}", 40 + number)
    for segment in ("", "channel=app"):
        if segment:
            measure(kpi_id, "2026-02", 12, segment=segment)
        page = as_("rita").get(f"/kpis/{kpi_id}", query_string={"segment": segment}).text
        points = re.findall(r'href="([^"#]*)#(measurement-\d+)"', drawings(page)[0])
        assert len(points) == (1 if segment else 14)
        for path, anchor in points:
            assert f'id="{anchor}"' in as_("rita").get(path.replace("&amp;", "&")).text
