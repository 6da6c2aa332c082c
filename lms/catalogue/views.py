"""Pages about what is taught, for those who write and publish it."""

from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.access.gate import actor, may_ever, needs
from lms.access.permissions import Permission as P
from lms.authored import Finding, Severity
from lms.catalogue import operations, queries
from lms.catalogue.keeping import keep
from lms.checking import memory
from lms.content.source import Content
from lms.db import unit_of_work
from lms.web.forms import Sent

bp = Blueprint("catalogue", __name__, url_prefix="/authoring", template_folder="templates")


@bp.get("/")
@needs(P.READ_FINDINGS)
def authoring() -> ResponseReturnValue:
    """What waits in the content folder, what is wrong with it, and what was published."""
    content, findings = _folder()
    return render_template(
        "catalogue/authoring.html",
        content=content,
        findings=findings,
        published=content and queries.version_with_content(content.sha256),
        newest=queries.newest_id(),
        publications=queries.publications(),
        publishes=may_ever(actor(), P.PUBLISH_CONTENT),
        form=Sent(),
    )


@bp.post("/publish")
@needs(P.PUBLISH_CONTENT, fresh=True)
def publish() -> ResponseReturnValue:
    """Publish what the folder holds; with a finding, nothing happens to what is live."""
    content, _findings = _folder()
    if content is None:
        flash("Nothing was published: the content has findings.")
        return redirect(url_for("catalogue.authoring"))
    kept = keep(content)
    with unit_of_work():
        operations.publish(kept, actor=actor())
    flash("The content is published. Running intakes keep the version they have.")
    return redirect(url_for("catalogue.authoring"))


def _folder() -> tuple[Content | None, list[Finding]]:
    content, findings = memory.content_of(Path(current_app.config["CONTENT_DIR"]), clock.today())
    errors = [each for each in findings if each.severity is Severity.ERROR]
    return content, findings if content else errors
