"""What follows from raw answers: files are read and figures computed in the worker; notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import gettext as _

from cxwiki import concern, wording
from cxwiki.daily import DAY_BEGAN
from cxwiki.database import db
from cxwiki.events import Event, after
from cxwiki.kpis import answer_uploads, recomputing
from cxwiki.kpis.missing import MISSING
from cxwiki.kpis.models import AnswerUpload, Kpi
from cxwiki.kpis.periods import in_words
from cxwiki.kpis.service import OUTDATED


@after(answer_uploads.REQUESTED)
def read_upload(happened: Sequence[Event]) -> None:
    """Read an uploaded file."""
    for event in happened:
        answer_uploads.run(event.data["upload_id"])


@after(OUTDATED)
def compute_anew(happened: Sequence[Event]) -> None:
    """Compute the figures of a KPI that is defined otherwise now."""
    for event in happened:
        kpi = db.session.get(Kpi, event.subject_id)
        if kpi is not None:
            recomputing.tell(kpi, recomputing.recompute_all(kpi, None), None)


@after(DAY_BEGAN)
def forget_old_files(_happened: Sequence[Event]) -> None:
    """Throw away files that nobody came back to."""
    answer_uploads.forget_old()


def _uploaded(event: Event) -> str:
    upload = db.session.get(AnswerUpload, event.data.get("upload_id", 0))
    if upload is None:
        return _("uploaded raw answers")
    return _("uploaded %(number)s raw answers", number=upload.recorded + upload.corrected)


def _missing(event: Event) -> str:
    try:
        start, end = (date.fromisoformat(event.data[name]) for name in ("period", "until"))
    except (KeyError, ValueError):
        return _("misses a measurement")
    return _("misses the measurement of %(period)s", period=in_words(start, end))


def _owner(event: Event) -> Iterable[int]:
    kpi = db.session.get(Kpi, event.subject_id)
    responsible = kpi and (kpi.owner_id or kpi.author_id)
    return [responsible] if responsible else []


def connect() -> None:
    """Give words to the events, and say whom they concern."""
    wording.register(answer_uploads.UPLOADED, _uploaded)
    wording.register(MISSING, _missing)
    concern.register(MISSING, people=_owner, alone=True)
