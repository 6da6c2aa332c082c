"""Pages of the register: an employer's check, and what the advocate sees of it."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from lms import clock, refs
from lms.access.actor import Role
from lms.access.gate import actor, needs, require
from lms.access.permissions import Permission as P
from lms.accreditation import operations, queries, rules
from lms.accreditation.forms import CheckForm
from lms.accreditation.models import Check
from lms.accreditation.rules import REASON_WORDS, Reason, Standing
from lms.db import unit_of_work
from lms.errors import TooMany
from lms.organisations.models import Organisation
from lms.organisations.queries import approved_organisations_of
from lms.web.listing import Listing, page_asked_for

bp = Blueprint("accreditation", __name__, template_folder="templates")


@dataclass(frozen=True)
class Answer:
    """What an employer is told, as the page shows it."""

    standing: Standing
    from_on: date
    until_on: date | None
    scope: str
    conditions: tuple[str, ...]
    name: str
    number: str


@bp.route("/check", methods=["GET", "POST"])
@needs(P.CHECK_ACCREDITATION)
def check() -> ResponseReturnValue:
    """The page on which an employer checks somebody."""
    mine = {each.ref: each for each in approved_organisations_of(actor(), Role.COORDINATOR)}
    form = CheckForm.from_request(data={"token": refs.token()})
    form.organisation.choices = [SelectChoice(value=o.ref, label=o.name) for o in mine.values()]
    if form.accepted():
        try:
            proofs = operations.Proofs(rules.tidy_number(form.number.data or ""), form.born_on.day)
        except rules.MistypedNumber as refusal:
            form.refused("number", refusal)
        else:
            look = _look(mine[form.organisation.data], proofs, form)
            return redirect(url_for("accreditation.receipt", ref=look.ref))
    looks = queries.checks_by(each.id for each in mine.values())
    page = render_template(
        "accreditation/check.html", form=form, mine=mine, looks=looks, reasons=REASON_WORDS
    )
    return page, form.status


@bp.get("/check/receipts/<ref>")
@needs(P.READ_CHECK)
def receipt(ref: str) -> ResponseReturnValue:
    """The answer to a look, as it was given, for the file."""
    look = queries.check_with(ref)
    require(actor(), P.READ_CHECK, look)
    return render_template(
        "accreditation/receipt.html",
        look=look,
        answer=_answer(look),
        organisation=look.organisation.name,
        checker=look.checker.name,
        reason=REASON_WORDS[Reason(look.reason)],
    )


@bp.get("/my/accreditation")
@needs(P.READ_OWN_ACCREDITATION)
def own() -> ResponseReturnValue:
    """One's own number and standing, and who looked, when and why."""
    entry = queries.entry_of(actor().person_id)
    if entry is None:
        return render_template("accreditation/own_none.html")
    require(actor(), P.READ_OWN_ACCREDITATION, entry)
    return render_template(
        "accreditation/own.html",
        entry=entry,
        now_holds=queries.standing_of(entry, clock.today()),
        looks=queries.checks_of(entry),
        reasons=REASON_WORDS,
    )


@bp.get("/accreditation/")
@needs(P.READ_REGISTER)
def register() -> ResponseReturnValue:
    """The register, for accreditors alone. Nobody else can list it."""
    page, sought = page_asked_for(), request.args.get("q", "")[:100].strip()
    rows, total = queries.register(page, clock.today(), sought)
    listing = Listing(page, queries.PAGE, total)
    return render_template("accreditation/register.html", rows=rows, page=listing, sought=sought)


def _look(organisation: Organisation, proofs: operations.Proofs, form: CheckForm) -> Check:
    reason, token = Reason(form.reason.data), form.token.data or ""
    try:
        with unit_of_work():
            return operations.check(organisation, proofs, reason, token=token, actor=actor())
    except TooMany:
        with unit_of_work():
            operations.refuse_guessing(organisation, actor=actor())
        raise


def _answer(look: Check) -> Answer | None:
    """The answer that was given; None for "no match"."""
    if look.entry is None or look.answer is None:
        return None
    until = look.answer["until_on"]
    return Answer(
        Standing(look.answer["standing"]),
        date.fromisoformat(look.answer["from_on"]),
        date.fromisoformat(until) if until else None,
        look.answer["scope"],
        tuple(look.answer["conditions"]),
        queries.certificate_name_at(look.entry.holder_id, look.made_at),
        look.entry.number,
    )
