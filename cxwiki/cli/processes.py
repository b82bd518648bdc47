"""Commands that run the site: serve and the processes that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import click

from cxwiki.cli.site import is_up_to_date, open_site, upgrade_database


def die_with_parent() -> None:
    """Leave when the process that started this one is gone: its end of the pipe closes."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()


WITH_PARENT = click.option(
    "--with-parent", is_flag=True, hidden=True, help="Leave when standard input closes."
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--no-worker", is_flag=True, help="Serve pages only; a worker runs elsewhere.")
def serve(host: str, port: int, no_worker: bool) -> None:
    """Start web server, worker and encoder together."""
    from cxwiki.cli.supervisor import Supervisor
    from cxwiki.config import from_environment

    settings = from_environment()
    if not is_up_to_date(settings):
        subprocess.run([sys.executable, "-m", "cxwiki.cli", "migrate"], check=True)
    children = {"web": ["web", "--host", host, "--port", str(port)]}
    if not no_worker:
        children["worker"] = ["worker"]
    if not settings.embedding_url:
        children["encoder"] = ["encoder"]
    click.echo(f"CX Wiki is at http://{host}:{port} (Ctrl-C stops it)")
    sys.exit(Supervisor(children).run())


@click.command(hidden=True)
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000)
@WITH_PARENT
def web(host: str, port: int, with_parent: bool) -> None:
    """Run the web server alone."""
    from cxwiki.cli.webserver import run

    if with_parent:
        die_with_parent()
    run(host, port)


@click.command()
@click.option("--until-idle", is_flag=True, help="Do all waiting work, then leave.")
@WITH_PARENT
def worker(until_idle: bool, with_parent: bool) -> None:
    """Do what waits in the background: index, find themes, tell people."""
    from cxwiki import jobs
    from cxwiki import worker as working
    from cxwiki.cli.encoding import encoder_at_hand
    from cxwiki.search import indexing

    if with_parent:
        die_with_parent()
    app = open_site()
    with app.app_context():
        indexing.look_after(vectors=not until_idle)
    if not until_idle:
        working.work(app)
        return
    try:
        with (
            encoder_at_hand(app.extensions["settings"]),
            working.keeper(app, remind=False),
            app.app_context(),
        ):
            dead = jobs.run_until_idle()
    except TimeoutError as error:
        raise click.ClickException(f"{error}: is the encoder running?") from None
    if dead:
        raise click.ClickException(
            f"{dead} jobs failed for good: see Administration in the site, or retry them there."
        )


@click.command()
@WITH_PARENT
def encoder(with_parent: bool) -> None:
    """Run the process that turns texts into vectors."""
    from cxwiki.config import from_environment
    from cxwiki.search.encoder.server import serve_encoder

    if with_parent:
        die_with_parent()
    settings = from_environment()
    serve_encoder("127.0.0.1", settings.encoder_port, settings.embedding_model)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--mirror-effort",
    is_flag=True,
    help="Build it with effort scores for which lower is better instead of higher.",
)
@click.pass_context
def demo(context: click.Context, host: str, port: int, mirror_effort: bool) -> None:
    """Show the demo company, in a data folder of its own; builds it at the first start."""
    os.environ.setdefault("CXWIKI_DATA", "data/demo")
    os.environ["CXWIKI_DEMO"] = "1"
    from cxwiki.demo.building import build_if_empty

    with open_site().app_context():
        upgrade_database()
        build_if_empty(click.echo, mirror_effort=mirror_effort)
    context.invoke(serve, host=host, port=port, no_worker=False)
