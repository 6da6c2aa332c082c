"""The session of the present request: from the browser's cookie to a person, and back."""

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from lms import clock, vault
from lms.access.actor import Actor
from lms.access.gate import SignInNeeded
from lms.accounts.models import Account
from lms.accounts.rules import needs_second_factor
from lms.sessions import queries, rules
from lms.sessions.models import SignIn

_SEEN = "seen"  # seconds since 1970; in the signed cookie, so that reading writes no row
_HALF = "half"
_NOTED_EVERY = 60  # seconds
# Between password and code, only these answer.
_OPEN_BETWEEN = {
    "sessions.enter_code",
    "sessions.set_up",
    "sessions.sign_out",
    "sessions.leave",
    "web.static",
    "web.live",
    "web.ready",
}


def install(app: Flask) -> None:
    """Teach the application who is signed in."""
    manager = LoginManager()
    manager.session_protection = None  # phones change their address on the way to work
    manager.user_loader(_load)
    manager.init_app(app)
    app.before_request(_only_the_code_page)
    app.after_request(_note_seen)


def begin(token: str) -> None:
    """Put a complete session into the browser, and nothing of what was there before."""
    _empty()
    session[_SEEN] = _seconds()
    person = queries.signed_in(token)
    if person is None:  # shut, or given another password, in this very moment
        raise SignInNeeded
    login_user(person)


def begin_half(token: str) -> None:
    """Put a session into the browser that only opens the code page."""
    _empty()
    session[_HALF] = token


def present() -> SignIn:
    """The row of the session that made this request. Raises NotFound when nobody is signed in."""
    return queries.session_with(getattr(current_user, "token", ""))


def half() -> SignIn | None:
    """The session whose code is still due, if there is one."""
    token = session.get(_HALF)
    return queries.half_signed_in(token) if isinstance(token, str) else None


def left_over() -> SignIn | None:
    """The row of whatever session this browser still holds, even one that opens nothing."""
    token = session.get(_HALF) or session.get("_user_id")
    return queries.session_holding(token) if isinstance(token, str) else None


def forget_half() -> None:
    """Take a session whose code was due, and is over, out of the browser."""
    session.pop(_HALF, None)


def forget() -> None:
    """Take the session out of the browser."""
    logout_user()
    _empty()


def client_doors(address: str) -> list[str]:
    """The doors at which a failure counts: the account tried, and where from.

    Hashed under a key, since what was typed may be a password in the wrong box.
    """
    return [account_door(address), _door(f"from:{request.remote_addr or 'unknown'}")]


def account_door(address: str) -> str:
    """The door at which a wrong password for this address counts, wherever it comes from."""
    return _door(f"account:{address}")


def code_door(account: Account) -> str:
    """The door at which a wrong code counts: one, on whichever page it is asked for."""
    return _door(f"code:{account.ref}")


def _door(what: str) -> str:
    return vault.keys().sign(f"door:{what}".encode())


def _empty() -> None:
    session.clear()
    # The form library keeps the token of this request; a page shown now needs one of the new
    # session, or what it holds could not be sent.
    g.pop("csrf_token", None)


def _load(token: str) -> queries.SignedIn | None:
    person = queries.signed_in(token)
    if person is not None and current_app.config["SECOND_FACTOR"] and not person.by_code:
        person = person.without_staff_roles()
    if person is None or _rested_too_long(person.actor):
        return None
    return person


def _rested_too_long(actor: Actor) -> bool:
    seen = session.get(_SEEN)
    if not isinstance(seen, int):
        return True
    rest = _seconds() - seen
    limit = rules.rest(needs_second_factor(actor.roles))
    return rest > limit.total_seconds()


def _only_the_code_page() -> ResponseReturnValue | None:
    if _HALF in session and request.endpoint not in _OPEN_BETWEEN:
        return redirect(url_for("sessions.enter_code"))
    return None


def _note_seen(response: Response) -> Response:
    # Also when the clock was put back: what was seen lies ahead then, and would count as rest.
    if current_user.is_authenticated and not 0 <= _since_seen() < _NOTED_EVERY:
        session[_SEEN] = _seconds()
    return response


def _since_seen() -> int:
    return _seconds() - int(session.get(_SEEN, 0))


def _seconds() -> int:
    return int(clock.now().timestamp())
