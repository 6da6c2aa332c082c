"""Gives an application the house's templates, filters and the names that its macros use."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from lms.web import controls, paging
from lms.web.assets import asset
from lms.web.differences import parts, text_of
from lms.web.filters import FILTERS
from lms.web.icons import icon
from lms.web.statuses import status

TEMPLATES = Path(__file__).parent / "templates"
_GOVUK = "govuk_frontend_jinja"

# Macros see these without being handed them.
_NAMES: dict[str, Callable[..., Any]] = {
    "asset": asset,
    "drawn_icon": icon,
    "status_tag": status,
    "difference": parts,
    "text_of": text_of,
    "control": controls.control,
    "first_error": controls.first_error,
    "summary_of": controls.summary_of,
    "summary_title": controls.summary_title,
    "value_of": controls.value_of,
    "choices_of": controls.choices_of,
    "box_of": controls.box_of,
    "boxes_of": controls.boxes_of,
    "date_items": controls.date_items,
    "input_kind": controls.input_kind,
    "other_attributes": controls.other_attributes,
    "page_href": paging.page_href,
    "page_items": paging.page_items,
    "page_span": paging.page_span,
}


def dress(app: Flask) -> None:
    """Set up Jinja: our templates, GOV.UK's macros, filters and names. Before the first page.

    Features bring their own templates through their blueprints, as usual in Flask.
    """
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(TEMPLATES), PrefixLoader({_GOVUK: PackageLoader(_GOVUK)})]
    )
    environment = app.jinja_env
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.filters.update(FILTERS)
    environment.globals.update(_NAMES)


def plain_page(name: str, **facts: Any) -> str:
    """A page with nothing but what it is handed: no session, no database, no context processor.

    For the errors that arise when one of those is the trouble. Without a menu the frame leaves
    out all that needs a session.
    """
    return current_app.jinja_env.get_template(name).render(**facts)
