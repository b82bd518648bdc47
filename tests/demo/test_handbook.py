"""The demo's guides and terms: enough to look around in, in both languages, well connected."""

from __future__ import annotations

import re
from collections import Counter

from cxwiki.demo import reading

DATA = reading.read()
PAGES = DATA.pages
BY_KEY = {row["key"]: row for row in PAGES}


def test_there_are_guides_and_terms_in_both_languages() -> None:
    counts = Counter((row["kind"], row["language"]) for row in PAGES)
    assert sum(number for (kind, _language), number in counts.items() if kind == "term") >= 15
    assert {kind for kind, _language in counts} == {"guide", "term"}
    assert all(
        counts[kind, language] >= 3 for kind in ("guide", "term") for language in ("de", "en")
    )


def test_every_term_says_what_it_means() -> None:
    terms = [row for row in PAGES if row["kind"] == "term"]
    assert all(row["definition"].endswith(".") and len(row["definition"]) < 200 for row in terms)
    assert all("below" not in row for row in terms)


def test_guides_stand_below_guides_that_were_there_before() -> None:
    for row in PAGES:
        if "below" in row:
            above = BY_KEY[row["below"]]
            assert above["kind"] == "guide"
            assert above["days_ago"] > row["days_ago"]


def test_links_lead_to_what_exists_but_for_a_few_wanted_pages() -> None:
    titles = {row["title"] for row in PAGES + DATA.insights}
    written = [row.get("body", "") for row in PAGES + DATA.insights]
    changes = [piece for row in DATA.knowledge["edit"] for piece in row.get("change", [])]
    written += [piece["new"] for piece in changes]
    linked = {title for text in written for title in re.findall(r"\[\[([^\]|]+)", text)}
    assert len(linked & titles) >= 10
    assert linked - titles == {
        "Kulanz am Telefon", "Ratenzahlung vereinbaren", "Übergabeprotokoll"
    }  # fmt: skip


def test_a_change_begins_with_what_the_page_says_by_then() -> None:
    for key in {row["of"] for row in DATA.knowledge["edit"]}:
        edits = [row for row in DATA.knowledge["edit"] if row["of"] == key]
        assert [row["days_ago"] for row in edits] == sorted(
            (row["days_ago"] for row in edits), reverse=True
        )
        assert edits[0]["days_ago"] < BY_KEY[key]["days_ago"]
        assert all(row["comment"] for row in edits)


def test_keys_of_pages_and_insights_are_different() -> None:
    assert not BY_KEY.keys() & {row["key"] for row in DATA.insights}
