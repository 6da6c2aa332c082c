"""The lines of Markdown of another origin, taken over into ours: headings, boxes, code, notes.

Boxes of four families are known: :::note (Docusaurus, Pandoc), > [!NOTE] (GitHub, Obsidian),
!!! note (MkDocs) and ??? note. What is not understood is kept as text or left out, and said.
"""

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lms.foreign.inline import Around, Lines

_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})\s*([^`\s]{0,60})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_COLONS = re.compile(r" {0,3}(:{3,})[ \t]*(\S.*)?")
_COLON_KIND = re.compile(
    r"\{?[.\s]*([A-Za-z-]{1,40})[^\[{]*?\}?[ \t]*(?:\[([^\]]{0,200})\])?(.{0,200})"
)
_TITLE = re.compile(r"title=\"([^\"]{0,200})\"")
_QUOTED = re.compile(r" {0,3}> ?")
_ALERT = re.compile(r"\[!([A-Za-z-]{1,40})\][+-]?[ \t]*(.{0,200})")
_BANG = re.compile(
    r"(?:!!!|\?\?\?\+?)[ \t]+([A-Za-z-]{1,40})[^\"]{0,80}(?:\"([^\"]{0,200})\")?.{0,80}"
)
_INCLUDE = re.compile(r"[ \t]*(?:-+8<-+|\[TOC\]|\[\[_?TOC_?\]\]|@import |\{!)", re.I)
_NAMED_LINK = re.compile(r" {0,3}\[([^\[\]^]{1,100})\]:[ \t]+<?([^\s<>]{1,500})>?.{0,300}")
_NAMED_NOTE = re.compile(r" {0,3}\[\^([^\[\]\s]{1,60})\]:[ \t]*(.*)")
_TASK = re.compile(r"[ \t]*[-*+] \[[ xX]\] ")
_RAW = re.compile(r"[ \t]*<(script|style|iframe|object|svg)\b", re.I)
_OURS = {
    "caution": "caution warning danger attention error important bug failure",
    "practice": "tip hint todo success check example",
    "keypoints": "summary abstract tldr",
}
_KINDS = {kind: ours for ours, kinds in _OURS.items() for kind in kinds.split()}
Numbered = tuple[int, str]


@dataclass(frozen=True)
class TakenOver:
    """A file's text in our Markdown.

    title  from its first heading, where it has one of the first level
    found  what was not understood, by line
    """

    title: str
    text: str
    found: tuple[Numbered, ...]


def taken_over(text: str, first_line: int, title: str, around: Around) -> TakenOver:
    """Markdown of another origin, in ours.

    first_line  where the text begins in its file
    title       what the front matter calls it; empty where the first heading does
    """
    numbered = list(enumerate(text.split("\n"), start=first_line))
    links = {
        found[1].casefold(): found[2]
        for _number, line in numbered
        if (found := _NAMED_LINK.fullmatch(line))
    }
    taker = _Taker(Lines(replace(around, links=links)), title)
    taker.take(numbered, within=False)
    taker.end()
    said = re.sub(r"\n{3,}", "\n\n", "\n".join(taker.out)).strip()
    return TakenOver(taker.title, f"{said}\n", tuple(taker.lines.found))


@dataclass
class _Taker:
    lines: Lines
    title: str
    out: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    def take(self, numbered: Sequence[Numbered], *, within: bool) -> None:
        """Take these lines over.

        within  whether they stand in a box: another box in it becomes text, and pictures wait
        """
        closers = _closers(numbered)
        place = 0
        while place < len(numbered):
            number, line = numbered[place]
            self.lines.number = number
            stepped = (
                self._code(numbered, place)
                or self._raw(numbered, place)
                or self._box(numbered, place, closers, within=within)
                or self._heading(numbered, place)
                or self._named(numbered, place)
            )
            if not stepped:
                self._line(number, line)
                stepped = 1
            place += stepped
            if not within and (place >= len(numbered) or not numbered[place][1].strip()):
                self._put_figures()

    def end(self) -> None:
        """What stands at the end of a page: pictures that wait, and notes."""
        self._put_figures()
        if not self.lines.footnotes:
            return
        self.out += ["", "## Notes", ""]
        for key, number in self.lines.footnotes.items():
            said = self.notes.get(key, "")
            if not said:
                self.lines.note(f"the note [^{key}] is nowhere in the file: its number was kept")
            self.out.append(f"{number}. {said or '(nothing came along)'}")

    def _line(self, number: int, line: str) -> None:
        if line.lstrip().startswith("///"):
            self.lines.note("a line of slashes was kept as code: it would begin a block of ours")
            line = f"`{line.strip()}`"
        elif _INCLUDE.match(line):
            self.lines.note(f"what {line.strip()[:120]} puts in was left out")
            line = ""
        elif _TASK.match(line):
            self.lines.note("a task was kept as text")
        self.out.append(self.lines.taken(line, number))

    def _put_figures(self) -> None:
        for figure in self.lines.figures:
            self.out += ["", *figure.split("\n"), ""]
        self.lines.figures.clear()

    def _code(self, numbered: Sequence[Numbered], place: int) -> int:
        """Fenced code becomes code that is moved in."""
        fence = _FENCE.match(numbered[place][1])
        if fence is None:
            return 0
        if fence[3]:
            self.lines.note(f"code was kept without its language, {fence[3]}")
        self.out.append("")
        end = place + 1
        while end < len(numbered) and not _closes(numbered[end][1], fence[2]):
            self.out.append(f"    {numbered[end][1]}".rstrip())
            end += 1
        self.out.append("")
        return end + 1 - place

    def _raw(self, numbered: Sequence[Numbered], place: int) -> int:
        """Scripts and their like are left out with all they hold; so are comments of many lines."""
        line = numbered[place][1]
        raw = _RAW.match(line)
        end = f"</{raw[1].lower()}" if raw else "-->" if line.lstrip().startswith("<!--") else ""
        if not end:
            return 0
        last = place
        while last < len(numbered) and end not in numbered[last][1].lower():
            last += 1
        what = f"<{raw[1].lower()}>" if raw else "a comment"
        self.lines.note(f"{what} was left out with all it holds")
        return last + 1 - place

    def _box(
        self,
        numbered: Sequence[Numbered],
        place: int,
        closers: dict[str, list[int]],
        *,
        within: bool,
    ) -> int:
        line = numbered[place][1]
        colons = _COLONS.fullmatch(line)
        if colons:
            return self._colons(numbered, place, closers, colons, within=within)
        bang = _BANG.fullmatch(line)
        if bang:
            end = _indented(numbered, place + 1)
            body = [(n, each[4:]) for n, each in numbered[place + 1 : end]]
            return self._boxed(bang[1], bang[2] or "", body, within=within) + 1
        quoted = _QUOTED.match(line)
        alert = _ALERT.fullmatch(line[quoted.end() :]) if quoted else None
        if alert is None:
            return 0
        end = place + 1
        while end < len(numbered) and _QUOTED.match(numbered[end][1]):
            end += 1
        body = [(n, _QUOTED.sub("", each, count=1)) for n, each in numbered[place + 1 : end]]
        return self._boxed(alert[1], alert[2], body, within=within) + 1

    def _colons(
        self,
        numbered: Sequence[Numbered],
        place: int,
        closers: dict[str, list[int]],
        colons: re.Match[str],
        *,
        within: bool,
    ) -> int:
        if not colons[2]:
            self.lines.note("an end of a box was left out: its beginning became text")
            return 1
        ends = closers.get(colons[1], [])
        found = bisect.bisect(ends, place)
        kind = _COLON_KIND.fullmatch(colons[2][:200])
        if found == len(ends) or kind is None:
            self.lines.note(f"{colons[0].strip()[:120]} was kept as text: it is no box that ends")
            self.out.append(self.lines.taken(colons[0].strip().lstrip(":"), numbered[place][0]))
            return 1
        body = numbered[place + 1 : ends[found]]
        braced = colons[2].startswith("{")
        named = _TITLE.search(colons[2]) if braced else None
        title = named[1] if named else "" if braced else (kind[2] or kind[3] or "").strip()
        return self._boxed(kind[1], title, body, within=within) + 2

    def _boxed(self, kind: str, title: str, body: Sequence[Numbered], *, within: bool) -> int:
        """A box as the block of ours that is nearest; returns how many lines it holds."""
        ours, words = _KINDS.get(kind.lower()), kind.capitalize()
        title = " ".join(re.sub(r"[\[\]|*_`]", "", title).split())
        if within:
            self.lines.note(f"a box within a box ({kind}) became text below its title")
            self.out += ["", f"**{title or words}**", ""]
            self.take(body, within=True) if not _has_box(body) else self._plain(body)
            return len(body)
        if ours is None:
            self.lines.note(f"the box “{kind}” became a part that folds: choose a block of ours")
        head = f"{ours} | {title}" if ours and title else ours or f"details | {title or words}"
        self.out += ["", f"/// {head}"]
        self.take(body, within=True)
        self.out += ["///", ""]
        return len(body)

    def _plain(self, body: Sequence[Numbered]) -> None:
        for number, line in body:
            self._line(number, line)

    def _heading(self, numbered: Sequence[Numbered], place: int) -> int:
        number, line = numbered[place]
        heading = _HEADING.match(line)
        if heading:
            words, level, length = line[heading.end() :].strip().rstrip("#"), len(heading[1]), 1
        else:
            below = numbered[place + 1][1] if place + 1 < len(numbered) else ""
            under = _UNDERLINE.fullmatch(below)
            if under is None or not line.strip() or line.lstrip().startswith(("-", "|", ">", "*")):
                return 0
            words, level, length = line.strip(), 1 if under[1].startswith("=") else 2, 2
        said = self.lines.taken(words, number).strip()
        if level == 1 and self.title in {"", said}:
            self.title = said
            return length
        if level == 1:
            self.lines.note("a second heading of the first level went down by one")
        self.out += ["", f"{'#' * max(level, 2)} {said}", ""]
        return length

    def _named(self, numbered: Sequence[Numbered], place: int) -> int:
        """Addresses of links, and notes, which stand apart from the text."""
        line = numbered[place][1]
        if _NAMED_LINK.fullmatch(line):
            return 1
        note = _NAMED_NOTE.fullmatch(line)
        if note is None:
            return 0
        end = _indented(numbered, place + 1)
        while end > place + 1 and not numbered[end - 1][1].strip():
            end -= 1
        said = [self.lines.taken(each.strip(), n) for n, each in numbered[place + 1 : end]]
        first = self.lines.taken(note[2], numbered[place][0])
        self.notes[note[1]] = " ".join(filter(None, [first, *said]))
        return end - place


def _closes(line: str, fence: str) -> bool:
    said = line.strip()
    return len(said) >= len(fence) and set(said) == {fence[0]}


def _closers(numbered: Sequence[Numbered]) -> dict[str, list[int]]:
    """Where boxes end, by their number of colons."""
    found: dict[str, list[int]] = {}
    for place, (_number, line) in enumerate(numbered):
        colons = _COLONS.fullmatch(line)
        if colons and not colons[2]:
            found.setdefault(colons[1], []).append(place)
    return found


def _indented(numbered: Sequence[Numbered], place: int) -> int:
    """Where the lines end that are moved in by four, or empty."""
    while place < len(numbered) and (
        not numbered[place][1].strip() or numbered[place][1].startswith(("    ", "\t"))
    ):
        place += 1
    return place


def _has_box(body: Sequence[Numbered]) -> bool:
    return any(
        _BANG.fullmatch(line) or _ALERT.search(line) or _COLONS.fullmatch(line)
        for _number, line in body
    )
