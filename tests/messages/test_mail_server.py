"""How mail leaves: whole, once per hand-over, and off this machine never in the clear."""

import datetime as dt
import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lms.messages.mailer import Letterhead, Undeliverable, compose, deliver
from lms.outbox import MessageKind
from tests.support.post import Post, post

HEAD = Letterhead("Alongside", "alongside@example.org", "https://lms.example.org/sign-in")
REF = "MSG-7Q4M-2XKD-9TBH-V3WN"
TO = "amara@example.org"
LINK = "https://lms.example.org/invitation/" + "x" * 32
RECEIPT = "Receipt SUB-7Q4M-2XKD-9TBH-V3WN\nSHA-256 " + "0a" * 32
EACH = [(MessageKind.NEUTRAL, ""), (MessageKind.LINK, LINK), (MessageKind.RECEIPT, RECEIPT)]


@pytest.mark.parametrize(("kind", "content"), EACH)
def test_mail_to_a_server_on_this_machine_arrives_as_it_was_written(
    kind: MessageKind, content: str
) -> None:
    with post() as server:
        deliver(server.url, compose(HEAD, kind, TO, REF, content))
    (taken,) = server.taken
    assert taken.recipients == (TO,)
    assert taken.mail["Subject"] == "A message from Alongside"
    assert taken.text == compose(HEAD, kind, TO, REF, content).get_content()


def test_a_server_that_is_not_there_is_an_error_of_the_line() -> None:
    with post() as server:
        pass
    with pytest.raises(OSError):  # noqa: PT011 - whichever the system has
        deliver(server.url, compose(HEAD, MessageKind.NEUTRAL, TO, REF, ""))


@pytest.mark.parametrize("answer", ["550 no such person", "553 never"])
def test_a_person_whom_the_server_will_never_know_is_undeliverable(answer: str) -> None:
    with post() as server:
        server.refuses = {TO: answer}
        with pytest.raises(Undeliverable):
            deliver(server.url, compose(HEAD, MessageKind.NEUTRAL, TO, REF, ""))
        server.refuses = {}
        server.refuses_content = "554 not like this"
        with pytest.raises(Undeliverable):
            deliver(server.url, compose(HEAD, MessageKind.NEUTRAL, TO, REF, ""))


def test_a_server_that_wants_us_to_come_again_is_not() -> None:
    with post() as server:
        server.refuses = {TO: "450 come again"}
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            deliver(server.url, compose(HEAD, MessageKind.NEUTRAL, TO, REF, ""))
        server.refuses, server.refuses_content = {}, "452 no room now"
        with pytest.raises(smtplib.SMTPDataError):
            deliver(server.url, compose(HEAD, MessageKind.NEUTRAL, TO, REF, ""))


# --- off this machine: 127.1 is this machine too, but under a name that isn't among ours


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("127.1")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def offering_tls(certificate: Path) -> Iterator[Post]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with post(tls=context) as server:
        yield server


def elsewhere(server: Post, person: str = "") -> str:
    return f"smtp://{person}127.1:{server.port}"


def test_mail_leaves_this_machine_encrypted_and_signed_in(
    offering_tls: Post, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = elsewhere(offering_tls, "lms:pass%20word@")
    deliver(url, compose(HEAD, MessageKind.LINK, TO, REF, LINK))
    (taken,) = offering_tls.taken
    assert (taken.over_tls, taken.signed_in) == (True, True)


def test_it_does_not_leave_to_a_server_that_can_not_prove_its_name(offering_tls: Post) -> None:
    with pytest.raises(OSError, match="certificate verify failed"):
        deliver(
            elsewhere(offering_tls, "lms:word@"), compose(HEAD, MessageKind.LINK, TO, REF, LINK)
        )
    assert offering_tls.taken == []
    assert not [line for line in offering_tls.said if line.startswith(("AUTH", "MAIL"))]


def test_it_does_not_leave_in_the_clear(offering_tls: Post) -> None:
    with post() as server, pytest.raises(smtplib.SMTPNotSupportedError):
        deliver(elsewhere(server, "lms:word@"), compose(HEAD, MessageKind.LINK, TO, REF, LINK))
    assert server.taken == []
    assert not [line for line in server.said if line.startswith(("AUTH", "MAIL"))]
