"""Signing in and out."""

import pyotp
import segno
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.access import gate
from lms.access.gate import public
from lms.accounts import passwords
from lms.accounts.models import Account
from lms.accounts.queries import account_with_address, actor_for
from lms.accounts.rules import needs_second_factor, normal_address
from lms.db import unit_of_work
from lms.errors import RuleBroken
from lms.sessions import current, operations, queries, rules
from lms.sessions.forms import CarriesOn, CodeForm, SignInForm
from lms.sessions.models import SignIn
from lms.web import kept
from lms.web.forms import Sent
from lms.web.safe import local_path

bp = Blueprint("sessions", __name__, template_folder="templates")


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """The page on which people sign in."""
    form = SignInForm.from_request()
    if not form.accepted():
        return _sign_in_page(form), form.status
    doors = current.client_doors(_address(form.email.data))
    rules.check_attempts(queries.failures(doors))
    account = _account_of(form)
    if account is None:
        with unit_of_work():
            operations.sign_in_failed(doors)
        form.refuse("email", "That address and password don’t go together. Check both.")
        return _sign_in_page(form), form.status
    return _let_in(account, form)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def enter_code() -> ResponseReturnValue:
    """The page between the password and everything else."""
    session = current.half()
    if session is None:
        current.forget_half()
        return redirect(url_for("sessions.sign_in"))
    if not queries.has_second_factor(session.account_id):
        return redirect(url_for("sessions.set_up", next=_next()))
    form = CodeForm.from_request()
    if form.accepted() and (token := _complete(session, form)):
        current.begin(token)
        return _carry_on(form)
    return render_template("sessions/code.html", form=form, next=_next()), form.status


@bp.route("/sign-in/set-up", methods=["GET", "POST"])
@public
def set_up() -> ResponseReturnValue:
    """The page on which somebody sets up their second factor, at their first sign-in."""
    session = current.half()
    if session is None or queries.has_second_factor(session.account_id):
        return redirect(url_for("sessions.enter_code"))
    form = CodeForm.from_request()
    if form.accepted():
        try:
            with unit_of_work():
                codes = operations.finish_second_factor(session.account, form.code.data or "")
                token = operations.complete(session)
        except rules.WrongCode as refusal:
            form.refused("code", refusal)
        else:
            current.begin(token)
            return render_template("sessions/recovery_codes.html", codes=codes, next=_next())
    return _set_up_page(session, form), form.status


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session and go to the front page."""
    Sent.from_request()
    end_present_session()
    answer = redirect(url_for("home.front"))
    # Not the cookies: the session's own is gone already, and light or dark is no secret.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def end_present_session() -> None:
    """End whatever session the browser has: complete, half, or rested too long."""
    session, someone = current.left_over(), gate.actor()
    if session is not None:
        with unit_of_work():
            if someone.is_person:
                operations.end_session(session, actor=someone)
            else:
                operations.abandon(session)
    current.forget()


def ask_to_sign_in() -> ResponseReturnValue:
    """What answers when somebody has to sign in first: on the way back, nothing typed is lost."""
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("sessions.sign_in", next=request.full_path.rstrip("?")))
    sent = kept.from_request()
    form = SignInForm(formdata=None, kept=kept.sealed(sent))
    page = render_template(
        "sessions/sign_in.html", form=form, next="", texts=sent.texts if sent else []
    )
    return page, 401


def _let_in(account: Account, form: SignInForm) -> ResponseReturnValue:
    needs_code = _needs_code(account)
    end_present_session()
    with unit_of_work():
        if needs_code:
            operations.begin_second_factor(account)
        token = operations.sign_in(account, complete=not needs_code)
    if not needs_code:
        current.begin(token)
        return _carry_on(form)
    current.begin_half(token)
    if form.kept.data and queries.has_second_factor(account.id):
        again = CodeForm(formdata=None, kept=form.kept.data)
        return render_template("sessions/code.html", form=again, next=_next())
    return redirect(url_for("sessions.enter_code", next=_next()))


def _needs_code(account: Account) -> bool:
    if queries.has_second_factor(account.id):
        return True
    asked_for = current_app.config["SECOND_FACTOR"]
    return bool(asked_for) and needs_second_factor(actor_for(account).roles)


def _carry_on(form: CarriesOn) -> ResponseReturnValue:
    """To where the person was going; with what they had typed, if a form was under way."""
    sent = kept.opened(form.kept.data)
    if sent is None:
        return redirect(_next() or url_for("home.front"))
    return render_template("sessions/carry_on.html", kept=sent)


def _complete(session: SignIn, form: CodeForm) -> str:
    doors = [current.code_door(session.account)]
    rules.check_attempts(queries.failures(doors), rules.MOST_CODE_FAILURES)
    try:
        with unit_of_work():
            return operations.sign_in_with_code(session, form.code.data or "")
    except rules.WrongCode as refusal:
        with unit_of_work():
            operations.sign_in_failed(doors, session.account)
        form.refused("code", refusal)
    return ""


def _account_of(form: SignInForm) -> Account | None:
    account = account_with_address(_address(form.email.data))
    kept_hash = account.password_hash if account else None
    fits = passwords.matches(form.password.data or "", kept_hash)
    return account if fits and account is not None and account.disabled_at is None else None


def _address(typed: str | None) -> str:
    try:
        return normal_address(typed or "")
    except RuleBroken:
        return ""


def _next() -> str:
    return local_path(request.values.get("next"))


def _sign_in_page(form: SignInForm) -> str:
    sent = kept.opened(form.kept.data)
    texts = sent.texts if sent else []
    return render_template("sessions/sign_in.html", form=form, next=_next(), texts=texts)


def _set_up_page(session: SignIn, form: CodeForm) -> str:
    seed = queries.seed_of(queries.begun_second_factor(session.account_id))
    address = pyotp.TOTP(seed).provisioning_uri(
        name=session.account.address, issuer_name=current_app.config["SERVICE_NAME"]
    )
    # segno writes only shapes and numbers of its own into the picture.
    picture = segno.make(address).svg_inline(scale=4, svgclass="qr", light="#fff", omitsize=True)
    return render_template(
        "sessions/set_up.html",
        form=form,
        seed=" ".join(seed[i : i + 4] for i in range(0, len(seed), 4)),
        picture=Markup(picture),  # noqa: S704 - made by segno in the line above
        next=_next(),
    )


@bp.get("/leave")
@public
def leave() -> ResponseReturnValue:
    """Leave quickly: the session ends, and a neutral page opens. On the list of writes by GET."""
    end_present_session()
    answer = redirect(str(current_app.config["LEAVE_URL"]))
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer
