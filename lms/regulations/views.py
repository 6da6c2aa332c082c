"""Pages about rulebooks."""

from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.access.gate import actor, may_ever, needs
from lms.access.permissions import Permission as P
from lms.authored import Faulty, Finding
from lms.db import unit_of_work
from lms.errors import NotFound
from lms.regulations import operations, queries, source
from lms.regulations.source import Rulebook
from lms.web.forms import Sent

bp = Blueprint("regulations", __name__, url_prefix="/regulations", template_folder="templates")


@bp.get("/")
@needs(P.READ_REGULATIONS)
def rulebooks() -> ResponseReturnValue:
    """Published rulebooks; and for registrars, what waits in the content folder."""
    publishes = may_ever(actor(), P.PUBLISH_REGULATIONS)
    return render_template(
        "regulations/rulebooks.html",
        versions=queries.versions(),
        waiting=_waiting() if publishes else [],
        publishes=publishes,
        form=Sent(),
    )


@bp.get("/<ref>")
@needs(P.READ_REGULATIONS)
def rulebook(ref: str) -> ResponseReturnValue:
    """One rulebook, paragraph by paragraph, each with its source."""
    version = queries.version(ref)
    return render_template("regulations/rulebook.html", version=version, book=version.regulations)


@bp.post("/publish/<path:file>")
@needs(P.PUBLISH_REGULATIONS, fresh=True)
def publish(file: str) -> ResponseReturnValue:
    """Publish one rulebook of the content folder."""
    if file not in source.rulebook_files(_content()):
        raise NotFound
    try:
        found = source.read(_content(), file)
    except Faulty:
        return redirect(url_for("regulations.rulebooks"))
    with unit_of_work():
        version = operations.publish(found, actor=actor())
    flash("The rulebook is published. It never changes from now on.")
    return redirect(url_for("regulations.rulebook", ref=version.ref))


def _waiting() -> list[tuple[str, Rulebook | None, list[Finding]]]:
    """Each file with its rulebook, or with what is wrong with it; published ones are left out."""
    found: list[tuple[str, Rulebook | None, list[Finding]]] = []
    for file in source.rulebook_files(_content()):
        try:
            book = source.read(_content(), file)
        except Faulty as faults:
            found.append((file, None, faults.findings))
        else:
            if queries.version_with_text(book.sha256) is None:
                found.append((file, book, []))
    return found


def _content() -> Path:
    return Path(current_app.config["CONTENT_DIR"])
