"""A chat server on loopback that keeps what is posted to it and answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Room:
    """`answers` are given one after the other, then 200."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.pause = 0.0
        self.visits = 0
        room = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                room.visits += 1
                self.send_response(200)
                self.end_headers()

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(room.pause)
                status, headers = room.answers.pop(0) if room.answers else (200, {})
                if status == 200:
                    room.posts.append(json.loads(content))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"ok" if status == 200 else b"no")

            def log_message(self, *_what: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    def close(self) -> None:
        """Be down."""
        self._server.shutdown()
        self._server.server_close()
