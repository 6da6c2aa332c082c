"""Markdown of another origin, taken over into a module folder of ours, with a report.

What only people can say (outcomes, days, reviewers) is never made up: it stands as UNKNOWN, which
the check of content finds. Nothing outside the folder is read, and no link of the file system is
followed; what a file would include from elsewhere is left out.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

import yaml

from lms import markup
from lms.authored import Finding, Severity
from lms.content import media
from lms.errors import RuleBroken
from lms.foreign import sources
from lms.foreign.blocks import taken_over
from lms.foreign.inline import Around, NotTaken
from lms.foreign.sources import Source

UNKNOWN = "UNKNOWN"
MOST_FILES = 5000
MOST_PAGES = 99  # two digits are what a page's file name has
MOST_MEDIA = 200 << 20  # bytes
_TEXTS = (".md", ".markdown")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.I)
_MODULE = f"""\
# Every {UNKNOWN} waits for somebody who knows: the check of content finds each of them.
code: {UNKNOWN}  # such as AL703
title: {{title}}
level: {UNKNOWN}
credits: {UNKNOWN}
summary: {UNKNOWN}
nations: {UNKNOWN}
law_as_at: {UNKNOWN}
review_by: {UNKNOWN}
outcomes: {UNKNOWN}
reviewers: {{{{subject: null, legal: null, lived_experience: null}}}}
"""
_PAGE = f"""\
---
title: {{title}}
minutes: {UNKNOWN}
outcomes: {UNKNOWN}
law_as_at: {UNKNOWN}
review_by: {UNKNOWN}
---

{{text}}"""


@dataclass(frozen=True)
class Import:
    """What would be written, by name below the module's folder, and what was not understood."""

    files: Mapping[str, bytes]
    report: tuple[Finding, ...]


@dataclass
class _Import:
    """An import under way.

    pictures  what we call each of theirs
    """

    root: Path
    names: list[str] = field(default_factory=list)
    report: list[Finding] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)

    def noting(self, name: str) -> Callable[[int, str], None]:
        """What notes a line of this file."""
        file = _sayable(name)

        def note(line: int, what: str) -> None:
            self.report.append(Finding(file, line, _sayable(what), Severity.WARNING))

        return note


def imported(root: Path, title: str) -> Import:
    """A folder of Markdown as a module folder of ours.

    title  what the module is called until somebody knows better

    Raises RuleBroken for a folder without Markdown, or with more than one module may hold.
    """
    work = _Import(root)
    work.names = sorted(_names(work))
    texts = [name for name in work.names if name.lower().endswith(_TEXTS)]
    if not texts:
        raise RuleBroken("There is no Markdown in this folder.")
    if len(texts) > MOST_PAGES:
        raise RuleBroken(f"A module has at most {MOST_PAGES} pages; there are {len(texts)} here.")
    found = (sources.read(root, name, work.noting(name)) for name in texts)
    work.sources = sorted(found, key=lambda source: source.place)
    _name_pages(work.sources)
    for source in work.sources:
        _take(source, work)
    for name in sorted(set(work.names) - set(texts) - set(work.pictures)):
        work.noting(name)(1, "the file was left out: no page shows it, and it is no Markdown")
    work.files["module.yml"] = _MODULE.format(title=_quoted(title)).encode()
    order = {source.name: place for place, source in enumerate(work.sources)}
    work.report.sort(key=lambda each: (order.get(each.file, len(order)), each.file, each.line))
    return Import(dict(sorted(work.files.items())), tuple(work.report))


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write a module folder that isn't there yet. Raises RuleBroken."""
    try:
        folder.mkdir(parents=True)
        for name, raw in files.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            with path.open("xb") as file:
                file.write(raw)
    except FileExistsError:
        raise RuleBroken(f"{folder} is there already. Nothing of it was touched.") from None
    except OSError as failure:
        raise RuleBroken(f"{folder} can’t be written: {failure.strerror}.") from None


def _names(work: _Import) -> Iterator[str]:
    """Every file below the folder, by name from there."""
    todo, seen = [work.root], 0
    while todo:
        for entry in sorted(os.scandir(todo.pop()), key=lambda each: each.name):
            seen += 1
            if seen > MOST_FILES:
                raise RuleBroken(f"There are more than {MOST_FILES:,} files in this folder.")
            name = Path(entry.path).relative_to(work.root).as_posix()
            if entry.name.startswith((".", "__MACOSX")):
                continue
            if entry.is_symlink():
                work.noting(name)(1, "a link of the file system was not followed")
            elif entry.is_dir():
                todo.append(Path(entry.path))
            elif entry.is_file():
                yield name


def _name_pages(found: list[Source]) -> None:
    taken: set[str] = set()
    for number, source in enumerate(found, start=1):
        path = PurePosixPath(source.name)
        first = path.stem.lower() in sources.FIRST
        named = first and (path.parent.name or source.title)
        slug = _slug(named or path.stem) or "page"
        slug = f"{slug}-{number}" if slug in taken else slug
        taken.add(slug)
        source.ours = f"{number:02d}-{slug}.md"


def _take(source: Source, work: _Import) -> None:
    note = work.noting(source.name)
    around = Around(
        picture=lambda address: _picture(address, source, work),
        page=lambda address: _page(address, source, work),
    )
    taken = taken_over(source.body, source.line, source.title, around)
    for line, what in taken.found:
        note(line, what)
    title = taken.title or source.ours[3:].removesuffix(".md").replace("-", " ").capitalize()
    if not taken.title:
        note(1, f"the page has no title: it is called “{title}” after its file")
    text = taken.text if taken.text.strip() else f"{UNKNOWN}: the file has no text.\n"
    work.files[source.ours] = _PAGE.format(title=_quoted(title), text=text).encode()
    try:
        markup.check_bounded(text)
    except RuleBroken as refusal:
        note(1, f"too much for one page. {refusal.sentence}")


def _page(address: str, source: Source, work: _Import) -> str | None:
    """What we call a page that a file names: by its path from there, or by its name alone."""
    by_path = {_without_ending(each.name).casefold(): each.ours for each in work.sources}
    wanted = _without_ending(_beside(address, source)).casefold()
    if wanted in by_path:
        return by_path[wanted]
    stem = PurePosixPath(wanted).name
    found = [ours for path, ours in by_path.items() if PurePosixPath(path).name == stem]
    return found[0] if len(found) == 1 else None


def _picture(address: str, source: Source, work: _Import) -> str:
    """Take a picture along; returns our name for it. Raises NotTaken."""
    address = address.removeprefix("@@PLUGINFILE@@/").partition("?")[0]
    if not address:
        raise NotTaken("it names no file")
    if _ELSEWHERE.match(address):
        raise NotTaken("it lies elsewhere, and nothing is fetched")
    theirs = _found(unquote(address), source, work)
    if theirs not in work.pictures:
        raw = _bytes(theirs, work)
        name = _file_name(theirs, set(work.pictures.values()))
        try:
            media.recognised(name, raw)
        except media.NotShown as reason:
            raise NotTaken(str(reason)) from None
        work.pictures[theirs] = name
        work.files[f"files/{name}"] = raw
    return work.pictures[theirs]


def _found(address: str, source: Source, work: _Import) -> str:
    """The file that an address means: beside the page, from the root, or by its name alone."""
    from_root = normpath(address.lstrip("/"))
    for name in (_beside(address, source), from_root, f"static/{from_root}"):
        if name in work.names:
            return name
    short = PurePosixPath(address).name
    found = [name for name in work.names if PurePosixPath(name).name == short]
    if len(found) != 1:
        raise NotTaken("there is no such file in the folder")
    return found[0]


def _bytes(name: str, work: _Import) -> bytes:
    held = sum(len(raw) for raw in work.files.values())
    try:
        if (work.root / name).stat().st_size > min(media.MOST_BYTES, MOST_MEDIA - held):
            raise NotTaken("it is too large, or all of them together are")
        return (work.root / name).read_bytes()
    except OSError:
        raise NotTaken("it can’t be read") from None


def _beside(address: str, source: Source) -> str:
    return normpath(str(PurePosixPath(source.name).parent / address))


def _without_ending(name: str) -> str:
    return re.sub(r"\.(?:md|markdown|html)$", "", name.rstrip("/"), flags=re.I)


def _file_name(theirs: str, taken: set[str]) -> str:
    path = PurePosixPath(theirs)
    stem, ending = _slug(path.stem) or "picture", path.suffix.lower()
    name, number = f"{stem}{ending}", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{ending}"
    return name


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return re.sub(r"^[0-9]+-(?=[a-z])", "", slug)[:50].strip("-")


def _quoted(words: str) -> str:
    said = yaml.safe_dump(words, allow_unicode=True, width=10_000, default_style='"')
    return str(said).strip()


def _sayable(words: str) -> str:
    """A name of the file system may hold what no terminal shows."""
    plain = words.encode("utf-8", "replace").decode()
    return "".join(each if each.isprintable() else "�" for each in plain)
