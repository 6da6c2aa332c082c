"""The shape of authored content: what each file may hold. Anything else is a finding."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lms.content.signing import REVIEWS, Review

Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
OutcomeKey = Annotated[str, Field(pattern=r"^LO[1-9][0-9]?$")]
# What content advice may name. A word of an author's own goes into the note.
Topic = Literal[
    "child-exploitation",
    "children",
    "coercive-control",
    "criminal-exploitation",
    "death",
    "debt-bondage",
    "detention",
    "domestic-servitude",
    "forced-labour",
    "forced-marriage",
    "immigration-enforcement",
    "mental-health",
    "organ-removal",
    "self-harm",
    "sexual-exploitation",
    "sexual-violence",
    "suicide",
    "threats",
    "trafficking",
    "trauma",
    "violence",
]
Nation = Literal["england-and-wales", "scotland", "northern-ireland"]


class Authored(BaseModel):
    """Whatever an author writes: no field but the known ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Dated(Authored):
    """Something that states law, as at a day, to be looked at again by another."""

    law_as_at: date
    review_by: date

    @model_validator(mode="after")
    def _review_comes_after(self) -> "Dated":
        if self.review_by <= self.law_as_at:
            raise ValueError("review_by must come after law_as_at")
        return self


class ProgrammeFile(Authored):
    """programme.yml: what the modules lead to."""

    key: Key
    title: str = Field(min_length=5)
    award: str = Field(min_length=5)
    level: int = Field(ge=3, le=8)
    credits: int = Field(ge=1, le=360)
    note: str = Field(min_length=10)  # what this programme is, and whose it isn't
    modules: tuple[str, ...] = Field(min_length=1)  # folders below modules/, in order


class OutcomeShape(Authored):
    """What an advocate will be able to do."""

    key: OutcomeKey
    text: str = Field(min_length=10)
    competencies: tuple[Key, ...] = ()  # of competencies.yml, that it helps to build


class SignOff(Authored):
    """One person's word that they read it and stand by it."""

    by: str = Field(min_length=2)
    on: date


class Reviewers(Authored):
    """Who signed it off. Nobody is made up: none means "not yet reviewed"."""

    subject: SignOff | None = None
    legal: SignOff | None = None
    lived_experience: SignOff | None = None

    @property
    def missing(self) -> list[Review]:
        """The kinds of review that nobody has made."""
        return [review for kind, review in REVIEWS.items() if getattr(self, kind) is None]


class ModuleFile(Dated):
    """module.yml."""

    code: str = Field(pattern=r"^[A-Z]{2,6}[0-9]{2,4}$")
    title: str = Field(min_length=5)
    level: int = Field(ge=3, le=8)
    credits: int = Field(ge=1, le=180)
    summary: str = Field(min_length=10)
    nations: tuple[Nation, ...] = Field(min_length=1)
    prerequisites: tuple[str, ...] = ()  # folders of the modules to have read before
    outcomes: tuple[OutcomeShape, ...] = Field(min_length=1)
    reviewers: Reviewers = Reviewers()


class Advice(Authored):
    """Content advice: said before the page."""

    topics: tuple[Topic, ...] = Field(min_length=1)
    severity: Literal["low", "medium", "high"]
    note: str = Field(min_length=10)
    alternative: Key | None = None  # a page of the folder alternatives/ that may be read instead
    counts: tuple[Literal["alternative", "pause"], ...] = ()  # what counts as having engaged


class PageFront(Dated):
    """The front matter of a page."""

    title: str = Field(min_length=3)
    minutes: int = Field(ge=1, le=120)
    outcomes: tuple[OutcomeKey, ...]
    # Where it holds; none given means the module's.
    nations: Annotated[tuple[Nation, ...], Field(min_length=1)] | None = None
    reviewers: Reviewers = Reviewers()
    content_advice: Advice | None = None
    for_review: tuple[str, ...] = ()


class BriefFront(Authored):
    """The front matter of a brief."""

    title: str = Field(min_length=3)


class SessionFront(Authored):
    """The front matter of session-plan.md: how a module is taught in a room, for tutors alone."""

    title: str = Field(min_length=3)
    minutes: int = Field(ge=10, le=600)


class LevelShape(Authored):
    """One band of a criterion: from and to, in points, both included."""

    from_: int = Field(alias="from", ge=0, le=100)
    to: int = Field(ge=0, le=100)
    text: str = Field(min_length=10)


class CriterionShape(Authored):
    """One row of a rubric."""

    key: Key
    title: str = Field(min_length=5)
    weight: int = Field(ge=1, le=100)
    outcomes: tuple[OutcomeKey, ...] = Field(min_length=1)
    must_pass: bool = False  # whether nobody passes the assessment without passing this row
    levels: tuple[LevelShape, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _levels_cover_all(self) -> "CriterionShape":
        """From 100 down to 0, without a gap."""
        top = 100
        for level in self.levels:
            if level.to != top or level.from_ > level.to:
                raise ValueError("the levels must run from 100 down to 0 without a gap")
            top = level.from_ - 1
        if top != -1:
            raise ValueError("the levels must run from 100 down to 0 without a gap")
        return self


class AssessmentFile(Authored):
    """assessments/<key>.yml."""

    key: Key
    title: str = Field(min_length=5)
    weighting: int = Field(ge=1, le=100)
    words: int = Field(ge=100, le=20000)
    outcomes: tuple[OutcomeKey, ...] = Field(min_length=1)
    criteria: tuple[CriterionShape, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _rubric_fits(self) -> "AssessmentFile":
        """The weights make 100, each key stands once, and just these outcomes are assessed."""
        if sum(criterion.weight for criterion in self.criteria) != 100:
            raise ValueError("the weights of the criteria must make 100")
        if len({criterion.key for criterion in self.criteria}) != len(self.criteria):
            raise ValueError("two criteria have the same key")
        if {key for each in self.criteria for key in each.outcomes} != set(self.outcomes):
            raise ValueError("the criteria must assess the outcomes named here, and no others")
        return self


class TermShape(Authored):
    """A word of the glossary."""

    term: str = Field(min_length=1)
    meaning: str = Field(min_length=10)
    source: Key | None = None


class GlossaryFile(Authored):
    """glossary.yml."""

    terms: dict[str, TermShape]


class ReferenceShape(Authored):
    """A source: what it is, where it is, as at when, and whether its text was really read."""

    kind: Literal[
        "act",
        "secondary-legislation",
        "treaty",
        "statutory-guidance",
        "guidance",
        "statistic",
        "research",
        "standard",
        "case-law",
    ]
    title: str = Field(min_length=3)
    short: str | None = None  # as it reads within a sentence; the title where there is none
    # None of the signs that an address may not have: readers of books refuse the whole page.
    address: str = Field(pattern=r'^https?://[^\s<>\[\]{}|\\^`"]+$')
    law_as_at: date | None
    checked_on: date
    read: bool


class ReferencesFile(Authored):
    """references.yml."""

    references: dict[Key, ReferenceShape]


class CompetencyShape(Authored):
    """Something that a framework wants people to know, be able to do, or bring about."""

    title: str = Field(min_length=3)


class FrameworkShape(Authored):
    """A published framework that the programme is mapped to.

    source    key of the reference that names its parts
    aims_at   what of it the programme aims at, such as a tier, as readers are told
    note      what could be read of it, and what couldn't
    """

    title: str = Field(min_length=5)
    source: Key
    aims_at: str | None = None
    note: str = Field(min_length=10)
    competencies: dict[Key, CompetencyShape] = Field(min_length=1)


class CompetenciesFile(Authored):
    """competencies.yml: the frameworks that outcomes help to meet."""

    frameworks: dict[Key, FrameworkShape] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_differ(self) -> "CompetenciesFile":
        keys = [key for each in self.frameworks.values() for key in each.competencies]
        if len(keys) != len(set(keys)):
            raise ValueError("two frameworks have a competency with the same key")
        return self
