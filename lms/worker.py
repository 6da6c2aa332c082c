"""Background work: mail, and jobs. One pass, or on and on."""

import logging
import threading

from flask import Flask

from lms import outbox
from lms.assessment.jobs import JOBS
from lms.messages.sender import send_due
from lms.outbox import Job

_log = logging.getLogger("lms.worker")
PAUSE = 2.0  # seconds between looks when nothing was due


def work_once() -> int:
    """Do everything that is due now; returns how much went well."""
    return send_due() + outbox.run_due(Job, _run)


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
