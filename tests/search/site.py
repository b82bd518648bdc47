"""For the tests of search in the site: an encoder with its meanings, and insights to find."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np
from flask import g
from numpy.typing import NDArray

from cxwiki import jobs
from cxwiki.database import db
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from cxwiki.search import service
from cxwiki.search.documents import Filters
from cxwiki.search.encoder.client import EncoderUnavailable
from tests.conftest import Cast, SignIn

Floats = NDArray[np.float32]

MEANINGS = (
    {"invoice", "bill", "rechnung"},
    {"wait", "queue", "hotline", "warten"},
    {"password", "login", "anmeldung"},
    {"delivery", "parcel", "lieferung"},
)


class MeaningEncoder:
    """Words of one meaning point in one direction; `space` is the name of its vectors."""

    def __init__(self, space: str = "meanings") -> None:
        self._name = space
        self.space: str | None = None
        self.away = False
        self.texts: list[str] = []

    def query(self, text: str) -> Floats:
        return self.passages([text])[0]

    def query_later(self, text: str) -> Future[Floats]:
        answer: Future[Floats] = Future()
        try:
            answer.set_result(self.query(text))
        except EncoderUnavailable as away:
            answer.set_exception(away)
        return answer

    def passage_later(self, text: str) -> Future[Floats]:
        return self.query_later(text)

    def passages(self, texts: Sequence[str]) -> Floats:
        if self.away:
            raise EncoderUnavailable("away")
        self.space = self._name
        self.texts += texts
        return np.stack([self._vector(text) for text in texts])

    @staticmethod
    def _vector(text: str) -> Floats:
        words = {word.strip(".,!?:").lower() for word in text.split()}
        found = [float(len(words & meaning)) for meaning in MEANINGS]
        vector = np.array([*found, 0.05], dtype=np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


class Shelf:
    """Insights by a short name, posted and indexed."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.ids: dict[str, int] = {}

    def post(self, name: str, title: str, by: str = "alice", **values: Any) -> None:
        person = self.cast.person(by)
        self.ids[name] = insights.publish(Draft(title, **values), person.home_team, person).id

    def load(self, name: str) -> Insight:
        return db.session.get_one(Insight, self.ids[name])

    def index(self) -> None:
        assert jobs.run_until_idle() == 0

    def found(self, query: str, by: str = "bob", **filters: Any) -> list[str]:
        results = service.search(query, self.cast.person(by), Filters(**filters))
        names = {number: name for name, number in self.ids.items()}
        assert results.total == len(results.items)
        return [names[found.subject.id] for found in results.items]


def page(as_: SignIn, name: str, path: str) -> str:
    """What somebody sees; in a context that stays open, what was read before would stay."""
    g.pop("_login_user", None)
    db.session.rollback()
    return as_(name).get(path, follow_redirects=True).get_data(as_text=True)
