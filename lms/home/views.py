"""The front page of each role: what is next, and the way to everything else."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.access.actor import Actor, Role
from lms.access.gate import actor, may_ever, public
from lms.access.permissions import Permission as P
from lms.home import authorities, programme
from lms.home.advocate import AdvocateFront, advocate_front
from lms.home.tasks import Task
from lms.sessions.forms import SignInForm
from lms.web.navigation import places

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
@public
def front() -> ResponseReturnValue:
    """The first page: of the service when signed out, of each role when signed in."""
    someone = actor()
    if not someone.is_person:
        return render_template("home/signed_out.html", form=SignInForm(formdata=None))
    return render_template(
        "home/front.html",
        today=clock.today(),
        advocate=_advocate(someone),
        desk=_desk(someone),
        places=places(someone),
    )


def _advocate(someone: Actor) -> AdvocateFront | None:
    if Role.ADVOCATE not in someone.roles:
        return None
    return advocate_front(someone.person_id, clock.today())


def _desk(someone: Actor) -> list[Task]:
    """What waits for somebody in their other roles, each with the way to it."""
    waits = {
        P.TAKE_SCRIPT: programme.for_markers,
        P.KEEP_INTAKES: programme.for_registrars,
        P.READ_BOARD: authorities.for_boards,
        P.READ_REGISTER: authorities.for_accreditors,
        P.CHECK_ACCREDITATION: authorities.for_checkers,
        P.READ_OWN_ORGANISATION: authorities.for_employers,
        P.READ_FINDINGS: programme.for_authors,
        P.REVIEW_CONTENT: programme.for_reviewers,
        P.READ_PEOPLE: programme.for_people,
    }
    return [
        task
        for permission, tasks in waits.items()
        if may_ever(someone, permission)
        for task in tasks(someone)
    ]
