"""The `cxwiki` command. Each command imports what it needs, so that the command itself is quick."""

from __future__ import annotations

import sys

import click

from cxwiki.cli.administration import init, migrate, token, user
from cxwiki.cli.knowledge import import_, reindex, rerender, search, themes
from cxwiki.cli.processes import demo, encoder, serve, web, worker
from cxwiki.cli.wikis import import_pages


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cxwiki")
def cxwiki() -> None:
    """CX Wiki: customer insights across silos, into action, to proof."""


for entry in (
    init, migrate, user, token, serve, web, worker, encoder, demo, import_, import_pages,
    search, themes, reindex, rerender,
):  # fmt: skip
    cxwiki.add_command(entry)


def main() -> None:
    """Run the command; what a person can mend is one sentence, not a traceback."""
    from sqlalchemy.exc import DBAPIError

    from cxwiki.cli.site import is_up_to_date
    from cxwiki.config import SettingError, from_environment
    from cxwiki.errors import DomainError

    try:
        cxwiki()
    except (SettingError, DomainError) as error:
        click.echo(f"cxwiki: {error}", err=True)
        sys.exit(2)
    except DBAPIError:
        if is_up_to_date(from_environment()):
            raise
        click.echo(
            "cxwiki: The database is not ready: run `cxwiki init` for a new site, or "
            "`cxwiki migrate` after an update; if neither helps, check CXWIKI_DATABASE_URL.",
            err=True,
        )
        sys.exit(2)
