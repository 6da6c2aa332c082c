"""Sending mail: neutral, always. Nothing in it says what this is, who it is about, or why."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lms.outbox import MessageKind

_SECONDS = 20
_HERE = {"localhost", "127.0.0.1", "::1"}


class Undeliverable(Exception):
    """This mail will never go out as it is; others will."""


@dataclass(frozen=True)
class Letterhead:
    """What every mail says, and no more.

    service   name of the service, in the subject
    sign_in   plain address of the sign-in page
    """

    service: str
    sender: str
    sign_in: str


def compose(
    head: Letterhead, kind: MessageKind, address: str, ref: str, content: str
) -> EmailMessage:
    """One of the three kinds of mail: neutral, with one link, or with a receipt. CONTRACT: mail.

    content  the link, or the receipt's lines; empty for a neutral mail

    Raises Undeliverable for an address that would be read as another, or as several.
    """
    mail = EmailMessage()
    mail["Subject"] = f"A message from {head.service}"
    mail["From"], mail["To"] = head.sender, address
    if [each.addr_spec for each in mail["To"].addresses] != [address]:
        raise Undeliverable("what stands there is not one address")
    # The same message sent twice after a crash carries the same id, so that it shows.
    mail["Message-ID"] = f"<{ref}@{parseaddr(head.sender)[1].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    body = f"Sign in to read it:\n{head.sign_in}\n"
    if kind is not MessageKind.NEUTRAL:
        body = f"{body}\n{content}\n"
    mail.set_content(body)
    return mail


def deliver(url: str, mail: EmailMessage) -> None:
    """Hand a mail over to where LMS_MAIL_URL says: smtp://, smtps://, file:/// or console:.

    Raises OSError, of which smtplib's errors are a kind, when that fails for now, and
    Undeliverable when the server will never take this mail.
    """
    to = urlsplit(url)
    if to.scheme == "console":
        print(mail.as_string(), flush=True)
    elif to.scheme == "file":
        folder = Path(unquote(to.path))
        folder.mkdir(parents=True, exist_ok=True)
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        (folder / f"{name}.eml").write_bytes(mail.as_bytes())
    else:
        _by_smtp(url, mail)


def _by_smtp(url: str, mail: EmailMessage) -> None:
    to = urlsplit(url)
    secure = to.scheme == "smtps"
    host, port = to.hostname or "localhost", to.port or (465 if secure else 587)
    context = ssl.create_default_context()
    if secure:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=_SECONDS)
    with server:
        if not secure and host not in _HERE:
            _begin_tls(server, context)
        if to.username:
            server.login(unquote(to.username), unquote(to.password or ""))
        _hand_over(server, mail)


def _begin_tls(server: smtplib.SMTP, context: ssl.SSLContext) -> None:
    """Off this machine nothing goes in the clear: a link in a mail sets a password."""
    server.ehlo()
    if not server.has_extn("starttls"):
        raise smtplib.SMTPNotSupportedError("the mail server offers no TLS")
    server.starttls(context=context)


def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refusal:
        if all(code >= 500 for code, _ in refusal.recipients.values()):
            raise Undeliverable from None
        raise
    except smtplib.SMTPDataError as refusal:
        if refusal.smtp_code >= 500:
            raise Undeliverable from None
        raise
