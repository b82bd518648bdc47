"""A mail goes to the server that the settings name, and to nobody who pretends to be it."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cxwiki.config import Settings
from cxwiki.smtp import Post, Unreachable
from tests.mailbox import URL, Mailbox


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that it wrote for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of these tests")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def box(certificate: Path) -> Iterator[Mailbox]:
    box, tls = Mailbox(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    box.open(tls)
    yield box
    box.close()


@pytest.fixture
def send(box: Mailbox, tmp_path: Path) -> Callable[[], None]:
    settings = Settings(
        data=tmp_path, mail_server="127.0.0.1", mail_port=box.port, mail_from="wiki@example.org",
        url=URL,
    )  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.mail_from, "alice@example.org"

    def run() -> None:
        with Post(settings) as post:
            post.send(mail)

    return run


def test_a_server_for_which_nobody_vouches_gets_nothing(
    box: Mailbox, send: Callable[[], None]
) -> None:
    with pytest.raises(Unreachable, match="certificate verify failed"):
        send()
    assert box.mails == []


def test_a_company_can_vouch_for_its_own_server(
    box: Mailbox, send: Callable[[], None], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    send()
    assert len(box.to("Alice")) == 1
