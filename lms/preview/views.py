"""The bar above every page of a preview: whose eyes, which nation, which day, what was found."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms import clock
from lms.access.actor import Role
from lms.access.gate import public
from lms.authored import Finding
from lms.db import unit_of_work
from lms.learning.place import NATION
from lms.markup_blocks import NATIONS
from lms.preview.desk import Desk, Seat
from lms.sessions import current, operations as sessions
from lms.web.safe import local_path

_OWN = "/preview/"


bp = Blueprint("preview", __name__, url_prefix="/preview", template_folder="templates")
bp.static_folder = "static"


def install(desk: Desk) -> None:
    """Put the bar on the desk's application, and its clock on the desk's day."""
    app = desk.app
    app.extensions["lms_desk"] = desk
    app.register_blueprint(bp)
    app.before_request(lambda: _sit_down(desk))
    app.after_request(lambda answer: _with_bar(desk, answer))
    app.wsgi_app = _on_its_day(desk, app.wsgi_app)  # type: ignore[method-assign]


def _on_its_day(desk: Desk, inner: Any) -> Any:
    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with desk.lock, clock.stopped(desk.seat.moment):
            desk.refresh()
            answered = inner(environ, start)
            try:
                return list(answered)
            finally:
                getattr(answered, "close", lambda: None)()

    return answer


@bp.post("/seat")
@public
def seat() -> ResponseReturnValue:
    """Look as somebody else, in another nation, on another day."""
    form = request.form
    _desk().sit(Seat(_role(form.get("role")), _day(form.get("day"))))
    answer = redirect(local_path(form.get("back")) or "/learn/")
    answer.set_cookie(NATION, form.get("nation", ""), samesite="Lax", httponly=True)
    return answer


@bp.get("/state")
@public
def state() -> ResponseReturnValue:
    """What a page compares with what it was made from."""
    return Response(_state(_desk()), mimetype="text/plain")


@bp.get("/<any('bar.css', 'live.js'):name>")
@public
def file(name: str) -> ResponseReturnValue:
    """The bar's own style and script."""
    return bp.send_static_file(name)


def _desk() -> Desk:
    found: Desk = current_app.extensions["lms_desk"]
    return found


def _sit_down(desk: Desk) -> ResponseReturnValue | None:
    """Whoever looks is signed in as the person of the chosen role."""
    if request.path.startswith((_OWN, "/static/")):
        return None
    if not desk.has_people:
        return render_template("preview/nothing.html")
    person = desk.person(desk.seat.role)
    if getattr(current_user, "ref", None) != person.ref:
        with unit_of_work():
            token = sessions.sign_in(person, complete=True)
        current.begin(token)
    return None


def _with_bar(desk: Desk, answer: Response) -> Response:
    if answer.mimetype != "text/html" or answer.is_streamed or not _is_page(answer):
        return answer
    here, elsewhere = _findings(desk)
    bar = render_template(
        "preview/bar.html",
        seat=desk.seat,
        roles=list(Role),
        nations=NATIONS,
        nation=request.cookies.get(NATION, ""),
        back=request.path,
        here=here,
        elsewhere=elsewhere,
        shown=desk.sight.shown,
        state=_state(desk),
    )
    answer.set_data(answer.get_data(as_text=True).replace("</body>", f"{bar}</body>", 1))
    return answer


def _is_page(answer: Response) -> bool:
    return answer.status_code < 300 or answer.status_code >= 400


def _findings(desk: Desk) -> tuple[list[Finding], list[Finding]]:
    """Those of the file that makes this page, and all others."""
    name = _file_of(desk, request.path)
    here = [each for each in desk.sight.findings if each.file == name]
    return here, [each for each in desk.sight.findings if each.file != name]


def _file_of(desk: Desk, path: str) -> str:
    parts = path.strip("/").split("/")
    if desk.sight.content is None or parts[0] != "learn" or len(parts) < 2:
        return ""
    for module in desk.sight.content.modules:
        if module.slug == parts[1]:
            pages = {page.slug: page.name for page in module.pages}
            module_file = f"modules/{module.folder}/module.yml"
            return pages.get(parts[2], "") if len(parts) > 2 else module_file
    return ""


def _state(desk: Desk) -> str:
    return f"{hash((desk.sight.stamp, desk.seat)) & 0xFFFFFFFF:08x}"


def _role(said: str | None) -> Role:
    return Role(said) if said in set(Role) else Role.ADVOCATE


def _day(said: str | None) -> date:
    try:
        return date.fromisoformat(said or "")
    except ValueError:
        return clock.today()


def served(desk: Desk) -> Flask:
    """The application with the bar on it."""
    install(desk)
    return desk.app
