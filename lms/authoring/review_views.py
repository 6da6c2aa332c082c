"""Review and sign-off of a draft."""

from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from lms.access.gate import actor, needs, require
from lms.access.permissions import Permission as P
from lms.accounts.queries import account
from lms.authoring import queries, review_operations as operations, working
from lms.authoring.desk import (
    appoint_form,
    kind_choices,
    move_for,
    review_page,
)
from lms.authoring.forms import AnswerForm, MoveForm, OpinionForm
from lms.authoring.models import Draft
from lms.authoring.operations import move_onto
from lms.authoring.rules import Verdict
from lms.content.signing import Kind
from lms.db import unit_of_work
from lms.errors import RuleBroken

bp = Blueprint("reviewing", __name__, url_prefix="/authoring/drafts", template_folder="templates")


@bp.get("/<ref>/review")
@needs(P.READ_DRAFTS)
def review(ref: str) -> ResponseReturnValue:
    """What a draft changes, who is to look at it, and what they said."""
    return review_page(_readable(ref), _folder())


@bp.post("/<ref>/review/ask")
@needs(P.WRITE_CONTENT)
def ask(ref: str) -> ResponseReturnValue:
    """Ask for review of the draft as it is now."""
    found = _readable(ref)
    seen = working.snapshot(found, _folder())
    with unit_of_work():
        operations.ask_review(found, seen, actor=actor())
    flash("Review is asked for. Those who are to review get a message that says only to sign in.")
    return redirect(url_for("reviewing.review", ref=ref))


@bp.post("/<ref>/review/appoint")
@needs(P.APPOINT_REVIEWERS)
def appoint(ref: str) -> ResponseReturnValue:
    """Ask somebody to review."""
    found = _readable(ref)
    form = appoint_form()
    if form.accepted():
        try:
            chosen = account(form.reviewer.data)
            with unit_of_work():
                operations.appoint(found, Kind(form.look.data), chosen, actor=actor())
            flash(f"{chosen.name} is asked to review.")
            return redirect(url_for("reviewing.review", ref=ref))
        except RuleBroken as refusal:
            if found.ended_at is not None:
                raise  # its page has no form any more
            form.refused("reviewer", refusal)
    return review_page(found, _folder(), appoint=form), form.status


@bp.post("/<ref>/review/say")
@needs(P.REVIEW_CONTENT)
def say(ref: str) -> ResponseReturnValue:
    """A reviewer's word."""
    found = _readable(ref)
    require(actor(), P.WITHDRAW_OBJECTION, queries.hands(found))
    form = OpinionForm.from_request()
    form.kind.choices = kind_choices(Kind)
    if form.accepted():
        said, seen = form.opinion, working.snapshot(found, _folder())
        act = operations.withdraw if said.verdict is Verdict.WITHDRAWS else operations.review
        try:
            with unit_of_work():
                act(found, seen, said, actor=actor())
            flash("What you said is recorded.")
            return redirect(url_for("reviewing.review", ref=ref))
        except RuleBroken as refusal:
            if found.ended_at is not None:
                raise
            form.refused("words", refusal)
    return review_page(found, _folder(), opinion=form), form.status


@bp.post("/<ref>/review/<review>/answer")
@needs(P.WRITE_CONTENT)
def answer(ref: str, review: str) -> ResponseReturnValue:
    """An author's answer to an objection."""
    found = _readable(ref)
    objection = queries.review_of(found, review)
    form = AnswerForm.from_request()
    if not form.accepted():
        return review_page(found, _folder(), answer=form, answered=review), form.status
    with unit_of_work():
        operations.answer(found, objection, form.answer.data, actor=actor())
    flash("Your answer is recorded. The objection stands until its reviewer is content.")
    return redirect(url_for("reviewing.review", ref=ref))


@bp.route("/<ref>/move", methods=["GET", "POST"])
@needs(P.WRITE_CONTENT)
def move(ref: str) -> ResponseReturnValue:
    """Let a draft stand on what was published since."""
    found = _readable(ref)
    moved = move_for(found, _folder())
    form = MoveForm.from_request(moment=moved.mark, mine=[])
    form.mine.choices = [SelectChoice(each.name, each.name) for each in moved.conflicts]
    if not form.accepted() or form.moment.data != moved.mark:
        return render_template("authoring/move.html", draft=found, moved=moved, form=form)
    theirs = [each.name for each in moved.conflicts if each.name not in form.mine.data]
    with unit_of_work():
        move_onto(found, moved.version, moved.moment, theirs, actor=actor())
    flash("Your draft stands on the newest version.")
    return redirect(url_for("authoring.draft", ref=ref))


def _readable(ref: str) -> Draft:
    found = queries.draft(ref)
    require(actor(), P.READ_DRAFTS, queries.hands(found))
    return found


def _folder() -> Path:
    return Path(current_app.config["CONTENT_DIR"])
