"""The thread as the API shows it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from cxwiki.apibase import address
from cxwiki.overview.thread import Reached, Thread, Words
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme
from cxwiki.themes.service import label


class TraceRecord(BaseModel):
    """A record on the thread, and how it is reached."""

    type: str
    id: int
    title: str
    team: str
    url: str
    links: int = Field(description="How many links it is away from where the trace begins")
    via: int | None = Field(description="Over which record one comes to it")


class TraceWords(BaseModel):
    """A customer's own words, under an insight."""

    id: int
    text: str
    source: str
    said_on: date | None
    insight_id: int
    links: int


class Trace(BaseModel):
    """From a figure to the customers' words, and back, the nearest first."""

    type: str
    id: int
    to_the_words: int | None = Field(description="Links to the nearest words; null: there are none")
    to_the_figures: int | None = Field(description="Links to the nearest KPI; null: there is none")
    kpis: list[TraceRecord]
    actions: list[TraceRecord]
    projects: list[TraceRecord]
    themes: list[TraceRecord]
    insights: list[TraceRecord]
    evidence: list[TraceWords]


def shown(thread: Thread, evidence_id: int | None = None) -> Trace:
    """The thread as JSON. One that begins at evidence has one link more to everything."""
    more = 0 if evidence_id is None else 1

    def records(kind: str) -> list[TraceRecord]:
        return [_record(one, more) for one in thread.stations[kind]]

    figures = thread.to_the_figures
    return Trace(
        type="evidence" if more else thread.start.type,
        id=evidence_id or thread.start.id,
        to_the_words=0 if more else thread.to_the_words,
        to_the_figures=None if figures is None else figures + more,
        kpis=records("kpi"),
        actions=records("action"),
        projects=records("project"),
        themes=records("theme"),
        insights=records("insight"),
        evidence=[_words(one, more) for one in thread.words],
    )


def _record(reached: Reached, more: int) -> TraceRecord:
    subject: Subject = reached.subject
    return TraceRecord(
        type=subject.type,
        id=subject.id,
        title=label(subject) if isinstance(subject, Theme) else subject.title,
        team=subject.team.name,
        url=address(subject),
        links=reached.links + more,
        via=reached.via,
    )


def _words(words: Words, more: int) -> TraceWords:
    said = words.said
    return TraceWords(
        id=said.id,
        text=said.text,
        source=said.source,
        said_on=said.said_on,
        insight_id=said.insight_id,
        links=0 if more else words.links,
    )
