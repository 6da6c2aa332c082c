"""Emptying the outbox: each message to the address its account has now."""

from flask import current_app
from sqlalchemy import select

from lms import outbox
from lms.accounts.models import Account
from lms.db import db, end_reading
from lms.messages.mailer import Letterhead, compose, deliver
from lms.outbox import Message, MessageKind


def send_due() -> int:
    """Send every message that is due; returns how many went out."""
    return outbox.run_due(Message, _send)


def _send(message: Message) -> None:
    account = db.session.scalar(select(Account).where(Account.ref == message.recipient))
    if account is None or account.disabled_at is not None:
        return
    head = _letterhead()
    content = outbox.content_of(message)
    mail = compose(head, MessageKind(message.kind), account.address, message.ref, content)
    end_reading()  # a mail server may take its time
    deliver(str(current_app.config["MAIL_URL"]), mail)


def _letterhead() -> Letterhead:
    settings = current_app.config
    base = str(settings["BASE_URL"]).rstrip("/")
    return Letterhead(str(settings["SERVICE_NAME"]), str(settings["MAIL_FROM"]), f"{base}/sign-in")
