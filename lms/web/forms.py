"""The base of every form: a token against forgery, and answers beside their fields."""

import re
from typing import Any, Self

from flask import request
from flask_wtf import FlaskForm
from wtforms.validators import StopValidation

from lms.errors import RuleBroken

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class BaseForm(FlaskForm):  # type: ignore[misc] # the library has no types
    """A form that checks the shape of what was typed, not the regulations."""

    @classmethod
    def from_request(cls, **kwargs: Any) -> Self:
        """The form with whatever this request sent, or with what is kept so far."""
        return cls(**kwargs)

    def accepted(self) -> bool:
        """Whether it was sent and every field is well-formed."""
        return bool(self.validate_on_submit())

    def refuse(self, field: str, sentence: str) -> None:
        """Put a refusal beside a field, as if the field itself had found it."""
        self[field].errors = [*self[field].errors, sentence]

    def refused(self, field: str, refusal: RuleBroken) -> None:
        """Put what a rule refused beside the field it is about, with the rule's source."""
        sentence = refusal.sentence
        self.refuse(field, f"{sentence} ({refusal.source})" if refusal.source else sentence)

    @property
    def status(self) -> int:
        """The status of a page that shows this form: 422 when something needs putting right."""
        return 422 if self.errors else 200


class Sent(BaseForm):
    """A button and its token: nothing to fill in."""


def no_control_characters(_form: object, field: Any) -> None:
    """Refuse characters that no keyboard makes and PostgreSQL can't keep."""
    if isinstance(field.data, str) and _CONTROL.search(field.data):
        raise StopValidation("Take out the characters that can’t be shown, and try again.")


def was_sent(*names: str) -> bool:
    """Whether the button of one of these names was pressed."""
    return any(name in request.form for name in names)
