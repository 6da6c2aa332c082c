"""One's own account: name, password, second factor, sessions, light or dark."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.access.gate import actor, needs, public
from lms.access.permissions import Permission as P
from lms.accounts import operations as accounts, passwords
from lms.accounts.models import Account
from lms.accounts.queries import account as account_of, actor_for
from lms.accounts.rules import WeakPassword, check_password, least_characters, needs_second_factor
from lms.db import unit_of_work
from lms.sessions import current, operations, queries, rules
from lms.sessions.forms import ConfirmForm, ConfirmWithCodeForm, NameForm, NewPasswordForm
from lms.web import kept
from lms.web.forms import Sent
from lms.web.safe import local_path

bp = Blueprint("account", __name__, url_prefix="/account", template_folder="templates")

THEMES = ("auto", "light", "dark")


@bp.get("/")
@needs(P.KEEP_OWN_ACCOUNT)
def own() -> ResponseReturnValue:
    """Everything about one's own account, and the way to change it."""
    me = account_of(actor().ref)
    must_have_one = needs_second_factor(actor_for(me).roles)
    return render_template(
        "sessions/account.html",
        account=me,
        sessions=queries.open_sessions(me.id),
        present=current.present().ref,
        life=rules.LIFE,
        rest=rules.rest(must_have_one),
        has_second_factor=queries.has_second_factor(me.id),
        must_have_one=must_have_one,
        codes_left=queries.recovery_codes_left(me.id),
        clearing=queries.open_clearing(me.id),
        form=Sent(),
    )


@bp.route("/name", methods=["GET", "POST"])
@needs(P.KEEP_OWN_ACCOUNT)
def name() -> ResponseReturnValue:
    """How one wants to be called here."""
    me = account_of(actor().ref)
    form = NameForm.from_request(obj=me)
    if not form.accepted():
        return render_template("sessions/name.html", form=form), form.status
    with unit_of_work():
        accounts.change_name(me, form.name.data or "", actor=actor())
    flash("Your name is changed.")
    return redirect(url_for("account.own"))


@bp.route("/password", methods=["GET", "POST"])
@needs(P.KEEP_OWN_ACCOUNT)
def password() -> ResponseReturnValue:
    """A new password; every session ends, the present one too."""
    me = account_of(actor().ref)
    form = NewPasswordForm.from_request()
    if not form.accepted() or not _new_password_fits(me, form):
        return render_template("sessions/password.html", form=form, least=_least(me)), form.status
    new = passwords.hashed(form.new_password.data or "")
    with unit_of_work():
        accounts.change_password(me, new, actor=actor())
    current.forget()
    flash("Your password is changed. Sign in with the new one.")
    return redirect(url_for("sessions.sign_in"))


@bp.post("/sessions/end-others")
@needs(P.KEEP_OWN_ACCOUNT)
def end_others() -> ResponseReturnValue:
    """End every session but this one."""
    me = account_of(actor().ref)
    with unit_of_work():
        ended = operations.end_other_sessions(me, current.present().ref, actor=actor())
    flash(f"{ended} other sessions ended." if ended != 1 else "One other session ended.")
    return redirect(url_for("account.own"))


@bp.post("/sessions/<ref>/end")
@needs(P.KEEP_OWN_ACCOUNT)
def end_session(ref: str) -> ResponseReturnValue:
    """End one of one's own sessions."""
    session = queries.session_of(account_of(actor().ref), ref)
    with unit_of_work():
        operations.end_session(session, actor=actor())
    flash("That session has ended.")
    return redirect(url_for("account.own"))


@bp.post("/second-factor/begin")
@needs(P.KEEP_OWN_ACCOUNT, fresh=True)
def begin_second_factor() -> ResponseReturnValue:
    """Begin to set up a second factor of one's own accord: the next sign-in finishes it."""
    me, before = account_of(actor().ref), current.present()
    with unit_of_work():
        operations.end_session(before, actor=actor())
        operations.begin_second_factor(me)
        token = operations.sign_in(me, complete=False)
    current.begin_half(token)
    return redirect(url_for("sessions.set_up"))


@bp.post("/recovery-codes")
@needs(P.KEEP_OWN_ACCOUNT, fresh=True)
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown once."""
    me = account_of(actor().ref)
    with unit_of_work():
        codes = operations.new_recovery_codes(me, actor=actor())
    return render_template("sessions/recovery_codes.html", codes=codes, next="")


@bp.route("/confirm", methods=["GET", "POST"])
@needs(P.KEEP_OWN_ACCOUNT)
def confirm() -> ResponseReturnValue:
    """Who you are, again, before something that matters."""
    me = account_of(actor().ref)
    form = _confirm_form(me)
    if not form.accepted() or not _proved(me, form):
        return _confirm_page(form), form.status
    with unit_of_work():
        operations.prove_again(current.present(), actor=actor())
    sent = kept.opened(form.kept.data)
    if sent is not None:
        return render_template("sessions/carry_on.html", kept=sent)
    return redirect(local_path(request.values.get("next")) or url_for("home.front"))


@bp.post("/display")
@public
def display() -> ResponseReturnValue:
    """Light or dark, kept in a plain cookie that says nothing else."""
    theme = request.form.get("theme", "auto")
    answer: Response = redirect(local_path(request.form.get("back")) or url_for("home.front"))
    answer.set_cookie(
        "theme",
        theme if theme in THEMES else "auto",
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return answer


def ask_again() -> ResponseReturnValue:
    """What answers when the proof of identity is too old; what was typed comes along."""
    me = account_of(actor().ref)
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("account.confirm", next=request.full_path.rstrip("?")))
    # A button alone comes along too, or it would seem to have been pressed.
    sent = kept.from_request() or kept.Kept(request.path, ())
    return _confirm_page(_confirm_form(me, formdata=None, kept=kept.sealed(sent))), 403


def _confirm_page(form: ConfirmForm) -> str:
    sent = kept.opened(form.kept.data)
    return render_template(
        "sessions/confirm.html",
        form=form,
        next=local_path(request.values.get("next")),
        texts=sent.texts if sent else [],
    )


def _confirm_form(me: Account, **kwargs: object) -> ConfirmForm:
    kind = ConfirmWithCodeForm if queries.has_second_factor(me.id) else ConfirmForm
    return kind.from_request(**kwargs)


def _proved(me: Account, form: ConfirmForm) -> bool:
    if not _password_fits(me, form):
        return False
    return not isinstance(form, ConfirmWithCodeForm) or _code_fits(me, form)


def _password_fits(me: Account, form: ConfirmForm | NewPasswordForm) -> bool:
    doors = [current.account_door(me.address)]
    rules.check_attempts(queries.failures(doors))
    if passwords.matches(form.password.data or "", me.password_hash):
        return True
    with unit_of_work():
        operations.sign_in_failed(doors)
    form.refuse("password", "That isn’t the password of this account.")
    return False


def _code_fits(me: Account, form: ConfirmWithCodeForm) -> bool:
    doors = [current.code_door(me)]
    rules.check_attempts(queries.failures(doors), rules.MOST_CODE_FAILURES)
    try:
        with unit_of_work():
            operations.check_code(me, form.code.data or "", actor=actor())
    except rules.WrongCode as refusal:
        with unit_of_work():
            operations.sign_in_failed(doors, me)
        form.refused("code", refusal)
        return False
    return True


def _new_password_fits(me: Account, form: NewPasswordForm) -> bool:
    if not _password_fits(me, form):
        return False
    try:
        check_password(form.new_password.data or "", _least(me), [me.name, me.address])
    except WeakPassword as refusal:
        form.refused("new_password", refusal)
        return False
    return True


def _least(me: Account) -> int:
    return least_characters(actor_for(me).roles)
