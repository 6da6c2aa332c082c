"""Single-use links: accepting an invitation, getting a new password.

Opening a link by GET shows a form and spends nothing; only its POST does.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.access.actor import PUBLIC
from lms.access.gate import public
from lms.accounts import operations, passwords, queries
from lms.accounts.forms import PasswordForm, ResetForm
from lms.accounts.models import Invitation
from lms.accounts.rules import (
    LinkUnusable,
    Purpose,
    WeakPassword,
    check_password,
    check_usable,
    least_characters,
    normal_address,
)
from lms.db import unit_of_work
from lms.errors import RuleBroken
from lms.web.site import base_url

bp = Blueprint("links", __name__, template_folder="templates")


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> ResponseReturnValue:
    """Accept an invitation by setting a password."""
    return _set_password(token, Purpose.INVITATION)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """Set a new password. The second factor is asked for as ever."""
    return _set_password(token, Purpose.RESET)


@bp.route("/reset", methods=["GET", "POST"])
@public
def ask_reset() -> ResponseReturnValue:
    """Ask for a link. The answer is the same whether or not the address has an account."""
    form = ResetForm.from_request()
    if not form.accepted():
        return render_template("accounts/ask_reset.html", form=form), form.status
    try:
        address = normal_address(form.email.data or "")
    except RuleBroken as refusal:
        form.refused("email", refusal)
        return render_template("accounts/ask_reset.html", form=form), form.status
    account = queries.account_with_address(address)
    known = account is not None and account.disabled_at is None and account.password_hash
    with unit_of_work():
        # An unknown address is noted too, so that the answer takes as long.
        operations.ask_reset(account if known else None, base_url(), actor=PUBLIC)
    return render_template("accounts/reset_asked.html")


def _set_password(token: str, purpose: Purpose) -> ResponseReturnValue:
    link = queries.invitation_with(token)
    try:
        if link is None or link.purpose != purpose or link.account.disabled_at is not None:
            raise LinkUnusable("")
        check_usable(link, clock.now())
        return _password_page(link, purpose)
    except LinkUnusable:
        # Forged, used, cancelled and expired read alike.
        return render_template("accounts/link_dead.html", purpose=purpose), 404


def _password_page(link: Invitation, purpose: Purpose) -> ResponseReturnValue:
    form, account = PasswordForm.from_request(), link.account
    least = least_characters(queries.actor_for(account).roles)
    if form.accepted():
        try:
            check_password(form.password.data or "", least, [account.name, account.address])
        except WeakPassword as refusal:
            form.refused("password", refusal)
        else:
            hashed = passwords.hashed(form.password.data or "")
            with unit_of_work():
                operations.use_link(link, hashed, actor=queries.actor_for(account))
            flash("Your password is set. Sign in with it.")
            return redirect(url_for("sessions.sign_in"))
    page = render_template(
        "accounts/set_password.html",
        form=form,
        least=least,
        address=account.address,
        purpose=purpose,
    )
    return page, form.status
