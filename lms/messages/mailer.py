"""Sending mail: neutral, always. Nothing in it says what this is, who it is about, or why."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lms.outbox import MessageKind

_SECONDS = 20


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
    """
    mail = EmailMessage()
    mail["Subject"] = f"A message from {head.service}"
    mail["From"], mail["To"] = head.sender, address
    # The same message sent twice after a crash carries the same id, so that it shows.
    mail["Message-ID"] = f"<{ref}@{head.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    body = f"Sign in to read it:\n{head.sign_in}\n"
    if kind is not MessageKind.NEUTRAL:
        body = f"{body}\n{content}\n"
    mail.set_content(body)
    return mail


def deliver(url: str, mail: EmailMessage) -> None:
    """Hand a mail over to where LMS_MAIL_URL says: smtp://, smtps://, file:/// or console:.

    Raises OSError or smtplib.SMTPException when that fails.
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
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if to.username:
            server.login(unquote(to.username), unquote(to.password or ""))
        server.send_message(mail)
