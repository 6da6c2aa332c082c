"""A module to take along, for where there is no line or a bad one."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.access.gate import needs
from lms.access.permissions import Permission as P
from lms.catalogue.queries import module_of
from lms.errors import NotFound
from lms.exchange.views import FOR_LEARNERS, attached
from lms.learning.place import open_reader

bp = Blueprint("downloads", __name__, url_prefix="/learn", template_folder="templates")


@bp.get("/<module>/download")
@needs(P.READ_MODULES)
def choose(module: str) -> ResponseReturnValue:
    """Which kind of file, and what is not in it."""
    found = module_of(open_reader().version_id, module)
    return render_template("study/download.html", module=found)


@bp.get("/<module>/download/<kind>")
@needs(P.READ_MODULES)
def download(module: str, kind: str) -> ResponseReturnValue:
    """The whole module in the reader's own version, as a file to keep."""
    if kind not in FOR_LEARNERS:
        raise NotFound
    return attached(open_reader().version_id, module, kind)
