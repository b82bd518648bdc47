"""What a theme counts when one of its insights goes up in another."""

from __future__ import annotations

from cxwiki.database import db
from cxwiki.insights import merging, voting
from cxwiki.insights.models import Insight
from tests.themes.conftest import STRANGER, Wall


def merge(wall: Wall, merged: int, into: int) -> None:
    with wall.app.app_context():
        merging.merge(
            db.session.get_one(Insight, merged),
            db.session.get_one(Insight, into),
            wall.cast.person("mia"),
        )


def unmerge(wall: Wall, merged: int) -> None:
    with wall.app.app_context():
        merging.unmerge(db.session.get_one(Insight, merged), wall.cast.person("mia"))


def counted(wall: Wall, theme: int) -> tuple[object, object]:
    stored = wall.stored(theme)
    return stored["size"], stored["silo_spread"]


def test_two_members_count_once_and_both_silos_stay(grouped: Wall) -> None:
    theme, (alices, carols, *_rest) = grouped.theme(0), grouped.posted[0]
    before = counted(grouped, theme)
    for carol in grouped.posted[0][3::2]:
        merge(grouped, carol, alices)
    assert counted(grouped, theme) == (before[0] - 2, before[1])
    merge(grouped, carols, alices)
    assert counted(grouped, theme) == (before[0] - 3, 2)
    for carol in grouped.posted[0][1::2]:
        unmerge(grouped, carol)
    assert counted(grouped, theme) == before


def test_who_has_a_theme_keeps_it(grouped: Wall) -> None:
    of_bills, of_visits = grouped.posted[0][0], grouped.posted[1][0]
    bills, visits = grouped.theme(0), grouped.theme(1)
    merge(grouped, of_bills, of_visits)
    assert grouped.theme_of(of_visits) == visits
    assert counted(grouped, bills)[0] == 5
    unmerge(grouped, of_bills)
    assert grouped.theme_of(of_bills) == bills
    assert counted(grouped, bills)[0] == 6


def test_who_has_none_takes_that_of_the_merged_one(grouped: Wall) -> None:
    bill, stranger = grouped.posted[0][0], grouped.posted[STRANGER][0]
    theme = grouped.theme(0)
    merge(grouped, bill, stranger)
    assert (grouped.theme_of(stranger), grouped.theme_of(bill)) == (theme, None)
    assert counted(grouped, theme)[0] == 6
    unmerge(grouped, bill)
    assert (grouped.theme_of(stranger), grouped.theme_of(bill)) == (None, theme)


def test_a_run_meanwhile_has_the_last_word(grouped: Wall) -> None:
    bill, another = grouped.posted[0][:2]
    merge(grouped, bill, another)
    grouped.run()
    theme = grouped.theme_of(another)
    assert theme is not None
    unmerge(grouped, bill)
    grouped.run()
    assert grouped.theme_of(bill) == theme


def test_carried_votes_count_for_the_spread_of_the_survivor_s_theme(grouped: Wall) -> None:
    alices = grouped.posted[0][::2]
    for carol in grouped.posted[0][1::2]:
        grouped.archive([carol])
    theme = grouped.theme_of(alices[0])
    assert theme is not None
    assert counted(grouped, theme) == (3, 1)
    with grouped.app.app_context():
        stranger = db.session.get_one(Insight, grouped.posted[STRANGER][0])
        voting.cast(stranger, grouped.cast.person("carol"))
    merge(grouped, grouped.posted[STRANGER][0], alices[0])
    assert counted(grouped, theme) == (3, 2)
