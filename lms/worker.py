"""Background work: mail, and every room's jobs. One pass, or on and on."""

import logging
import threading

from flask import Flask
from sqlalchemy import func, select

from lms import clock, outbox
from lms.db import db
from lms.messages.sender import send_due
from lms.outbox import Job, Message
from lms.rooms import JOBS

_log = logging.getLogger("lms.worker")
PAUSE = 2.0  # seconds between looks when nothing was due


def work_once() -> int:
    """Do everything that is due now; returns how much went well."""
    return send_due() + outbox.run_due(Job, _run)


def due() -> int:
    """How much is due now."""
    count = 0
    for table in (Message, Job):
        waiting = table.finished_at.is_(None) & (table.due_at <= clock.now())
        count += db.session.scalar(select(func.count()).where(waiting)) or 0
    return count


def work_on(app: Flask, stop: threading.Event) -> None:
    """Look for work until told to stop. A fault of the database is waited out."""
    while not stop.is_set():
        done = 0
        try:
            with app.app_context():
                done = work_once()
        except Exception:  # noqa: BLE001 - whatever it was, the next look may go well
            _log.exception("background work failed; trying again")
        if not done:
            stop.wait(PAUSE)


def _run(job: Job) -> None:
    JOBS[job.kind](job)
