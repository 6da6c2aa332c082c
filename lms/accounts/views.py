"""Pages about people: the list, one account, its roles and who they are by law."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.actor import Role
from lms.access.gate import actor, may, may_ever, needs, require
from lms.access.permissions import Permission as P
from lms.accounts import operations, queries
from lms.accounts.forms import AddressForm, IdentityForm, InviteForm, RoleForm
from lms.accounts.models import Account
from lms.audit.trail import Event, record
from lms.db import unit_of_work
from lms.errors import Conflict, RuleBroken
from lms.web.listing import Listing, page_asked_for
from lms.web.navigation import role_word
from lms.web.site import base_url

bp = Blueprint("people", __name__, url_prefix="/people", template_folder="templates")


@bp.get("/")
@needs(P.READ_PEOPLE)
def people() -> ResponseReturnValue:
    """Everybody with an account."""
    sought, page = request.args.get("q", "")[:100].strip(), page_asked_for()
    rows, total = queries.people(page, sought)
    someone = actor()
    return render_template(
        "accounts/people.html",
        rows=rows,
        page=Listing(page, queries.PAGE, total),
        sought=sought,
        waiting=[(g, may(someone, P.CONFIRM_ROLE, g)) for g in queries.grants_to_confirm()],
        role_word=role_word,
    )


@bp.route("/new", methods=["GET", "POST"])
@needs(P.INVITE, fresh=True)
def invite() -> ResponseReturnValue:
    """Open an account for somebody new, and send the invitation."""
    form = InviteForm.from_request()
    if form.accepted():
        try:
            account = _invite(form)
        except (RuleBroken, Conflict) as refusal:
            form.refuse("email", refusal.sentence)
        else:
            flash(f"An invitation is on its way to {account.address}.")
            return redirect(url_for("people.person", ref=account.ref))
    grants = may_ever(actor(), P.GRANT_ROLE)
    return render_template("accounts/invite.html", form=form, grants=grants), form.status


@bp.get("/<ref>")
@needs(P.READ_PEOPLE)
def person(ref: str) -> ResponseReturnValue:
    """One account: roles, invitation, and what can be done about it."""
    return _person_page(queries.account(ref), RoleForm(), AddressForm())


@bp.post("/<ref>/invite")
@needs(P.INVITE)
def invite_again(ref: str) -> ResponseReturnValue:
    """Send a new link; the old one stops working."""
    account = queries.account(ref)
    with unit_of_work():
        operations.invite(account, base_url(), actor=actor())
    flash("A new invitation is on its way. The earlier link no longer works.")
    return redirect(url_for("people.person", ref=ref))


@bp.post("/<ref>/cancel-invitation")
@needs(P.INVITE)
def cancel_invitation(ref: str) -> ResponseReturnValue:
    """Make the link useless."""
    account = queries.account(ref)
    with unit_of_work():
        operations.cancel_invitations(account, actor=actor())
    flash("The invitation is cancelled. Its link no longer works.")
    return redirect(url_for("people.person", ref=ref))


@bp.post("/<ref>/address")
@needs(P.KEEP_ACCOUNTS, fresh=True)
def correct_address(ref: str) -> ResponseReturnValue:
    """Put an address right."""
    account, form = queries.account(ref), AddressForm.from_request()
    if form.accepted():
        try:
            with unit_of_work():
                operations.correct_address(account, form.email.data or "", actor=actor())
        except (RuleBroken, Conflict) as refusal:
            form.refuse("email", refusal.sentence)
        else:
            flash("The address is corrected. Links sent to the old one no longer work.")
            return redirect(url_for("people.person", ref=ref))
    return _person_page(account, RoleForm(formdata=None), form)


@bp.post("/<ref>/disable")
@needs(P.KEEP_ACCOUNTS, fresh=True)
def disable(ref: str) -> ResponseReturnValue:
    """Shut an account at once."""
    account = queries.account(ref)
    with unit_of_work():
        operations.disable(account, actor=actor())
    flash("The account is shut, and all its sessions have ended.")
    return redirect(url_for("people.person", ref=ref))


@bp.post("/<ref>/enable")
@needs(P.KEEP_ACCOUNTS, fresh=True)
def enable(ref: str) -> ResponseReturnValue:
    """Open a shut account again."""
    account = queries.account(ref)
    with unit_of_work():
        operations.enable(account, actor=actor())
    flash("The account is open again.")
    return redirect(url_for("people.person", ref=ref))


@bp.post("/<ref>/roles")
@needs(P.GRANT_ROLE, fresh=True)
def grant_role(ref: str) -> ResponseReturnValue:
    """Give a role."""
    account, form = queries.account(ref), RoleForm.from_request()
    if not form.accepted():
        return _person_page(account, form, AddressForm(formdata=None))
    with unit_of_work():
        grant = operations.grant_role(account, Role(form.role.data), actor=actor())
        waits = grant.needs_second
    flash("The role waits for a second registrar." if waits else "The role is given.")
    return redirect(url_for("people.person", ref=ref))


@bp.post("/<ref>/roles/<grant_ref>/confirm")
@needs(P.CONFIRM_ROLE, fresh=True)
def confirm_role(ref: str, grant_ref: str) -> ResponseReturnValue:
    """Agree, as a second registrar."""
    grant = queries.grant_of(ref, grant_ref)
    with unit_of_work():
        operations.confirm_role(grant, actor=actor())
    flash("The role is confirmed.")
    return redirect(url_for("people.person", ref=ref))


@bp.post("/<ref>/roles/<grant_ref>/end")
@needs(P.GRANT_ROLE, fresh=True)
def end_role(ref: str, grant_ref: str) -> ResponseReturnValue:
    """Take a role away."""
    grant = queries.grant_of(ref, grant_ref)
    with unit_of_work():
        operations.end_role(grant, actor=actor())
    flash("The role has ended.")
    return redirect(url_for("people.person", ref=ref))


@bp.route("/<ref>/identity", methods=["GET", "POST"])
@needs(P.KEEP_IDENTITY, fresh=True)
def identity(ref: str) -> ResponseReturnValue:
    """Who somebody is by law. Looking is noted, and so is each correction."""
    account = queries.account(ref)
    require(actor(), P.KEEP_IDENTITY, account)
    form = IdentityForm.from_request(data=_identity_read(account))
    if form.accepted() and _identity_recorded(account, form):
        flash("The correction is recorded.")
        return redirect(url_for("people.person", ref=ref))
    return render_template("accounts/identity.html", form=form, account=account), form.status


def _identity_recorded(account: Account, form: IdentityForm) -> bool:
    try:
        with unit_of_work():
            operations.record_identity(
                account,
                form.certificate_name.data or "",
                form.born_on.day,
                reason=form.reason.data or "",
                actor=actor(),
            )
    except RuleBroken as refusal:
        form.refused("born_on", refusal)
        return False
    return True


def _invite(form: InviteForm) -> Account:
    with unit_of_work():
        account = operations.open_account(
            form.email.data or "", form.name.data or "", actor=actor()
        )
        if form.role.data:
            operations.grant_role(account, Role(form.role.data), actor=actor())
        operations.invite(account, base_url(), actor=actor())
    return account


def _identity_read(account: Account) -> dict[str, object]:
    with unit_of_work():
        record(actor(), Event.IDENTITY_READ, account.ref)
    found = queries.identity_of(account.id)
    if found is None:
        return {}
    return {"certificate_name": found.certificate_name, "born_on": queries.born_on(found)}


def _person_page(account: Account, roles: RoleForm, address: AddressForm) -> ResponseReturnValue:
    someone, grants = actor(), queries.grants_of(account)
    waiting = [grant for grant, confirmed, ended in grants if not (confirmed or ended)]
    page = render_template(
        "accounts/person.html",
        account=account,
        grants=grants,
        confirmable={
            each.ref for each in waiting if each.needs_second and may(someone, P.CONFIRM_ROLE, each)
        },
        role_word=role_word,
        invited=queries.invited_until(account),
        roles=roles,
        address=address,
        may_keep=may(someone, P.KEEP_ACCOUNTS, account),
        may_grant=may(someone, P.GRANT_ROLE, account),
        may_identity=may(someone, P.KEEP_IDENTITY, account),
    )
    return page, 422 if roles.errors or address.errors else 200
