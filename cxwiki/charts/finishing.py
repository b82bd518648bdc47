"""From what vl-convert prints to an SVG that a page may carry under a strict content policy.

Only known elements and attributes come through. Colours become `currentColor`, which holds where
there is no style sheet; in pages `static/css/components/chart.css` colours the groups by class.
Letters stay letters, in the page's own face.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup

PARTS = {
    "grid": "grid",
    "scale": "text",
    "unit": "text chart__unit",
    "dates": "text",
    "more_dates": "text chart__more",
    "poles": "poles",
    "band": "band",
    "targets": "target",
    "spans": "spans",
    "line": "line",
    "points": "points",
    "notes": "notes",
    "flags": "flags",
    "events": "events",
    "numbers": "numbers",
}
SPOKEN = ("points", "flags", "events")
COLOURS = ("fill", "stroke")
KEPT = (
    "d", "transform", "x2", "y2", "fill-opacity", "stroke-width", "stroke-opacity",
    "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "text-anchor", "font-size",
)  # fmt: skip
LONG_DECIMAL = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")


@dataclass(frozen=True)
class Symbol:
    """What a point or flag says, and where it leads."""

    label: str
    href: str | None = None


def finish(drawn: bytes, *, title: str, description: str, symbols: Mapping[str, Symbol]) -> Markup:
    """Make the inline SVG from a drawn scene; ValueError if the drawing holds what it may not."""
    source = ET.fromstring(drawn)  # noqa: S314  (printed by our own process a moment ago)
    svg = ET.Element(
        "svg",
        {
            "class": "chart__svg",
            "viewBox": source.attrib["viewBox"],
            "width": "100%",
            "role": "graphics-document",
        },
    )
    ET.SubElement(svg, "title").text = title
    if description:
        ET.SubElement(svg, "desc").text = description
    frame = next(child for child in source if _name(child) == "g")
    plot = ET.SubElement(svg, "g", {"fill": "none", "transform": frame.attrib["transform"]})
    for part, group in _groups(frame):
        if not len(group):
            continue
        box = ET.SubElement(plot, "g", {"class": f"chart__{PARTS[part]}"})
        if part not in SPOKEN:
            box.set("aria-hidden", "true")
        for shape in group:
            symbol = symbols[shape.attrib["aria-label"]] if part in SPOKEN else None
            _add(box, shape, symbol)
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704  (escaped by ElementTree)


def safe_href(href: str | None) -> str | None:
    """Keep an address on this site or on the web; anything else is no link."""
    if href and re.match(r"/(?![/\\])|https?://|[?#]", href, re.IGNORECASE):
        return href
    return None


def _groups(frame: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """Find the groups of shapes by the name of the layer that drew them."""
    for group in frame.iter():
        part = group.get("class", "").rpartition(" ")[2].removesuffix("_marks")
        if _name(group) == "g" and part in PARTS and "role-mark" in group.attrib["class"]:
            yield part, group


def _add(box: ET.Element, shape: ET.Element, symbol: Symbol | None) -> None:
    kind = _name(shape)
    if kind not in ("path", "line", "text") or len(shape):
        raise ValueError(f"a chart may not hold <{kind}>")
    kept = {name: _short(shape.attrib[name]) for name in KEPT if name in shape.attrib}
    colours = {name: "currentColor" for name in COLOURS if shape.get(name, "none") != "none"}
    if symbol is None:
        ET.SubElement(box, kind, kept | colours).text = shape.text
        return
    speaks = {"aria-label": symbol.label}
    href = safe_href(symbol.href)
    holder = (
        ET.SubElement(box, "a", {"href": href} | speaks)
        if href
        else ET.SubElement(box, "g", {"role": "img"} | speaks)
    )
    ET.SubElement(holder, "title").text = symbol.label
    ET.SubElement(holder, kind, kept | colours)


def _short(text: str) -> str:
    return LONG_DECIMAL.sub(lambda number: f"{float(number[0]):.2f}", text)


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
