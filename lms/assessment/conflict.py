"""Two windows on one draft: both texts side by side, and neither lost."""

from flask import render_template, url_for

from lms.assessment import queries
from lms.assessment.forms import SubmissionForm
from lms.assessment.models import Assessment
from lms.clock import now
from lms.cohorts.models import Enrolment
from lms.errors import Conflict
from lms.web.differences import Typed, Version
from lms.web.filters import moment


def page(
    enrolment: Enrolment, assessment: Assessment, form: SubmissionForm, refusal: Conflict
) -> str:
    """What was saved in the meantime beside what was typed here."""
    draft = queries.draft(enrolment, assessment)
    saved = draft.text if draft else ""
    return render_template(
        "errors/409.html",
        sentence=refusal.sentence,
        final=False,
        action=url_for("assessment.submit", ref=assessment.ref),
        carried=[
            ("draft", "1"),
            ("token", form.token.data or ""),
            ("version", str(draft.version if draft else 0)),
        ],
        saved=Version(moment(draft.saved_at if draft else now()), (_box(saved),)),
        mine=Version(f"{moment(now())}, in this window", (_box(form.text.data or ""),)),
    )


def merge(enrolment: Enrolment, assessment: Assessment, form: SubmissionForm) -> None:
    """Put the saved text before the one typed here, to be edited together."""
    draft = queries.draft(enrolment, assessment)
    if draft is not None:
        form.text.data = f"{draft.text}\n\n{form.text.data or ''}".strip()
        form.version.data = str(draft.version)


def _box(text: str) -> Typed:
    return Typed("text", "Your text", text)
