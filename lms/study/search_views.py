"""The page on which something is found in the modules."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.gate import needs
from lms.access.permissions import Permission as P
from lms.catalogue.search import MOST, search as find
from lms.learning import place
from lms.markup_blocks import NATIONS
from lms.study.excerpts import excerpt, marked
from lms.texts import asking

bp = Blueprint("search", __name__, template_folder="templates")


@bp.get("/search")
@needs(P.READ_MODULES)
def search() -> ResponseReturnValue:
    """Passages of one's own version in which the words stand that were typed."""
    reader = place.reader()
    if reader is None or place.opens_later(reader):
        return render_template("learning/not_open.html", reader=reader)
    typed = request.args.get("q", "").replace("\0", "").strip()
    problem = _problem(typed)
    answer = None
    if typed and not problem:
        answer = find(reader.version_id, typed, place.nation())
    page = render_template(
        "study/search.html",
        typed=typed[: asking.LONGEST],
        problem=problem,
        answer=answer,
        longest=asking.LONGEST,
        most=MOST,
        nations=NATIONS,
        chosen=place.settings(url_for("search.search", q=None if problem else typed or None)),
        excerpt=excerpt,
        marked=marked,
        errors=problem,
    )
    return page, 422 if problem else 200


def _problem(typed: str) -> str:
    """What is wrong with what was typed; empty when it can be asked."""
    if len(typed) > asking.LONGEST:
        return f"Search for at most {asking.LONGEST} characters. A few words find more."
    if typed and not asking.says_enough(typed):
        return "Type a word of at least two letters or digits."
    return ""
