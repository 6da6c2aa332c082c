"""Pages about one published version: the way back to it, and what it is mapped to."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.access.gate import actor, needs
from lms.access.permissions import Permission as P
from lms.catalogue import operations, queries
from lms.catalogue.comparing import summary_between
from lms.catalogue.competency_map import map_of
from lms.db import unit_of_work
from lms.web.forms import Sent

bp = Blueprint("versions", __name__, url_prefix="/authoring/versions", template_folder="templates")


@bp.route("/<ref>/publish", methods=["GET", "POST"])
@needs(P.PUBLISH_CONTENT, fresh=True)
def publish_again(ref: str) -> ResponseReturnValue:
    """Publish a version that was published before, so that it is the newest again."""
    version, form = queries.version(ref), Sent.from_request()
    if form.accepted():
        with unit_of_work():
            changed = operations.publish_again(version, actor=actor())
        flash("This version is the newest again." if changed else "It is the newest already.")
        return redirect(url_for("publishing.content"))
    newest = queries.newest_id() or version.id
    return render_template(
        "catalogue/publish_again.html",
        version=version,
        newest=queries.version_numbered(newest),
        summary=summary_between(newest, version.id),
    )


@bp.get("/<ref>/competencies")
@needs(P.READ_FINDINGS)
def competencies(ref: str) -> ResponseReturnValue:
    """Which outcomes, pages and rubric rows build what frameworks ask for, and where a gap is."""
    version = queries.version(ref)
    return render_template("catalogue/competencies.html", version=version, mapped=map_of(version))
