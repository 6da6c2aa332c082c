"""Clearing a second factor that is lost: the page about it, and each person's word."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.access.gate import actor, may, needs, require
from lms.access.permissions import Permission as P
from lms.accounts.queries import account as account_of, account_by_id
from lms.db import unit_of_work
from lms.sessions import clearing_operations as operations, queries, rules
from lms.web.forms import Sent

bp = Blueprint("clearing", __name__, template_folder="templates")


@bp.get("/people/<ref>/second-factor")
@needs(P.KEEP_ACCOUNTS)
def second_factor(ref: str) -> ResponseReturnValue:
    """Whether somebody has a second factor, and what was said about its loss."""
    account = account_of(ref)
    require(actor(), P.KEEP_ACCOUNTS, account)
    clearing = queries.open_clearing(account.id)
    return render_template(
        "sessions/clearing.html",
        account=account,
        has_one=queries.has_second_factor(account.id),
        clearing=clearing,
        asked_by=account_by_id(clearing.proposed_by_id).name if clearing else "",
        from_=clearing.proposed_at + rules.CLEARING_WAITS if clearing else None,
        until=clearing.proposed_at + rules.CLEARING_LASTS if clearing else None,
        may_confirm=clearing is not None and may(actor(), P.CONFIRM_CLEARING, clearing),
        form=Sent(),
    )


@bp.post("/people/<ref>/second-factor")
@needs(P.KEEP_ACCOUNTS, fresh=True)
def ask(ref: str) -> ResponseReturnValue:
    """Say that it is lost."""
    account = account_of(ref)
    with unit_of_work():
        operations.ask_clearing(account, actor=actor())
    flash("It is noted. A second person confirms it, tomorrow at the earliest.")
    return redirect(url_for("clearing.second_factor", ref=ref))


@bp.post("/people/<ref>/second-factor/<clearing_ref>/confirm")
@needs(P.CONFIRM_CLEARING, fresh=True)
def confirm(ref: str, clearing_ref: str) -> ResponseReturnValue:
    """Agree, as a second person."""
    clearing = queries.clearing_of(ref, clearing_ref)
    with unit_of_work():
        operations.confirm_clearing(clearing, actor=actor())
    flash("The second factor is cleared. The next sign-in sets up a new one.")
    return redirect(url_for("clearing.second_factor", ref=ref))


@bp.post("/account/second-factor/<clearing_ref>/stop")
@needs(P.KEEP_OWN_ACCOUNT)
def stop(clearing_ref: str) -> ResponseReturnValue:
    """Say no, as the holder."""
    clearing = queries.clearing_of(actor().ref, clearing_ref)
    with unit_of_work():
        operations.stop_clearing(clearing, actor=actor())
    flash("Your second factor stays as it is. Tell the people who run the programme.")
    return redirect(url_for("account.own"))
