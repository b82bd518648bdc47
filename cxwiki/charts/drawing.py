"""The drawing process: reads scenes from standard input, writes SVG to standard output.

It is run by path and imports nothing of the application, because Altair and vl-convert take more
memory than the web process has to spare. One line of JSON goes in, one comes out. It leaves when
its input ends, that is with the process that started it, or when nobody asked for a while.

A scene holds coordinates and printed labels, never links or sentences:
`width`, `height`, `padding` (left, top, right, bottom) in SVG units · `x`, `y`: [from, to] ·
`unit`: [{left, top, label}] · `grid`: [{y, label}] · `dates`, `more_dates`: [{x, label, anchor}] ·
`band`: [{run, x, low, high}] · `spans`: [{x, low, high}] · `line`: [{x, y, key}] ·
`targets`: [{target, x, y}] · `notes`: [{x, y, label, anchor, shift}] ·
`marks`, and among them `done` and `events`: [{x, top, key, number}].
`left` and `top` count SVG units from the plot's upper left corner.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from functools import cache
from typing import Any

import altair as alt
import vl_convert

Scene = dict[str, Any]
SERIES = (
    "unit", "grid", "dates", "more_dates", "marks", "done", "events", "targets", "band", "spans",
    "line", "notes",
)  # fmt: skip


def svg(scene: Scene) -> str:
    """Draw one scene; every layer's name becomes a class of its group in the SVG."""
    left, top, right, bottom = scene["padding"]
    domains = dict(zip(("x_from", "x_to", "y_from", "y_to"), scene["x"] + scene["y"], strict=True))
    spec = template() | {
        "width": scene["width"] - left - right,
        "height": scene["height"] - top - bottom,
        "padding": {"left": left, "top": top, "right": right, "bottom": bottom},
        "params": [{"name": name, "value": value} for name, value in domains.items()],
        "datasets": {name: scene[name] for name in SERIES},
    }
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])


@cache
def template() -> Scene:
    """Build the Vega-Lite specification that all scenes share; Altair takes 200 ms for it."""
    x = alt.X("x:Q", scale=_scale("x"), axis=None)
    y = alt.Y("y:Q", scale=_scale("y"), axis=None)
    across, down = alt.X("left:Q", scale=None), alt.Y("top:Q", scale=None)
    right, bottom = alt.value(alt.expr("width")), alt.value(alt.expr("height"))
    below = alt.value(alt.expr("height + 16"))
    low = alt.Y("low:Q", scale=_scale("y"), axis=None)
    text = {"fontSize": 13}
    dates = text | {"baseline": "top", "align": alt.expr("datum.anchor")}
    layers = (
        _layer("grid").mark_rule().encode(x=alt.value(0), x2=right, y=y),
        _layer("scale", "grid")
        .mark_text(**text, align="right", baseline="middle")
        .encode(x=alt.value(-8), y=y, text="label:N"),
        _layer("unit")
        .mark_text(**text, align="left", baseline="top")
        .encode(x=across, y=down, text="label:N"),
        _layer("dates").mark_text(**dates).encode(x=x, y=below, text="label:N"),
        _layer("more_dates").mark_text(**dates).encode(x=x, y=below, text="label:N"),
        _layer("poles", "marks").mark_rule(strokeDash=[2, 3]).encode(x=x, y=down, y2=bottom),
        _layer("band").mark_area(fillOpacity=0.16).encode(x=x, y=low, y2="high:Q", detail="run:N"),
        _layer("targets")
        .mark_line(strokeDash=[7, 4], strokeWidth=1.5, interpolate="step-before")
        .encode(x=x, y=y, detail="target:N"),
        _layer("spans")
        .mark_rule(strokeWidth=5, strokeCap="round", strokeOpacity=0.25)
        .encode(x=x, y=low, y2="high:Q"),
        _layer("line")
        .mark_line(strokeWidth=2.5, strokeJoin="round", strokeCap="round")
        .encode(x=x, y=y),
        _layer("points", "line")
        .mark_point(shape="circle", filled=True, size=64, opacity=1)
        .encode(x=x, y=y, description="key:N"),
        _layer("notes")
        .mark_text(
            **text,
            baseline="middle",
            align=alt.expr("datum.anchor"),
            dy=alt.expr("datum.shift"),
        )
        .encode(x=x, y=y, text="label:N"),
        _layer("flags", "done")
        .mark_point(shape="circle", filled=False, size=560, strokeWidth=1.5)
        .encode(x=x, y=down, description="key:N"),
        _layer("events")
        .mark_point(shape="diamond", filled=False, size=680, strokeWidth=1.5)
        .encode(x=x, y=down, description="key:N"),
        _layer("numbers", "marks")
        .mark_text(**text, baseline="middle")
        .encode(x=x, y=down, text="number:N"),
    )
    chart = alt.layer(*layers).properties(autosize=alt.AutoSizeParams(type="none"))
    return chart.configure_view(stroke=None).to_dict()


def _layer(name: str, series: str | None = None) -> alt.Chart:
    return alt.Chart(alt.NamedData(name=series or name), name=name)


def _scale(axis: str) -> alt.Scale:
    edges = {"domainMin": alt.expr(f"{axis}_from"), "domainMax": alt.expr(f"{axis}_to")}
    return alt.Scale(**edges, nice=False, zero=False)


def serve(idle: float) -> None:
    """Answer scene after scene until the input ends or `idle` seconds pass without one."""
    # What any library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # Ctrl-C reaches the whole process group; the end of the input is the signal to leave.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked = time.monotonic()

    def leave_when_idle() -> None:
        while (left := asked + idle - time.monotonic()) > 0:
            time.sleep(left)
        os._exit(0)

    threading.Thread(target=leave_when_idle, daemon=True).start()
    for line in sys.stdin:
        asked = time.monotonic()
        try:
            answer = {"svg": svg(json.loads(line))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        asked = time.monotonic()


if __name__ == "__main__":
    serve(float(sys.argv[1]))
