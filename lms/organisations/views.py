"""Pages about organisations."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.access.actor import Role
from lms.access.gate import actor, may, needs, require
from lms.access.permissions import Permission as P
from lms.accounts import operations as accounts, queries as people
from lms.accounts.models import Account
from lms.accounts.rules import normal_address
from lms.db import unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.organisations import operations, queries
from lms.organisations.forms import (
    AppointmentForm,
    EndForm,
    OrganisationForm,
    PlacementForm,
    WithdrawalForm,
)
from lms.organisations.models import Organisation
from lms.organisations.rules import NATION_WORDS, Nation
from lms.web.listing import Listing, page_asked_for
from lms.web.site import base_url

bp = Blueprint("organisations", __name__, url_prefix="/organisations", template_folder="templates")


@bp.get("/")
@needs(P.READ_ORGANISATIONS)
def organisations() -> ResponseReturnValue:
    """Every organisation."""
    page, sought = page_asked_for(), request.args.get("q", "")[:100].strip()
    rows, total = queries.organisations(page, sought)
    listing = Listing(page, queries.PAGE, total)
    if page > listing.pages:
        raise NotFound
    someone = actor()
    return render_template(
        "organisations/organisations.html",
        rows=rows,
        states=queries.states_of(rows),
        waiting=[(o, may(someone, P.APPROVE_ORGANISATION, o)) for o in queries.to_approve()],
        nations=NATION_WORDS,
        page=listing,
        sought=sought,
    )


@bp.route("/new", methods=["GET", "POST"])
@needs(P.KEEP_ORGANISATIONS)
def name_organisation() -> ResponseReturnValue:
    """Enter an organisation."""
    form = OrganisationForm.from_request()
    if form.accepted():
        try:
            with unit_of_work():
                new = operations.name_organisation(
                    form.name.data or "", Nation(form.nation.data), actor=actor()
                )
        except (RuleBroken, Conflict) as refusal:
            form.refuse("name", refusal.sentence)
        else:
            flash("The organisation is entered. Another registrar approves it.")
            return redirect(url_for("organisations.organisation", ref=new.ref))
    return render_template("organisations/new.html", form=form), form.status


@bp.get("/own")
@needs(P.READ_OWN_ORGANISATION)
def own() -> ResponseReturnValue:
    """The organisations at which one is coordinator or supervisor, and who works there."""
    someone, today = actor(), clock.today()
    mine = {
        each.ref: each
        for role in (Role.COORDINATOR, Role.SUPERVISOR)
        for each in queries.approved_organisations_of(someone, role)
    }
    placed = [(each, queries.placed_at(each, today)) for each in mine.values()]
    return render_template("organisations/own.html", placed=placed, nations=NATION_WORDS)


@bp.get("/<ref>")
@needs(P.READ_ORGANISATIONS)
def organisation(ref: str) -> ResponseReturnValue:
    """One organisation: its approval, its people, and who works there."""
    return _page(queries.organisation(ref))


@bp.post("/<ref>/approve")
@needs(P.APPROVE_ORGANISATION, fresh=True)
def approve(ref: str) -> ResponseReturnValue:
    """Approve an organisation that somebody else entered."""
    found = queries.organisation(ref)
    with unit_of_work():
        operations.approve(found, actor=actor())
    flash("The organisation is approved.")
    return redirect(url_for("organisations.organisation", ref=ref))


@bp.route("/<ref>/withdraw", methods=["GET", "POST"])
@needs(P.KEEP_ORGANISATIONS, fresh=True)
def withdraw_approval(ref: str) -> ResponseReturnValue:
    """Take the approval back."""
    found, form = queries.organisation(ref), WithdrawalForm.from_request()
    if form.accepted():
        with unit_of_work():
            operations.withdraw_approval(found, form.reason.data or "", actor=actor())
        flash("The approval is withdrawn. Nobody there can check any more.")
        return redirect(url_for("organisations.organisation", ref=ref))
    return render_template("organisations/withdraw.html", form=form, found=found), form.status


@bp.route("/<ref>/appoint", methods=["GET", "POST"])
@needs(P.KEEP_ORGANISATIONS, fresh=True)
def appoint(ref: str) -> ResponseReturnValue:
    """Appoint a coordinator or a supervisor."""
    found, form = queries.organisation(ref), AppointmentForm.from_request()
    if form.accepted() and _appointed(found, form):
        flash("The appointment is made.")
        return redirect(url_for("organisations.organisation", ref=ref))
    return render_template("organisations/appoint.html", form=form, found=found), form.status


@bp.post("/<ref>/appointments/<grant_ref>/end")
@needs(P.KEEP_ORGANISATIONS, fresh=True)
def end_appointment(ref: str, grant_ref: str) -> ResponseReturnValue:
    """End an appointment."""
    found, grant = queries.organisation(ref), people.grant(grant_ref)
    if grant.at != found.ref:
        raise NotFound
    with unit_of_work():
        accounts.end_role(grant, actor=actor())
    flash("The appointment has ended.")
    return redirect(url_for("organisations.organisation", ref=ref))


@bp.route("/<ref>/placements/new", methods=["GET", "POST"])
@needs(P.KEEP_ORGANISATIONS)
def record_placement(ref: str) -> ResponseReturnValue:
    """Record who works there."""
    found, form = queries.organisation(ref), PlacementForm.from_request()
    if form.accepted() and _placed(found, form):
        flash("The placement is recorded.")
        return redirect(url_for("organisations.organisation", ref=ref))
    return render_template("organisations/place.html", form=form, found=found), form.status


@bp.route("/placements/<ref>/end", methods=["GET", "POST"])
@needs(P.KEEP_ORGANISATIONS)
def end_placement(ref: str) -> ResponseReturnValue:
    """Record somebody's last day."""
    placement, form = queries.placement(ref), EndForm.from_request()
    if form.accepted():
        try:
            with unit_of_work():
                operations.end_placement(placement, form.ends_on.day, actor=actor())
        except (RuleBroken, Conflict) as refusal:
            form.refuse("ends_on", refusal.sentence)
        else:
            flash("The last day is recorded.")
            home = placement.organisation.ref
            return redirect(url_for("organisations.organisation", ref=home))
    return render_template("organisations/end.html", form=form, placement=placement), form.status


def _appointed(found: Organisation, form: AppointmentForm) -> bool:
    try:
        with unit_of_work():
            account = _account_for(form)
            operations.appoint(account, Role(form.role.data), found, actor=actor())
            if account.password_hash is None:
                accounts.invite(account, base_url(), actor=actor())
    except (RuleBroken, Conflict) as refusal:
        form.refuse("email", refusal.sentence)
        return False
    return True


def _account_for(form: AppointmentForm) -> Account:
    address = normal_address(form.email.data or "")
    known = people.account_with_address(address)
    return known or accounts.open_account(address, form.name.data or "", actor=actor())


def _placed(found: Organisation, form: PlacementForm) -> bool:
    try:
        account = people.account_with_address(normal_address(form.email.data or ""))
        if account is None:
            raise RuleBroken("Nobody here has this address. Advocates come with the roster.")
        with unit_of_work():
            operations.record_placement(
                account, found, form.role_title.data or "", form.starts_on.day, actor=actor()
            )
    except (RuleBroken, Conflict) as refusal:
        form.refuse("email", refusal.sentence)
        return False
    return True


def _page(found: Organisation) -> ResponseReturnValue:
    require(actor(), P.READ_ORGANISATIONS, found)
    approvals = queries.approvals(found)
    deciders = people.accounts_with_refs(each.decided_by for each in approvals)
    return render_template(
        "organisations/organisation.html",
        found=found,
        nation=NATION_WORDS[Nation(found.nation)],
        approvals=approvals,
        deciders={each.ref: each.name for each in deciders},
        may_approve=may(actor(), P.APPROVE_ORGANISATION, found),
        appointed=people.appointed_at(found.ref),
        placed=queries.placed_at(found, clock.today()),
    )
