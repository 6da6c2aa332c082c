"""Pages on which modules are read."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug import Response

from lms import clock
from lms.access.gate import actor, needs
from lms.access.permissions import Permission as P
from lms.catalogue.models import Page
from lms.catalogue.queries import module_of
from lms.cohorts.models import Enrolment
from lms.db import unit_of_work
from lms.errors import NotFound
from lms.learning import operations, own_notes, place, queries, rules
from lms.learning.parts import differs_by_nation, opened_for, parts_of
from lms.learning.returning import where_was_i
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
    was = where_was_i(reader, ways)
    return render_template("learning/programme.html", reader=reader, modules=ways, was=was)


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
        way=way,
        carry_on=rules.next_stop(way),
        minutes_left=rules.minutes_left(way),
        reader=reader,
    )


@bp.get("/<module>/<page>")
@needs(P.READ_MODULES)
def page(module: str, page: str) -> ResponseReturnValue:
    """One page, as it was rendered when it was published."""
    reader = place.open_reader()
    opened = queries.page_for(reader, module, page)
    way = queries.way_through(reader, opened.module.id)
    here = next(i for i, stop in enumerate(way) if stop.page == page)
    nation = place.nation()
    folded = bool(nation) and request.args.get("nations") != "all"
    html = opened_for(nation, opened.html) if folded else opened.html
    own, html = own_notes.on_page(reader, opened, html)
    return render_template(
        "learning/page.html",
        page=opened.page,
        html=Markup(html),  # noqa: S704 - sanitised when it was published
        module=opened.module,
        way=way,
        here=here,
        parts=parts_of(opened.html),
        reader=reader,
        today=clock.today(),
        nations=NATIONS if differs_by_nation(opened.html) else {},
        nation=nation,
        folded=folded,
        own=own,
    )


@bp.post("/nation")
@needs(P.READ_MODULES)
def choose_nation() -> ResponseReturnValue:
    """Whose nation's parts are open as one reads, kept in a plain cookie that says nothing else."""
    chosen = request.form.get("nation", "")
    answer: Response = redirect(
        local_path(request.form.get("back")) or url_for("learning.programme")
    )
    answer.set_cookie(
        place.NATION,
        chosen if chosen in NATIONS else "",
        max_age=_A_YEAR if chosen in NATIONS else 0,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return answer


@bp.post("/<module>/<page>/read")
@needs(P.LEARN)
def mark_read(module: str, page: str) -> ResponseReturnValue:
    """Note “I have read this”, then on to the next page."""
    enrolment, shown = _own_page(module, page)
    with unit_of_work():
        operations.mark_read(enrolment, shown, actor=actor())
    return _on_from(module, page)


@bp.post("/<module>/<page>/unread")
@needs(P.LEARN)
def take_back(module: str, page: str) -> ResponseReturnValue:
    """Not read after all."""
    enrolment, shown = _own_page(module, page)
    with unit_of_work():
        operations.take_back(enrolment, shown, actor=actor())
    return redirect(url_for("learning.page", module=module, page=page))


def _own_page(module: str, page: str) -> tuple[Enrolment, Page]:
    reader = place.open_reader()
    if reader.enrolment is None:
        raise NotFound
    return reader.enrolment, queries.page_for(reader, module, page).page


def _on_from(module: str, page: str) -> ResponseReturnValue:
    reader = place.open_reader()
    way = queries.way_through(reader, module_of(reader.version_id, module).id)
    here = next(i for i, stop in enumerate(way) if stop.page == page)
    if here + 1 < len(way):
        return redirect(url_for("learning.page", module=module, page=way[here + 1].page))
    flash("That was the last page of this module.")
    return redirect(url_for("learning.module", module=module))
