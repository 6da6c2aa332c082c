"""The application: extensions, rooms, errors, headers. Everything is joined here, and only here."""

from flask import Flask, Response, current_app, request
from flask_login import current_user
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from lms import clock, vault
from lms.access import gate
from lms.audit import trail
from lms.db import db, engine_options, prepare
from lms.rooms import ROOMS
from lms.sessions import account_views, current, views as sign_in
from lms.storage import Store
from lms.web import errors, navigation
from lms.web.face import dress

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_HSTS = "max-age=63072000; includeSubDomains"


def create_app(settings: Settings) -> Flask:
    """The application for these settings. Raises vault.KeyMissing when its keys aren't there."""
    app = Flask("lms", static_folder=None)
    app.config.from_mapping(settings.as_flask())
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    app.extensions["lms_keys"] = vault.Keys.read(settings.keys_dir)
    app.extensions["lms_store"] = Store(settings.storage_dir)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    dress(app)
    _guard(app)
    for room in ROOMS:
        app.register_blueprint(room)
    app.context_processor(_frame)
    return app


def _guard(app: Flask) -> None:
    """Who is signed in, forged forms, doors, refusals, headers; in this order for each request."""
    current.install(app)
    CSRFProtect(app)
    app.before_request(gate.refuse_doorless)
    errors.install(
        app,
        signed_out=sign_in.ask_to_sign_in,
        step_up=account_views.ask_again,
        refused=_note_refusal,
    )
    app.after_request(_headers)


def _note_refusal() -> None:
    trail.note_refusal(gate.actor())


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    settings: Settings = current_app.config["SETTINGS"]
    if settings.https or request.is_secure:
        response.headers["Strict-Transport-Security"] = _HSTS
    # Everything but the files of the frame may show something of somebody. What gives out files
    # says "no-cache" by itself, which lets a shared computer keep them.
    if not response.cache_control.immutable:
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Request-ID"] = trail.request_ref()
    return response


def _frame() -> dict[str, object]:
    """What every page of the frame shows."""
    someone = gate.actor()
    settings: Settings = current_app.config["SETTINGS"]
    return {
        "service_name": settings.words.service_name,
        "settings": settings.words,
        "demo": settings.mode == "demo",
        "menu": navigation.menu(someone, request.path),
        "account_menu": navigation.account_menu(),
        "me": getattr(current_user, "name", None),
        "role_words": navigation.role_words(someone.roles),
        "theme": request.cookies.get("theme", "auto"),
        "now": clock.now(),
    }
