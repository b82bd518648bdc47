"""Posting to addresses that people typed in, without letting them reach into our own network.

The name is looked up once, every address that it has must be a public one, and the connection goes
to the address that was looked at; so no second answer of the name server leads elsewhere. Redirects
are not followed.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

OFF, PUBLIC, ANYWHERE = "off", "public", "anywhere"
CONNECT_SECONDS, ANSWER_SECONDS, WHOLE_SECONDS = 5.0, 10.0, 20.0
LARGEST_ANSWER = 2_000
LONGEST_ADDRESS = 1_000
_UNICAST = ipaddress.ip_network("2000::/3")
_NOT_PUBLIC = (
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
    ipaddress.ip_network("3fff::/20"),
)
"""Networks among IPv6's public ones that lead on to an IPv4 address, or are for examples alone.

All of `64:ff9b::/16`, which leads on as well, and old site-local addresses are outside `_UNICAST`.
"""


class Why(StrEnum):
    """Why an address may not be posted to."""

    OFF = "webhooks are turned off"
    NO_ADDRESS = "it is no web address"
    NOT_HTTPS = "it does not begin with https://"
    PASSWORD = "it holds a password"  # noqa: S105
    PORT = "it names a port"
    INNER = "it leads into an inner network"


class Forbidden(Exception):
    """This address may not be posted to."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


class NotSent(Exception):
    """Nothing arrived: the same may be tried again."""


class Unknown(Exception):
    """It may have arrived: nobody answered in time."""


@dataclass(frozen=True)
class Answer:
    """What the other side said; `retry_after` in seconds, 0 if it did not say."""

    status: int
    text: str
    retry_after: float


def check(url: str, where: str) -> SplitResult:
    """Return the parts of an address that may be posted to by its looks. Raises Forbidden."""
    if where == OFF:
        raise Forbidden(Why.OFF)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden(Why.NO_ADDRESS) from None
    schemes = ("https", "http") if where == ANYWHERE else ("https",)
    if parts.scheme not in schemes or not parts.hostname:
        raise Forbidden(Why.NOT_HTTPS)
    if parts.username is not None or parts.password is not None:
        raise Forbidden(Why.PASSWORD)
    if len(url) > LONGEST_ADDRESS or any(ord(letter) <= 32 or ord(letter) > 126 for letter in url):
        raise Forbidden(Why.NO_ADDRESS)
    if where == PUBLIC and port not in (None, 443):
        raise Forbidden(Why.PORT)
    return parts


def post(url: str, body: bytes, where: str) -> Answer:
    """Post JSON to the address. Raises Forbidden, NotSent or Unknown."""
    parts = check(url, where)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = _Connection(host, port, _reachable(host, port, where), parts.scheme == "https")
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = {"Content-Type": "application/json", "User-Agent": "CX-Wiki", "Connection": "close"}
    try:
        connection.connect()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise NotSent(f"{type(error).__name__}: {error}") from error
    limit = threading.Timer(WHOLE_SECONDS, connection.hang_up)
    limit.start()
    try:
        connection.request("POST", target, body, headers)
        response = connection.getresponse()
        text = response.read(LARGEST_ANSWER).decode("utf-8", "replace")
        wait = (response.getheader("Retry-After") or "").strip()
        return Answer(response.status, text, float(wait) if wait.isdecimal() else 0.0)
    except (OSError, http.client.HTTPException) as error:
        raise Unknown(f"{type(error).__name__}: {error}") from error
    finally:
        limit.cancel()
        connection.close()


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet, also where it wraps an IPv4 address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found not in _UNICAST or any(found in network for network in _NOT_PUBLIC):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _reachable(host: str, port: int, where: str) -> list[str]:
    """The IP addresses of a host. Raises Forbidden if one of them is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent(f"{host} is not known") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if where == PUBLIC and not all(is_public(one) for one in addresses):
        raise Forbidden(Why.INNER)
    return addresses


class _Connection(http.client.HTTPConnection):
    """Connects to addresses that were looked at, and asks for the host by its name."""

    def __init__(self, host: str, port: int, addresses: list[str], secure: bool) -> None:
        super().__init__(host, port, timeout=ANSWER_SECONDS)
        self.default_port = 443 if secure else 80
        self._addresses, self._secure = addresses, secure

    def connect(self) -> None:
        """Try one address after the other."""
        error: OSError = OSError("no address")
        for address in self._addresses:
            try:
                plain = socket.create_connection((address, self.port), CONNECT_SECONDS)
            except OSError as failed:
                error = failed
                continue
            plain.settimeout(ANSWER_SECONDS)
            self.sock = plain
            if self._secure:
                context = ssl.create_default_context()
                self.sock = context.wrap_socket(plain, server_hostname=self.host)
            return
        raise error

    def hang_up(self) -> None:
        """End it from outside: an answer that comes letter by letter would have no end."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
