"""Archives of strangers: nothing leaves the archive, nothing unfolds, and refusals are named."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.attachments.models import Attachment
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.pages.importing import archives, running
from cxwiki.pages.importing.report import Report
from cxwiki.pages.importing.running import Options
from cxwiki.pages.models import Page
from cxwiki.pages.tree import LAST_POSITION
from tests.conftest import Cast


def packed(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in files.items():
            into.writestr(name, content)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "wiki.zip"


@pytest.mark.parametrize(
    "name", ["../out.md", "a/../../out.md", "/etc/out.md", "C:/out.md", "..\\out.md", "a//b.md"]
)
def test_a_path_that_leads_out_is_refused(context: APIFlask, archive: Path, name: str) -> None:
    packed(archive, {name: "# Out", "in.md": "# In"})
    with archives.opened(archive) as opened:
        assert list(opened.paths) == ["in.md"]
        assert [path for path, _why in opened.refused] == [name.replace("\\", "/")]


def test_a_file_that_unfolds_is_refused(context: APIFlask, archive: Path) -> None:
    packed(archive, {"bomb.md": b"\0" * 50_000_000, "in.md": "# In"})
    with archives.opened(archive) as opened:
        assert list(opened.paths) == ["in.md"]
        assert "tightly" in opened.refused[0][1]


def test_a_lie_about_the_size_does_not_help(context: APIFlask, archive: Path) -> None:
    """The header says 10 bytes, and there is more."""
    packed(archive, {"bomb.md": b"a" * 3_000_000})
    content = archive.read_bytes().replace((3_000_000).to_bytes(4, "little"), b"\x0a\0\0\0")
    archive.write_bytes(content)
    with archives.opened(archive) as opened, pytest.raises(DomainError):
        opened.read("bomb.md", 1000)


def test_links_out_of_the_archive_are_refused(context: APIFlask, archive: Path) -> None:
    link = zipfile.ZipInfo("secrets.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as into:
        into.writestr(link, "/etc/passwd")
        into.writestr("in.md", "# In")
    with archives.opened(archive) as opened:
        assert list(opened.paths) == ["in.md"]


def test_a_folder_s_links_are_not_followed(context: APIFlask, tmp_path: Path) -> None:
    (tmp_path / "wiki").mkdir()
    (tmp_path / "secret.md").write_text("# Secret")
    (tmp_path / "wiki" / "in.md").write_text("# In")
    (tmp_path / "wiki" / "out.md").symlink_to(tmp_path / "secret.md")
    with archives.opened(tmp_path / "wiki") as opened:
        assert list(opened.paths) == ["in.md"]
        assert [path for path, _why in opened.refused] == ["out.md"]


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 broken"])
def test_what_is_no_zip_says_so(context: APIFlask, archive: Path, content: bytes) -> None:
    archive.write_bytes(content)
    with pytest.raises(DomainError, match="no zip"), archives.opened(archive):
        pass


def test_the_folder_in_which_everything_lies_is_left_out(context: APIFlask, archive: Path) -> None:
    packed(archive, {"guides-main/a.md": "A", "guides-main/b/c.md": "C", "guides-main/.git/x": "x"})
    with archives.opened(archive) as opened:
        assert list(opened.paths) == ["a.md", "b/c.md"]


def imported(archive: Path, cast: Cast, **options: object) -> tuple[Report, dict[str, Page]]:
    report = running.import_wiki(archive, cast.person("mia"), Options(**options))  # type: ignore[arg-type]
    return report, {str(page.external_id): page for page in db.session.scalars(select(Page))}


def test_folders_become_guides(context: APIFlask, cast: Cast, archive: Path) -> None:
    packed(
        archive,
        {
            "index.md": "---\ntitle: Handbook\n---\nWelcome.",
            "calls/readme.md": "# Calls\nAll about calls.",
            "calls/holding.md": "# Holding",
            "no-front-page/deep.md": "# Deep",
            "mail.md": "# Mail",
            "mail/spam.md": "# Spam",
        },
    )
    report, pages = imported(archive, cast)
    title = {page.id: page.title for page in pages.values()}
    above = {page.title: title.get(page.parent_id or 0) for page in pages.values()}
    assert above == {
        "Handbook": None,
        "Calls": "Handbook",
        "Holding": "Calls",
        "No front page": "Handbook",
        "Deep": "No front page",
        "Mail": "Handbook",
        "Spam": "Mail",
    }
    assert (report.created, report.folders) == (7, 1)


def test_links_and_pictures_follow(context: APIFlask, cast: Cast, archive: Path) -> None:
    from tests.pages.test_exporting import PNG

    body = (
        "[plain](b.md), [**bold**](b.md), [part](b.md#the-part), [away](https://example.org/x),\n"
        "[gone](gone.md), ![A dot](img/dot.png), [ref][b] and `[code](b.md)`\n\n"
        "[b]: ./b.md\n\n```\n[fenced](b.md)\n```\n\n<a href='b.md'>html</a>"
    )
    packed(archive, {"a.md": f"# A\n\n{body}", "b.md": "# B\n\n## The part", "img/dot.png": PNG})
    report, pages = imported(archive, cast)
    text, b = pages["a.md"].body, pages["b.md"].id
    assert f"[[#{b}|plain]], [**bold**](/pages/{b}-b), [part](/pages/{b}-b#text-the-part)" in text
    assert "[away](https://example.org/x)" in text
    assert "![A dot](/attachments/1/dot.png)" in text
    assert f"[b]: /pages/{b}-b" in text
    assert "`[code](b.md)`" in text
    assert "[fenced](b.md)" in text
    assert f"<a href='/pages/{b}-b'>" in text
    assert [row["target"] for row in report.missing] == ["gone.md"]
    assert report.files == 1


def test_links_to_what_stayed_behind_lead_to_the_old_address(
    context: APIFlask, cast: Cast, archive: Path
) -> None:
    packed(archive, {"a/b.md": "[gone](../gone.md)"})
    _report, pages = imported(archive, cast, base="https://wiki.example.org/")
    page = next(page for page in pages.values() if page.body)
    assert page.body == "[gone](https://wiki.example.org/gone.md)"


@pytest.mark.parametrize(
    "block",
    ["a: &a [x]\nb: *a", "title: [", "- a\n- b", "a: !!python/object:os.system {}", "x" * 70_000],
    ids=["alias", "broken", "list", "object", "large"],
)
def test_front_matter_that_cannot_be_read_loses_no_text(
    context: APIFlask, cast: Cast, archive: Path, block: str
) -> None:
    packed(archive, {"a.md": f"---\n{block}\n---\nThe text."})
    report, pages = imported(archive, cast)
    assert pages["a.md"].body.endswith("The text.")
    assert report.rejected[0]["path"] == "a.md"


def test_what_was_for_a_team_is_never_shown_to_the_company(
    context: APIFlask, cast: Cast, archive: Path
) -> None:
    packed(archive, {"a.md": "---\ntitle: Rota\nvisibility: team\n---\nBob", "b.md": "# B"})
    report, pages = imported(archive, cast)
    assert report.rejected[0]["path"] == "a.md"
    assert pages["a.md"].visibility == "team"
    assert pages["a.md"].is_archived
    assert pages["b.md"].visibility == "company"


def test_a_killed_import_goes_on_where_it_was(
    context: APIFlask, cast: Cast, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed(archive, {f"{number:02}.md": f"# Page {number}" for number in range(10)})
    monkeypatch.setattr(running, "CHUNK", 3)
    noted: list[Report] = []

    def die(report: Report) -> None:
        noted.append(Report.from_dict(report.as_dict()))
        if len(noted) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.import_wiki(archive, cast.person("mia"), Options(), die)
    db.session.rollback()
    assert len(db.session.scalars(select(Page).where(Page.archived_at.is_(None))).all()) == 6
    report = running.import_wiki(archive, cast.person("mia"), Options(), so_far=noted[1])
    assert (report.created, report.done) == (10, 10)
    pages = db.session.scalars(select(Page)).all()
    assert [page.revision_number for page in pages] == [1] * 10


@pytest.mark.parametrize(
    "line",
    ["position: 99999999999999999999999", "position: 3000000000", "position: -5",
     "order: 1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1", "title: 0x" + "f" * 8000,
     "tags: [0x" + "f" * 8000 + "]", "? 0x" + "f" * 8000 + "\n: 1", "tags: ['a', \"b\\0c\\ud800\"]"],
)  # fmt: skip
def test_values_that_no_column_holds_stop_no_import(
    context: APIFlask, cast: Cast, archive: Path, line: str
) -> None:
    packed(archive, {"a.md": f"---\n{line}\n---\n# A", "b.md": "# B"})
    report, pages = imported(archive, cast)
    assert (report.created, report.rejected) == (2, [])
    assert 0 <= pages["a.md"].position <= LAST_POSITION


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_wiki_of_the_same_name_tells_nothing_of_pages_that_are_hidden(
    context: APIFlask, cast: Cast, archive: Path, dry_run: bool
) -> None:
    """Whether the text is the same is not told, and nothing is put on or below the page."""
    packed(archive, {"a.md": "# A\n\nWords. [list](list.txt)", "list.txt": "1, 2"})
    own = Options(team_id=cast.service, visibility="team")
    running.import_wiki(archive, cast.person("alice"), own)
    reports = []
    for words in ("Words.", "Others."):
        files = {"a.md": f"# A\n\n{words} [list](list.txt)", "list.txt": words, "a/b.md": "# B"}
        packed(archive, files)
        done = running.import_wiki(archive, cast.person("mia"), Options(dry_run=dry_run))
        reports.append(done.as_dict())
    assert [one["path"] for one in reports[0]["rejected"]] == ["a.md"]
    assert reports[0]["rejected"] == reports[1]["rejected"]
    assert (reports[0]["files"], reports[1]["files"]) == (0, 0)
    hidden = db.session.scalars(select(Page).where(Page.external_id == "a.md")).one()
    assert (hidden.revision_number, hidden.body[:6]) == (1, "Words.")
    added = select(Attachment.added_by_id).where(Attachment.subject_id == hidden.id)
    assert db.session.scalars(added).all() == [cast.alice]
    assert not db.session.scalars(select(Page).where(Page.parent_id == hidden.id)).all()


def test_a_disk_that_is_full_is_not_blamed_on_the_zip(context: APIFlask, archive: Path) -> None:
    packed(archive, {"in.md": "# In"})
    with pytest.raises(OSError, match="No space left"), archives.opened(archive):
        raise OSError("No space left on device")
