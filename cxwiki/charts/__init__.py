"""Charts: a series of figures becomes an SVG that stands inline in pages, print and mail."""

from cxwiki.charts.line import line_chart, marks_key
from cxwiki.charts.series import Mark, Point

__all__ = ["Mark", "Point", "line_chart", "marks_key"]
