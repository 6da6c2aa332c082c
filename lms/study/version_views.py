"""Earlier versions, as those who were taught them can read them for ever."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.access.actor import Role
from lms.access.gate import actor, needs
from lms.access.permissions import Permission as P
from lms.catalogue import queries as catalogue
from lms.catalogue.giving import A_YEAR, shown
from lms.catalogue.models import ContentVersion
from lms.db import end_reading
from lms.errors import NotFound
from lms.learning import queries
from lms.learning.parts import parts_of
from lms.learning.place import reads_as_staff
from lms.learning.queries import Reader
from lms.study.taught import versions_taught
from lms.texts.advice import about, is_grave

bp = Blueprint("taught", __name__, url_prefix="/learn/versions", template_folder="templates")


@bp.get("/")
@needs(P.READ_MODULES)
def versions() -> ResponseReturnValue:
    """The versions that one was taught; for staff, every one."""
    return render_template("study/versions.html", readable=_readable())


@bp.get("/<ref>/")
@needs(P.READ_MODULES)
def version(ref: str) -> ResponseReturnValue:
    """The pages of one of them."""
    found, reader = _reading(ref)
    return render_template(
        "study/version.html", version=found, modules=queries.programme_way(reader)
    )


@bp.get("/<ref>/<module>/<page>")
@needs(P.READ_MODULES)
def page(ref: str, module: str, page: str) -> ResponseReturnValue:
    """A page as it was."""
    found, reader = _reading(ref)
    opened = queries.page_for(reader, module, page)
    held_back = is_grave(opened.page.advice) and request.args.get("show") != "1"
    return render_template(
        "study/version_page.html",
        version=found,
        page=opened.page,
        module=opened.module,
        html="" if held_back else Markup(opened.html),  # noqa: S704 - sanitised at publishing
        parts=[] if held_back else parts_of(opened.html),
        held_back=held_back,
        topics=about(opened.page.advice),
        asks=bool(opened.questions),
        own=reader.enrolment is not None,
    )


@bp.get("/<ref>/<module>/files/<name>")
@needs(P.READ_MODULES)
def file(ref: str, module: str, name: str) -> Response:
    """A picture or film of a module, as it was."""
    found, reader = _reading(ref)
    staff = reader.enrolment is None
    stored = catalogue.shown_file(found.id, module, name, for_staff=staff)
    key, kind, size = stored.file_key, stored.kind, stored.size
    end_reading()
    return shown(key, kind, size, keep_for=A_YEAR)


def _readable() -> list[tuple[ContentVersion, Reader]]:
    someone = actor()
    advocate = Role.ADVOCATE in someone.roles
    own = versions_taught(someone.person_id) if advocate else []
    if own or not reads_as_staff(someone):
        return [(version, Reader(version.id, enrolment)) for version, enrolment in own]
    return [(version, Reader(version.id)) for version in catalogue.versions()]


def _reading(ref: str) -> tuple[ContentVersion, Reader]:
    """One that is open to them, and the place in which they read it. Raises NotFound."""
    for version, reader in _readable():
        if version.ref == ref:
            return version, reader
    raise NotFound
