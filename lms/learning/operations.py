"""What readers do. It is theirs alone: nothing of it enters the trail."""

from lms import clock
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.catalogue.models import Page
from lms.cohorts.models import Enrolment
from lms.db import db, lock
from lms.learning.models import PageRead
from lms.learning.reads import reads_like


def mark_read(enrolment: Enrolment, page: Page, *, actor: Actor) -> None:
    """Note the advocate's own word that they have read a page; a second time changes nothing.

    What they said of the page as it stood in another version is replaced.
    """
    gate.require(actor, P.LEARN, enrolment)
    lock(enrolment)  # pressed in two tabs at once, it is said once
    said = reads_like(enrolment.id, page)
    if [each.page_id for each in said] == [page.id]:
        return
    for each in said:
        db.session.delete(each)
    db.session.flush()
    db.session.add(PageRead(enrolment_id=enrolment.id, page_id=page.id, read_at=clock.now()))


def take_back(enrolment: Enrolment, page: Page, *, actor: Actor) -> None:
    """Take that word back, in whatever version it was said."""
    gate.require(actor, P.LEARN, enrolment)
    lock(enrolment)
    for each in reads_like(enrolment.id, page):
        db.session.delete(each)
