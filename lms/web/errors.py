"""Turns each error into its status and its page. Nothing else answers for an error."""

import logging
from collections.abc import Callable

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from lms import refs
from lms.access import gate
from lms.errors import Conflict, NotFound, NotPermitted, RuleBroken, TooMany, Unavailable
from lms.web import kept

_log = logging.getLogger("lms")

# Where the answer is a page of some feature above, the roof hands the page in.
Page = Callable[[], ResponseReturnValue]


def install(app: Flask, *, signed_out: Page, step_up: Page, refused: Callable[[], None]) -> None:
    """Register one handler for each kind.

    signed_out  the sign-in page, for somebody who has to sign in first
    step_up     the page that asks again who they are
    refused     notes a denied attempt in the trail
    """

    def no_entry(_error: gate.SignInNeeded) -> ResponseReturnValue:
        return signed_out()

    def proof_is_old(_error: gate.StepUpNeeded) -> ResponseReturnValue:
        return step_up()

    def not_here(_error: Exception) -> ResponseReturnValue:
        if "lms_refused" in g:
            refused()
        return render_template("errors/404.html"), 404

    def not_for_you(error: NotPermitted) -> ResponseReturnValue:
        refused()
        return render_template("errors/403.html", sentence=error.sentence), 403

    def bad_token(_error: CSRFError) -> ResponseReturnValue:
        return _stale_form(signed_out)

    app.register_error_handler(gate.SignInNeeded, no_entry)
    app.register_error_handler(gate.StepUpNeeded, proof_is_old)
    app.register_error_handler(NotFound, not_here)
    app.register_error_handler(404, not_here)
    app.register_error_handler(NotPermitted, not_for_you)
    app.register_error_handler(CSRFError, bad_token)
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(413, _too_large)
    app.register_error_handler(HTTPException, _other)
    app.register_error_handler(Exception, _unexpected)


def _stale_form(signed_out: Page) -> ResponseReturnValue:
    view = current_app.view_functions.get(request.endpoint or "")
    is_public = view is not None and gate.door_of(view) == "public"
    if not gate.actor().is_person and not is_public:
        return signed_out()
    page = render_template(
        "errors/403.html",
        sentence="This form was open for too long. Open it again; what you typed is below.",
        again=request.path,
        texts=_typed(),
    )
    return page, 403


def _conflict(error: Conflict) -> ResponseReturnValue:
    return render_template("errors/409.html", sentence=error.sentence, texts=_typed()), 409


def _rule_broken(error: RuleBroken) -> ResponseReturnValue:
    page = render_template(
        "errors/422.html",
        sentence=error.sentence,
        source=error.source,
        missing=error.missing,
        texts=_typed(),
    )
    return page, 422


def _unavailable(error: Unavailable) -> ResponseReturnValue:
    _look_who_it_is()
    page = render_template(
        "errors/503.html",
        sentence=error.sentence,
        retry_after=error.retry_after,
        texts=_typed(),
    )
    return page, 503, {"Retry-After": str(error.retry_after)}


def _look_who_it_is() -> None:
    """Where the database is away, the page is shown as to a stranger: it can't say who it is."""
    try:
        _ = current_user.is_authenticated
    except OperationalError:
        g._login_user = AnonymousUserMixin()


def _too_many(error: TooMany) -> ResponseReturnValue:
    page = render_template(
        "errors/429.html",
        sentence=error.sentence,
        retry_after=error.retry_after,
        texts=_typed(),
    )
    return page, 429, {"Retry-After": str(error.retry_after)}


def _database_away(error: OperationalError) -> ResponseReturnValue:
    _log.error("the database did not answer: %s", type(error.orig).__name__)
    sentence = "We can’t reach our records just now. Nothing was changed."
    return _unavailable(Unavailable(sentence, retry_after=30))


def _too_large(_error: HTTPException) -> ResponseReturnValue:
    return render_template("errors/413.html"), 413


def _other(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error.get_response()
    return render_template("errors/404.html"), error.code or 500


def _unexpected(error: Exception) -> ResponseReturnValue:
    quoted = refs.new("ERR")
    _log.exception("%s: %s", quoted, type(error).__name__, exc_info=error)
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return render_template("errors/500.html", ref=quoted), 500


def _typed() -> list[str]:
    """The longer things in this request, so that a refused page can show them again."""
    sent = kept.from_request()
    return sent.texts if sent else []
