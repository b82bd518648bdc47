import itertools
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from cxwiki.charts import Mark, Point, line_chart, marks_key, process
from cxwiki.charts.finishing import finish, safe_href
from cxwiki.charts.process import DrawingError, DrawingProcess
from cxwiki.charts.scenes import flag_rows, scale_ticks

MONTHS = [
    Point(date(2026, 1, 1), 38, 180, href="/kpis/1/measurements/7"),
    Point(date(2026, 2, 1), 40.5, 201, low=35, high=46),
    Point(date(2026, 3, 1), Decimal(42), 1212),
]
CALLBACK = Mark(date(2026, 2, 3), "New <b>callback</b> desk & more", "/actions/3?a=1&b=2")
RISE = Mark(date(2026, 2, 20), "Price rise", "/kpis/1#event-2", is_event=True)
SURE = [replace(point, low=float(point.value) - 4, high=float(point.value) + 4) for point in MONTHS]


@pytest.fixture(scope="module", autouse=True)
def _one_process() -> Iterator[None]:
    yield
    process.drawing_process.stop()


def parts(chart: Markup) -> tuple[ET.Element, ET.Element | None]:
    root = ET.fromstring(f"<div>{chart}</div>")
    svg = root.find("svg")
    assert svg is not None, chart
    return svg, root.find("ol")


def labels(svg: ET.Element, group: str) -> list[str]:
    return [item.attrib["aria-label"] for item in svg.findall(f".//g[@class='{group}']/*")]


def texts(svg: ET.Element, group: str) -> list[str]:
    return [text.text or "" for text in svg.findall(f".//g[@class='{group}']/text")]


def draw(points: list[Point] = MONTHS, **options: object) -> Markup:
    return line_chart(points, **({"title": "NPS", "unit": "points"} | options))  # type: ignore[arg-type]


# What is allowed in a page


def test_nothing_in_it_needs_an_exception_from_the_content_policy() -> None:
    chart = draw(target=45, marks=[CALLBACK])
    svg, _ = parts(chart)
    for element in svg.iter():
        assert element.tag in {"svg", "title", "desc", "g", "a", "path", "line", "text"}
        assert not {"style", "id", "font-family"} & set(element.attrib)
        assert not any(name.startswith("on") for name in element.attrib)
    assert "<style" not in chart
    assert "xmlns" not in chart


def test_colours_follow_the_page() -> None:
    svg, _ = parts(draw(target=45, marks=[CALLBACK]))
    colours = {
        e.attrib[name] for e in svg.iter() for name in ("fill", "stroke") if name in e.attrib
    }
    assert colours == {"none", "currentColor"}


def test_every_group_has_its_rule_in_the_style_sheet() -> None:
    svg, key = parts(draw([*MONTHS, *SURE], target=45, marks=[CALLBACK, RISE]))
    assert key is not None
    sheet = Path(__file__).parents[1] / "static" / "css" / "components" / "chart.css"
    rules = set(re.findall(r"\.(chart__[\w-]+)", sheet.read_text()))
    used = {name for e in (*svg.iter(), key) for name in e.get("class", "").split()}
    # All letters share the rule of the whole drawing.
    assert used - rules == {"chart__text", "chart__unit"}


def test_it_fills_its_column_and_keeps_its_proportions() -> None:
    svg, _ = parts(draw(width=600, height=280))
    assert svg.attrib["viewBox"] == "0 0 600 280"
    assert svg.attrib["width"] == "100%"
    assert "height" not in svg.attrib


@pytest.mark.parametrize(
    "unknown", ["<script>x</script>", "<image/>", "<text><tspan>a</tspan></text>"]
)
def test_a_drawing_with_anything_unknown_is_refused(unknown: str) -> None:
    drawn = (
        '<svg viewBox="0 0 9 9"><g transform="translate(0,0)">'
        f'<g class="mark-text role-mark scale_marks">{unknown}</g></g></svg>'
    )
    with pytest.raises(ValueError, match="may not hold"):
        finish(drawn.encode(), title="", description="", symbols={})


@pytest.mark.parametrize(
    "wrong",
    ["javascript:alert(1)", "//evil.example", "/\\evil.example", "data:text/html,x", "", None],
)
def test_only_addresses_here_and_on_the_web_become_links(wrong: str | None) -> None:
    assert safe_href(wrong) is None
    chart = draw([replace(MONTHS[0], href=wrong)], marks=[replace(CALLBACK, href=wrong)])
    assert "<a" not in chart


# What it says


def test_it_has_a_name_a_description_and_a_role() -> None:
    svg, _ = parts(draw(title="NPS & more", description="January to March"))
    assert svg.attrib["role"] == "graphics-document"
    assert svg.findtext("title") == "NPS & more"
    assert svg.findtext("desc") == "January to March"


def test_every_point_says_month_value_and_number_of_answers() -> None:
    svg, _ = parts(draw())
    assert labels(svg, "chart__points") == [
        "Jan 2026: 38\u00a0points (n = 180)",
        "Feb 2026: 40.5\u00a0points (n = 201, interval 35 to 46)",
        "Mar 2026: 42\u00a0points (n = 1,212)",
    ]
    titles = [title.text for title in svg.findall(".//g[@class='chart__points']/*/title")]
    assert titles == labels(svg, "chart__points")


def test_german_readers_get_german_months_and_numbers() -> None:
    svg, _ = parts(draw(unit="Punkte", locale="de"))
    assert labels(svg, "chart__points")[2] == "März 2026: 42\u00a0Punkte (n = 1.212)"
    assert labels(svg, "chart__points")[1].startswith("Feb. 2026: 40,5\u00a0Punkte")
    assert "März 2026" in texts(svg, "chart__text")


@pytest.mark.parametrize(("locale", "said"), [("en", "42.25%"), ("de", "42,25\u00a0%")])
def test_per_cent_stands_as_the_language_wants_it(locale: str, said: str) -> None:
    svg, _ = parts(draw([Point(date(2026, 3, 1), 42.25)], unit="%", locale=locale))
    assert said in labels(svg, "chart__points")[0]


def test_a_series_that_is_not_monthly_names_days() -> None:
    svg, _ = parts(draw([Point(date(2026, 3, 2), 1), Point(date(2026, 3, 9), 2)]))
    assert labels(svg, "chart__points")[0].startswith("Mar 2, 2026: 1")


def test_points_stand_in_order_of_time() -> None:
    svg, _ = parts(draw(MONTHS[::-1]))
    assert [label[:3] for label in labels(svg, "chart__points")] == ["Jan", "Feb", "Mar"]


def test_points_and_marks_are_links() -> None:
    svg, key = parts(draw(marks=[CALLBACK]))
    assert [a.attrib["href"] for a in svg.iter("a")] == ["/kpis/1/measurements/7", CALLBACK.href]
    assert labels(svg, "chart__flags") == ["1, Feb 3, 2026: New <b>callback</b> desk & more"]
    assert key is not None
    assert [a.text for a in key.iter("a")] == [CALLBACK.label]
    assert [day.attrib["datetime"] for day in key.iter("time")] == ["2026-02-03"]


def test_marks_are_numbered_in_order_of_time() -> None:
    svg, key = parts(draw(marks=[CALLBACK, Mark(date(2026, 1, 9), "First")]))
    assert key is not None
    assert texts(svg, "chart__numbers") == ["1", "2"]
    assert [(item.text or "").strip() for item in key] == ["First", ""]


def test_only_points_and_flags_are_read_out() -> None:
    svg, _ = parts(draw(SURE, target=45, marks=[CALLBACK, RISE]))
    plot = svg.find("g")
    assert plot is not None
    spoken = {group.attrib["class"] for group in plot if "aria-hidden" not in group.attrib}
    assert spoken == {"chart__points", "chart__flags", "chart__events"}


@pytest.mark.parametrize(
    "text", ["\x00\x08\ud800\ufffe", "</svg><script>", "𝒳 ﷽ 👩‍🚒 ̸̡̢", "&amp;]]>"]
)
def test_any_text_is_survived(text: str) -> None:
    chart = draw(title=text, description=text, unit=text, marks=[Mark(date(2026, 2, 3), text)])
    svg, _ = parts(chart)
    assert "<script" not in chart
    assert len(labels(svg, "chart__flags")) == 1


# What is drawn


def test_a_single_point_is_drawn() -> None:
    svg, _ = parts(draw(MONTHS[:1]))
    assert len(labels(svg, "chart__points")) == 1


def test_an_empty_series_says_so() -> None:
    assert draw([], marks=[CALLBACK], target=4) == Markup(
        '<p class="chart__note">There is nothing to draw yet: no value has been measured.</p>'
    )


def test_only_points_with_both_ends_have_an_interval() -> None:
    svg, _ = parts(draw([*MONTHS, Point(date(2026, 4, 1), 41, low=36)]))
    assert len(svg.findall(".//g[@class='chart__spans']/line")) == 1


def test_points_with_intervals_beside_each_other_share_a_band() -> None:
    svg, _ = parts(draw(SURE))
    [band] = svg.findall(".//g[@class='chart__band']/path")
    assert band.attrib["fill"] == "currentColor"
    assert float(band.attrib["fill-opacity"]) < 0.5
    assert svg.find(".//g[@class='chart__spans']") is None


def test_a_point_without_an_interval_breaks_the_band() -> None:
    later = [replace(point, on=point.on.replace(year=2027)) for point in SURE]
    svg, _ = parts(draw([*SURE, Point(date(2026, 6, 1), 41), *later]))
    assert len(svg.findall(".//g[@class='chart__band']/path")) == 2


def test_events_are_told_from_what_was_done() -> None:
    svg, key = parts(draw(marks=[CALLBACK, RISE]))
    assert labels(svg, "chart__flags") == ["1, Feb 3, 2026: New <b>callback</b> desk & more"]
    assert labels(svg, "chart__events") == ["2, Feb 20, 2026: event: Price rise"]
    [link] = svg.findall(".//g[@class='chart__events']/a")
    assert link.attrib["href"] == "/kpis/1#event-2"
    assert texts(svg, "chart__numbers") == ["1", "2"]
    assert key is not None
    assert [span.text for span in key.iter("span")] == ["event"]
    shapes = {
        group: svg.findall(f".//g[@class='chart__{group}']/*/path")[0].attrib["d"]
        for group in ("flags", "events")
    }
    assert "A" in shapes["flags"]  # an arc
    assert "A" not in shapes["events"]


def test_drawings_alongside_have_the_same_axes() -> None:
    others = [Point(date(2025, 6, 1), 5), Point(date(2026, 12, 1), 90)]
    one, _ = parts(draw(MONTHS, alongside=others))
    other, _ = parts(draw(others, alongside=MONTHS))
    scales = [
        [text for text in texts(svg, "chart__text") if text.isdigit()] for svg in (one, other)
    ]
    assert scales[0] == scales[1]
    assert {"0", "100"} <= set(scales[0])
    assert len(labels(one, "chart__points")) == 3


def test_several_drawings_share_one_key() -> None:
    chart = draw(marks=[RISE, CALLBACK], with_key=False)
    assert "<ol" not in chart
    key = ET.fromstring(marks_key([RISE, CALLBACK], "de"))
    assert [a.text for a in key.iter("a")] == [CALLBACK.label, RISE.label]
    assert key.find("li/time").text == "03.02.2026"  # type: ignore[union-attr]


def test_names_of_days_do_not_run_into_each_other() -> None:
    days = [Point(date(2026, month, 17), month) for month in range(1, 13)]
    svg, _ = parts(draw(days, title="Days"))
    places = sorted(_reach(text) for text in svg.iter("text") if "2026" in (text.text or ""))
    assert len(places) > 2
    for (_start, end), (start, _end) in itertools.pairwise(places):
        assert start > end


def _reach(text: ET.Element) -> tuple[float, float]:
    """From where to where a text reaches, with seven units a letter."""
    place = re.match(r"translate\(([-\d.]+)", text.attrib["transform"])
    assert place is not None
    length = 7 * len(text.text or "")
    share = {"start": 0, "middle": 0.5, "end": 1}[text.attrib.get("text-anchor", "start")]
    start = float(place[1]) - share * length
    return start, start + length


def test_a_target_without_a_day_spans_the_whole_time() -> None:
    svg, _ = parts(draw(target=Decimal(45)))
    assert texts(svg, "chart__notes") == ["Target 45"]
    assert len(svg.findall(".//g[@class='chart__target']/path")) == 1


def test_targets_with_days_make_steps_beside_lasting_ones() -> None:
    dated = [(date(2026, 6, 30), 50.0), (date(2026, 2, 15), 41.0), (None, 35.0)]
    svg, _ = parts(draw(target=dated))
    assert texts(svg, "chart__notes") == ["Target 35", "Target 41", "Target 50"]
    assert len(svg.findall(".//g[@class='chart__target']/path")) == 2


def test_a_distant_target_leaves_half_of_the_width_to_the_figures() -> None:
    svg, _ = parts(draw(target=[(date(2040, 1, 1), 50.0)]))
    last = svg.findall(".//g[@class='chart__points']/*/path")[-1]
    place = re.match(r"translate\(([\d.]+)", last.attrib["transform"])
    assert place is not None
    assert float(place[1]) > 200


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        draw([Point(date(2026, 1, 1), wrong)])
    with pytest.raises(ValueError, match="finite"):
        draw(target=wrong)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [([0, 100], [0, 20, 40, 60, 80, 100]), ([38, 47], [38, 40, 42, 44, 46, 48]),
     ([-0.4, 0.3], [-0.4, -0.2, 0.0, 0.2, 0.4]), ([7, 7], [6, 6.5, 7, 7.5, 8]),
     ([0, 0], [-1, -0.5, 0, 0.5, 1])],
)  # fmt: skip
def test_the_scale_has_round_numbers(values: list[float], ticks: list[float]) -> None:
    assert scale_ticks(values) == pytest.approx(ticks)


@pytest.mark.parametrize(
    "values", [[1e-9, 2e-9], [1e12, 1e12 + 3], [-5e15, 5e15], [41.999, 42.001]]
)
def test_the_scale_encloses_all_values_with_few_steps(values: list[float]) -> None:
    ticks = scale_ticks(values)
    assert ticks[0] <= min(values)
    assert ticks[-1] >= max(values)
    assert 3 <= len(ticks) <= 9


def test_flags_that_would_cover_each_other_are_stacked() -> None:
    assert flag_rows([10, 15, 20, 100]) == [0, 1, 2, 0]
    assert flag_rows([1, 2, 3, 4, 5, 6]) == [0, 1, 2, 3, 3, 3]


# The process that draws


def test_the_application_does_not_load_altair() -> None:
    code = (
        "import sys, datetime; from cxwiki.charts import Point, line_chart;"
        "chart = line_chart([Point(datetime.date(2026, 1, 1), 4)], title='T');"
        "assert '<svg' in chart; assert not {'altair', 'vl_convert', 'numpy'} & set(sys.modules)"
    )
    # Its own application object, because others may load numpy.
    package = Path(process.__file__).parents[1]
    setup = f"import sys, types; m = types.ModuleType('cxwiki'); m.__path__ = [{str(package)!r}];"
    subprocess.run([sys.executable, "-c", f"{setup} sys.modules['cxwiki'] = m; {code}"], check=True)


def test_the_same_data_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Counting(DrawingProcess):
        def draw(self, scene: str) -> str:
            asked.append(scene)
            return before.draw(scene)

    before = process.drawing_process
    monkeypatch.setattr(process, "drawing_process", Counting())
    points = [Point(date(2025, 5, 1), 3.125)]
    assert draw(points, title="One") != draw(points, title="Two")
    assert len(asked) == 1


def test_a_killed_process_is_replaced() -> None:
    draw([Point(date(2025, 5, 1), 1)])
    first = process.drawing_process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert "<svg" in draw([Point(date(2025, 5, 1), 2)])
    assert process.drawing_process.pid not in (None, first)


def test_a_failed_drawing_leaves_a_sentence_and_a_log_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(process, "drawing_process", program(tmp_path, "import sys; sys.exit(3)"))
    points = [Point(date(2025, 5, 1), 9.75)]
    with caplog.at_level(logging.WARNING):
        chart = draw(points, title="NPS of May")
    assert chart == Markup(
        '<p class="chart__note">The chart could not be drawn just now. No figure is lost.</p>'
    )
    assert "NPS of May" in caplog.text
    monkeypatch.undo()
    assert "<svg" in draw(points), "a failure must not be remembered"


def program(folder: Path, code: str, patience: float = 15, rest: float = 60) -> DrawingProcess:
    path = folder / "program.py"
    path.write_text(code)
    return DrawingProcess(path, patience=patience, rest=rest)


def test_an_error_is_reported_and_the_process_goes_on() -> None:
    drawing = DrawingProcess()
    with pytest.raises(DrawingError, match="KeyError"):
        drawing.draw("{}")
    alive = drawing.pid
    with pytest.raises(DrawingError, match="JSONDecodeError"):
        drawing.draw("no scene")
    assert alive is not None
    assert drawing.pid == alive
    drawing.stop()


def test_a_process_that_dies_each_time_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(DrawingError, match="without an answer"):
        program(tmp_path, "input()").draw("{}")


def test_a_process_that_hangs_is_ended_and_left_alone_for_a_while(tmp_path: Path) -> None:
    drawing = program(tmp_path, "import time; time.sleep(60)", patience=0.5)
    with pytest.raises(DrawingError, match=r"within 0\.5 seconds"):
        drawing.draw("{}")
    assert drawing.pid is None
    with pytest.raises(DrawingError, match="waiting"):
        drawing.draw("{}")


def test_an_idle_process_leaves() -> None:
    drawing = DrawingProcess(idle=0.1)
    with pytest.raises(DrawingError, match="KeyError"):
        drawing.draw("{}")
    for _ in range(100):
        if drawing.pid is None:
            return
        time.sleep(0.1)
    pytest.fail("it is still there")


def test_the_process_ends_with_the_one_that_started_it() -> None:
    code = (
        f"import os, sys; sys.path.insert(0, {str(Path(process.__file__).parent)!r});"
        "import process;"
        "drawing = process.DrawingProcess(); drawing._running(); print(drawing.pid, flush=True);"
        "os.kill(os.getpid(), 9)"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    for _ in range(100):
        try:
            os.kill(int(output), 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{int(output)}/stat").exists():
            state = Path(f"/proc/{int(output)}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z":  # nobody there to reap it
                return
        time.sleep(0.1)
    pytest.fail("it is still there")
