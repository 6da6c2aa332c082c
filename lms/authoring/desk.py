"""Around review: its page, and what moving a draft would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import render_template, request
from wtforms.fields.choices import SelectChoice

from lms.access.gate import actor, may, may_ever
from lms.access.permissions import Permission as P
from lms.authored import Finding
from lms.authoring import queries, rules, working
from lms.authoring.editing import as_text
from lms.authoring.forms import AnswerForm, AppointForm, OpinionForm
from lms.authoring.models import Draft
from lms.authoring.working import Snapshot
from lms.catalogue.models import ContentVersion
from lms.content import reading
from lms.content.signing import REVIEWS, Kind
from lms.content.tree import Raw, Tree, bytes_of, digest_of, size_of
from lms.errors import NotFound

# How many bytes of changed files are rendered anew for each look at the page: beyond them it is
# left to publishing. The heaviest text of this length takes two seconds.
_MOST_LOOKED_AT = 40_000


@dataclass(frozen=True)
class Altered:
    """That a draft changes a file: a new one, one that it takes out, or neither."""

    name: str
    is_new: bool
    is_gone: bool


@dataclass(frozen=True)
class Changed:
    """One file that a draft changes, before and after; None for a file that isn't there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Move:
    """What happens when a draft is moved onto the newest version.

    conflicts  files that both changed: before is as published, after as in the draft
    carried    files that the draft alone changed
    mark       in a form, says which state of things somebody had before them
    """

    version: ContentVersion
    moment: tuple[int | None, ...]
    conflicts: tuple[Changed, ...]
    carried: tuple[str, ...]

    @property
    def mark(self) -> str:
        """In one word."""
        return f"{self.version.ref} {self.moment}"


def review_page(
    draft: Draft,
    folder: Path,
    *,
    appoint: AppointForm | None = None,
    opinion: OpinionForm | None = None,
    answer: AnswerForm | None = None,
    answered: str = "",
) -> str:
    """What a draft changes, who is to look at it, and what they said."""
    seen, open_ = working.snapshot(draft, folder), draft.ended_at is None
    mine, said = _asked_of_me(draft) if open_ else [], _said(draft, seen)
    opinion = opinion or OpinionForm(formdata=None)
    opinion.kind.choices = kind_choices(mine or said["held_up"])
    return render_template(
        "authoring/review.html",
        draft=draft,
        fingerprint=seen.fingerprint,
        kinds={kind: each.name for kind, each in REVIEWS.items()},
        mine=mine,
        writes=open_ and may(actor(), P.WRITE_CONTENT),
        appoints=open_ and may_ever(actor(), P.APPOINT_REVIEWERS),
        publishes=open_ and may_ever(actor(), P.PUBLISH_CONTENT),
        behind=open_ and queries.latest_version() != draft.base_version,
        findings=_findings(seen),
        appoint=appoint or appoint_form(empty=True),
        opinion=opinion,
        answer=answer or AnswerForm(formdata=None),
        answered=answered,
        form=appoint or answer or opinion,
        **said,
        **_changes(seen),
    )


def _asked_of_me(draft: Draft) -> list[str]:
    if not may(actor(), P.REVIEW_CONTENT, queries.hands(draft)):
        return []
    me = actor().person_id
    return [each.kind for each in queries.appointments(draft.id) if each.account_id == me]


def _said(draft: Draft, seen: Snapshot) -> dict[str, Any]:
    asked, counted = queries.last_request(draft.id), queries.counted_reviews(draft)
    standing = rules.standing_objections(counted, seen.fingerprint)
    mine = {each.kind for each in standing if each.by_id == actor().person_id}
    return {
        "asked": asked,
        "fresh": asked is not None and asked.fingerprint == seen.fingerprint,
        "appointed": queries.appointments(draft.id),
        "said": queries.reviews_of(draft.id),
        "answers": queries.answers_of(draft.id),
        "standing": {each.ref for each in standing},
        "held_up": sorted(mine) if draft.ended_at is None else [],
        "signed": rules.sign_offs(counted, seen.fingerprint),
    }


def _changes(seen: Snapshot) -> dict[str, object]:
    """Every change, and the one that is shown: only that is read and compared."""
    names, known, chosen = sorted(seen.changes), set(seen.base.names()), request.args.get("show")
    changes = [Altered(name, name not in known, seen.changes[name] is None) for name in names]
    shown = chosen if chosen in seen.changes else next(iter(names), None)
    return {"changes": changes, "shown": _changed(seen.base, seen, shown) if shown else None}


def appoint_form(*, empty: bool = False) -> AppointForm:
    """The form with everybody who can be asked, but oneself."""
    form = AppointForm(formdata=None) if empty else AppointForm.from_request()
    others = (e for e in queries.possible_reviewers() if e.id != actor().person_id)
    form.reviewer.choices = [
        SelectChoice("", "Choose"),
        *(SelectChoice(each.ref, each.name) for each in others),
    ]
    return form


def kind_choices(kinds: Iterable[str]) -> list[SelectChoice]:
    """Kinds of review, in words."""
    return [SelectChoice(kind, REVIEWS[Kind(kind)].name) for kind in kinds]


def move_for(draft: Draft, folder: Path) -> Move:
    """What moving a draft onto the newest version would do. Raises NotFound when it stands there.

    A file that both changed to the same is no conflict.
    """
    version = queries.latest_version()
    if version is None or version == draft.base_version or draft.ended_at is not None:
        raise NotFound
    seen, newest = working.snapshot(draft, folder), working.version_tree(version, folder)
    both = [
        name
        for name in working.apart(seen.base, newest, sorted(seen.changes))
        if working.digest_or_empty(newest, name) != digest_of(seen.changes[name])
    ]
    conflicts = tuple(_changed(newest, seen, name) for name in both)
    carried = tuple(sorted(set(seen.changes) - set(both)))
    return Move(version, seen.moment, conflicts, carried)


def _findings(seen: Snapshot) -> list[Finding]:
    there, weight = [], 0
    for name, raw in sorted(seen.changes.items()):
        if raw is None or not rules.is_text(name):
            continue
        weight += size_of(raw)
        if weight <= _MOST_LOOKED_AT:
            there.append(name)
    return reading.look_over(seen.whole, there)


def _changed(before: Tree, seen: Snapshot, name: str) -> Changed:
    """A file in another tree and in the draft; of a picture or film only how large it is."""
    old = working.read_or_none(before, name)
    return Changed(name, _text(name, old), _text(name, seen.changes[name]))


def _text(name: str, raw: Raw | None) -> str | None:
    if raw is None:
        return None
    return as_text(bytes_of(raw)) if rules.is_text(name) else f"{size_of(raw):,} bytes"
