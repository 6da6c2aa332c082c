"""The smallest application that wears our face: no database, no accounts, invented people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from threading import Thread
from typing import Any

import pytest
from flask import Flask, Response, render_template, request
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server

from lms.errors import NotFound
from lms.web.assets import serve
from lms.web.components import examples
from lms.web.differences import Typed, Version
from lms.web.face import dress, plain_page

NOW = datetime(2026, 10, 9, 9, 22, tzinfo=UTC)
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LONG = "Aleksandra Wolfeschlegelsteinhausen-Montgomery Ó Súilleabháin"

SAVED = Version(
    "14:06, by you in another window",
    (
        Typed("m3", "Criterion 3, mark", "62", number=True),
        Typed("t3", "Criterion 3, comment", "Knows where advice begins. Could say who to ask."),
        Typed("t4", "Criterion 4, comment", ""),
    ),
)
MINE = Version(
    "14:09, in this window",
    (
        Typed("m3", "Criterion 3, mark", "65", number=True),
        Typed("t3", "Criterion 3, comment", "Knows where advice begins. Names a <b>lawyer</b>."),
        Typed("t4", "Criterion 4, comment", "Clear."),
    ),
)
TEXTS = [
    "First line.\nSecond line of a longer comment.",
    "\nAnother text <script>alert(1)</script>",
]

# Each error page in the shapes it takes: with all it can be told, and with nothing.
ERRORS: dict[str, tuple[int, dict[str, Any]]] = {
    "403": (403, {"sentence": "Only a registrar can open an intake."}),
    "403-form": (403, {"sentence": "Open it again.", "again": "/marking", "texts": TEXTS}),
    "403-bare": (403, {}),
    "404": (404, {}),
    "409": (409, {"saved": SAVED, "mine": MINE, "action": "/save", "carried": [("based_on", "7")]}),
    "409-done": (409, {"sentence": "The board has ratified this already.", "texts": TEXTS}),
    "413": (413, {"limit": "20 MB", "again": "/assessments"}),
    "422": (
        422,
        {
            "sentence": "The board can’t ratify yet.",
            "source": "Regulation 7.2",
            "missing": ["Candidate 4417-K has no reconciled mark", "Five of seven are present"],
        },
    ),
    "422-bare": (422, {}),
    "429": (429, {"retry_after": 300}),
    "500": (500, {"ref": "ERR-7Q4M-2XKD-9TBH-V3WN"}),
    "503": (503, {"sentence": "Nothing was changed.", "retry_after": 30, "texts": TEXTS}),
    "503-bare": (503, {}),
}


@dataclass(frozen=True)
class Entry:
    """One line of a menu, as the house makes them."""

    label: str
    href: str
    current: bool = False
    post: bool = False
    count: int = 0


def _frame() -> dict[str, Any]:
    """What the house hands to every page; `?as=` chooses who is looking."""
    person = request.args.get("as", "advocate")
    menu = [
        Entry("Home", "/", current=True),
        Entry("Learning", "/learn/"),
        Entry("Assessments", "/assessments/"),
        Entry("Accreditation", "/my/accreditation"),
        Entry("Messages", "/messages", count=2),
    ]
    return {
        "service_name": "Alongside",
        "menu": [] if person == "nobody" else menu,
        "account_menu": [Entry("Your account", "/account/"), Entry("Sign out", "/x", post=True)],
        "me": {"nobody": None, "long": LONG}.get(person, "Amara"),
        "role_words": "Advocate",
        "demo": True,
        "theme": request.args.get("theme", "auto"),
        "now": NOW,
    }


def tiny_app() -> Flask:
    """A page for each thing to look at, under the policy that every page of ours has."""
    app = Flask("tiny", static_folder=None)
    app.secret_key = token_hex()
    app.testing = True
    CSRFProtect(app)
    dress(app)
    app.context_processor(_frame)
    app.after_request(_guarded)
    app.register_error_handler(NotFound, lambda _: ("Nothing here", 404))
    app.add_url_rule("/static/<digest>/<name>", view_func=serve)
    app.add_url_rule("/favicon.ico", "icon", lambda: ("", 204))
    app.add_url_rule("/help/components", "components", _components)
    app.add_url_rule("/errors/<name>", "error", _error)
    app.add_url_rule("/plain/<name>", "plain", _plain)
    return app


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _components() -> str:
    return render_template("components.html", **examples(NOW))


def _error(name: str) -> tuple[str, int]:
    status, facts = ERRORS[name]
    return render_template(f"errors/{status}.html", **facts), status


def _plain(name: str) -> tuple[str, int]:
    status, facts = ERRORS[name]
    return plain_page(f"errors/{status}.html", **facts), status


@pytest.fixture
def tiny() -> Flask:
    return tiny_app()


@pytest.fixture
def client(tiny: Flask) -> FlaskClient:
    return tiny.test_client()


@pytest.fixture(scope="session")
def tiny_server() -> Iterator[str]:
    """The tiny application on a port of its own; yields its address."""
    server = make_server("127.0.0.1", 0, tiny_app(), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
