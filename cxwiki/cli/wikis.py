"""Bringing in whole wikis from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cxwiki.cli.knowledge import AS_JSON, administrator
from cxwiki.cli.site import with_site


@click.command("import-pages")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--source", help="Name of the wiki; by default the name of the file or folder.")
@click.option("--team", help="Team of the pages (exact name); Company if not given.")
@click.option("--below", type=int, help="Number of the guide below which they stand.")
@click.option("--base", default="", help="Old address, for links to what is not brought along.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@AS_JSON
@with_site
def import_pages(
    path: Path,
    source: str | None,
    team: str | None,
    below: int | None,
    base: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import a folder or zip of Markdown as guides; a second import updates."""
    from cxwiki.accounts import service as accounts
    from cxwiki.accounts.naming import team_called
    from cxwiki.pages import tree
    from cxwiki.pages.importing.report import Report
    from cxwiki.pages.importing.running import Options, import_wiki

    def progress(report: Report) -> None:
        if not as_json:
            click.echo(f"\r{report.done} pages", nl=False, err=True)

    by = administrator()
    tree.check_parent(None, "guide", below, by)
    of = team_called(team) if team else accounts.company_team()
    name = source or path.resolve().stem
    options = Options(source=name, team_id=of.id, below=below, base=base, dry_run=dry_run)
    report = import_wiki(path, by, options, progress).as_dict()
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    click.echo("", err=True)
    _print(report)


def _print(report: dict[str, Any]) -> None:
    for row in report["rejected"]:
        click.echo(f"{row['path']}: left out: {row['reason']}")
    for row in report["missing"]:
        click.echo(f"{row['path']}: leads to nothing: {row['target']}")
    for row in report["left_out"]:
        click.echo(f"{row['path']}: taken out: {row['what']}")
    for row in report["kept"]:
        click.echo(f"{row['path']}: kept what people edited in page {row['page_id']}")
    done = "would be " if report["dry_run"] else ""
    click.echo(
        f"{report['created']} {done}created, {report['updated']} {done}updated, "
        f"{report['unchanged']} unchanged, {len(report['kept'])} kept, "
        f"{report['rejected_count']} rejected; {report['links']} links between pages, "
        f"{report['links_elsewhere']} to other sites, {report['files']} files, "
        f"{report['tables']} tables"
    )
