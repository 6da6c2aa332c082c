"""A content folder with one of everything that a copy has to carry, or has to leave behind."""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from textwrap import dedent
from typing import BinaryIO

from lms.catalogue.models import ContentVersion
from lms.content import reading
from lms.content.foot import with_foot
from lms.content.source import Content, Module, Page
from lms.exchange.copies import MediaCopy, ModuleCopy, PageCopy
from tests import factories
from tests.catalogue.folder import a_folder, change

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 9h40"/></svg>'
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(200)
TEXT = """
    ## A part

    The [[NRM]] is explained [@act s.1]. See [the end](02-end.md#another-part), [its
    beginning](02-end.md) and [elsewhere](../02-second/01-beginning.md). **Bold & plain < 3.**

    /// figure | path.svg
        alt: Two paths, "side by side"

    The paths.
    ///

    /// figure | dot.png
        decorative: true
    ///

    /// video | talk.mp4
        title: A talk

    What is said in the talk.
    ///

    | Body | Days |
    |------|-----:|
    | One  | 45   |

    /// nation | scotland
    In Scotland.
    ///

    /// nation | northern-ireland
    In Northern Ireland.
    ///

    /// tutor
    SECRET-NOTE with [[NRM]].

    /// figure | secret.svg
        alt: SECRET-PICTURE
    ///
    ///

    /// sensitive | A hard part
    What is hard to read.
    ///

    /// question | first-decision

    Which comes first, says [[NRM]]?

    - [x] Reasonable grounds
        WHY-RIGHT-ONE
    - [ ] Conclusive grounds
        WHY-WRONG-ONE, unlike [[SDT]]
    ///

    /// question | which-bodies
        kind: multiple

    Which of these?

    - [x] Body A
        WHY-A
    - [x] Body B
        WHY-B
    - [ ] Body C
        WHY-C
    ///

    /// question | the-steps
        kind: ordering

    In which order?

    1. Ask
        WHY-ASK
    2. Listen
        WHY-LISTEN
    3. Note
        WHY-NOTE
    ///

    /// question | your-own
        kind: reflection

    What would you do?
    ///
"""
GLOSSARY = """\
  SDT:
    term: single decision
    meaning: A word that stands in an explanation only.
"""
FOR_REVIEW = """\
for_review:
  - Whether this still stands.
"""
END = """
    ## Another part

    Back to [the beginning](01-beginning.md#a-part). The [[NRM]].
"""
ADVICE = """\
content_advice:
  topics: [forced-labour]
  severity: low
  note: An invented case of building work.
  alternative: gentler
"""


def a_full_folder(home: Path) -> Path:
    """Two modules, of which the first has one of everything."""
    folder = a_folder(home)
    base = folder / "modules/01-first"
    (base / "files").mkdir()
    for name, raw in (("path.svg", SVG), ("dot.png", PNG), ("talk.mp4", FILM), ("secret.svg", SVG)):
        (base / "files" / name).write_bytes(raw)
    for name, text in (("01-beginning.md", TEXT), ("02-end.md", END)):
        front = (base / name).read_text(encoding="utf-8").split("---\n")[1]
        (base / name).write_text(f"---\n{front}---\n{dedent(text)}", encoding="utf-8")
    beginning = "modules/01-first/01-beginning.md"
    change(folder, beginning, "outcomes:", ADVICE + FOR_REVIEW + "outcomes:")
    change(
        folder,
        "modules/01-first/module.yml",
        "subject: null",
        'subject: {by: "A. NAMED", "on": 2026-05-01}',
    )
    change(folder, "glossary.yml", "terms:\n", "terms:\n" + GLOSSARY)
    (base / "alternatives").mkdir()
    other = (
        (base / "02-end.md").read_text(encoding="utf-8").replace("The end of it", "A gentler one")
    )
    (base / "alternatives/gentler.md").write_text(other, encoding="utf-8")
    return folder


def published(folder: Path) -> ContentVersion:
    """The folder, as a version."""
    return factories.publish_folder(folder)


def a_copy(home: Path, **changes: object) -> ModuleCopy:
    """Of the module that has one of everything, films too; without a database."""
    content = reading.read(a_full_folder(home))
    return replace(copy_of(content.modules[0], content, without=("secret.svg",)), **changes)


def copy_of(module: Module, content: Content, *, without: tuple[str, ...] = ()) -> ModuleCopy:
    """Of a module of any content; `without` these of its files, which only tutors see."""
    kinds = {each.name: each.media.kind for each in module.media if each.name not in without}
    folder = f"modules/{module.folder}/files"
    raw = {name: content.tree.read(f"{folder}/{name}") for name in kinds}
    file = module.file
    return ModuleCopy(
        service="Alongside",
        version="CON-TEST-TEST-TEST-TEST",
        published_at=datetime(2026, 10, 5, 11, 0, tzinfo=UTC),
        position=1,
        slug=module.slug,
        code=file.code,
        title=file.title,
        level=file.level,
        credits=file.credits,
        summary=file.summary,
        outcomes=[each.model_dump(mode="json") for each in file.outcomes],
        nations=list(file.nations),
        law_as_at=file.law_as_at,
        review_by=file.review_by,
        missing=["legal", "lived_experience"],
        pages=[_page(each, content) for each in module.pages],
        media={name: a_medium(name, kind, raw[name]) for name, kind in sorted(kinds.items())},
    )


def a_medium(name: str, kind: str, raw: bytes) -> MediaCopy:
    """A picture or film of these bytes, which lie in memory."""
    return MediaCopy(name, kind, sha256(raw).hexdigest(), partial(BytesIO, raw))


def made(write: Callable[[ModuleCopy, BinaryIO], None], copy: ModuleCopy) -> bytes:
    """A copy of a kind, whole."""
    out = BytesIO()
    write(copy, out)
    return out.getvalue()


def _page(page: Page, content: Content) -> PageCopy:
    front = page.front
    return PageCopy(
        page.slug,
        front.title,
        front.minutes,
        front.law_as_at,
        front.review_by,
        front.content_advice.model_dump(mode="json") if front.content_advice else None,
        list(front.for_review),
        page.stands_in,
        str(with_foot(page.shown, page.shown.html, content.glossary, content.references)),
        json.loads(json.dumps([asdict(each) for each in page.shown.questions])),
    )
