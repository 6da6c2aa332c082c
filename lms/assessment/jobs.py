"""Background work: a submission's text as HTML, for markers."""

from lms import documents, storage
from lms.assessment import operations, queries
from lms.db import end_reading, unit_of_work
from lms.documents import Kind, Reading
from lms.errors import RuleBroken
from lms.outbox import Job


def read_script(job: Job) -> None:
    """Turn a submission into HTML. A file that can't be read leaves a note for markers instead."""
    submission = queries.submission(job.facts["submission"])
    with storage.open(submission.file_key) as file:
        content = file.read()
    kind = Kind(submission.kind)
    end_reading()  # opening a file takes its time
    reading: Reading | None = None
    problem = ""
    try:
        reading = documents.read(kind, content)
    except RuleBroken as refusal:
        problem = refusal.sentence
    with unit_of_work():
        operations.keep_reading(submission, reading, problem)


JOBS = {operations.READ_SCRIPT: read_script}
