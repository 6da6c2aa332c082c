"""What changed on a page since it was read."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.gate import needs
from lms.access.permissions import Permission as P
from lms.catalogue.comparing import changes_since
from lms.errors import NotFound
from lms.learning import queries
from lms.learning.place import open_reader
from lms.learning.reads import reads_like
from lms.texts.advice import about

bp = Blueprint("changes", __name__, url_prefix="/learn", template_folder="templates")


@bp.get("/<module>/<page>/changes")
@needs(P.LEARN)
def page(module: str, page: str) -> ResponseReturnValue:
    """What is different from the page that one read, the law first."""
    reader = open_reader()
    if reader.enrolment is None:
        raise NotFound
    opened = queries.page_for(reader, module, page)
    said = reads_like(reader.enrolment_id, opened.page)
    if not said:
        return redirect(url_for("learning.page", module=module, page=page))
    changes = changes_since(said[-1].page_id, opened.page.id)
    return render_template(
        "study/changes.html",
        page=opened.page,
        module=opened.module,
        read_at=said[-1].read_at,
        same=said[-1].page_id == opened.page.id,
        changes=changes,
        topics=about(changes.advice),
        held_back=changes.is_grave and request.args.get("show") != "1",
    )
