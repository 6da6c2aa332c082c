"""Two tabs on one script: both versions side by side, and no text lost."""

from flask import render_template, url_for

from lms.clock import now
from lms.errors import Conflict
from lms.marking import queries
from lms.marking.forms import MarkingForm, filled
from lms.marking.models import Claim
from lms.web.differences import Typed, Version
from lms.web.filters import moment


def page(claim: Claim, form: MarkingForm, refusal: Conflict) -> str:
    """What was saved in the meantime beside what was typed here."""
    given, draft = queries.own_mark(claim), queries.own_draft(claim)
    saved = given or draft
    values = filled(saved.marks, saved.comments) if saved else {}
    at = given.event.at if given else draft.saved_at if draft else now()
    return render_template(
        "errors/409.html",
        sentence=refusal.sentence,
        final=given is not None,
        action=url_for("marking.desk", ref=claim.ref),
        carried=[("version", str(draft.version if draft else 0))],
        saved=Version(moment(at), _boxes(form, values)),
        mine=Version(f"{moment(now())}, in this window", _boxes(form, form.data)),
    )


def merge(claim: Claim, form: MarkingForm) -> None:
    """Put the saved texts before those typed here, in the same form, to be edited together."""
    draft = queries.own_draft(claim)
    saved = filled(draft.marks, draft.comments) if draft else {}
    for name, value in saved.items():
        field = form[name]
        if isinstance(value, str) and value and value != (field.data or ""):
            field.data = f"{value}\n\n{field.data or ''}".strip()
        elif field.data is None:
            field.data = value
    form.version.data = str(draft.version if draft else 0)


def _boxes(form: MarkingForm, values: dict[str, object]) -> tuple[Typed, ...]:
    return tuple(
        Typed(
            name=field.name,
            label=field.label.text if "-" not in field.name else _about(field.name),
            text="" if values.get(field.name) is None else str(values.get(field.name)),
            number=field.name.startswith("points-"),
        )
        for field in form
        if field.name not in {"version", "csrf_token"}
    )


def _about(name: str) -> str:
    kind, _, key = name.partition("-")
    said = "Mark" if kind == "points" else "Comment"
    return f"{said}: {key.replace('-', ' ')}"
