"""What readers report."""

from enum import StrEnum


class Kind(StrEnum):
    """What is wrong with a page."""

    LAW = "law"
    MISTAKE = "mistake"
    BROKEN = "broken"
    HARD = "hard"
    OTHER = "other"


KIND_WORDS = {
    Kind.LAW: "The law is out of date",
    Kind.MISTAKE: "There is a mistake",
    Kind.BROKEN: "Something doesn’t work",
    Kind.HARD: "It is hard to read or to understand",
    Kind.OTHER: "Something else",
}
