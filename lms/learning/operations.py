"""What readers do. It is theirs alone: nothing of it enters the trail."""

from lms import clock
from lms.access import gate
from lms.access.actor import Actor
from lms.access.permissions import Permission as P
from lms.catalogue.models import Page
from lms.cohorts.models import Enrolment
from lms.db import db, lock
from lms.learning.models import PageRead


def mark_read(enrolment: Enrolment, page: Page, *, actor: Actor) -> None:
    """Note the advocate's own word that they have read a page; a second time changes nothing."""
    gate.require(actor, P.LEARN, enrolment)
    lock(enrolment)  # pressed in two tabs at once, it is said once
    if db.session.get(PageRead, (enrolment.id, page.id)) is None:
        db.session.add(PageRead(enrolment_id=enrolment.id, page_id=page.id, read_at=clock.now()))


def take_back(enrolment: Enrolment, page: Page, *, actor: Actor) -> None:
    """Take that word back."""
    gate.require(actor, P.LEARN, enrolment)
    lock(enrolment)
    said = db.session.get(PageRead, (enrolment.id, page.id))
    if said is not None:
        db.session.delete(said)
