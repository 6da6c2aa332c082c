"""What readers report."""

from enum import StrEnum

from lms.errors import RuleBroken

# Reports of one reader that wait for an answer. Whoever reads attentively finds some in a week;
# a queue that one person has filled hides what others report.
MOST_OPEN = 20


class Kind(StrEnum):
    """What is wrong with a page."""

    LAW = "law"
    MISTAKE = "mistake"
    BROKEN = "broken"
    HARD = "hard"
    OTHER = "other"


def check_room(waiting: int) -> None:
    """Refuse one more report where so many of one reader wait for an answer; raises RuleBroken."""
    if waiting >= MOST_OPEN:
        raise RuleBroken(
            f"Thank you for looking so closely. {waiting} of your reports wait for an answer: "
            "please send this one when some of them are answered"
        )


KIND_WORDS = {
    Kind.LAW: "The law is out of date",
    Kind.MISTAKE: "There is a mistake",
    Kind.BROKEN: "Something doesn’t work",
    Kind.HARD: "It is hard to read or to understand",
    Kind.OTHER: "Something else",
}
