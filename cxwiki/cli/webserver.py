"""The web server: gunicorn, one process with many threads."""

from __future__ import annotations

import gc
import threading
from typing import Any

from gunicorn.app.base import BaseApplication

from cxwiki.config import from_environment


class Server(BaseApplication):
    """Gunicorn that loads the app in its own child, so that a crash there is mended."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's own choices."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the app, and get it ready to search while it answers already."""
        from cxwiki.cli.site import open_site

        app = open_site()
        threading.Thread(target=_warm, args=(app,), name="warm", daemon=True).start()
        return app


def _warm(app: Any) -> None:
    from cxwiki.search import warming

    warming.warm(app)
    # What stays for good need not be looked through again at each collection: that took 0.1 s
    # in the middle of some request.
    gc.collect()
    gc.freeze()


def run(host: str, port: int) -> None:
    """Serve until told to stop."""
    settings = from_environment()
    Server(
        {
            "bind": f"{host}:{port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": settings.threads,
            "timeout": 120,
            "graceful_timeout": 8,
            "keepalive": 5,
            "limit_request_line": 8190,
            "proc_name": "cxwiki-web",
            "forwarded_allow_ips": "127.0.0.1",
            "loglevel": "warning",
        }
    ).run()
