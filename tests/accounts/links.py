"""Links as they arrive: from the outbox, and by mail."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select

from lms import outbox
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations, queries
from lms.accounts.models import Account
from lms.accounts.rules import Purpose
from lms.db import db, unit_of_work
from lms.messages.sender import send_due
from lms.outbox import Message
from tests.factories import make_account
from tests.sessions.coming_in import with_password

BASE = "http://localhost"
NEW = "gravel heron, Tuesday kettle"
_TOKEN = re.compile(r"/(?:invitation|reset)/(\S+)")


def newcomer(*roles: Role) -> Account:
    """Somebody invited who has not set a password yet."""
    account = make_account(*(roles or (Role.ADVOCATE,)))
    with unit_of_work():
        account.password_hash = None
        account.password_set_at = None
    return account


def invite(account: Account) -> str:
    """Send an invitation; returns the address of its page."""
    with unit_of_work():
        return operations.invite(account, BASE, actor=SYSTEM).removeprefix(BASE)


def ask_reset(account: Account) -> str:
    """Ask for a new password; returns the address of its page, as the mail has it."""
    with unit_of_work():
        operations.ask_reset(account, BASE, actor=SYSTEM)
    return paths_sent_to(account)[-1]


def with_known_password(*roles: Role) -> Account:
    """Somebody who can sign in."""
    return with_password(make_account(*(roles or (Role.ADVOCATE,))))


def paths_sent_to(account: Account) -> list[str]:
    """Addresses of the links in the outbox for somebody, in order."""
    waiting = db.session.scalars(
        select(Message).where(Message.recipient == account.ref).order_by(Message.id)
    )
    return [outbox.content_of(each).removeprefix(BASE) for each in waiting]


def token_of(path: str) -> str:
    """The secret in the address of a link."""
    return path.rpartition("/")[2]


def mails() -> list[EmailMessage]:
    """Send what is due; every mail sent so far, as a mail program reads it."""
    send_due()
    folder = Path(unquote(urlsplit(str(current_app.config["MAIL_URL"])).path))
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)  # type: ignore[misc]
        for path in sorted(folder.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns)
    ]


def link_in(mail: EmailMessage) -> str:
    """The address of the page that a mail leads to, beside the sign-in page."""
    found = _TOKEN.search(mail.get_content())
    assert found, mail.get_content()
    return found[0]


def accepted(account: Account) -> bool:
    """Whether the person has set a password."""
    db.session.expire_all()
    return queries.account(account.ref).password_hash is not None


def open_links(account: Account, purpose: Purpose = Purpose.INVITATION) -> int:
    """How many links of this purpose were neither used nor cancelled."""
    return len(queries.open_invitations(account, purpose))
