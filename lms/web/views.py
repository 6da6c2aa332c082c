"""Pages of the shell: files of the frame, leaving quickly, help, and whether all is well."""

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from lms import clock, db
from lms.access.gate import public
from lms.errors import NotFound, Unavailable
from lms.web import assets
from lms.web.components import examples

bp = Blueprint("web", __name__)


@bp.get("/static/<digest>/<name>")
@public
def static(digest: str, name: str) -> ResponseReturnValue:
    """A file of the frame, kept by browsers for a year under the digest of all of them."""
    return assets.serve(digest, name)


@bp.get("/help/")
@public
def help_() -> ResponseReturnValue:
    """Where help is to be found."""
    return render_template("help/help.html")


@bp.get("/help/staying-safe")
@public
def staying_safe() -> ResponseReturnValue:
    """What leaving quickly does, and what it can't."""
    return render_template("help/staying_safe.html")


@bp.get("/help/components")
@public
def components() -> ResponseReturnValue:
    """Every control in every state, for those who build pages. In the demonstration alone."""
    if not current_app.config["DEMO"]:
        raise NotFound
    return render_template("components.html", **examples(clock.now()))


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept, and who sees it."""
    return render_template("help/privacy.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """How this can be used, and what falls short."""
    return render_template("help/accessibility.html")


@bp.get("/health/live")
@public
def live() -> ResponseReturnValue:
    """The process answers."""
    return Response("live\n", mimetype="text/plain")


@bp.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    """The process and its database answer."""
    if not db.answers():
        raise Unavailable("The database does not answer.", retry_after=10)
    return Response("ready\n", mimetype="text/plain")
