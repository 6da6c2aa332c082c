"""Around the editor: its pages, two people on one file, and pictures that are sent in."""

import io
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePath

from flask import Response, render_template, url_for
from werkzeug.datastructures import FileStorage
from wtforms.fields.choices import SelectChoice

from lms import storage
from lms.access.gate import actor, may
from lms.access.permissions import Permission as P
from lms.authoring import queries, rules, working
from lms.authoring.forms import AddForm, FileForm, UploadForm
from lms.authoring.models import Draft, Revision
from lms.authoring.preview import LEARNER, preview
from lms.authoring.working import Snapshot
from lms.catalogue.giving import SANDBOX
from lms.clock import now
from lms.content import media
from lms.content.tree import Tree
from lms.db import end_reading
from lms.errors import Conflict, NotFound, RuleBroken
from lms.storage import StoredFile
from lms.web.differences import Typed, Version
from lms.web.filters import moment

MOST_BYTES = 20 << 20
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Listed:
    """One file of a draft.

    state  rules.Change by which it differs from what the draft stands on; empty where it doesn't
    by     who changed it last
    """

    name: str
    state: str
    by: str

    @property
    def short(self) -> str:
        """Its name within its module."""
        return self.name.split("/", 2)[-1]


def listed(seen: Snapshot, revisions: Iterable[Revision]) -> dict[str, list[Listed]]:
    """Every file, those that were taken out too, by module; the programme's own come first."""
    last = {each.name: each for each in revisions}
    found: dict[str, list[Listed]] = {"": []}
    for name in sorted({*seen.whole.names(), *seen.changes}):
        if not (rules.is_text(name) or rules.is_media(name)):
            continue
        changed = name in seen.changes
        state, by = (last[name].kind, last[name].by.name) if changed else ("", "")
        found.setdefault(rules.folder_of(name), []).append(Listed(name, state, by))
    return found


def draft_page(
    draft: Draft,
    folder: Path,
    add: AddForm | None = None,
    upload: UploadForm | None = None,
) -> str:
    """One draft: every file by module, and what can be done to it."""
    seen = working.snapshot(draft, folder)
    modules = listed(seen, queries.newest_revisions(draft.id))
    add, upload = add or AddForm(formdata=None), upload or UploadForm(formdata=None)
    add.module.choices = [SelectChoice(name, name) for name in modules if name]
    upload.folder.choices = add.module.choices
    return render_template(
        "authoring/draft.html",
        draft=draft,
        modules=modules,
        changed=len(seen.changes),
        writes=may(actor(), P.WRITE_CONTENT) and draft.ended_at is None,
        behind=draft.ended_at is None and queries.latest_version() != draft.base_version,
        add=add,
        upload=upload,
        form=add if add.errors else upload,
    )


def file_page(draft: Draft, name: str, seen: Snapshot, form: FileForm) -> str:
    """One file beside its findings and what it looks like, as it is saved."""
    address = f"{url_for('authoring.draft', ref=draft.ref)}/files"
    viewer, nation = form.viewer.data or LEARNER, form.nation.data or ""
    there = name in seen.whole.names()
    return render_template(
        "authoring/file.html",
        draft=draft,
        name=name,
        form=form,
        shown=preview(seen.whole, name, address, viewer=viewer, nation=nation) if there else None,
        history=queries.history_of(draft.id, name),
        changed=name in seen.changes,
        writes=may(actor(), P.WRITE_CONTENT) and draft.ended_at is None,
    )


def picture(seen: Snapshot, name: str) -> Response:
    """A picture or film of a draft. Raises NotFound for anything that is neither."""
    raw = working.read_or_none(seen.whole, name)
    if raw is None:
        raise NotFound
    try:
        known = media.recognised(name.rpartition("/")[2], raw)
    except media.NotShown:
        raise NotFound from None
    answer = Response(raw, mimetype=known.media.kind)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def conflict_page(draft: Draft, name: str, base: Tree, form: FileForm, refusal: Conflict) -> str:
    """What was saved in the meantime beside what was typed here."""
    latest = queries.newest_revision(draft.id, name)
    when = moment(latest.at) if latest else moment(now())
    return render_template(
        "errors/409.html",
        sentence=refusal.sentence,
        final=False,
        action=url_for("authoring.save", ref=draft.ref, name=name),
        carried=[
            ("number", str(latest.number if latest else 0)),
            ("viewer", form.viewer.data or ""),
            ("nation", form.nation.data or ""),
        ],
        saved=Version(
            f"{when}, {latest.by.name}" if latest else when, (_box(saved_text(draft, name, base)),)
        ),
        mine=Version(f"{moment(now())}, in this window", (_box(form.text.data or ""),)),
    )


def saved_text(draft: Draft, name: str, base: Tree) -> str:
    """A file's text as the draft has it; empty where it was taken out."""
    latest = queries.newest_revision(draft.id, name)
    if latest is None or latest.kind == rules.Change.RESTORED:
        return as_text(base.read(name)) if name in base.names() else ""
    return latest.text


def as_text(raw: bytes) -> str:
    """Bytes as text to be put right; what is no UTF-8 shows as a sign of replacement."""
    return raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def received(draft: Draft, upload: FileStorage) -> tuple[media.MediaFile, StoredFile]:
    """A picture or film that was sent, known for what it is by its bytes, and stored.

    Raises RuleBroken for anything else, and where the draft has no room: then it is not stored.
    """
    with closing(upload):
        raw = upload.stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise RuleBroken(f"This file is larger than {MOST_BYTES >> 20} MB. Make it smaller.")
    try:
        found = media.recognised(_tidy(upload.filename or ""), raw)
    except media.NotShown as fault:
        sentence = str(fault)
        raise RuleBroken(f"{sentence[:1].upper()}{sentence[1:]}.") from None
    working.check_room(draft, len(raw))
    end_reading()
    return found, storage.put(io.BytesIO(raw))


def _tidy(sent: str) -> str:
    """A name that a page can use: the sender's own, without what has no place in an address."""
    name = _STRANGE.sub("-", PurePath(sent.replace("\\", "/")).name).lower()
    return name.lstrip("._-")[-80:].lstrip("._-") or "picture"


def _box(text: str) -> Typed:
    return Typed("text", "Text", text.strip())
