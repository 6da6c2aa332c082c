"""What a page of teaching may name, and what it did name, gathered while it is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Term:
    """A word of the glossary: how it reads in a sentence, and what it means."""

    term: str
    meaning: str


@dataclass(frozen=True)
class Reference:
    """A source: its title as it reads in a sentence."""

    title: str


@dataclass(frozen=True)
class Media:
    """A picture or film that lies in the module's folder.

    kind           its media type, such as image/png
    width, height  in pixels; 0 where it has none
    """

    kind: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Surroundings:
    """What a page may name.

    media  by file name, within the page's module
    links  where each page that can be linked to is found: as authors write it, 02-next.md or
           ../02-other/01-start.md, to a relative address
    """

    glossary: Mapping[str, Term] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)
    media: Mapping[str, Media] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class QuestionText:
    """A knowledge check as its author wrote it."""

    key: str
    kind: str
    required: bool
    body: str


@dataclass
class Marks:
    """What a page named, as it is being rendered.

    faults  what is wrong, each after the words to look for in the source
    """

    around: Surroundings
    terms_used: dict[str, None] = field(default_factory=dict)
    references_used: dict[str, None] = field(default_factory=dict)
    media_used: dict[str, None] = field(default_factory=dict)
    links_used: dict[str, None] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)
    questions: list[QuestionText] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
