"""Files of a published module, for the staff of this programme and of others."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from config import Settings
from lms.access.gate import needs
from lms.access.permissions import Permission as P
from lms.catalogue.queries import modules_of, version
from lms.db import end_reading
from lms.errors import NotFound
from lms.exchange import cartridge, epub, queries
from lms.exchange.copies import ModuleCopy
from lms.exchange.webpage import write_webpage
from lms.web.made import as_file


@dataclass(frozen=True)
class Format:
    """A kind of copy.

    films  whether they go with it
    """

    write: Callable[[ModuleCopy, BinaryIO], None]
    ending: str
    kind: str
    films: bool = False


FORMATS = {
    "html": Format(write_webpage, "html", "text/html"),
    "epub": Format(epub.write_epub, "epub", epub.MEDIA_TYPE),
    "cartridge": Format(cartridge.write_cartridge, "imscc", cartridge.MEDIA_TYPE, films=True),
}
FOR_LEARNERS = ("html", "epub")  # the other one holds the answers

bp = Blueprint("exchange", __name__, url_prefix="/authoring/versions", template_folder="templates")


@bp.get("/<ref>/files")
@needs(P.PUBLISH_CONTENT)
def files(ref: str) -> ResponseReturnValue:
    """What can be taken out of a version, module by module."""
    found = version(ref)
    return render_template("exchange/files.html", version=found, modules=modules_of(found.id))


@bp.get("/<ref>/files/<module>/<kind>")
@needs(P.PUBLISH_CONTENT)
def file(ref: str, module: str, kind: str) -> ResponseReturnValue:
    """One module as a file."""
    return attached(version(ref).id, module, kind)


def attached(version_id: int, module: str, kind: str) -> Response:
    """A module as a file to keep. It is made anew each time: eight pages take some hundredths of
    a second, and more pages as much longer.

    Raises NotFound for a kind that there isn't.
    """
    if kind not in FORMATS:
        raise NotFound
    form = FORMATS[kind]
    copy = copied(version_id, module, form)
    end_reading()
    write = partial(form.write, copy)
    answer = as_file(write, kind=form.kind, name=f"{copy.name}.{form.ending}")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def copied(version_id: int, module: str, form: Format) -> ModuleCopy:
    """All that a copy of this kind is made of."""
    settings: Settings = current_app.config["SETTINGS"]
    return queries.module_copy(version_id, module, settings.words.service_name, films=form.films)
