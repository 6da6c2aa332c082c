"""Pages on which tutors see how a cohort gets on."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.access.gate import needs
from lms.access.permissions import Permission as P
from lms.cohorts import queries as cohorts
from lms.errors import NotFound
from lms.tutoring import queries
from lms.tutoring.rules import FEWEST, State
from lms.web.listing import Listing, page_asked_for

bp = Blueprint("tutoring", __name__, url_prefix="/progress", template_folder="templates")


@bp.get("/")
@needs(P.READ_PROGRESS)
def intakes() -> ResponseReturnValue:
    """Every cohort, the newest first."""
    return render_template(
        "tutoring/intakes.html", cohorts=cohorts.intakes(), places=cohorts.sizes()
    )


@bp.get("/<ref>")
@needs(P.READ_PROGRESS)
def cohort(ref: str) -> ResponseReturnValue:
    """Who is how far with which module, and which pages are left behind."""
    found, page = cohorts.cohort(ref), page_asked_for()
    progress = queries.progress(found, page)
    listing = Listing(page, queries.PAGE, progress.total)
    if page > 1 and not progress.people:
        raise NotFound
    return render_template(
        "tutoring/cohort.html",
        cohort=found,
        progress=progress,
        page=listing,
        states=list(State),
        fewest=FEWEST,
    )


@bp.get("/<ref>/questions")
@needs(P.READ_PROGRESS)
def questions(ref: str) -> ResponseReturnValue:
    """What people answered first to each question: where they are mistaken together."""
    found = cohorts.cohort(ref)
    return render_template(
        "tutoring/questions.html", cohort=found, questions=queries.first_answers(found)
    )
