"""Pages on which the trail is read."""

import json
from datetime import date, datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock, refs
from lms.access.gate import needs
from lms.access.permissions import Permission as P
from lms.audit import queries
from lms.web.listing import Listing, page_asked_for

bp = Blueprint("audit", __name__, url_prefix="/audit", template_folder="templates")


@bp.get("/")
@needs(P.READ_TRAIL, fresh=True)
def trail() -> ResponseReturnValue:
    """Who did what, to which thing, when; by reference and by day."""
    page, sought = page_asked_for(), request.args.get("ref", "")[:40].strip()
    since, until = _day("from"), _day("to")
    rows, total = queries.entries(
        page,
        refs.tidy(sought),
        clock.start_of(since) if since else None,
        _end(until),
    )
    return render_template(
        "audit/trail.html",
        rows=rows,
        facts={each.seq: _facts(each.facts) for each in rows},
        page=Listing(page, queries.PAGE, total),
        sought=sought,
        since=since,
        until=until,
        filtered=bool(sought or since or until),
    )


def _facts(kept: str) -> dict[str, object]:
    """As names and values; an entry that was tampered with is shown as it stands."""
    try:
        found = json.loads(kept)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"not readable": kept}


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _end(until: date | None) -> datetime | None:
    # After the last day of all there is no moment.
    return clock.end_of(until) if until and until < date.max else None
