"""Rules about knowledge checks: what is shown, what counts as an answer, and what it explains.

They are formative. Nobody is marked by them, and each can be tried again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.errors import RuleBroken
from lms.markup_questions import Option, Question

MOST_CHARACTERS = 2000  # of a reflection
REFLECTION = "text"  # what its box is called
_NOT_TYPED = {code: None for code in range(32) if chr(code) not in "\n\t"}


@dataclass(frozen=True)
class Explained:
    """One option once the question is answered.

    chosen  whether the reader chose it; of an ordering, whether they put it in its right place
    place   where an ordering has it, from 1; else 0
    put     where the reader put it, from 1; else 0
    """

    option: Option
    chosen: bool
    place: int = 0
    put: int = 0


def choice(question: Question, picked: Sequence[str], places: Mapping[str, str]) -> list[str]:
    """What a reader chose, by the keys of options; of an ordering, in their order.

    picked  keys of what they ticked
    places  of an ordering: the number they gave to each key, as typed

    Raises RuleBroken for what is no answer yet.
    """
    keys = [option.key for option in question.options]
    if question.kind == "ordering":
        return _in_order(keys, places)
    chosen = [key for key in keys if key in picked]
    if question.kind == "multiple" and not chosen:
        raise RuleBroken("Choose one answer or more.")
    if question.kind == "single" and len(chosen) != 1:
        raise RuleBroken("Choose one answer.")
    return chosen


def reflection(typed: str) -> str:
    """What a reader wrote for themselves. Raises RuleBroken when it is too long to keep."""
    text = typed.replace("\r\n", "\n").translate(_NOT_TYPED).strip()
    if len(text) > MOST_CHARACTERS:
        over = len(text) - MOST_CHARACTERS
        raise RuleBroken(f"Shorten it by {over:,} characters: we keep up to {MOST_CHARACTERS:,}.")
    return text


def is_right(question: Question, chosen: Sequence[str]) -> bool | None:
    """Whether that is the right answer; None where there is none, as in a reflection."""
    if question.kind == "reflection":
        return None
    if question.kind == "ordering":
        return list(chosen) == [option.key for option in question.options]
    return set(chosen) == {option.key for option in question.options if option.right}


def explained(question: Question, chosen: Sequence[str]) -> list[Explained]:
    """Every option with what became of it; an ordering in its right order."""
    if question.kind != "ordering":
        return [Explained(option, option.key in chosen) for option in question.options]
    put = {key: place for place, key in enumerate(chosen, start=1)}
    return [
        Explained(option, put.get(option.key) == place, place, put.get(option.key, 0))
        for place, option in enumerate(question.options, start=1)
    ]


@dataclass(frozen=True)
class Asked:
    """A question as it stands with its reader.

    answer   what its latest answer comes to, option by option; None while it is to be answered
    right    whether that was right
    typed    what stands in its boxes: by option the number given, whether ticked; or a reflection
    refusal  what has to be put right before it is an answer; else empty
    """

    question: Question
    answer: list[Explained] | None = None
    right: bool | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


def unanswered(question: Question) -> Asked:
    """A question that is to be answered, or answered again."""
    return Asked(question)


def answered(question: Question, chosen: Sequence[str]) -> Asked:
    """A question with what its answer comes to."""
    return Asked(question, explained(question, chosen), is_right(question, chosen))


def reflected(question: Question, text: str) -> Asked:
    """A question for oneself, with what was written before."""
    return Asked(question, typed={REFLECTION: text})


def refused(question: Question, typed: Mapping[str, str], refusal: str) -> Asked:
    """A question as it was sent, with what is to be put right."""
    return Asked(question, typed=typed, refusal=refusal)


def laid_open(question: Question) -> Asked:
    """A question with all its explanations, for those who teach it."""
    return Asked(question, None if question.kind == "reflection" else explained(question, ()))


def _in_order(keys: Sequence[str], places: Mapping[str, str]) -> list[str]:
    given = {key: places.get(key, "") for key in keys}
    wanted = {str(number) for number in range(1, len(keys) + 1)}
    if set(given.values()) != wanted:
        raise RuleBroken(f"Give each step a number of its own, from 1 to {len(keys)}.")
    return sorted(keys, key=lambda key: int(given[key]))
