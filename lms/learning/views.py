"""Pages on which modules are read."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug import Response

from lms import clock
from lms.access.gate import actor, needs
from lms.access.permissions import Permission as P
from lms.catalogue.models import Page
from lms.catalogue.queries import module_of, session_plan_of
from lms.cohorts.models import Enrolment
from lms.db import unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.learning import operations, place, queries, rules
from lms.learning.own_notes import where_was_i
from lms.learning.page import shown
from lms.learning.parts import not_reviewed_by, signed_off
from lms.learning.rules import How
from lms.markup_blocks import NATIONS
from lms.web.safe import local_path

_A_YEAR = 365 * 24 * 3600

bp = Blueprint("learning", __name__, url_prefix="/learn", template_folder="templates")


@bp.get("/")
@needs(P.READ_MODULES)
def programme() -> ResponseReturnValue:
    """The modules of one's own version."""
    reader = place.reader()
    if reader is None or place.opens_later(reader):
        return render_template("learning/not_open.html", reader=reader)
    ways = queries.programme_way(reader)
    return render_template(
        "learning/programme.html",
        reader=reader,
        modules=ways,
        was=where_was_i(reader, ways),
        chosen=place.settings(url_for("learning.programme")),
    )


@bp.get("/<module>/")
@needs(P.READ_MODULES)
def module(module: str) -> ResponseReturnValue:
    """One module: outcomes, pages, and where to carry on."""
    reader = place.open_reader()
    found = module_of(reader.version_id, module)
    way = queries.way_through(reader, found.id)
    return render_template(
        "learning/module.html",
        module=found,
        signed=signed_off(found.reviewers),
        missing=not_reviewed_by(found.reviewers),
        way=way,
        outcomes=rules.outcomes_met(found.outcomes, way),
        carry_on=rules.next_stop(way),
        minutes_left=rules.minutes_left(way),
        questions_left=rules.left_to_answer(way),
        reader=reader,
        plan=session_plan_of(found) if reader.enrolment is None else None,
        chosen=place.settings(url_for("learning.module", module=module)),
    )


@bp.get("/<module>/session-plan")
@needs(P.READ_MODULES)
def session_plan(module: str) -> ResponseReturnValue:
    """How a module is taught in a room: for staff. Whoever learns finds nothing here."""
    reader = place.open_reader()
    found = module_of(reader.version_id, module)
    plan = session_plan_of(found) if reader.enrolment is None else None
    if plan is None:
        raise NotFound
    html = Markup(plan.rendered.html)  # noqa: S704 - sanitised when it was published
    return render_template("learning/session_plan.html", module=found, plan=plan, html=html)


@bp.get("/<module>/<page>")
@needs(P.READ_MODULES)
def page(module: str, page: str) -> ResponseReturnValue:
    """One page, as it was rendered when it was published."""
    reader = place.open_reader()
    here = request.full_path.removesuffix("?")
    context = shown(reader, module, page, place.settings(here), again=request.args.get("again", ""))
    return render_template("learning/page.html", **context, refused=None, today=clock.today())


@bp.post("/nation")
@needs(P.READ_MODULES)
def choose_nation() -> ResponseReturnValue:
    """Whose nation's parts are open as one reads."""
    chosen = request.form.get("nation", "")
    return _with_setting(place.NATION, chosen if chosen in NATIONS else "")


@bp.post("/pictures")
@needs(P.READ_MODULES)
def choose_pictures() -> ResponseReturnValue:
    """Whether pictures are shown as one reads, or said in words."""
    return _with_setting(
        place.PICTURES, "hidden" if request.form.get("pictures") == "hidden" else ""
    )


@bp.post("/<module>/<page>/read")
@needs(P.LEARN)
def mark_read(module: str, page: str) -> ResponseReturnValue:
    """Note “I have read this”, then on to the next page."""
    enrolment, found = _own_page(module, page)
    with unit_of_work():
        operations.mark_read(enrolment, found, actor=actor())
    return _on_from(module, page)


@bp.post("/<module>/<page>/instead")
@needs(P.LEARN)
def meet_otherwise(module: str, page: str) -> ResponseReturnValue:
    """Note that the alternative was read, or that one left it there, where the author lets it."""
    sent = request.form.get("how", "")
    enrolment, found = _own_page(module, page)
    if sent not in set(How):
        raise RuleBroken("Press the button of the way in which you met with the page.")
    with unit_of_work():
        operations.mark_read(enrolment, found, How(sent), actor=actor())
    return _on_from(module, page)


@bp.post("/<module>/<page>/unread")
@needs(P.LEARN)
def take_back(module: str, page: str) -> ResponseReturnValue:
    """Not read after all."""
    enrolment, found = _own_page(module, page)
    with unit_of_work():
        operations.take_back(enrolment, found, actor=actor())
    return redirect(url_for("learning.page", module=module, page=page))


def _with_setting(name: str, value: str) -> Response:
    answer: Response = redirect(
        local_path(request.form.get("back")) or url_for("learning.programme")
    )
    answer.set_cookie(
        name,
        value,
        max_age=_A_YEAR if value else 0,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return answer


def _own_page(module: str, page: str) -> tuple[Enrolment, Page]:
    reader = place.open_reader()
    if reader.enrolment is None:
        raise NotFound
    return reader.enrolment, queries.page_for(reader, module, page).page


def _on_from(module: str, page: str) -> ResponseReturnValue:
    reader = place.open_reader()
    way = queries.way_through(reader, module_of(reader.version_id, module).id)
    here = next(i for i, stop in enumerate(way) if stop.page == page)
    if way[here].left and way[here].how == How.READ:
        flash("Noted. A question on that page is still open: answer it when you like.")
    if here + 1 < len(way):
        return redirect(url_for("learning.page", module=module, page=way[here + 1].page))
    flash("That was the last page of this module.")
    return redirect(url_for("learning.module", module=module))
