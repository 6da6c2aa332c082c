"""What stands within pages: questions to answer, pictures to look at."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.access.gate import actor, needs
from lms.access.permissions import Permission as P
from lms.catalogue.giving import AN_HOUR, shown as given
from lms.catalogue.queries import shown_file
from lms.db import end_reading, unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.learning import checks, operations, queries
from lms.learning.page import shown
from lms.learning.place import open_reader, settings
from lms.learning.queries import Opened, Reader
from lms.markup_questions import Question, question_of
from lms.web.forms import Sent

bp = Blueprint("learning_parts", __name__, url_prefix="/learn")


@bp.post("/<module>/<page>/questions/<key>")
@needs(P.LEARN)
def answer(module: str, page: str, key: str) -> ResponseReturnValue:
    """Keep an answer, and show what becomes of each option; or say what is missing."""
    reader = open_reader()
    opened = queries.page_for(reader, module, page)
    question = _question(reader, opened, key)
    try:
        _keep(reader, opened, question)
    except RuleBroken as refusal:
        asked = checks.refused(question, _typed(question), refusal.sentence)
        here = url_for("learning.page", module=module, page=page, show=1)
        context = shown(reader, module, page, settings(here), refused=asked)
        form, today = Sent(formdata=None), clock.today()
        return render_template(
            "learning/page.html", **context, refused=asked, form=form, errors=True, today=today
        ), 422
    anchor = f"question-{key}"
    return redirect(url_for("learning.page", module=module, page=page, show=1, _anchor=anchor))


@bp.get("/<module>/files/<name>")
@needs(P.READ_MODULES)
def file(module: str, name: str) -> ResponseReturnValue:
    """A picture or film of a module, as it was published; of a film also parts."""
    reader = open_reader()
    found = shown_file(reader.version_id, module, name, for_staff=reader.enrolment is None)
    key, kind, size = found.file_key, found.kind, found.size
    end_reading()
    return given(key, kind, size, keep_for=AN_HOUR)  # a cohort that moves has others there


def _question(reader: Reader, opened: Opened, key: str) -> Question:
    found = next((each for each in opened.questions if each["key"] == key), None)
    if found is None or reader.enrolment is None:
        raise NotFound
    return question_of(found)


def _typed(question: Question) -> dict[str, str]:
    if question.kind in {"single", "multiple"}:
        return dict.fromkeys(request.form.getlist("answer"), "on")
    if question.kind == "reflection":
        return {checks.REFLECTION: request.form.get(checks.REFLECTION, "")}
    return {each.key: request.form.get(f"place-{each.key}", "") for each in question.options}


def _keep(reader: Reader, opened: Opened, question: Question) -> None:
    """Raises RuleBroken for what is no answer yet."""
    typed = _typed(question)
    if reader.enrolment is None:
        raise NotFound
    if question.kind == "reflection":
        text = checks.reflection(typed[checks.REFLECTION])
        with unit_of_work():
            operations.reflect(reader.enrolment, opened.page, question, text, actor=actor())
        return
    chosen = checks.choice(question, list(typed), typed)
    with unit_of_work():
        operations.answer(reader.enrolment, opened.page, question, chosen, actor=actor())
