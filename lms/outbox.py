"""What is still to do after a change: a message to send, a job to run.

Both are rows written in the same transaction as the change, so that neither is lost nor done for
a change that never was. The background worker does them; a key makes each happen once.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Select, exists, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from lms import clock, refs, vault
from lms.db import Base, db, dialect, unit_of_work

_log = logging.getLogger("lms.outbox")
MOST_ATTEMPTS = 12  # of what fails by itself
KEEPS_TRYING = timedelta(days=3)  # while what it needs is away; no link lives longer
_AWAY = "away: "  # how a problem begins that isn't the row's own: no server, no disk
_HOLD = timedelta(minutes=5)  # after this, work that a crashed worker had claimed is free again


class MessageKind(StrEnum):
    """The three kinds of mail there are, and no more. CONTRACT: mail."""

    NEUTRAL = "neutral"
    LINK = "link"
    RECEIPT = "receipt"


class Due(Base):
    """What messages and jobs share: when it is due, and how it went."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]  # done, or given up
    problem: Mapped[str] = mapped_column(default="")  # of the last attempt; empty when it went well


class Message(Due):
    """One mail to send. It says nothing but "sign in", one link, or a receipt's reference.

    ``recipient`` is the reference of an account: the address is looked up when it is sent, so
    that a corrected address is used.
    """

    __tablename__ = "message"
    __table_args__ = (Index(None, "finished_at", "due_at"),)

    recipient: Mapped[str]
    sealed: Mapped[bytes | None]  # the link or the receipt's lines; emptied once it is finished


class Job(Due):
    """One thing to do in the background."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "finished_at", "due_at"),)

    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


def send(kind: MessageKind, recipient: str, *, key: str, content: str = "") -> None:
    """Write a message into the outbox, in the present unit of work.

    recipient  reference of an account
    key        makes it one message however often the act is repeated
    content    the link, or the receipt's lines; sealed at rest
    """
    ref, at = refs.new("MSG"), clock.now()
    sealed = vault.keys().seal(content, bound_to=ref) if content else None
    db.session.add(
        Message(
            ref=ref, key=key, kind=kind, recipient=recipient, sealed=sealed, made_at=at, due_at=at
        )
    )


def do(kind: str, *, key: str, **facts: str) -> None:
    """Write a job into the outbox, in the present unit of work."""
    at = clock.now()
    db.session.add(Job(ref=refs.new("JOB"), key=key, kind=kind, facts=facts, made_at=at, due_at=at))


def content_of(message: Message) -> str:
    """What the message carries; empty for a neutral one."""
    if message.sealed is None:
        return ""
    return vault.keys().unseal(message.sealed, bound_to=message.ref)


def run_due(table: type[Due], act: Callable[[Any], None]) -> int:
    """Do everything that is due, one after another; returns how many went well.

    act  sends a message or runs a job; what it raises is noted and tried again later
    """
    went_well = 0
    while (row_id := _claim(table)) is not None:
        problem = _attempt(table, row_id, act)
        went_well += not problem
        if problem.startswith(_AWAY):
            break  # the others need the same, and would only wait for it in turn
    return went_well


def pause_after(attempts: int, *, away: bool = False) -> timedelta:
    """How long to wait before the next attempt: a minute, then doubling.

    away  whether what it needs is away: then a quarter of an hour at most, so that nobody waits
          long once it is back; else six hours
    """
    longest = timedelta(minutes=15) if away else timedelta(hours=6)
    return min(timedelta(minutes=2 ** min(max(attempts - 1, 0), 9)), longest)


def _claim(table: type[Due]) -> int | None:
    with unit_of_work():
        due = _in_turn(table).order_by(table.due_at, table.id).limit(1)
        if dialect() == "postgresql":
            due = due.with_for_update(skip_locked=True)
        row: Due | None = db.session.scalar(due)
        if row is None:
            return None
        row.attempts += 1
        row.due_at = clock.now() + _HOLD
        return row.id


def _in_turn(table: type[Due]) -> Select[Any]:
    """What is due; of messages to one person the earlier ones first, also after an outage.

    One that fails by itself holds up nobody.
    """
    due = select(table).where(table.finished_at.is_(None), table.due_at <= clock.now())
    if table is not Message:
        return due
    earlier = aliased(Message)
    goes_first = exists().where(
        earlier.recipient == Message.recipient,
        earlier.id < Message.id,
        earlier.finished_at.is_(None),
        (earlier.problem == "") | earlier.problem.startswith(_AWAY),
    )
    return due.where(~goes_first)


def _attempt(table: type[Due], row_id: int, act: Callable[[Any], None]) -> str:
    """Do it, and note how it went; returns the problem, empty when there was none."""
    row, problem = db.session.get_one(table, row_id), ""
    try:
        act(row)
    except OSError as failure:
        problem = f"{_AWAY}{type(failure).__name__}"
    except Exception as failure:  # noqa: BLE001 - one bad row must not stop the others
        problem = type(failure).__name__
    with unit_of_work():
        row = db.session.get_one(table, row_id)
        row.problem = problem
        _settle(row)
    if problem:
        _log.warning("%s %s, attempt %s: %s", row.__tablename__, row.ref, row.attempts, problem)
    return problem


def _settle(row: Due) -> None:
    at, away = clock.now(), row.problem.startswith(_AWAY)
    lost = at - row.made_at >= KEEPS_TRYING if away else row.attempts >= MOST_ATTEMPTS
    if row.problem and not lost:
        row.due_at = at + pause_after(row.attempts, away=away)
        return
    row.finished_at = at
    if isinstance(row, Message):
        row.sealed = None
