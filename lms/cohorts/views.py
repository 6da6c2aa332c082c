"""Pages about intakes and who is enrolled."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from lms import clock
from lms.access.gate import actor, needs, require
from lms.access.permissions import Permission as P
from lms.accreditation.queries import certificate_name, standings_of
from lms.catalogue import queries as catalogue
from lms.cohorts import operations, queries
from lms.cohorts.forms import IntakeForm, StateForm
from lms.cohorts.models import Cohort
from lms.cohorts.rules import KIND_WORDS, NOBODY, State, YearTooFar, changes
from lms.db import unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.organisations.rules import NATION_WORDS
from lms.regulations import queries as regulations
from lms.web.filters import day
from lms.web.forms import Sent
from lms.web.listing import Listing, page_asked_for

bp = Blueprint("cohorts", __name__, url_prefix="/programme", template_folder="templates")


@bp.get("/")
@needs(P.KEEP_INTAKES)
def intakes() -> ResponseReturnValue:
    """Every intake, the newest first."""
    return render_template(
        "cohorts/intakes.html",
        cohorts=queries.intakes(),
        places=queries.sizes(),
        contents={each.id: each for each in catalogue.versions()},
    )


@bp.route("/intakes/new", methods=["GET", "POST"])
@needs(P.KEEP_INTAKES, fresh=True)
def open_intake() -> ResponseReturnValue:
    """Open next September's intake."""
    books, contents = regulations.versions(), catalogue.versions()
    form = IntakeForm.from_request()
    form.regulations.choices = [SelectChoice(value=b.ref, label=b.title) for b in books]
    form.content.choices = [
        SelectChoice(value=c.ref, label=f"{c.title}, published {day(c.published_at)}")
        for c in contents
    ]
    if form.accepted() and (cohort := _opened(form)):
        flash("The intake is open. Import its roster next.")
        return redirect(url_for("cohorts.cohort", ref=cohort.ref))
    page = render_template(
        "cohorts/open_intake.html", form=form, ready=bool(books) and bool(contents)
    )
    return page, form.status


@bp.get("/cohorts/<ref>")
@needs(P.READ_COHORT)
def cohort(ref: str) -> ResponseReturnValue:
    """Who is enrolled, and how each stands."""
    found, page = queries.cohort(ref), page_asked_for()
    sought, chosen = request.args.get("q", "")[:100].strip(), _state_asked_for()
    members, total = queries.members(found, page, sought, chosen)
    listing = Listing(page, queries.PAGE, total)
    if page > listing.pages:
        raise NotFound
    return render_template(
        "cohorts/cohort.html",
        cohort=found,
        members=members,
        standings=standings_of([m.account.id for m in members], clock.today()),
        tally=queries.tallies([found.id]).get(found.id, NOBODY),
        page=listing,
        sought=sought,
        chosen=chosen,
        today=clock.today(),
    )


@bp.route("/enrolments/<ref>", methods=["GET", "POST"])
@needs(P.KEEP_INTAKES)
def enrolment(ref: str) -> ResponseReturnValue:
    """One enrolment, and what can change."""
    found, form = queries.enrolment(ref), StateForm.from_request()
    if form.accepted():
        try:
            with unit_of_work():
                operations.change_state(found, State(form.state.data), actor=actor())
        except RuleBroken as refusal:
            form.refused("state", refusal)
        else:
            flash("The enrolment is changed.")
            return redirect(url_for("cohorts.enrolment", ref=ref))
    state = queries.state_of(found)
    page = render_template(
        "cohorts/enrolment.html",
        form=form,
        enrolment=found,
        state=state,
        moves=changes(state),
        events=queries.events_of(found),
        kinds=KIND_WORDS,
        nations=NATION_WORDS,
    )
    return page, form.status


@bp.route("/places/<ref>/accept", methods=["GET", "POST"])
@needs(P.ACCEPT_PLACE)
def accept_place(ref: str) -> ResponseReturnValue:
    """Take the place one was offered."""
    found = queries.enrolment(ref)
    require(actor(), P.ACCEPT_PLACE, found)
    form = Sent.from_request()
    if form.accepted():
        with unit_of_work():
            operations.accept_place(found, actor=actor())
        flash("The place is yours.")
        return redirect(url_for("home.front"))
    return render_template(
        "cohorts/accept.html",
        form=form,
        enrolment=found,
        intake=found.cohort.intake,
        rulebook=found.cohort.intake.regulations_version,
        content=queries.content_of(found.cohort),
        organisation=found.organisation,
        state=queries.state_of(found),
        name=certificate_name(found.advocate_id),
        nations=NATION_WORDS,
        kinds=KIND_WORDS,
    )


def _state_asked_for() -> State | None:
    asked = request.args.get("state", "")
    return State(asked) if asked in set(State) else None


def _opened(form: IntakeForm) -> Cohort | None:
    try:
        with unit_of_work():
            return operations.open_intake(
                form.year.data or 0,
                form.starts_on.day,
                regulations.version(form.regulations.data),
                catalogue.version(form.content.data),
                actor=actor(),
            )
    except YearTooFar as refusal:
        form.refused("year", refusal)
    except RuleBroken as refusal:
        form.refused("starts_on", refusal)
    except Conflict:
        form.refuse_year()
    return None
